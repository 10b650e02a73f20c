from odoo import api, fields, models

RESULTS = [
    ("ok", "In order"),
    ("list", "Signal"),
    ("flag", "To look at"),
    ("cut", "Cut"),
    ("block", "Blocked"),
]


class AftersalesClaimCheckRunLine(models.Model):
    """A claim whose checks come out differently in a run, before and after (D08)."""

    _name = "aftersales.claim.check.run.line"
    _description = "Claim in a Run of Checks"
    _order = "run_id desc, id"
    _rec_name = "claim_id"

    run_id = fields.Many2one(
        "aftersales.claim.check.run", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(related="run_id.company_id", store=True, index=True)
    claim_id = fields.Many2one(
        "aftersales.claim", required=True, index=True, ondelete="cascade", readonly=True
    )
    dealer_id = fields.Many2one(related="claim_id.dealer_id", store=True, index=True)
    claim_state = fields.Selection(related="claim_id.state", string="Claim Status")
    currency_id = fields.Many2one(related="claim_id.currency_id")
    result_before = fields.Selection(RESULTS, string="Before", readonly=True)
    result_after = fields.Selection(RESULTS, string="After", readonly=True)
    amount_before = fields.Monetary(string="Proposed Before", readonly=True)
    amount_after = fields.Monetary(string="Proposed After", readonly=True)
    changes = fields.Json(readonly=True)
    explanation = fields.Text(string="What Changes", compute="_compute_explanation")

    @api.depends("changes")
    @api.depends_context("lang")
    def _compute_explanation(self):
        checks = self.env["aftersales.claim.check"]._fields
        codes = dict(checks["code"]._description_selection(self.env))
        results = dict(checks["result"]._description_selection(self.env))
        for line in self:
            line.explanation = "\n".join(
                f"{codes.get(code, code)}: {results.get(before, '–')} → {results.get(after, '–')}"
                for code, before, after in line.changes or []
            )
