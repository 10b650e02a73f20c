from odoo import models


class AftersalesDealerDispatch(models.Model):
    """What the dealer charged the customer of a ticket that it was given (D03, D05)."""

    _inherit = "aftersales.dealer.dispatch"

    def _get_paid_repair(self):
        """Return the dealer's report of what it charged for this ticket, empty without one."""
        self.ensure_one()
        return self.env["aftersales.paid.repair"].search(
            [
                ("ticket_id", "=", self.ticket_id.id),
                ("dealer_id", "=", self.dealer_id.id),
                ("state", "!=", "cancelled"),
            ],
            limit=1,
        )


class AftersalesPaidRepair(models.Model):
    _inherit = "aftersales.paid.repair"

    def _get_dispatch(self):
        """Return the dealer's ticket that this report is about, empty without one."""
        self.ensure_one()
        dispatches = self.ticket_id.dispatch_ids
        return dispatches.filtered(lambda d: d.dealer_id == self.dealer_id)[:1]
