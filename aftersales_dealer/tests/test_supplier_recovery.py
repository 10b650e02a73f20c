from datetime import timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.aftersales_dealer.models import (
    aftersales_supplier_recovery_gather as recovery_gather,
)

from .common_notice import NoticeCommon


@tagged("post_install", "-at_install")
class TestSupplierRecovery(NoticeCommon):
    """F07: gathered, claimed, answered, booked, returned; once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.supplier, cls.supplier_2 = cls.env["res.partner"].create(
            [
                {"name": f"Test Supplier {n}", "is_company": True, "email": f"s{n}@example.com"}
                for n in (1, 2)
            ]
        )
        cls.asset = cls.sell_to_dealer("RECOVER-1", days_ago=60)

    def caused(self, *amounts, supplier=None, share=100.0, kind="other", **values):
        """Return an approved claim whose lines ``supplier`` answers for."""
        claim = self.make_claim(*amounts, asset_id=self.asset.id, **values)
        for line in claim.line_ids:
            line._write_past_guard(
                {
                    "kind": kind,
                    "share_supplier": share,
                    "supplier_id": (supplier or self.supplier).id,
                }
            )
        return claim

    def gather(self):
        return self.env["aftersales.supplier.recovery"].with_user(self.clerk)._gather(self.company)

    def watch(self):
        """Run the nightly job."""
        with self.enter_registry_test_mode():
            cron = self.env.ref("aftersales_dealer.ir_cron_aftersales_supplier_recovery")
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def warranty(self, days_left=100, **values):
        return self.env["aftersales.supplier.warranty"].create(
            {
                "asset_id": self.asset.id,
                "partner_id": self.supplier.id,
                "date_start": self.today - timedelta(days=200),
                "date_end": self.today + timedelta(days=days_left),
                **values,
            }
        )

    def make_recovery(self, state="draft", **values):
        self.caused(100.0, 60.0, **values)
        recovery = self.gather()
        if state != "draft":
            recovery.action_send()
        if state in ("answered", "booked"):
            recovery.action_accept_all()
            recovery.action_answer()
        if state == "booked":
            recovery.with_user(self.accountant).action_book()
        return recovery

    def test_gathered_per_supplier_and_currency_once(self):
        euro = self.make_currency("EUR", 0.01, 2.0)
        first = self.caused(100.0, 60.0, share=40.0)
        self.caused(30.0, supplier=self.supplier_2)
        self.caused(20.0, currency=euro)
        self.make_claim(500.0)
        drafts = self.gather()
        self.assertEqual(
            {(r.supplier_id, r.currency_id.name, r.amount_claimed) for r in drafts},
            {
                (self.supplier, self.company.currency_id.name, 64.0),
                (self.supplier_2, self.company.currency_id.name, 30.0),
                (self.supplier, "EUR", 20.0),
            },
        )
        self.assertEqual(first.line_ids.recovery_line_ids.mapped("amount_cost"), [40.0, 24.0])
        self.assertFalse(self.gather(), "nothing twice")
        self.caused(7.0)
        self.assertIn(self.gather(), drafts, "added to the draft that is there")
        line = first.line_ids[0]
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            drafts[0].line_ids.sudo()._past_guard().create(
                {"recovery_id": drafts[0].id, "name": "Twice", "claim_line_id": line.id}
            )

    def test_gathering_costs_the_same_for_many(self):
        def measure(count):
            for __ in range(count):
                self.caused(10.0)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.gather()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        measure(1)
        few, many = measure(2), measure(12)
        self.assertLessEqual(many, few + 5)

    def test_job_goes_on_past_what_nobody_can_be_asked_for(self):
        """Lines whose supplier is not known stay where they are: they hide no later line (F07)."""
        self.patch(recovery_gather, "LINE_BATCH", 2)
        for __ in range(3):
            self.caused(10.0).line_ids._write_past_guard({"supplier_id": False})
        claims = self.caused(20.0) | self.caused(30.0) | self.caused(40.0)
        self.watch()
        lines = claims.line_ids.recovery_line_ids
        self.assertEqual(lines.recovery_id.amount_claimed, 90.0)
        self.watch()
        self.assertEqual(len(claims.line_ids.recovery_line_ids), 3, "nothing twice")

    def test_one_suppliers_failure_leaves_the_others(self):
        self.caused(10.0)
        claim = self.caused(20.0, supplier=self.supplier_2)
        recoveries = self.registry["aftersales.supplier.recovery"]
        original = recoveries._add_costs

        def failing(records, costs):
            if any(cost["supplier"] == self.supplier for cost in costs):
                raise ValueError("Broken supplier")
            return original(records, costs)

        self.patch(recoveries, "_add_costs", failing)
        with mute_logger("odoo.addons.aftersales_dealer.models.aftersales_supplier_recovery_watch"):
            self.watch()
        self.assertEqual(claim.line_ids.recovery_line_ids.supplier_id, self.supplier_2)

    def test_terms_of_the_suppliers_warranty(self):
        warranty = self.warranty(covers_labour=False, handling_percent=5.0, claim_days=30)
        self.caused(100.0, kind="part")
        self.caused(80.0, kind="labour")
        lines = self.gather().line_ids
        part, labour = lines.sorted("id")
        self.assertEqual((part.amount_claimed, part.warranty_id), (105.0, warranty))
        self.assertIn("Handling 5 %", part.coverage_note)
        self.assertEqual(part.date_due, self.today + timedelta(days=20))
        self.assertEqual(labour.amount_claimed, 0.0)
        self.assertIn("does not cover", labour.coverage_note)
        warranty.date_end = self.today - timedelta(days=90)
        self.caused(50.0)
        late = self.gather().line_ids - lines
        self.assertEqual((late.amount_cost, late.amount_claimed), (50.0, 0.0))
        self.assertIn("outside", late.coverage_note)

    def test_answer_line_by_line_and_booking(self):
        recovery = self.make_recovery("sent")
        self.assertIn(self.supplier, recovery.message_ids.partner_ids)
        self.assertEqual(recovery.amount_outstanding, 160.0)
        first, second = recovery.line_ids.sorted("id")
        first.amount_accepted = 70.0
        with self.assertRefused("why the supplier accepts less"):
            recovery.action_answer()
        first.answer_reason = "Wear"
        second.answer_reason = "Not ours"
        recovery.action_answer()
        self.assertEqual((first.answer, second.answer), ("partly", "refused"))
        with self.assertRaises(AccessError):
            recovery.action_book()
        recovery.with_user(self.accountant).action_book()
        entry = recovery.sudo().move_ids
        self.assertEqual(
            (entry.move_type, entry.state, entry.amount_total, entry.partner_id),
            ("in_refund", "posted", 70.0, self.supplier),
        )
        self.assertEqual((recovery.amount_recovered, recovery.amount_outstanding), (70.0, 70.0))
        self.assertAlmostEqual(recovery.rate, 43.75)
        bill = self.make_invoice(200.0, move_type="in_invoice")
        self.assertEqual(bill.state, "posted")
        with self.assertRefused("cannot become"):
            recovery.with_user(self.accountant).action_book()

    def test_debit_note_and_nothing_accepted(self):
        recovery = self.make_recovery("answered")
        recovery.method = "debit"
        recovery.with_user(self.accountant).action_book()
        self.assertEqual(recovery.sudo().move_ids.move_type, "out_invoice")
        other = self.make_recovery("sent", supplier=self.supplier_2)
        other.line_ids.answer_reason = "No"
        other.action_answer()
        other.with_user(self.accountant).action_book()
        self.assertEqual((other.state, other.amount_recovered), ("booked", 0.0))
        self.assertFalse(other.sudo().move_ids)

    def test_reversed_and_booked_anew(self):
        recovery = self.make_recovery("booked")
        entry = recovery.sudo().move_ids
        for undo in (entry.button_draft, entry._reverse_moves):
            with self.assertRefused("Reverse the booking there"):
                undo()
        booking = recovery.with_user(self.accountant)
        booking.action_reverse(reason="Wrong supplier number")
        self.assertEqual((recovery.state, recovery.amount_recovered), ("answered", 0.0))
        booking.action_book()
        self.assertEqual(recovery.amount_recovered, 160.0)
        total = sum(
            recovery.sudo()
            .move_ids.line_ids.filtered(lambda line: line.account_id == self.expense)
            .mapped("balance")
        )
        self.assertEqual(total, -160.0)

    def test_cancelled_costs_are_free_again(self):
        recovery = self.make_recovery("sent")
        recovery.action_cancel(reason="Wrong supplier")
        again = self.gather()
        self.assertEqual(again.amount_claimed, 160.0)
        self.assertNotEqual(again, recovery)

    def test_what_was_sent_stays(self):
        recovery = self.make_recovery("sent")
        line = recovery.line_ids[0]
        with self.assertRefused("can no longer be changed"):
            line.amount_claimed = 1.0
        with self.assertRefused("its lines stay"):
            line.unlink()
        with self.assertRefused("cannot accept more", ValidationError):
            line.amount_accepted = 100.01
        with self.assertRefused("is kept"):
            recovery.sudo().unlink()

    def test_bad_input_changes_nothing(self):
        recovery = self.make_recovery()
        with self.assertRaises(AccessError):
            recovery.with_user(self.dealer_user).action_send()
        self.supplier.email = False
        with self.assertRefused("no e-mail address"):
            recovery.action_send()
        self.supplier.email = "s@example.com"
        recovery.line_ids.amount_claimed = 0.0
        with self.assertRefused("claims nothing"):
            recovery.action_send()
        self.assertEqual(recovery.state, "draft")
        recovery = self.make_recovery("answered", supplier=self.supplier_2)
        self.company.aftersales_claim_account_id = False
        with self.assertRefused("no account for supplier recovery"):
            recovery.with_user(self.accountant).action_book()
        self.company.aftersales_claim_account_id = self.expense
        self.company.fiscalyear_lock_date = self.today
        with self.assertRefused("books of .* are closed"):
            recovery.with_user(self.accountant).action_book()
        self.assertFalse(recovery.sudo().move_ids)

    def test_currency_without_rate(self):
        euro = self.make_currency("EUR", 0.01, 2.0)
        recovery = self.make_recovery("answered", currency=euro)
        euro.rate_ids.unlink()
        with self.assertRefused("has no rate"):
            recovery.with_user(self.accountant).action_book()

    def test_deadline_is_watched(self):
        self.warranty(claim_days=20, covers_travel=True)
        recovery = self.make_recovery()
        self.assertEqual(recovery.date_due, self.today + timedelta(days=10))
        recoveries = self.env["aftersales.supplier.recovery"]
        self.watch()
        self.assertEqual(len(recovery.activity_ids), 1)
        self.watch()
        self.assertEqual(len(recovery.activity_ids), 1)
        recovery.action_send()
        self.assertFalse(recovery.activity_ids)
        recovery.sudo().date_answer_due = self.today - timedelta(days=1)
        self.assertTrue(recovery.is_late)
        self.assertIn(recovery, recoveries.search([("is_late", "=", True)]))
        self.watch()
        self.assertEqual(len(recovery.activity_ids), 1)

    def test_parts_go_back_to_the_vendor(self):
        claim = self.caused(100.0)
        line = claim.line_ids
        line._write_past_guard(
            {"kind": "part", "product_id": self.part.id, "return_state": "awaiting"}
        )
        location = self.company.aftersales_unusable_location_id
        part = self.env["aftersales.part.return.line"].create({"claim_line_id": line.id})
        part._past_guard().write(
            {
                "state": "appraised",
                "responsible": "supplier",
                "supplier_id": self.supplier.id,
                "location_id": location.id,
            }
        )
        self.env["stock.quant"]._update_available_quantity(
            self.part, location, 1.0, owner_id=self.dealer_a
        )
        recovery = self.gather()
        self.assertEqual((recovery.line_ids.part_id, recovery.parts_here), (part, 1))
        recovery.action_return_parts()
        picking = recovery.sudo().picking_ids
        self.assertEqual(picking.location_dest_id.usage, "supplier")
        with self.assertRefused("none of its old parts"):
            recovery.action_return_parts()
        picking.move_ids.write({"quantity": 1.0, "picked": True})
        picking.with_context(skip_sms=True, skip_backorder=True).button_validate()
        self.assertEqual(picking.state, "done")
        self.assertEqual(part.location_id, picking.location_dest_id)
        log = self.env["aftersales.part.custody"].search([("part_id", "=", part.id)])
        self.assertIn("supplier", log.mapped("event"))

    def test_aging_and_companies(self):
        recovery = self.make_recovery("sent")
        recovery.sudo()._write_past_guard({"date_sent": self.today - timedelta(days=45)})
        aging = self.env["aftersales.supplier.recovery.aging"].with_user(self.accountant)
        row = aging.search([("recovery_id", "=", recovery.id)])
        self.assertEqual((row.bucket, row.amount_outstanding), ("60", 160.0))
        foreign = self.env["aftersales.supplier.recovery"].with_user(self.foreign_manager)
        self.assertFalse(foreign.search([]) & recovery)
        with self.assertRaises(AccessError):
            recovery.with_user(self.foreign_manager).read(["name"])

    def test_letter(self):
        recovery = self.make_recovery("sent")
        html, __ = self.env["ir.actions.report"]._render_qweb_html(
            "aftersales_dealer.action_report_aftersales_supplier_recovery", recovery.ids
        )
        self.assertIn("160.00", html.decode())
        self.assertIn(recovery.name, html.decode())
