from odoo import api, fields, models


class AftersalesTeam(models.Model):
    """How satisfied the customers of a team are, and whether they are asked (Q01)."""

    _inherit = "aftersales.team"

    rating_ask = fields.Selection(
        [("company", "As the company"), ("yes", "Yes"), ("no", "No")],
        string="Ask for Ratings",
        required=True,
        default="company",
        help="Whether customers are asked by mail to rate closed tickets of this team.",
    )
    rating_count = fields.Integer(string="Number of Ratings", compute="_compute_rating")
    rating_avg = fields.Float(string="Satisfaction", compute="_compute_rating", digits=(2, 1))

    def _asks_ratings(self, ticket):
        """Whether the customer of ``ticket``, of this team or of none, is asked by mail."""
        if self.rating_ask in ("yes", "no"):
            return self.rating_ask == "yes"
        # A setting of the company; whoever closes tickets need not be able to read it.
        return ticket.company_id.sudo().aftersales_rating_ask

    @api.depends_context("uid")
    def _compute_rating(self):
        groups = self.env["aftersales.ticket"]._read_group(
            [("team_id", "in", self.ids), ("rating_last_value", ">", 0)],
            ["team_id"],
            ["__count", "rating_last_value:avg"],
        )
        values = {team: (count, average) for team, count, average in groups}
        for team in self:
            team.rating_count, team.rating_avg = values.get(team._origin, (0, 0.0))

    def action_view_ratings(self):
        """Open the rated tickets of the team."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_ticket_action"
        )
        return dict(
            action,
            domain=[("team_id", "=", self.id), ("rating_last_value", ">", 0)],
            context={},
        )
