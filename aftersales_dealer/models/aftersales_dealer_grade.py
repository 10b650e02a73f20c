from odoo import fields, models


class AftersalesDealerGrade(models.Model):
    """How good a dealer's service is held to be (D11); history and rewards build on it."""

    _name = "aftersales.dealer.grade"
    _description = "Dealer Grade"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10, aggregator=None, help="The best grade comes first.")
    active = fields.Boolean(default=True)
    color = fields.Integer()
    company_id = fields.Many2one(
        "res.company", index="btree_not_null", help="Empty: the grade is shared by all companies."
    )
    note = fields.Text(
        string="Meaning", translate=True, help="What a dealer of this grade does and gets."
    )
    dealer_ids = fields.One2many("res.partner", "dealer_grade_id", string="Dealers")
    dealer_count = fields.Integer(string="Number of Dealers", compute="_compute_dealer_count")

    def _compute_dealer_count(self):
        counts = dict(
            self.env["res.partner"]._read_group(
                [("dealer_grade_id", "in", self.ids), ("is_dealer", "=", True)],
                ["dealer_grade_id"],
                ["__count"],
            )
        )
        for grade in self:
            grade.dealer_count = counts.get(grade, 0)

    def action_view_dealers(self):
        """Open the dealers of this grade."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_dealer.aftersales_dealer_action"
        )
        return dict(action, domain=[("is_dealer", "=", True), ("dealer_grade_id", "=", self.id)])
