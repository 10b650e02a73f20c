from odoo import api, fields, models
from odoo.exceptions import UserError

STEPS = [
    ("claimed", "Claimed"),
    ("proposed", "Proposed by the checks"),
    ("appraised", "Appraised"),
    ("approved", "Approved"),
    ("settled", "Settled"),
]


class AftersalesClaimFigure(models.Model):
    """One figure of a claim line at one step: who said it, when, why; only ever added (D15)."""

    _name = "aftersales.claim.figure"
    _description = "Claim Figure"
    _inherit = ["aftersales.bulk.mixin"]
    _order = "id"

    claim_id = fields.Many2one(
        "aftersales.claim", required=True, index=True, ondelete="cascade", readonly=True
    )
    claim_line_id = fields.Many2one(
        "aftersales.claim.line", index="btree_not_null", ondelete="set null", readonly=True
    )
    company_id = fields.Many2one(related="claim_id.company_id", store=True, index=True)
    dealer_id = fields.Many2one(related="claim_id.dealer_id", store=True, index=True)
    currency_id = fields.Many2one(related="claim_id.currency_id")
    name = fields.Char(string="Description", readonly=True)
    version = fields.Integer(readonly=True, aggregator=None)
    step = fields.Selection(STEPS, required=True, readonly=True)
    amount = fields.Monetary(readonly=True)
    amount_before = fields.Monetary(
        string="Before", readonly=True, help="The same figure before, if it was said already."
    )
    date = fields.Datetime(string="When", required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="Who", readonly=True, index="btree_not_null")
    reason = fields.Char(string="Why", readonly=True)

    def write(self, vals):  # pylint: disable=method-required-super
        """Figures are evidence: they are added, never changed."""
        raise UserError(self.env._("The figures of a claim are kept as they were and not changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_kept(self):
        raise UserError(self.env._("The figures of a claim are kept and not deleted."))


class AftersalesClaim(models.Model):
    _inherit = "aftersales.claim"

    figure_ids = fields.One2many("aftersales.claim.figure", "claim_id", string="Figures")

    def _log_figures(self, step, reason="", before=None):
        """Add the lines' figures of ``step``: one statement for all claims (D15).

        :param str step: of ``STEPS``
        :param str reason: why, for all; else the line's own reason
        :param dict before: {line: amount before} when a figure is said again; then only lines in
            it are logged
        """
        lines = self.line_ids if before is None else self.line_ids & self._get_lines(before)
        now, uid = fields.Datetime.now(), self.env.uid
        # Evidence is written by the system, whoever acts.
        self.env["aftersales.claim.figure"].sudo()._insert_rows(
            [
                {
                    "claim_id": line.claim_id.id,
                    "claim_line_id": line.id,
                    "name": line.name,
                    "version": line.claim_id.version,
                    "step": step,
                    "amount": line[line._get_figure_field(step)],
                    "amount_before": (before or {}).get(line, 0.0),
                    "date": now,
                    "user_id": uid,
                    "reason": reason or line._get_figure_reason(step) or None,
                }
                for line in lines
            ]
        )

    @api.model
    def _get_lines(self, lines):
        return self.env["aftersales.claim.line"].browse([line.id for line in lines])

    def _appraise(self):
        pending = self.filtered(lambda claim: claim.state in ("submitted", "awaiting_parts"))
        result = super()._appraise()
        pending._log_figures("appraised")
        return result

    def _set_state(self, new_state, **values):
        leaving = self.filtered(lambda claim: claim.state == "settled")
        result = super()._set_state(new_state, **values)
        if new_state == "settled":
            self._log_figures("settled")
        elif leaving:
            before = {line: line.amount_settled for line in leaving.line_ids}
            leaving._log_figures(
                "settled", reason=self.env._("The settlement was reversed."), before=before
            )
        return result


class AftersalesClaimLine(models.Model):
    _inherit = "aftersales.claim.line"

    @api.model
    def _get_figure_field(self, step):
        """Return the name of the field that holds the figure of ``step``."""
        fields_by_step = {"proposed": "amount_appraised", "claimed": "amount_claimed"}
        return fields_by_step.get(step, f"amount_{step}")

    def _get_figure_reason(self, step):
        self.ensure_one()
        if step in ("proposed", "appraised"):
            return self.appraisal_reason
        if step == "approved":
            return self.reason or self.appraisal_reason
        return ""

    def write(self, vals):
        names = [name for name in ("amount_appraised", "amount_approved") if name in vals]
        by_hand = names and self._is_guarded()
        before = {name: {line: line[name] for line in self} for name in names} if by_hand else {}
        result = super().write(vals)
        for name, amounts in before.items():
            changed = {
                line: amount
                for line, amount in amounts.items()
                if line.currency_id.compare_amounts(amount, line[name])
            }
            if changed:
                step = name.removeprefix("amount_")
                self.claim_id._log_figures(step, before=changed)
        return result
