from odoo import fields, models


class AftersalesClaimLine(models.Model):
    _inherit = "aftersales.claim.line"

    recovery_line_ids = fields.One2many(
        "aftersales.supplier.recovery.line",
        "claim_line_id",
        string="Supplier Recovery",
        groups="base.group_user",
    )

    def _get_recovery_cost(self):
        """Return what a supplier caused by this line (see ``_get_recovery_sources``); None when the
        supplier is not known, or nothing is left to recover.
        """
        self.ensure_one()
        part = self.return_line_ids.filtered(lambda part: part.responsible == "supplier")[:1]
        blamed = self.claim_id.line_ids.return_line_ids.filtered(
            lambda part: part.responsible == "supplier"
        )
        supplier = self.supplier_id or part.supplier_id
        if not supplier and len(blamed.supplier_id) == 1:
            supplier = blamed.supplier_id
        amounts = self._get_payer_amounts()[self]
        cost = amounts["supplier"] if self.share_supplier else amounts["company"]
        if not supplier or self.currency_id.compare_amounts(cost, 0.0) <= 0:
            return None
        claim = self.claim_id
        return {
            "company": self.company_id,
            "supplier": supplier.commercial_partner_id,
            "currency": self.currency_id,
            "kind": self.kind,
            "name": f"{claim.name}: {self.name}",
            "product": self.product_id,
            "quantity": self.quantity,
            "asset": claim.asset_id,
            "date_failure": claim.date_failure,
            "date_repair": claim.date_repair,
            "cost": cost,
            "claim_line": self,
            "part": part,
        }
