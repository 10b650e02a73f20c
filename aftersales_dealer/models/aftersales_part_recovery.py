from odoo import fields, models


class AftersalesPartReturnLine(models.Model):
    _inherit = "aftersales.part.return.line"

    recovery_line_ids = fields.One2many(
        "aftersales.supplier.recovery.line",
        "part_id",
        string="Supplier Recovery",
        groups="base.group_user",
    )

    def _get_recovery_cost(self):
        """Return what a supplier caused by this part of our own repair, at the part's cost."""
        self.ensure_one()
        # What the part cost us is claimed, whoever gathers; cost prices are for few.
        product = self.product_id.with_company(self.company_id).sudo()
        cost = self.company_id.currency_id.round(product.standard_price * self.quantity)
        if not self.supplier_id or cost <= 0:
            return None
        day = fields.Date.to_date(self.create_date)
        return {
            "company": self.company_id,
            "supplier": self.supplier_id.commercial_partner_id,
            "currency": self.company_id.currency_id,
            "kind": "part",
            "name": f"{self.label}: {self.product_id.display_name}",
            "product": self.product_id,
            "quantity": self.quantity,
            "asset": self.asset_id,
            "date_failure": day,
            "date_repair": day,
            "cost": cost,
            "claim_line": self.claim_line_id,
            "part": self,
        }
