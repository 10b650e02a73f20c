from odoo import models
from odoo.fields import Domain


class AftersalesContract(models.Model):
    """Another policy in a contract changes what is promised for its open tickets (S06, W11)."""

    _inherit = "aftersales.contract"

    def write(self, vals):
        result = super().write(vals)
        if "sla_policy_id" in vals:
            domain = Domain("contract_id", "in", self.ids)
            self.env["aftersales.sla.sweep"]._add(documents=domain, names=["aftersales.ticket"])
        return result
