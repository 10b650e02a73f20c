from odoo import fields, models


class RepairOrder(models.Model):
    """What the workshop found out about the cause (T06)."""

    _name = "repair.order"
    _inherit = ["repair.order", "aftersales.attribution.mixin"]

    cause_id = fields.Many2one("aftersales.cause", index="btree_not_null", copy=False)

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") == "done":
            self.aftersales_ticket_id._take_over_attribution(self)
        return result

    def _get_attributed_ticket(self):
        """Return the ticket that takes over who answers for the fault."""
        return self.aftersales_ticket_id
