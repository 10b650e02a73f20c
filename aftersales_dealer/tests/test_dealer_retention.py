from dateutil.relativedelta import relativedelta
from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL, mute_logger

from .common_advance import AdvanceCommon
from .common_claim import ClaimCommon


@tagged("post_install", "-at_install")
class TestDealerRetention(ClaimCommon):
    """T13: what dealers wrote of their customers is kept for the term, and goes after it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin_user = new_test_user(
            cls.env,
            "t_dealer_admin",
            groups="aftersales_service.group_aftersales_admin,base.group_partner_manager,"
            "aftersales_dealer.group_aftersales_dealer_manager",
        )
        cls.log = cls.env["aftersales.retention.log"]
        cls.long_ago = fields.Datetime.now() - relativedelta(years=6)

    def age(self, records, name="date_ended"):
        """Let ``records`` have ended six years ago, with the warranties of their machines."""
        self.backdate(records, name)
        if "asset_id" in records._fields:
            self.backdate(records.asset_id.warranty_ids, "date_end")

    def backdate(self, records, name):
        # In the table: no rule of the records lets their dates be so old.
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET %s = %s WHERE id = ANY(%s)",
                SQL.identifier(records._table),
                SQL.identifier(name),
                self.long_ago,
                records.ids,
            )
        )
        self.env.invalidate_all()

    def make_refused(self, **values):
        claim = self.make_submitted(description="Joe said it smoked", **values).sudo()
        claim.with_user(self.appraiser).action_refuse("Joe broke it")
        return claim.sudo()

    def make_paid_repair(self):
        repair = self.env["aftersales.paid.repair"].create(
            {
                "dealer_id": self.dealer_a.id,
                "customer_name": "Joe",
                "description": "Joe's pump",
                "line_ids": [Command.create({"kind": "hour", "quantity": 1, "price_unit": 50})],
            }
        )
        repair.action_report()
        return repair

    def make_check(self):
        check = self.env["aftersales.spot.check"].create(
            {"kind": "user", "registration_id": self.card.id}
        )
        check.line_ids.write({"answer": "unknown", "note": "Joe was rude"})
        check.write({"result": "deviation", "summary": "Joe lives elsewhere"})
        check.action_done()
        return check

    def make_photo(self, record=None):
        vals = {"name": "joe.jpg", "raw": b"x"}
        if record:
            vals |= {"res_model": record._name, "res_id": record.id}
        return self.env["ir.attachment"].create(vals)

    def test_nobody_deletes_sooner(self):
        records = [
            self.make_refused(),
            self.card.sudo(),
            self.make_paid_repair(),
            self.make_check(),
        ]
        for record in records:
            with self.assertRefused("kept"):
                record.sudo().unlink()
            with self.assertRefused("messages belong to the record|its messages belong"):
                message = record.message_post(body="Joe")
                message.with_user(self.admin_user).unlink()

    def test_drafts_may_go(self):
        self.assertTrue(self.make_claim().sudo().unlink())
        repair = self.env["aftersales.paid.repair"].create({"dealer_id": self.dealer_a.id})
        self.assertTrue(repair.unlink())

    def test_claim_loses_the_user_and_keeps_figures(self):
        claim = self.make_refused(lines=[self.line_labour(), self.line_part()])
        user = claim.end_user_id
        self.assertFalse(user.is_company)
        claim.photo_ids = self.make_photo() | self.make_photo(claim)
        photos = claim.photo_ids
        facts = ["name", "amount_claimed", "date_failure", "date_repair", "meter", "state"]
        before = claim.read(facts)
        lines = claim.line_ids.read(["amount_claimed", "quantity", "product_id"])
        checks = claim.check_ids.read(["code", "result"])
        self.age(claim)
        claim._anonymise()
        self.assertFalse(claim.end_user_id or claim.signed_by or claim.signature)
        self.assertFalse(claim.description or claim.decision_reason)
        self.assertFalse(photos.exists())
        version = claim.version_ids
        self.assertFalse({"end_user_id", "signed_by", "description"} & version.header.keys())
        self.assertIn("date_failure", version.header)
        self.assertFalse(version.outcome_reason)
        self.assertFalse(any(claim.message_ids.mapped("body")) or claim.message_partner_ids)
        figures = self.env["aftersales.claim.figure"].search([("claim_id", "=", claim.id)])
        self.assertTrue(figures)
        self.assertFalse(any(figures.mapped("reason")))
        self.assertEqual(claim.read(facts), before)
        self.assertEqual(claim.line_ids.read(["amount_claimed", "quantity", "product_id"]), lines)
        self.assertEqual(claim.check_ids.read(["code", "result"]), checks)

    def test_a_photo_of_another_record_stays(self):
        claim = self.make_refused()
        theirs = self.make_photo(self.env.user.partner_id)
        claim.photo_ids = theirs
        self.age(claim)
        claim._anonymise()
        self.assertTrue(theirs.exists())

    def test_a_claim_taken_up_again_has_not_ended(self):
        claim = self.make_refused()
        self.age(claim)
        claim.with_user(self.dealer_user).action_appeal("Look again")
        self.assertFalse(claim.date_ended)
        with self.assertRefused("kept as a record"):
            claim._anonymise()

    def test_card_is_kept_while_the_warranty_runs(self):
        card = self.card.sudo()
        self.backdate(card, "date_registered")
        runs = max(card.asset_id.warranty_ids.mapped("date_end"))
        self.assertGreater(runs, self.today)
        expired = card.search(card._get_expired_domain(self.company))
        self.assertNotIn(card, expired)
        self.assertEqual(card._get_retention_end(), runs)
        with self.assertRefused("kept as a record"):
            card._anonymise()

    def test_card_loses_the_user(self):
        card = self.card.sudo()
        card._write_past_guard(
            {"end_user_street": "Main Street 1", "end_user_email": "j@x.example"}
        )
        self.age(card, "date_registered")
        serial, sold = card.serial, card.date_sale
        self.assertIn(card, card.search(card._get_expired_domain(self.company)))
        card._anonymise()
        names = ["name", "phone", "street", "email", "email_key", "phone_key", "id"]
        for name in names:
            self.assertFalse(card[f"end_user_{name}"], name)
        self.assertEqual((card.serial, card.date_sale, card.state), (serial, sold, "registered"))
        self.assertEqual(card.dealer_id, self.dealer_a)

    def test_paid_repair_and_spot_check(self):
        repair, check = self.make_paid_repair(), self.make_check()
        check.attachment_ids = self.make_photo()
        photo = check.attachment_ids
        for record in (repair, check):
            self.age(record)
            record._anonymise()
        self.assertFalse(repair.customer_name or repair.description)
        self.assertEqual(repair.amount_charged, 50)
        self.assertFalse(check.summary or any(check.line_ids.mapped("note")) or photo.exists())
        self.assertEqual((check.result, check.state), ("deviation", "done"))
        self.assertEqual(set(check.line_ids.mapped("answer")), {"unknown"})

    def test_what_the_dealer_did_goes_with_the_ticket(self):
        ticket = self.make_ticket(self.asset, caller_id=self.caller.id)
        ticket.dispatch_dealer_id = self.dealer_a
        dispatch = ticket.sudo().dispatch_id
        dispatch._write_past_guard(
            {
                "technician_name": "Ana",
                "technician_phone": "1",
                "work_done": "Joe's pump",
                "photo_ids": [Command.link(self.make_photo(dispatch).id)],
            }
        )
        photo = dispatch.photo_ids
        with self.assertRefused("kept as a record"):
            dispatch.unlink()
        ticket.sudo().resolution = "<p>Done</p>"
        ticket.sudo().action_close()
        ticket.sudo()._write_past_guard({"date_closed": self.long_ago})
        ticket.sudo()._anonymise()
        self.assertFalse(dispatch.technician_name or dispatch.technician_phone)
        self.assertFalse(dispatch.work_done or photo.exists())
        self.assertTrue(dispatch.date_given and dispatch.dealer_id)

    def test_the_forget_dialog_counts_them(self):
        claim = self.make_refused()
        user = claim.end_user_id
        wizards = self.env["aftersales.forget"]
        with self.assertRaises(AccessError):
            wizards.with_user(self.dealer_manager).create({"partner_id": user.id}).action_forget()
        wizard = wizards.with_user(self.admin_user).create({"partner_id": user.id})
        self.assertIn("Dealer Claim: 1 must be kept", wizard.answer)
        self.assertIn("Registration Card: 1 must be kept", wizard.answer)
        self.age(claim)
        wizard.action_forget()
        self.assertTrue(claim.date_anonymised)
        self.assertEqual(user.aftersales_forget_date, self.card.sudo()._get_retention_end())
        self.assertTrue(self.card.end_user_name)

    def test_the_end_user_is_not_deleted_under_a_claim(self):
        person = self.env["res.partner"].create({"name": "Joe"})
        claim = self.make_submitted(end_user_id=person.id)
        self.assertEqual(claim.end_user_id, person)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            person.unlink()
        self.assertTrue(person.exists())

    def test_many_cost_what_one_costs(self):
        def count(number):
            repairs = self.env["aftersales.paid.repair"]
            for _number in range(number):
                repairs |= self.make_paid_repair()
            self.age(repairs)
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            repairs._anonymise()
            return self.env.cr.sql_log_count - start

        count(1)
        self.assertLessEqual(count(12), count(2) + 1)


@tagged("post_install", "-at_install")
class TestAdvanceRetention(AdvanceCommon):
    """T13: evidence and words of an advance compensation go after the term, amounts stay."""

    def test_advance(self):
        advance = self.make_advance(100.0, "hearing").sudo()
        evidence = advance.evidence_ids
        advance.with_user(self.dealer_user).action_answer(answer="objects", text="Joe lies")
        advance.with_user(self.decider).action_refuse("Joe has no receipt")
        with self.assertRefused("kept"):
            advance.unlink()
        advance._write_past_guard({"date_ended": fields.Datetime.now() - relativedelta(years=6)})
        advance._anonymise()
        self.assertFalse(advance.description or advance.dealer_answer_text)
        self.assertFalse(advance.decision_reason or evidence.exists())
        self.assertEqual((advance.amount_claimed, advance.state), (100.0, "refused"))
