from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import AftersalesCommon


class RetentionCommon(AftersalesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin_user = new_test_user(
            cls.env,
            "t_admin",
            groups="aftersales_service.group_aftersales_admin,base.group_partner_manager",
        )
        cls.asset = cls.sell("KEPT-0001")

    def make_visit_draft(self):
        """Return a planned visit: no record yet."""
        return self.env["aftersales.visit"].create(
            self.make_ticket(self.asset)._prepare_visit_vals()
        )

    def make_closed(self, years=0, days=0, **values):
        """Return a ticket that was closed ``years`` and ``days`` ago."""
        ticket = self.make_ticket(self.asset, caller_id=self.caller.id, **values)
        ticket.write({"resolution": "<p>Joe's pump was tightened.</p>"})
        ticket.sudo().action_close()
        closed = fields.Datetime.now() - relativedelta(years=years) - timedelta(days=days)
        ticket._write_past_guard({"date_closed": closed})
        return ticket.sudo(False)


@tagged("post_install", "-at_install")
class TestRetention(RetentionCommon):
    """T13: records are kept for the company's term, against everybody."""

    def test_nobody_deletes_tickets_sooner(self):
        recent, almost = self.make_closed(), self.make_closed(years=5, days=-2)
        for ticket in (self.make_ticket(self.asset), recent, almost):
            with self.assertRefused("kept as a record"):
                ticket.sudo().unlink()
            with self.assertRefused("kept as a record"):
                ticket.with_user(self.admin_user).unlink()
            with self.assertRaises(AccessError):
                ticket.with_user(self.manager_user).unlink()

    def test_after_the_term_an_administrator_may(self):
        old = self.make_closed(years=5, days=1)
        message = old.sudo().message_post(body="Old")
        with self.assertRaises(AccessError):
            old.with_user(self.manager_user).unlink()
        clocks = old.clock_ids
        old.with_user(self.admin_user).unlink()
        self.assertFalse(old.exists() or clocks.exists())
        self.assertFalse(message.exists())

    def test_uninstalling_cannot_be_forged(self):
        ticket = self.make_closed()
        with self.assertRefused("kept as a record"):
            ticket.with_user(self.admin_user).with_context(_force_unlink=True).unlink()

    def test_term_of_the_company(self):
        self.company.aftersales_retention_years = 10
        with self.assertRefused("10 years"):
            self.make_closed(years=6).sudo().unlink()
        for years in (0, -1):
            with self.assertRefused("one year at least", ValidationError):
                self.company.aftersales_retention_years = years

    def test_a_shorter_term_is_logged(self):
        self.company.with_user(self.env.ref("base.user_admin")).aftersales_retention_years = 3
        log = self.env["aftersales.retention.log"].search([], limit=1)
        self.assertEqual((log.kind, log.company_id), ("term", self.company))
        self.assertEqual(log.user_id, self.env.ref("base.user_admin"))
        self.assertIn("3 years instead of 5", log.note)
        with self.assertRaises(AccessError):
            log.with_user(self.admin_user).note = "Nothing happened"

    def test_messages_and_files(self):
        ticket = self.make_closed().with_user(self.agent_user)
        message = ticket.message_post(
            body="Read this", message_type="comment", attachments=[("a.txt", b"a")]
        )
        with self.assertRefused("belongs to a record"):
            message.attachment_ids.unlink()
        message.attachment_ids.sudo().unlink()
        message.sudo().unlink()
        self.assertTrue(message.exists() and message.attachment_ids.exists())
        with self.assertRefused("kept"):
            message.with_user(self.env.ref("base.user_admin")).unlink()
        with self.assertRefused("belongs? to"):
            ticket._message_update_content(message, body="", attachment_ids=[])

    def test_messages_and_files_are_not_taken_off_their_record(self):
        ticket = self.make_closed().with_user(self.agent_user)
        message = ticket.message_post(
            body="Read this", message_type="comment", attachments=[("a.txt", b"a")]
        )
        file = message.attachment_ids
        draft = self.make_visit_draft()
        for vals in (
            {"res_model": draft._name, "res_id": draft.id},
            {"res_field": "signature"},
            {"raw": b""},
            {"datas": False},
        ):
            with self.assertRefused("belongs to a record"):
                file.write(vals)
        file.write({"description": "What Joe sent"})
        for vals in ({"body": ""}, {"author_id": False}, {"attachment_ids": [Command.clear()]}):
            with self.assertRefused("belong to the record"):
                message.write(vals)
        with self.assertRefused("belong to the record"):
            message.with_user(self.env.ref("base.user_admin")).write({"res_id": 0})
        # The author may still correct a message, which Odoo marks as edited.
        ticket._message_update_content(message.sudo(), body="Read this one")
        self.assertIn("Read this one", message.body)

    def test_activities_with_files_are_still_finished(self):
        ticket = self.make_ticket(self.asset).with_user(self.agent_user)
        activity = ticket.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.agent_user.id
        )
        file = (
            self.env["ir.attachment"]
            .with_user(self.agent_user)
            .create({"name": "a", "raw": b"a", "res_model": activity._name, "res_id": activity.id})
        )
        message = activity._action_done(feedback="Done", attachment_ids=file.ids)[0]
        self.assertEqual(message.attachment_ids, file)

    def test_hand_overs_stay(self):
        ticket = self.make_ticket(self.asset, technician_id=self.technician.id)
        ticket.with_user(self.technician_user).action_hand_over("time", "Busy")
        with self.assertRefused("kept as a record"):
            ticket.sudo().handover_ids.unlink()

    def test_thousands_of_other_files_and_messages_cost_nothing_more(self):
        def count(number):
            files = self.env["ir.attachment"].create(
                [{"name": "x", "type": "url", "url": "/x"} for _number in range(number)]
            )
            messages = self.env["mail.message"].create(
                [{"model": "res.partner", "res_id": self.customer.id}] * number
            )
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            files.unlink()
            messages.unlink()
            return self.env.cr.sql_log_count - start

        count(2)
        self.assertLessEqual(count(400), count(4) + 4)

    def test_cleanup_of_sent_mail_goes_on(self):
        ticket = self.make_closed()
        mail = self.env["mail.mail"].create(
            {"model": ticket._name, "res_id": ticket.id, "body_html": "x", "subject": "x"}
        )
        message = mail.mail_message_id
        mail.unlink()
        self.assertFalse(mail.exists())
        self.assertTrue(message.exists())

    def test_other_messages_are_not_touched(self):
        message = self.customer.message_post(body="x")
        message.unlink()
        self.assertFalse(message.exists())
        attachment = self.env["ir.attachment"].create({"name": "x", "raw": b"x"})
        attachment.unlink()
        self.assertFalse(attachment.exists())

    def test_contacts_assets_and_companies_take_nothing_along(self):
        ticket = self.make_closed()
        self.customer.child_ids.active = False
        for record in (self.caller, self.customer):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                record.unlink()
        with self.assertRefused("its history is kept"):
            self.asset.sudo().unlink()
        self.assertTrue(ticket.exists() and ticket.partner_id and ticket.asset_id)

    def test_merged_contacts_keep_their_tickets(self):
        twin = self.env["res.partner"].create({"name": "Twin", "is_company": True})
        ticket = self.make_ticket(partner_id=twin.id)
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (twin | self.customer).ids, self.customer
        )
        self.assertFalse(twin.exists())
        self.assertEqual(ticket.partner_id, self.customer)

    def test_visits_and_return_visits(self):
        visits = self.env["aftersales.visit"]
        visit = visits.create(
            {
                "type_id": self.env["aftersales.visit.type"].search([], limit=1).id,
                "partner_id": self.customer.id,
            }
        )
        draft = visit.copy()
        draft.unlink()
        visit._write_past_guard({"state": "done", "date_done": fields.Datetime.now()})
        with self.assertRefused("kept as a record"):
            visit.sudo().unlink()
        call = self.env["aftersales.return.visit"].create({"partner_id": self.customer.id})
        self.assertTrue(call.unlink())

    def test_clocks_and_stage_logs_stay(self):
        ticket = self.make_closed()
        for logs in (ticket.sudo().clock_ids, ticket.sudo().clock_ids.log_ids.clock_id):
            if logs:
                with self.assertRefused("kept as a record"):
                    logs.unlink()
        stays = self.env["aftersales.ticket.stage.log"].search([("ticket_id", "=", ticket.id)])
        with self.assertRefused("kept as a record"):
            stays.sudo().unlink()
