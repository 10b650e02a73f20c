from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .common import AftersalesCommon


@tagged("post_install", "-at_install")
class TestSupplierNotice(AftersalesCommon):
    """T06: a supplier's fault tells the supplier, who answers by a day and sends its technician."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.supplier, cls.vendor_2 = cls.env["res.partner"].create(
            [
                {"name": "Pump Works", "is_company": True, "email": "pumps@test.example.com"},
                {"name": "Other Pumps", "is_company": True, "email": "other@test.example.com"},
            ]
        )
        cls.cause = cls.env["aftersales.cause"].create(
            {"name": "T porous cast", "responsible": "supplier"}
        )
        cls.asset = cls.sell("SN-1")
        cls.ticket = cls.make_ticket(cls.asset, part_id=cls.part.id)

    def add_vendors(self, *partners):
        self.env["product.supplierinfo"].create(
            [
                {"partner_id": p.id, "product_tmpl_id": self.part.product_tmpl_id.id}
                for p in partners
            ]
        )

    def blame(self, ticket=None, **values):
        ticket = (ticket or self.ticket).with_user(self.agent_user)
        ticket.write({"cause_id": self.cause.id, "attribution_note": "Cast is porous", **values})
        return ticket.supplier_notice_ids

    def send(self, notice=None, user=None):
        notice = (notice or self.blame()).with_user(user or self.agent_user)
        notice.partner_id = notice.partner_id or self.supplier
        notice.action_send()
        return notice

    def reply(self, notice, partner=None, body="We look into it"):
        notice.sudo().message_post(
            body=body,
            author_id=(partner or self.supplier).id,
            message_type="email",
            subtype_xmlid="mail.mt_comment",
        )

    def test_files_of_others_are_not_sent_away(self):
        notice = self.blame().with_user(self.agent_user)
        secret = self.env["ir.attachment"].create({"name": "salaries.txt", "raw": b"secret"})
        mine = (
            self.env["ir.attachment"]
            .with_user(self.agent_user)
            .create({"name": "pump.txt", "raw": b"leaks"})
        )
        with self.assertRaises(AccessError):
            notice.file_ids = [Command.link(secret.id)]
        vals = {"ticket_id": self.make_ticket(self.asset).id, "description": "Leaks"}
        forged = [Command.set(secret.ids)]
        with self.assertRaises(AccessError):
            notice.create({**vals, "file_ids": forged})
        with self.assertRaises(AccessError):
            notice.with_context(default_file_ids=forged).create(vals)
        notice.file_ids = [Command.link(mine.id)]
        self.assertEqual(mine.res_id, notice.id)
        # What somebody else put there stays, whoever adds to it.
        notice.sudo().file_ids = [Command.link(secret.id)]
        other = mine.copy({"res_id": notice.id})
        notice.file_ids = [Command.link(other.id)]
        self.send(notice)

    def test_a_supplier_s_fault_drafts_the_notice_once(self):
        self.add_vendors(self.supplier)
        notice = self.blame()
        self.assertRecordValues(
            notice,
            [
                {
                    "state": "draft",
                    "partner_id": self.supplier.id,
                    "product_id": self.part.id,
                    "serial": "SN-1",
                    "evidence": "Cast is porous",
                    "user_id": self.agent_user.id,
                }
            ],
        )
        self.assertIn("Pump Works: it is a vendor of", notice.candidate_note)
        self.assertEqual(notice.activity_ids.user_id, self.agent_user)
        self.assertTrue(self.ticket.supplier_notice_missing)
        ticket = self.ticket.with_user(self.agent_user)
        ticket.responsible = "customer"
        self.assertEqual(notice.state, "cancelled", "nobody blames the supplier any more")
        ticket.responsible = "supplier"
        ticket.write({"cause_id": self.cause.id})
        live = ticket.supplier_notice_ids.filtered(lambda n: n.state != "cancelled")
        self.assertEqual(len(live), 1)
        self.assertEqual(ticket.action_notify_supplier()["res_id"], live.id)

    def test_of_several_vendors_the_office_chooses(self):
        self.add_vendors(self.supplier, self.vendor_2)
        notice = self.blame()
        self.assertFalse(notice.partner_id)
        self.assertEqual(notice.candidate_note.count("\n"), 1)
        with self.assertRefused("fill in “Supplier”"):
            notice.action_send()
        self.send(notice)
        self.assertEqual(notice.state, "sent")

    def test_the_supplier_s_warranty_and_the_receipt_tell_who_it_was(self):
        self.add_vendors(self.supplier, self.vendor_2)
        fitted = self.env["aftersales.asset.part"].create(
            {
                "asset_id": self.asset.id,
                "product_id": self.part.id,
                "date_fitted": self.asset.date_delivery,
            }
        )
        self.env["aftersales.supplier.warranty"].create(
            {
                "asset_id": self.asset.id,
                "asset_part_id": fitted.id,
                "partner_id": self.vendor_2.id,
                "date_start": fields.Date.today() - timedelta(days=30),
                "date_end": fields.Date.today() + timedelta(days=30),
            }
        )
        notice = self.blame()
        self.assertEqual(notice.partner_id, self.vendor_2)
        self.assertIn("warranty to us", notice.candidate_note)

    def test_sent_in_the_supplier_s_language_with_photos_and_a_due_date(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.supplier.lang = "es_ES"
        self.company.aftersales_supplier_reply_days = 5
        notice = self.blame()
        photo = (
            self.env["ir.attachment"]
            .with_user(self.agent_user)
            .create({"name": "crack.png", "raw": b"x", "mimetype": "image/png"})
        )
        notice.file_ids = photo
        self.send(notice)
        message = notice.message_ids.filtered(lambda m: m.partner_ids)
        self.assertEqual(message.partner_ids, self.supplier)
        self.assertEqual(message.attachment_ids.mapped("name"), ["crack.png"])
        self.assertIn("Cast is porous", message.body)
        self.assertTrue(notice.date_sent)
        self.assertGreaterEqual(notice.date_due, fields.Date.today() + timedelta(days=5))
        self.assertFalse(notice.activity_ids, "what was to be done is done")
        self.assertFalse(self.ticket.with_user(self.agent_user).supplier_notice_missing)
        self.assertIn(self.supplier, notice.message_partner_ids)

    @freeze_time("2026-11-20 12:00:00")
    def test_the_answer_is_due_in_working_days(self):
        self.company.resource_calendar_id.tz = "UTC"
        notice = self.blame()
        for days, due in ((0, "2026-11-20"), (1, "2026-11-23"), (5, "2026-11-27")):
            self.company.aftersales_supplier_reply_days = days
            with self.subTest(days):
                self.assertEqual(str(notice._get_due_date()), due)

    def test_sent_at_once_when_the_company_wants_it_and_the_supplier_is_certain(self):
        self.company.aftersales_supplier_notice_auto = True
        self.add_vendors(self.supplier)
        self.assertEqual(self.blame().state, "sent")
        other = self.make_ticket(self.asset, part_id=self.wear_part.id)
        self.assertEqual(self.blame(other).state, "draft", "nobody knows who supplied it")

    def test_a_reply_into_the_thread_is_the_answer(self):
        notice = self.send()
        self.reply(notice, self.customer, "Not mine")
        self.assertEqual(notice.state, "sent", "somebody else wrote")
        self.reply(notice)
        self.assertEqual(notice.state, "answered")
        self.assertIn(
            "judge", notice.activity_ids.filtered(lambda a: "answered" in a.summary).summary
        )
        notice.action_wait()
        self.assertRecordValues(notice, [{"state": "sent", "date_answered": False}])

    def test_judged_with_grounds(self):
        notice = self.send()
        with self.assertRefused("no answer of the supplier to judge"):
            notice.action_accept()
        notice.action_answered()
        with self.assertRefused("What They Say"):
            notice.action_accept()
        notice.answer_note = "Batch 17 was porous, they pay"
        notice.action_accept()
        self.assertRecordValues(notice, [{"state": "closed", "answer": "accepted"}])
        notice.action_reopen()
        self.assertFalse(notice.answer)
        notice.action_refuse()
        self.assertEqual(notice.answer, "refused")

    def test_their_technician_is_asked_in(self):
        notice = self.blame()
        notice.write({"partner_id": self.supplier.id, "asks_technician": True})
        self.assertEqual(notice.visit_state, "asked")
        self.send(notice)
        self.assertIn("send your technician", notice.message_ids.filtered("partner_ids").body)
        notice.write({"visit_date": "2026-03-01 09:00:00", "visit_name": "Mr Pump"})
        self.assertEqual(notice.visit_state, "agreed")
        notice.visit_outcome = "He saw the cast and accepts"
        self.assertEqual(notice.visit_state, "done")

    def test_overdue_answers_come_as_one_digest_a_week(self):
        notice = self.send()
        second = self.send(self.blame(self.make_ticket(self.asset, part_id=self.part.id)))
        (notice | second).sudo().write({"date_due": fields.Date.today() - timedelta(days=1)})
        self.assertTrue(notice.is_overdue)
        found = self.env["aftersales.supplier.notice"].search([("is_overdue", "=", True)])
        self.assertLessEqual(notice | second, found)
        found = self.env["aftersales.supplier.notice"].search([("is_overdue", "=", False)])
        self.assertNotIn(notice, found)
        cron = self.env.ref("aftersales_service.ir_cron_supplier_notice_remind")
        domain = [("partner_ids", "in", self.agent_user.partner_id.ids), ("subject", "like", "owe")]
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
            cron.method_direct_trigger()
        digests = self.env["mail.message"].search(domain)
        self.assertEqual(len(digests), 1)
        self.assertIn(notice.name, digests.body)
        self.assertIn(second.name, digests.body)
        notice.action_remind_supplier()
        self.assertIn("have none yet", notice.message_ids[0].body)

    def test_one_live_notice_for_a_ticket_and_supplier(self):
        notice = self.send()
        contact = self.env["res.partner"].create(
            {"name": "Ms Pump", "parent_id": self.supplier.id, "email": "ms@test.example.com"}
        )
        values = {"ticket_id": self.ticket.id, "partner_id": contact.id}
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            notice.create(values).flush_recordset()
        notice.create(dict(values, partner_id=self.vendor_2.id)).flush_recordset()

    def test_what_was_sent_stays(self):
        notice = self.send()
        with self.assertRefused("can no longer be changed"):
            notice.description = "Something else"
        with self.assertRefused("with the buttons"):
            notice.state = "closed"
        with self.assertRefused("not typed in"):
            notice.answer = "accepted"
        with self.assertRefused("is kept"):
            notice.unlink()
        with self.assertRefused("cannot become"):
            notice.action_send()

    def test_bad_notices_are_refused(self):
        notice = self.blame()
        notice.partner_id = self.supplier
        notice.date_due = fields.Date.today() - timedelta(days=1)
        with self.assertRefused("due in the past"):
            notice.action_send()
        notice.date_due = False
        self.supplier.email = False
        with self.assertRefused("no e-mail address"):
            notice.action_send()
        notice.description = "  "
        with self.assertRefused("fill in “Fault”"):
            notice.action_send()
        with self.assertRefused("does not wait"):
            notice.action_remind_supplier()

    def test_who_sees_it(self):
        notice = self.send()
        with self.assertRaises(AccessError):
            notice.with_user(self.technician_user).read(["state"])
        with self.assertRaises(AccessError):
            notice.with_user(self.technician_user).action_accept()
        other = self.env["res.company"].create({"name": "Other After-sales"})
        user = new_test_user(
            self.env,
            "t_other_agent",
            groups="aftersales_service.group_aftersales_agent",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        self.assertFalse(self.env["aftersales.supplier.notice"].with_user(user).search([]))
        portal = new_test_user(self.env, "t_portal_pump", groups="base.group_portal")
        with self.assertRaises(AccessError):
            notice.with_user(portal).read(["state"])

    def test_a_technician_s_finding_drafts_it_too(self):
        self.add_vendors(self.supplier)
        self.ticket.technician_id = self.technician
        visit = self.env["aftersales.visit"].create(
            {**self.ticket._prepare_visit_vals(), "date_start": "2026-01-05 09:00:00"}
        )
        visit.action_schedule()
        visit = visit.with_user(self.technician_user)
        visit.action_depart()
        visit.action_arrive()
        visit.write(
            {
                "work_done": "<p>Pump replaced</p>",
                "fixed": "yes",
                "refusal_reason": "In a hurry",
                "cause_id": self.cause.id,
            }
        )
        visit.action_done()
        notice = self.ticket.with_user(self.agent_user).supplier_notice_ids
        self.assertEqual((notice.state, notice.partner_id), ("draft", self.supplier))

    def test_many_at_once(self):
        self.add_vendors(self.supplier)
        tickets = self.env["aftersales.ticket"].union(
            *(self.make_ticket(self.asset, part_id=self.part.id) for _i in range(12))
        )

        def count(some):
            self.env.flush_all()
            before = self.cr.sql_log_count
            some.sudo()._draft_supplier_notices()
            self.env.flush_all()
            return self.cr.sql_log_count - before

        count(tickets[:1])
        few, many = count(tickets[1:3]), count(tickets[3:])
        # Odoo logs each new document and each activity in its thread; we ask nothing for each.
        self.assertLessEqual(many, few + 7 * 13)
