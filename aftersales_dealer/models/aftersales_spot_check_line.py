from odoo import api, fields, models
from odoo.exceptions import UserError


class AftersalesSpotCheckLine(models.Model):
    """A question of a spot check, its answer, and whether that is a finding (D10)."""

    _name = "aftersales.spot.check.line"
    _description = "Answer of a Spot Check"
    _order = "check_id, sequence, id"

    check_id = fields.Many2one(
        "aftersales.spot.check", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="check_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    question_id = fields.Many2one(
        "aftersales.spot.check.question",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    question = fields.Char(related="question_id.name", string="What Is Asked")
    finding = fields.Char(related="question_id.finding", string="What It Shows")
    # As they were when the check was drawn: later changes of the questions do not touch scores.
    expected = fields.Selection([("yes", "Yes"), ("no", "No")], readonly=True)
    severity = fields.Selection(
        [("minor", "Minor"), ("serious", "Serious"), ("fraud", "Fraud")], readonly=True
    )
    weight = fields.Integer(readonly=True)
    answer = fields.Selection([("yes", "Yes"), ("no", "No"), ("unknown", "Cannot say")])
    note = fields.Char()
    is_finding = fields.Boolean(string="Finding", compute="_compute_is_finding", store=True)

    _question_uniq = models.UniqueIndex(
        "(check_id, question_id)", "This question is asked in the check already."
    )

    @api.depends("answer", "expected")
    def _compute_is_finding(self):
        for line in self:
            line.is_finding = line.answer in ("yes", "no") and line.answer != line.expected

    def write(self, vals):
        result = super().write(vals)
        done = self.check_id.filtered(lambda check: check.state == "done")
        if done and {"answer", "note"} & vals.keys():
            raise UserError(self.env._("%s is finished: its answers stay.", done[0].display_name))
        if not self.env.su and vals.keys() - {"answer", "note", "sequence"}:
            raise UserError(self.env._("Only the answer and the note of a question are entered."))
        return result

    def action_yes(self):
        """Answer yes (D10)."""
        self.write({"answer": "yes"})

    def action_no(self):
        """Answer no (D10)."""
        self.write({"answer": "no"})

    def action_unknown(self):
        """The end user cannot say."""
        self.write({"answer": "unknown"})
