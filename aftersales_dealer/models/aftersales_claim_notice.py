from odoo import api, fields, models
from odoo.fields import Domain


class AftersalesClaim(models.Model):
    """What becomes of an approved claim: in a notice, settled (F02, F03)."""

    _inherit = "aftersales.claim"

    notice_line_ids = fields.One2many("aftersales.notice.line", "claim_id", string="Notice Lines")
    notice_id = fields.Many2one(
        "aftersales.notice",
        string="Fee Notice",
        compute="_compute_notice_id",
        search="_search_notice_id",
    )

    @api.depends("notice_line_ids.live", "notice_line_ids.notice_id")
    def _compute_notice_id(self):
        for claim in self:
            # The claim may name its notice to whoever may read the claim; the notice guards itself.
            lines = claim.sudo().notice_line_ids.filtered("live")
            claim.notice_id = lines.notice_id[:1]

    def _search_notice_id(self, operator, value):
        if operator not in ("in", "any", "any!", "ilike", "="):
            return NotImplemented
        live = Domain("live", "=", True)
        domain = Domain("notice_line_ids", "any", live & Domain("notice_id", operator, value))
        if operator == "in" and False in value:
            domain |= Domain("notice_line_ids", "not any", live)
        return domain

    def action_view_notice(self):
        """Open the notice that the claim is in (F02)."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "aftersales.notice",
            "res_id": self.notice_id.id,
            "view_mode": "form",
        }

    def _get_appraisers(self):
        """Return the users who decided on the claim: they do not verify it (J01)."""
        self.ensure_one()
        return self.appraised_by | self.approved_by

    def _return_to_approved(self):
        """Give claims back whose notice was cancelled or reversed: they wait for a new notice
        (F04).
        """
        self.filtered(lambda claim: claim.state in ("noticed", "settled"))._set_state("approved")


class AftersalesClaimLine(models.Model):
    _inherit = "aftersales.claim.line"

    notice_line_ids = fields.One2many(
        "aftersales.notice.line", "claim_line_id", string="Notice Lines"
    )
    amount_settled = fields.Monetary(compute="_compute_amount_settled", store=True)

    @api.depends("notice_line_ids.state", "notice_line_ids.amount")
    def _compute_amount_settled(self):
        for line in self:
            settled = line.notice_line_ids.filtered(
                lambda notice_line: notice_line.state == "settled"
            )
            line.amount_settled = sum(settled.mapped("amount"))
