from odoo import fields, models


class ResPartner(models.Model):
    """The signals about a dealer (D19)."""

    _inherit = "res.partner"

    dealer_signal_count = fields.Integer(
        string="Open Signals",
        compute="_compute_dealer_signal_count",
        groups="aftersales_dealer.group_aftersales_dealer_user",
    )

    def _compute_dealer_signal_count(self):
        counts = dict(
            self.env["aftersales.claim.signal"]._read_group(
                [("dealer_id", "in", self.ids), ("state", "=", "open")], ["dealer_id"], ["__count"]
            )
        )
        for partner in self:
            partner.dealer_signal_count = counts.get(partner, 0)

    def action_view_dealer_signals(self):
        """Open the signals about this dealer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_dealer.aftersales_claim_signal_action"
        )
        return dict(action, domain=[("dealer_id", "=", self.id)])
