from odoo.fields import Command
from odoo.tests import tagged

from .common import AftersalesDealerCommon
from .common_claim import ClaimCommon


@tagged("post_install", "-at_install")
class TestClaimedParts(ClaimCommon):
    """Parts of an approved claim sit in the machine from then on, recorded once (W13)."""

    def approve(self, claim):
        claim.action_submit()
        claim.line_ids.filtered("return_required").sudo()._write_past_guard(
            {"return_state": "waived"}
        )
        self.as_appraiser(claim).action_approve()

    def get_parts(self):
        return self.env["aftersales.asset.part"].search([("asset_id", "=", self.asset.id)])

    def test_approved_part_sits_in_the_machine(self):
        claim = self.make_claim(
            lines=[self.line_labour(), self.line_part(return_required=False)], meter=80.0
        )
        self.assertFalse(self.get_parts())
        self.approve(claim)
        self.assertRecordValues(
            self.get_parts(),
            [
                {
                    "product_id": self.part.id,
                    "date_fitted": claim.date_repair,
                    "meter_fitted": 80.0,
                    "reference": claim.name,
                    "state": "fitted",
                }
            ],
        )

    def test_recorded_once_and_not_beside_a_visit(self):
        claim = self.make_claim(lines=[self.line_labour(), self.line_part(return_required=False)])
        self.approve(claim)
        claim._record_asset_parts()
        self.assertEqual(len(self.get_parts()), 1)

    def test_refused_claims_record_nothing(self):
        claim = self.make_submitted(
            lines=[self.line_labour(), self.line_part(return_required=False)]
        )
        self.as_appraiser(claim).action_refuse(reason="Not ours")
        self.assertFalse(self.get_parts())


@tagged("post_install", "-at_install")
class TestSupplierPurchase(AftersalesDealerCommon):
    """The supplier's warranty names the purchase (W19)."""

    def test_purchase_of_the_receipt(self):
        supplier = self.env["res.partner"].create({"name": "Test Maker"})
        self.env["product.supplierinfo"].create(
            {
                "partner_id": supplier.id,
                "product_tmpl_id": self.machine.product_tmpl_id.id,
                "warranty_months": 12,
            }
        )
        purchase = self.env["purchase.order"].create(
            {
                "partner_id": supplier.id,
                "order_line": [Command.create({"product_id": self.machine.id, "product_qty": 1})],
            }
        )
        purchase.button_confirm()
        lot = self.env["stock.lot"].create({"name": "PO-1", "product_id": self.machine.id})
        receipt = purchase.picking_ids
        receipt.move_line_ids.write({"lot_id": lot.id, "quantity": 1.0})
        receipt.move_ids.picked = True
        receipt.with_context(skip_backorder=True, skip_sms=True).button_validate()
        asset = self.env["aftersales.asset"].create(
            {"product_id": self.machine.id, "lot_id": lot.id, "partner_id": self.customer.id}
        )
        self.assertEqual(asset.supplier_warranty_ids.purchase_line_id, purchase.order_line)
