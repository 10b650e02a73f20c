from odoo import fields, models


class AftersalesSpotCheckQuestion(models.Model):
    """What a spot check asks, and what an unexpected answer is a finding of (D10)."""

    _name = "aftersales.spot.check.question"
    _description = "Spot Check Question"
    _order = "sequence, id"

    name = fields.Char(string="Question", required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index="btree_not_null", help="Empty: asked by all companies."
    )
    scope = fields.Selection(
        [("claim", "Claims"), ("user", "End users"), ("both", "Both")],
        string="Asked about",
        required=True,
        default="both",
    )
    expected = fields.Selection(
        [("yes", "Yes"), ("no", "No")], string="Expected Answer", required=True, default="yes"
    )
    finding = fields.Char(
        required=True, translate=True, help="What another answer shows, e.g. “Part not replaced”."
    )
    severity = fields.Selection(
        [("minor", "Minor"), ("serious", "Serious"), ("fraud", "Fraud")],
        required=True,
        default="minor",
    )
    weight = fields.Integer(
        default=10,
        aggregator=None,
        help="Points that such a finding takes off the dealer's score of spot checks.",
    )

    _weight_range = models.Constraint(
        "CHECK(weight >= 0 AND weight <= 100)", "The weight of a finding is between 0 and 100."
    )
