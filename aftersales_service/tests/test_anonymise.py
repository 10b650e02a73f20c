from unittest.mock import patch

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_retention import RetentionCommon


@tagged("post_install", "-at_install")
class TestAnonymise(RetentionCommon):
    """T13: past the term, people go out of the records; figures stay."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.aftersales_anonymise = True
        cls.log = cls.env["aftersales.retention.log"]

    def run_job(self, batch_size=200):
        job = self.env.ref("aftersales_service.ir_cron_anonymise")
        job.code = f"model._cron_anonymise(batch_size={batch_size})"
        self.env.flush_all()
        with self.enter_registry_test_mode():
            job.method_direct_trigger()
        self.env.invalidate_all()

    def make_talked(self, **kwargs):
        ticket = self.make_closed(description="<p>Joe of Main Street</p>", **kwargs)
        ticket.sudo().message_post(
            body="Joe wrote",
            message_type="comment",
            author_id=self.caller.id,
            attachments=[("joe.png", b"x")],
        )
        return ticket.sudo()

    def test_people_go_figures_stay(self):
        ticket = self.make_talked(years=5, days=1)
        before = ticket.read(
            ["name", "type", "product_id", "date_open", "date_closed", "stage_id", "team_id"]
        )
        clocks = sorted(ticket.clock_ids.mapped("state"))
        self.run_job()
        self.assertTrue(ticket.date_anonymised)
        self.assertFalse(ticket.caller_id or ticket.caller_name or ticket.caller_phone)
        self.assertFalse(ticket.description or ticket.resolution)
        self.assertEqual(ticket.subject, "(anonymised)")
        self.assertEqual(
            before,
            ticket.read(
                ["name", "type", "product_id", "date_open", "date_closed", "stage_id", "team_id"]
            ),
        )
        self.assertEqual(sorted(ticket.clock_ids.mapped("state")), clocks)
        self.assertFalse(ticket.message_ids.author_id | ticket.message_partner_ids)
        self.assertFalse(any("Joe" in message.body for message in ticket.message_ids))
        domain = [("res_model", "=", ticket._name), ("res_id", "=", ticket.id)]
        self.assertFalse(self.env["ir.attachment"].search(domain))

    def test_what_was_archived_or_merged_is_not_forgotten(self):
        ticket = self.make_talked(years=6)
        ticket.active = False
        self.run_job()
        self.assertTrue(ticket.date_anonymised)

    def test_parts_of_the_record_too(self):
        ticket = self.make_talked(years=6)
        handover = self.env["aftersales.ticket.handover"].create(
            {
                "ticket_id": ticket.id,
                "company_id": self.company.id,
                "kind": "back",
                "reason": "other",
                "note": "Joe shouted at me",
            }
        )
        other = self.make_ticket(self.asset)
        link = ticket._link_to(other, "distinct", note="Joe said so")
        compensation = self.env["aftersales.compensation"].create(
            {"ticket_id": ticket.id, "description": "Joe's hotel", "amount": 10}
        )
        compensation.message_post(body="Joe is pleased", attachments=[("joe.txt", b"x")])
        self.run_job()
        self.assertFalse(handover.note or link.note or compensation.description)
        self.assertEqual(compensation.amount, 10)
        self.assertFalse(any("Joe" in message.body for message in compensation.message_ids))
        self.assertFalse(compensation.message_ids.attachment_ids)

    def test_private_customers_are_no_longer_named_companies_are(self):
        person = self.env["res.partner"].create({"name": "Joe Private"})
        private = self.make_ticket(partner_id=person.id, resolution="<p>Done</p>")
        private.sudo().action_close()
        date = fields.Datetime.now() - relativedelta(years=6)
        private._write_past_guard({"date_closed": date})
        business = self.make_talked(years=6)
        self.assertEqual(private.clock_ids.partner_id, person)
        self.run_job()
        self.assertTrue(private.date_anonymised)
        self.assertFalse(private.partner_id or private.site_id or private.clock_ids.partner_id)
        self.assertEqual(business.partner_id, self.customer)

    def test_calls_too(self):
        calls = self.env["aftersales.call"].with_user(self.agent_user)
        old = calls.create({"phone": "+1 555 0100", "caller_name": "Joe", "note": "Joe is angry"})
        recent = calls.create({"phone": "+1 555 0100", "caller_name": "Joe"})
        old._write_past_guard({"date_ringing": fields.Datetime.now() - relativedelta(years=6)})
        with self.assertRefused("kept as a record"):
            recent.with_user(self.admin_user).unlink()
        self.run_job()
        self.assertFalse(old.phone or old.caller_name or old.note)
        self.assertTrue(old.date_anonymised)
        self.assertTrue(recent.phone)

    def test_within_the_term_nothing_is_touched(self):
        ticket = self.make_talked(years=4)
        self.run_job()
        self.assertFalse(ticket.date_anonymised)
        self.assertIn("Joe", ticket.description)
        with self.assertRefused("kept as a record"):
            ticket._anonymise()

    def test_only_where_the_company_wants_it(self):
        self.company.aftersales_anonymise = False
        ticket = self.make_talked(years=6)
        self.run_job()
        self.assertFalse(ticket.date_anonymised)

    def test_again_changes_nothing_and_logs_nothing(self):
        ticket = self.make_talked(years=6)
        self.run_job()
        date, logs = ticket.date_anonymised, self.log.search_count([])
        self.run_job()
        self.assertEqual((ticket.date_anonymised, self.log.search_count([])), (date, logs))

    def test_in_batches_and_one_failure_alone(self):
        tickets = self.make_closed(years=6)
        for _number in range(4):
            tickets |= self.make_closed(years=6)
        bad, original = tickets[2], type(tickets)._anonymise

        def fail(records):
            if bad in records:
                raise UserError(records.env._("Broken"))
            return original(records)

        logger = "odoo.addons.aftersales_service.models.aftersales_retention_log"
        with patch.object(type(tickets), "_anonymise", fail), self.assertLogs(logger, "WARNING"):
            self.run_job(batch_size=2)
        self.assertEqual(tickets.filtered("date_anonymised"), tickets - bad)
        self.run_job(batch_size=2)
        self.assertTrue(bad.date_anonymised)

    def test_preview(self):
        self.make_closed(years=6)
        self.make_closed()
        previews = self.env["aftersales.retention.preview"]
        with self.assertRaises(AccessError):
            previews.with_user(self.manager_user).create({})
        preview = previews.with_user(self.admin_user).create({})
        line = preview.line_ids.filtered(lambda line: line.kind == "Service Ticket")
        self.assertEqual((line.expired, line.todo), (1, 1))
        preview.action_anonymise()
        self.assertEqual(previews.with_user(self.admin_user).create({}).count, 0)

    def test_forget_at_once(self):
        ticket = self.make_talked(years=6)
        with self.assertRaises(AccessError):
            self.caller.with_user(self.manager_user).action_aftersales_forget()
        self.caller.write({"email": "joe@farm.example", "street": "Main Street"})
        wizards = self.env["aftersales.forget"].with_user(self.admin_user)
        wizard = wizards.create({"partner_id": self.caller.id})
        self.assertIn("at once", wizard.answer)
        wizard.action_forget()
        self.assertTrue(ticket.date_anonymised)
        self.assertFalse(self.caller.email or self.caller.street or self.caller.active)
        self.assertNotIn("Test Caller", self.caller.name)

    def test_forget_what_must_be_kept_later(self):
        old, recent = self.make_talked(years=6), self.make_talked(years=1)
        wizards = self.env["aftersales.forget"].with_user(self.admin_user)
        wizard = wizards.create({"partner_id": self.caller.id})
        self.assertIn("1 must be kept, 1 can be anonymised", wizard.answer)
        wizard.action_forget()
        self.assertTrue(old.date_anonymised)
        self.assertFalse(recent.date_anonymised)
        due = recent._get_retention_end()
        self.assertEqual(self.caller.aftersales_forget_date, due)
        self.assertEqual(self.caller.name, "Test Caller")

    def test_forget_nobody_of_another_company(self):
        company = self.env["res.company"].create({"name": "Other company"})
        person = self.env["res.partner"].create({"name": "Theirs", "company_id": company.id})
        wizards = self.env["aftersales.forget"].with_user(self.admin_user)
        with self.assertRaises(AccessError):
            wizards.create({"partner_id": person.id}).action_forget()
        self.assertEqual(person.name, "Theirs")

    def test_forget_refuses(self):
        self.make_ticket(self.asset, caller_id=self.caller.id)
        wizards = self.env["aftersales.forget"].with_user(self.admin_user)
        with self.assertRefused("not finished yet"):
            wizards.create({"partner_id": self.caller.id}).action_forget()
        with self.assertRefused("is a company"):
            self.customer.with_user(self.admin_user).action_aftersales_forget()
