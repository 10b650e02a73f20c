from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_amount

CONTENT_FIELDS = {
    "notice_id",
    "claim_id",
    "claim_line_id",
    "charge_id",
    "product_id",
    "type",
    "amount_claimed",
    "amount_approved",
}
VERIFIED_FIELDS = {"amount", "reason", "verified", "name"}
POSTING_FIELDS = {"account_id", "analytic_distribution"}
ANSWER_FIELDS = {"disputed", "dispute_reason"}


class AftersalesNoticeLine(models.Model):
    """One amount of a notice: of a claim line, or of a charge (F06).

    Charges are in ``aftersales_notice_line_charge.py``, accounts and analytic distribution in
    ``aftersales_notice_line_posting.py``.
    """

    _name = "aftersales.notice.line"
    _description = "Fee Verification Notice Line"
    _inherit = ["aftersales.transition.mixin", "aftersales.bulk.mixin"]
    _order = "notice_id desc, id"
    _check_company_auto = True

    _verified_fields = VERIFIED_FIELDS
    _guard_readonly = True
    _frozen_fields = {
        **dict.fromkeys(("draft", "verified"), CONTENT_FIELDS | ANSWER_FIELDS),
        **dict.fromkeys(
            ("issued", "confirmed", "disputed"), CONTENT_FIELDS | ANSWER_FIELDS | VERIFIED_FIELDS
        ),
        **dict.fromkeys(
            ("settled", "reversed", "cancelled"),
            CONTENT_FIELDS | ANSWER_FIELDS | VERIFIED_FIELDS | POSTING_FIELDS,
        ),
    }

    notice_id = fields.Many2one("aftersales.notice", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="notice_id.company_id", store=True, index=True)
    dealer_id = fields.Many2one(related="notice_id.dealer_id", store=True, index=True)
    currency_id = fields.Many2one(related="notice_id.currency_id", store=True)
    state = fields.Selection(related="notice_id.state", store=True, string="Notice Status")
    live = fields.Boolean(
        compute="_compute_live",
        store=True,
        help="Whether the line counts: its notice is neither cancelled nor reversed, and it was "
        "not left out.",
    )
    type = fields.Selection([("claim", "Claim")], required=True, default="claim")
    claim_id = fields.Many2one(
        "aftersales.claim", index="btree_not_null", ondelete="restrict", check_company=True
    )
    claim_line_id = fields.Many2one(
        "aftersales.claim.line", index="btree_not_null", ondelete="restrict"
    )
    asset_id = fields.Many2one(related="claim_id.asset_id")
    kind = fields.Selection(related="claim_line_id.kind", store=True)
    return_state = fields.Selection(related="claim_line_id.return_state")
    product_id = fields.Many2one("product.product", index="btree_not_null")
    name = fields.Char(string="Description", required=True)
    amount_claimed = fields.Monetary(string="Claimed")
    amount_approved = fields.Monetary(string="Approved")
    amount = fields.Monetary(string="Verified")
    verified = fields.Boolean(
        string="Checked", help="Amount, receipts and returned parts were checked."
    )
    reason = fields.Char(
        string="Reason for the Cut", help="Required when less is verified than was approved."
    )
    postponed = fields.Boolean(
        readonly=True,
        help="Left out of this notice: the line comes into the dealer's next one.",
    )
    amount_postponed = fields.Monetary(readonly=True)
    carried_from_id = fields.Many2one(
        "aftersales.notice.line",
        string="Left Out Before",
        index="btree_not_null",
        readonly=True,
        ondelete="set null",
        help="The line of the earlier notice that was left out, with what was said about it.",
    )
    disputed = fields.Boolean(readonly=True)
    dispute_reason = fields.Char(readonly=True)
    account_id = fields.Many2one(
        "account.account",
        check_company=True,
        groups="base.group_user",
        domain="[('account_type', 'not in', ('asset_receivable', 'liability_payable', "
        "'off_balance'))]",
        help="Where the cost is booked. Empty: the account of the product's category, else of the "
        "company.",
    )
    analytic_distribution = fields.Json(groups="base.group_user")
    analytic_precision = fields.Integer(
        store=False,
        default=lambda self: self.env["decimal.precision"].precision_get("Percentage Analytic"),
    )

    # F04: also under concurrency, retry or crash a claim line is deducted once.
    _live_uniq = models.UniqueIndex(
        "(claim_line_id) WHERE live IS TRUE AND claim_line_id IS NOT NULL",
        "A claim line can be in one notice at most that is not cancelled or reversed.",
    )

    @api.depends("notice_id.state", "postponed")
    def _compute_live(self):
        for line in self:
            ended = line.notice_id.state in ("reversed", "cancelled")
            line.live = not ended and not line.postponed

    @api.depends("name", "claim_id.name")
    def _compute_display_name(self):
        for line in self:
            line.display_name = " · ".join(filter(None, (line.claim_id.name, line.name)))

    @api.constrains("amount", "amount_approved", "reason", "type", "notice_id")
    def _check_amount(self):
        for line in self.filtered(lambda line: line.type == "claim" and not line.postponed):
            line._check_amount_within_approved()

    def _check_amount_within_approved(self):
        """Raise when the line grants more than was approved, or less without saying why (F01)."""
        self.ensure_one()
        texts = {
            "line": self.display_name,
            "approved": format_amount(self.env, self.amount_approved, self.currency_id),
        }
        if self.currency_id.compare_amounts(self.amount, 0.0) < 0:
            raise ValidationError(
                self.env._("%(line)s: the verified amount cannot be negative.", line=texts["line"])
            )
        if self.currency_id.compare_amounts(self.amount, self.amount_approved) > 0:
            raise ValidationError(
                self.env._(
                    "%(line)s: the verified amount is more than the approved %(approved)s. Finance "
                    "may only lower it; a higher amount needs a new appraisal of the claim.",
                    **texts,
                )
            )
        if (
            self.currency_id.compare_amounts(self.amount, self.amount_approved) < 0
            and not (self.reason or "").strip()
        ):
            raise ValidationError(
                self.env._(
                    "%(line)s: say in “Reason for the Cut” why less than %(approved)s is verified.",
                    **texts,
                )
            )

    @api.constrains("claim_id", "claim_line_id", "notice_id", "type")
    def _check_claim(self):
        for line in self.filtered(lambda line: line.type == "claim"):
            claim, notice = line.claim_id, line.notice_id
            if not claim or line.claim_line_id.claim_id != claim:
                raise ValidationError(
                    self.env._(
                        "%(line)s: choose a line of the claim it belongs to.",
                        line=line.display_name,
                    )
                )
            if (claim.dealer_id, claim.company_id, claim.currency_id) != (
                notice.dealer_id,
                notice.company_id,
                notice.currency_id,
            ):
                raise ValidationError(
                    self.env._(
                        "%(claim)s belongs to another dealer, company or currency than %(notice)s.",
                        claim=claim.display_name,
                        notice=notice.display_name,
                    )
                )

    def _check_claim_amounts(self):
        """The figures are the claim's own, whoever made the line (F04, D15)."""
        lines = self.sudo().filtered("claim_line_id")  # whatever rights on claims
        amounts = lines.claim_line_id._get_notice_amounts()
        for line in lines:
            granted, currency = line.claim_line_id, line.currency_id
            if currency.compare_amounts(
                line.amount_approved, amounts[granted]
            ) or currency.compare_amounts(line.amount_claimed, granted.amount_claimed):
                raise ValidationError(
                    self.env._(
                        "%(line)s: %(claimed)s were claimed and %(approved)s approved. Prepare the "
                        "notice from the claim instead of entering other figures.",
                        line=line.display_name,
                        claimed=format_amount(self.env, granted.amount_claimed, currency),
                        approved=format_amount(self.env, amounts[granted], currency),
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_notice_open()
        lines._enter_notice()
        lines._check_claim_amounts()
        lines._check_verified_by_verifier()
        return lines

    def _check_verified_by_verifier(self):
        """Raise when new lines arrive checked or cut, and the user may not verify them (J01)."""
        if self.env.su:
            return
        decided = self.filtered(
            lambda line: (
                line.verified or line.currency_id.compare_amounts(line.amount, line.amount_approved)
            )
        )
        if decided:
            decided.notice_id._check_may_verify()

    def _enter_notice(self):
        """Put what these new lines settle “in a notice”.

        :raise UserError: for a claim that is not approved
        """
        # Who prepares notices need not have the right to change claims.
        claims = self.sudo().claim_id
        claims.filtered(lambda claim: claim.state == "approved")._follow_notices()
        claims._ensure_state_in(
            ("noticed", "approved"), self.env._("only approved claims come into a notice.")
        )

    def _follow_notice(self):
        """Give back what these lines would have settled, once they count no longer."""
        # Who settles or cancels a notice need not have the right to change claims.
        self.sudo().claim_id._follow_notices()

    def unlink(self):
        # Who may take lines out need not have the right to change claims.
        claims = self.sudo().claim_id
        result = super().unlink()
        claims._follow_notices()
        return result

    def write(self, vals):
        verifying = bool(self._verified_fields & vals.keys()) and not self.env.su
        if verifying:
            self.notice_id._check_may_verify()
        before = {line: line.amount for line in self} if "amount" in vals else {}
        result = super().write(vals)
        if before:
            self._log_amount_changes(before)
            self._note_verifier(before)
        return result

    def _note_verifier(self, before):
        """Who changes a verified amount is the one who verified it, and does not post it (J01)."""
        changed = self.filtered(
            lambda line: (
                line.state == "verified"
                and line.currency_id.compare_amounts(before[line], line.amount)
            )
        )
        changed.notice_id._write_past_guard(
            {"verified_by_id": self.env.uid, "date_verified": fields.Datetime.now()}
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        self._check_notice_open()
        left = (self.notice_id.line_ids - self).filtered(
            lambda line: line.claim_id and line.claim_id in self.claim_id
        )
        if left:
            raise UserError(
                self.env._(
                    "%(claim)s is in the notice as a whole: take all its lines out, or lower an "
                    "amount to zero with a reason.",
                    claim=left[0].claim_id.display_name,
                )
            )

    def action_remove_claim(self):
        """Take the claims and charges of these lines out of their draft notices; they wait for a
        later notice (F01).
        """
        claims = self.claim_id
        self.notice_id.line_ids.filtered(
            lambda line: line in self or (line.claim_id and line.claim_id in claims)
        ).unlink()

    def _check_notice_open(self):
        """Raise unless the notices of these lines may still get or lose lines."""
        self.notice_id._ensure_state_in(
            ("draft",), self.env._("lines can be added or removed only while it is being verified.")
        )

    def _log_amount_changes(self, before):
        """Write each change of a verified amount to the chatter of its notice (D15, J04)."""
        bodies = {}
        for notice, lines in self.grouped("notice_id").items():
            changes = [
                self.env._(
                    "%(line)s: %(before)s → %(after)s. %(reason)s",
                    line=line.display_name,
                    before=format_amount(self.env, before[line], line.currency_id),
                    after=format_amount(self.env, line.amount, line.currency_id),
                    reason=line.reason or "",
                )
                for line in lines
                if line.currency_id.compare_amounts(before[line], line.amount)
            ]
            if changes:
                items = Markup("").join(Markup("<li>%s</li>") % change for change in changes)
                bodies[notice.id] = Markup("<ul>%s</ul>") % items
        if bodies:
            self.env["aftersales.notice"].browse(bodies)._message_log_batch(bodies=bodies)
