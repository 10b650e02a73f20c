from odoo import fields, models


class ResPartner(models.Model):
    """A dealer's latest score (D11)."""

    _inherit = "res.partner"

    dealer_score = fields.Float(
        compute="_compute_dealer_score",
        digits=(16, 1),
        string="Score",
        groups="aftersales_dealer.group_aftersales_dealer_user",
    )
    dealer_evaluation_count = fields.Integer(
        compute="_compute_dealer_score", groups="aftersales_dealer.group_aftersales_dealer_user"
    )

    def _compute_dealer_score(self):
        self.dealer_score = 0.0
        self.dealer_evaluation_count = 0
        scored = self.env["aftersales.dealer.evaluation"].search(
            [
                ("dealer_id", "in", self.ids),
                ("is_scored", "=", True),
                ("state", "!=", "cancelled"),
                ("company_id", "=", self.env.company.id),
            ],
            order="period_end, id",
        )
        for dealer, evaluations in scored.grouped("dealer_id").items():
            dealer.dealer_score = evaluations[-1].score
            dealer.dealer_evaluation_count = len(evaluations)

    def action_view_dealer_evaluations(self):
        """Open the evaluations of this dealer (D11)."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_dealer.aftersales_dealer_evaluation_action"
        )
        return dict(action, domain=[("dealer_id", "=", self.id)], context={})
