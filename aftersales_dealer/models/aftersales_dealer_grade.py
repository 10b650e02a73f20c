from odoo import fields, models


class AftersalesDealerGrade(models.Model):
    """How good a dealer's service is held to be, and what that means for it (D11)."""

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
    score_min = fields.Float(
        string="Score from",
        digits=(16, 1),
        aggregator=None,
        help="Dealers that reach this score (0 to 100) are proposed for this grade.",
    )
    term_ids = fields.One2many("aftersales.dealer.grade.term", "grade_id", string="Terms")
    dealer_ids = fields.One2many("res.partner", "dealer_grade_id", string="Dealers")
    dealer_count = fields.Integer(string="Number of Dealers", compute="_compute_dealer_count")

    _score_range = models.Constraint(
        "CHECK(score_min >= 0 AND score_min <= 100)", "The score of a grade is between 0 and 100."
    )

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

    def _get_terms(self, date):
        """Return the terms of this grade on ``date`` (D11); empty when it had none yet.

        :param date: ``datetime.date``
        """
        # The terms decide on documents of users who need not read them.
        terms = self.sudo().term_ids.filtered(lambda term: term.date_from <= date)
        return terms.sorted("date_from")[-1:]

    def action_view_dealers(self):
        """Open the dealers of this grade."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_dealer.aftersales_dealer_action"
        )
        return dict(action, domain=[("is_dealer", "=", True), ("dealer_grade_id", "=", self.id)])
