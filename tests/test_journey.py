"""The whole job in one journey: from a sold machine to the deduction on the dealer's account.

Each step is done by the person whose job it is, through the action methods their buttons call.
"""

from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.aftersales_dealer.tests.common import AftersalesDealerCommon

SIGNATURE = b"R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


@tagged("post_install", "-at_install")
class TestJourney(AftersalesDealerCommon):
    """W01, W02, W04, D02, T02, W07, S03, V05, V07, R03, D07–D09, F01–F04 in one go."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = new_test_user(
            cls.env,
            "t_accountant",
            groups="account.group_account_invoice,aftersales_dealer.group_aftersales_dealer_user",
        )
        cls.operation = cls.env["product.product"].create(
            {"name": "Replace pump", "type": "service"}
        )
        cls.env["stock.quant"]._update_available_quantity(cls.part, cls.stock_location, 10)

    def day(self, days_ago):
        """Return the date ``days_ago``."""
        return self.today - timedelta(days=days_ago)

    def test_from_the_sale_to_the_deduction(self):
        first, second = self.deliver_two_machines_to_the_dealer()
        end_user = self.register_on_behalf_of(first)
        self.register_on_behalf_of(second)
        ticket = self.take_the_call(first, end_user)
        visit = self.plan_the_visit(ticket)
        self.execute_the_visit(visit, ticket)
        self.call_back_until_satisfied(ticket)
        claim = self.file_the_claim(second)
        self.bring_the_old_part_back(claim)
        self.approve(claim)
        notice = self.issue_and_confirm(claim)
        self.deduct_and_reverse(notice, claim)

    def deliver_two_machines_to_the_dealer(self):
        """Two machines are delivered: two assets, two running warranties, once."""
        assets = self.sell_to_dealer("J-1", "J-2", days_ago=60)
        self.assertRecordValues(
            assets,
            [{"dealer_id": self.dealer_a.id, "state": "in_service", "warranty_state": "active"}]
            * 2,
        )
        self.assertEqual(len(assets.warranty_ids), 2)
        return assets

    def register_on_behalf_of(self, asset):
        """The dealer sold it on; the card is handed in within the 20 days; the end user owns it."""
        card = self.make_card(asset, days_ago=15, end_user_name=f"Farmer of {asset.serial}")
        self.assertRecordValues(card, [{"state": "registered", "late": False}])
        self.assertEqual(asset.partner_id, card.end_user_id)
        self.assertEqual(asset.date_sale_end_user, self.day(15))
        return card.end_user_id

    def take_the_call(self, asset, end_user):
        """The hotline takes the call: cover with reasons, category C, clocks, technician."""
        ticket = self.make_ticket(asset, partner_id=end_user.id, channel="phone", symptom_id=False)
        self.assertEqual(ticket.service_category, "warranty")
        self.assertIn(asset.warranty_ids.name, ticket.entitlement_reasons)
        self.assertTrue(ticket.clock_ids)
        self.assertIn("running", ticket.clock_ids.mapped("state"))
        ticket.with_user(self.dispatcher_user).technician_id = self.technician
        self.assertEqual(ticket.stage_id, ticket._get_stage("assigned"))
        return ticket

    def plan_the_visit(self, ticket):
        """The dispatcher plans the visit from the ticket; it is in the technician's list."""
        action = ticket.with_user(self.dispatcher_user).action_plan_visit()
        visits = self.env["aftersales.visit"].with_user(self.dispatcher_user)
        visit = visits.browse(action.get("res_id")) or visits.with_context(
            **action["context"]
        ).create({})
        start = fields.Datetime.now().replace(hour=9, minute=0, second=0, microsecond=0)
        while start <= fields.Datetime.now() or start.weekday() > 4:
            start += timedelta(days=1)
        visit.write(
            {
                "date_start": start,
                "date_end": start + timedelta(hours=2),
                "technician_id": self.technician.id,
            }
        )
        visit.action_schedule()
        visit.action_confirm()
        self.assertEqual((visit.partner_id, visit.asset_ids), (ticket.partner_id, ticket.asset_id))
        mine = self.env["aftersales.visit"].with_user(self.technician_user).search([])
        self.assertIn(visit, mine)
        return visit

    def execute_the_visit(self, visit, ticket):
        """The technician sets off, arrives, repairs, has it signed; the part leaves the stock."""
        visit = visit.with_user(self.technician_user)
        visit.action_depart()
        visit.action_arrive()
        before = self.part.with_context(location=self.stock_location.id).qty_available
        visit.write(
            {
                "work_done": "<p>Pump replaced.</p>",
                "fixed": "yes",
                "hours": 1.5,
                "customer_rating": "5",
                "signature": SIGNATURE,
                "signed_by": "Farmer",
                "line_ids": [Command.create({"product_id": self.part.id, "quantity": 1})],
            }
        )
        visit.action_done()
        self.assertEqual(visit.state, "done")
        self.part.invalidate_recordset()
        after = self.part.with_context(location=self.stock_location.id).qty_available
        self.assertEqual(before - after, 1)
        self.assertNotIn(
            "running", ticket.clock_ids.filtered(lambda c: c.kind == "on_site").mapped("state")
        )
        html = self.env["ir.actions.report"]._render_qweb_html(
            "aftersales_service.report_visit_voucher", visit.ids
        )[0]
        self.assertIn("Pump replaced.", html.decode())

    def call_back_until_satisfied(self, ticket):
        """The return visit is due; "not satisfied" opens the ticket again, "satisfied" ends it."""
        call = self.env["aftersales.return.visit"].search([("ticket_id", "=", ticket.id)])
        self.assertEqual(len(call), 1)
        if not ticket.is_closed:
            ticket.resolution = "<p>Pump replaced.</p>"
            ticket.action_close()
        call = self.env["aftersales.return.visit"].search(
            [("ticket_id", "=", ticket.id), ("state", "=", "planned")], limit=1
        )
        call = call.with_user(self.agent_user)
        call.write({"satisfied": "no", "opinion": "It leaks again"})
        call.action_done()
        self.assertFalse(ticket.is_closed)
        self.assertEqual(ticket.reopen_count, 1)

    def file_the_claim(self, asset):
        """The dealer repaired the other machine and claims labour, part and travel."""
        claim = (
            self.env["aftersales.claim"]
            .with_user(self.dealer_user)
            .create(
                {
                    "dealer_id": self.dealer_a.id,
                    "asset_id": asset.id,
                    "date_failure": self.day(5),
                    "date_repair": self.day(3),
                    "signature": SIGNATURE,
                    "signed_by": "Farmer",
                    "line_ids": [
                        Command.create(
                            {"kind": "labour", "product_id": self.operation.id, "quantity": 2}
                        ),
                        Command.create({"kind": "part", "product_id": self.part.id, "quantity": 1}),
                        Command.create({"kind": "travel", "quantity": 30}),
                    ],
                }
            )
        )
        # 2 h at 40, one pump at its cost of 60, 30 km at 0.50
        self.assertAlmostEqual(claim.amount_claimed, 80 + 60 + 15)
        claim.action_submit()
        self.assertEqual(claim.state, "awaiting_parts")
        self.assertTrue(claim.check_ids)
        self.assertFalse(claim.check_ids.filtered(lambda check: check.result == "block"))
        self.assertTrue(all(claim.check_ids.mapped("explanation")))
        return claim

    def bring_the_old_part_back(self, claim):
        """The old pump comes back through a transfer, is appraised and lands with the unusable."""
        claim.action_ship_old_parts()
        back = self.env["aftersales.part.return"].search([("line_ids.claim_id", "=", claim.id)])
        if back.state == "draft":
            back.with_user(self.dealer_user).action_ship()
        back.line_ids.quantity_received = 1
        back.with_user(self.dealer_user).action_receive()
        maker = self.env["res.partner"].create({"name": "Maker of pumps", "is_company": True})
        back.line_ids.with_user(self.appraiser).write(
            {"appraisal": "unusable", "responsible": "supplier", "supplier_id": maker.id}
        )
        back.with_user(self.appraiser).action_appraise()
        self.assertEqual(claim.state, "appraised")
        unusable = self.company.aftersales_unusable_location_id
        quant = self.env["stock.quant"].search(
            [("product_id", "=", self.part.id), ("location_id", "=", unusable.id)]
        )
        self.assertEqual(sum(quant.mapped("quantity")), 1)

    def approve(self, claim):
        """The appraiser approves line by line; travel is cut for a reason."""
        claim = claim.with_user(self.appraiser)
        travel = claim.line_ids.filtered(lambda line: line.kind == "travel")
        travel.write({"amount_approved": 10, "reason": "20 km by the map"})
        claim.action_approve()
        self.assertRecordValues(claim, [{"state": "approved", "amount_approved": 80 + 60 + 10}])

    def issue_and_confirm(self, claim):
        """Finance verifies and issues the notice; the dealer confirms it on the portal."""
        notices, failures = (
            self.env["aftersales.notice"]
            .with_user(self.verifier)
            ._prepare_for_claims(False, self.today, self.dealer_a, self.company)
        )
        self.assertFalse(failures)
        self.assertEqual(notices.claim_ids, claim)
        notices.action_verify()
        notices.action_issue()
        self.assertRecordValues(notices, [{"state": "issued", "amount_total": 150}])
        notices.with_user(self.portal_a).action_confirm()
        self.assertEqual(notices.state, "confirmed")
        return notices

    def deduct_and_reverse(self, notice, claim):
        """The amount is deducted from the oldest open invoice; reversal restores everything."""
        invoices = [self.make_invoice(100, 60), self.make_invoice(400, 10)]
        notice.with_user(self.accountant).action_settle()
        self.assertEqual((notice.state, claim.state), ("settled", "settled"))
        self.assertEqual([invoice.amount_residual for invoice in invoices], [0, 350])
        entry = notice.sudo().move_ids
        self.assertRecordValues(entry, [{"state": "posted", "amount_total": 150}])
        notice.with_user(self.accountant).action_reverse(reason="Wrong period")
        self.assertEqual(notice.state, "reversed")
        self.assertEqual([invoice.amount_residual for invoice in invoices], [100, 400])
        self.assertNotEqual(claim.state, "settled")

    def make_invoice(self, amount, days_ago):
        """Return a posted invoice of the dealer, due ``days_ago``."""
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.dealer_a.id,
                "invoice_date": self.day(days_ago),
                "invoice_date_due": self.day(days_ago),
                "invoice_line_ids": [
                    Command.create({"name": "Machine", "price_unit": amount, "tax_ids": False})
                ],
            }
        )
        invoice.action_post()
        return invoice
