from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date, get_lang

from odoo.addons.base.models.res_currency import num2words

from .aftersales_dealer_agreement import SETTLEMENT_METHODS

# What the dealer is told; what proves who did what when. Neither changes once it happened (J04).
CONTENT_FIELDS = {
    "name",
    "dealer_id",
    "company_id",
    "currency_id",
    "period_start",
    "period_end",
    "dispute_reason",
}
PROOF_FIELDS = {
    "version",
    "mail_pending",
    "date_reminded",
    "silence_confirms",
    "date_issued",
    "date_confirm_deadline",
    "date_confirmed",
    "confirmed_by_id",
    "confirm_method",
    "confirm_note",
    "verified_by_id",
    "date_verified",
    "date_settled",
    "settled_by_id",
}


class AftersalesNotice(models.Model):
    """Fee verification notice (三包费用核销通知单): what the company grants a dealer, and its
    settlement.

    The flow is in ``aftersales_notice_flow.py``, the accounting in
    ``aftersales_notice_settlement.py``,
    how notices are made in ``aftersales_notice_prepare.py``.
    """

    _name = "aftersales.notice"
    _description = "Fee Verification Notice"
    _inherit = [
        "portal.mixin",
        "mail.thread",
        "mail.activity.mixin",
        "aftersales.transition.mixin",
        "aftersales.bulk.tracking.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True
    _rec_names_search = ["name", "dealer_id"]
    # A dealer user, who may not write, may still leave a note in the chatter.
    _mail_post_access = "read"
    _guard_readonly = True
    _creatable_fields = {"state"}  # numbers are drawn on issue

    _transitions = {
        "draft": ("verified", "cancelled"),
        "verified": ("draft", "issued", "cancelled"),
        "issued": ("confirmed", "disputed", "cancelled"),
        "confirmed": ("settled", "cancelled"),
        "disputed": ("verified", "issued", "cancelled"),
        "settled": ("reversed",),
    }
    _frozen_fields = {
        **dict.fromkeys(("draft", "verified"), {"name"} | PROOF_FIELDS),
        **dict.fromkeys(("issued", "confirmed", "disputed"), CONTENT_FIELDS | PROOF_FIELDS),
        **dict.fromkeys(
            ("settled", "reversed", "cancelled"),
            CONTENT_FIELDS | PROOF_FIELDS | {"settlement_method"},
        ),
    }

    name = fields.Char(
        string="Number", required=True, readonly=True, copy=False, default="/", index="trigram"
    )
    version = fields.Integer(
        default=0,
        readonly=True,
        copy=False,
        help="How many times the notice was issued with changed figures.",
    )
    dealer_id = fields.Many2one(
        "res.partner",
        required=True,
        index=True,
        tracking=True,
        check_company=True,
        domain="[('is_dealer', '=', True)]",
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(
        "res.currency", required=True, default=lambda self: self.env.company.currency_id
    )
    user_id = fields.Many2one(
        "res.users", string="Responsible", default=lambda self: self.env.user, tracking=True
    )
    period_start = fields.Date()
    period_end = fields.Date(required=True, default=fields.Date.context_today)
    settlement_method = fields.Selection(
        SETTLEMENT_METHODS,
        required=True,
        default="credit_note",
        tracking=True,
        help="How the confirmed amount is deducted from the dealer's receivables.",
    )
    state = fields.Selection(
        [
            ("draft", "To verify"),
            ("verified", "Verified"),
            ("issued", "Issued"),
            ("confirmed", "Confirmed"),
            ("disputed", "Disputed"),
            ("settled", "Settled"),
            ("reversed", "Reversed"),
            ("cancelled", "Cancelled"),
        ],
        string="Status",
        default="draft",
        required=True,
        index=True,
        tracking=True,
        group_expand=True,
    )
    line_ids = fields.One2many("aftersales.notice.line", "notice_id", string="Lines")
    claim_ids = fields.Many2many("aftersales.claim", string="Claims", compute="_compute_claim_ids")
    claim_count = fields.Integer(compute="_compute_claim_ids")
    amount_claimed = fields.Monetary(compute="_compute_amounts", store=True)
    amount_approved = fields.Monetary(compute="_compute_amounts", store=True)
    amount_total = fields.Monetary(
        string="Verified Amount", compute="_compute_amounts", store=True, tracking=True
    )

    verified_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    date_verified = fields.Datetime(readonly=True, copy=False)
    date_issued = fields.Date(string="Issued on", readonly=True, copy=False)
    silence_confirms = fields.Boolean(
        readonly=True,
        copy=False,
        help="As agreed: no answer until the deadline counts as confirmation.",
    )
    date_confirm_deadline = fields.Date(string="Answer by", readonly=True, copy=False)
    mail_pending = fields.Boolean(
        readonly=True, copy=False, help="The mail to the dealer goes out with the next job."
    )
    date_reminded = fields.Date(string="Reminded on", readonly=True, copy=False)
    date_confirmed = fields.Datetime(string="Confirmed on", readonly=True, copy=False)
    confirmed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    confirm_method = fields.Selection(
        string="How Confirmed",
        selection=[
            ("portal", "On the portal"),
            ("written", "In writing"),
            ("silence", "By silence until the deadline"),
        ],
        readonly=True,
        copy=False,
    )
    confirm_note = fields.Text(readonly=True, copy=False)
    dispute_reason = fields.Text(string="Why Disputed", copy=False)
    settled_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    date_settled = fields.Datetime(string="Settled on", readonly=True, copy=False)
    move_ids = fields.One2many(
        "account.move", "aftersales_notice_id", string="Accounting Entries", readonly=True
    )
    move_count = fields.Integer(compute="_compute_move_count")
    next_step = fields.Char(compute="_compute_next_step")

    # The newest of one dealer are not looked for among the newest of all.
    _dealer_newest_idx = models.Index("(dealer_id, id)")
    _name_uniq = models.UniqueIndex(
        "(name, company_id) WHERE name != '/'",
        "A notice with this number exists already in this company.",
    )
    _mail_pending_idx = models.Index("(id) WHERE mail_pending IS TRUE")
    _silence_idx = models.Index(
        "(date_confirm_deadline) WHERE state = 'issued' AND silence_confirms IS TRUE"
    )

    @api.depends("name", "version", "dealer_id", "dealer_id.name")
    def _compute_display_name(self):
        for notice in self:
            if notice.name == "/":
                notice.display_name = self.env._(
                    "Draft notice – %(dealer)s", dealer=notice.dealer_id.name or ""
                )
            elif notice.version > 1:
                notice.display_name = self.env._(
                    "%(name)s (version %(version)s)", name=notice.name, version=notice.version
                )
            else:
                notice.display_name = notice.name

    @api.depends("line_ids.claim_id")
    def _compute_claim_ids(self):
        for notice in self:
            notice.claim_ids = notice.line_ids.claim_id
            notice.claim_count = len(notice.claim_ids)

    @api.depends(
        "line_ids.amount", "line_ids.amount_claimed", "line_ids.amount_approved", "currency_id"
    )
    def _compute_amounts(self):
        for notice in self:
            for total, part in (
                ("amount_claimed", "amount_claimed"),
                ("amount_approved", "amount_approved"),
                ("amount_total", "amount"),
            ):
                amount = sum(notice.line_ids.mapped(part))
                notice[total] = notice.currency_id.round(amount) if notice.currency_id else amount

    @api.depends("move_ids")
    def _compute_move_count(self):
        for notice in self:
            # Whoever may read the notice may know how many entries it has, not what is in them.
            notice.move_count = len(notice.sudo().move_ids)

    @api.depends("state", "date_confirm_deadline", "silence_confirms", "amount_total")
    def _compute_next_step(self):
        for notice in self:
            notice.next_step = notice._get_next_step()

    def _get_next_step(self):
        """Return the sentence that tells who has to do what next."""
        self.ensure_one()
        deadline = (
            format_date(self.env, self.date_confirm_deadline) if self.date_confirm_deadline else ""
        )
        if self.state == "issued":
            if self.silence_confirms:
                return self.env._(
                    "The dealer has until %(date)s to dispute the notice; silence counts as "
                    "confirmation.",
                    date=deadline,
                )
            return self.env._(
                "The dealer confirms or disputes the notice, by %(date)s.", date=deadline
            )
        if self.state == "confirmed" and self.currency_id.compare_amounts(self.amount_total, 0) < 0:
            return self.env._("Accounting invoices the amount to the dealer, who owes it.")
        return {
            "draft": self.env._("Finance checks each line against the claim and its receipts."),
            "verified": self.env._("The notice is ready to be issued to the dealer."),
            "confirmed": self.env._("Accounting deducts the amount from the dealer's receivables."),
            "disputed": self.env._(
                "Answer the dispute: correct the figures, or uphold the notice."
            ),
        }.get(self.state, "")

    def _compute_access_url(self):
        result = super()._compute_access_url()
        for notice in self:
            notice.access_url = f"/my/notices/{notice.id}"
        return result

    @api.constrains("period_start", "period_end")
    def _check_period(self):
        for notice in self:
            if notice.period_start and notice.period_start > notice.period_end:
                raise ValidationError(
                    self.env._(
                        "%(notice)s: the period ends on %(end)s, before it starts on %(start)s.",
                        notice=notice.display_name,
                        end=format_date(self.env, notice.period_end),
                        start=format_date(self.env, notice.period_start),
                    )
                )

    @api.constrains("dealer_id", "company_id", "currency_id")
    def _check_party(self):
        """The lines were granted to one dealer, in one currency."""
        self.line_ids._check_claim()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_numbered(self):
        for notice in self:
            if notice.state not in ("draft", "cancelled") or notice.name != "/":
                raise UserError(
                    self.env._(
                        "%(notice)s cannot be deleted, it was worked on. Cancel or reverse it "
                        "instead.",
                        notice=notice.display_name,
                    )
                )

    def unlink(self):
        drafts = self.filtered(lambda notice: notice.state == "draft")
        # Whoever may delete a draft notice need not have the right to change claims and charges.
        claims, charges = drafts.sudo().claim_ids, drafts.sudo().line_ids.charge_id
        result = super().unlink()
        claims._follow_notices()
        charges._follow_notices()
        return result

    def _get_sections(self):
        """Return the lines by claim, the charges last, with subtotals, as the notice shows them:
        list of dict.
        """
        self.ensure_one()
        by_claim = self.line_ids.grouped("claim_id")
        charges = by_claim.pop(self.env["aftersales.claim"], None)
        if charges:
            by_claim[self.env["aftersales.claim"]] = charges
        return [
            {
                "claim": claim,
                "title": claim.name or self.env._("Rewards, penalties and other charges"),
                "lines": lines,
                "claimed": self.currency_id.round(sum(lines.mapped("amount_claimed"))),
                "approved": self.currency_id.round(sum(lines.mapped("amount_approved"))),
                "amount": self.currency_id.round(sum(lines.mapped("amount"))),
            }
            for claim, lines in by_claim.items()
        ]

    def _get_amount_in_words(self):
        """Return the total in words of the language of the context; False where Odoo's library
        knows no such words, and would print English ones.
        """
        self.ensure_one()
        language = get_lang(self.env).iso_code
        try:
            known = num2words and num2words(1, lang=language)
        except NotImplementedError:
            known = False
        return known and self.currency_id.amount_to_text(self.amount_total)

    def _get_report_base_filename(self):
        self.ensure_one()
        return self.env._("Fee notice %(name)s", name=self.name if self.name != "/" else self.id)

    def action_view_claims(self):
        """Open the claims of the notice (F02)."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_dealer.aftersales_claim_action"
        )
        return dict(action, domain=[("id", "in", self.claim_ids.ids)], context={"create": False})

    def action_view_moves(self):
        """Open the accounting entries of the notice (F03)."""
        self.ensure_one()
        only = self.move_ids if len(self.move_ids) == 1 else self.move_ids.browse()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Entries of %(notice)s", notice=self.display_name),
            "res_model": "account.move",
            "view_mode": "form" if only else "list,form",
            "res_id": only.id,
            "domain": [("aftersales_notice_id", "in", self.ids)],
            "context": {"create": False},
        }
