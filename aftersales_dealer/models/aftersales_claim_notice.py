from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL


class AftersalesClaim(models.Model):
    """What becomes of an approved claim: in a notice, settled (F02, F03)."""

    _name = "aftersales.claim"
    _inherit = ["aftersales.claim", "aftersales.bulk.tracking.mixin"]

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

    def _follow_notices(self):
        """Bring the claims to the status that follows from the live notices of their lines (F04).

        A line without one waits for a notice: the claim is approved. All lines in settled
        notices: it is settled. Else it is in a notice.
        """
        if not self:
            return
        self.env["aftersales.notice.line"].flush_model(["claim_line_id", "live", "state"])
        self.line_ids.flush_recordset(["claim_id"])
        rows = self.env.execute_query(
            SQL(
                "SELECT line.claim_id, bool_and(noticed.id IS NOT NULL),"
                " bool_and(noticed.state = 'settled')"
                " FROM aftersales_claim_line line LEFT JOIN aftersales_notice_line noticed"
                " ON noticed.claim_line_id = line.id AND noticed.live IS TRUE"
                " WHERE line.claim_id = ANY(%s) GROUP BY line.claim_id",
                list(self.ids),
            )
        )
        targets = {
            claim_id: ("settled" if settled else "noticed") if noticed else "approved"
            for claim_id, noticed, settled in rows
        }
        moving = self.filtered(
            lambda claim: (
                claim.state in ("approved", "noticed", "settled")
                and claim.state != targets.get(claim.id, claim.state)
            )
        )
        for state, claims in moving.grouped(lambda claim: targets[claim.id]).items():
            claims._set_state_in_bulk(state)

    def action_appeal(self, reason=None):
        """Also not while some of its lines are in a notice (D15, F02).

        :raise UserError: when the claim is partly in a notice
        """
        if reason:
            self._ensure_in_no_notice()
        return super().action_appeal(reason=reason)

    def _ensure_in_no_notice(self):
        """Raise when some lines are in a notice already, while others wait for the next one."""
        for claim in self.filtered("notice_id"):
            raise UserError(
                self.env._(
                    "%(claim)s is partly in %(notice)s already. Dispute its lines on the notice, "
                    "or wait for the next one.",
                    claim=claim.display_name,
                    notice=claim.notice_id.display_name,
                )
            )


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

    def _get_notice_amounts(self):
        """Return {line: what its dealer is paid of the approved amount} (D17, F02)."""
        return {line: line.amount_payable for line in self}
