from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

CLAIM_FIELDS = {
    "company_id",
    "dealer_id",
    "partner_id",
    "ticket_id",
    "reason",
    "description",
    "date_claimed",
    "currency_id",
    "amount_claimed",
}
DECISION_FIELDS = {"amount_approved", "decision_reason", "evidence_ids"}


class AftersalesAdvance(models.Model):
    """Advance compensation (先行赔付): the company pays the consumer whom a dealer does not pay,
    and recovers it from the dealer (F05).

    Hearing and decision are in ``aftersales_advance_flow.py``, the payment in
    ``aftersales_advance_payment.py``, the recourse in ``aftersales_advance_recourse.py``.
    """

    _name = "aftersales.advance"
    _description = "Advance Compensation"
    _inherit = [
        "aftersales.number.mixin",
        "aftersales.transition.mixin",
        "aftersales.files.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True
    _number_sequence = "aftersales.advance"
    _rec_names_search = ["name", "dealer_id.name", "partner_id.name"]
    _guard_readonly = True
    _file_fields = ("evidence_ids", "answer_file_ids")
    _transitions = {
        "draft": ("hearing", "cancelled"),
        "hearing": ("approved", "refused", "cancelled"),
        "refused": ("hearing",),
        "approved": ("paid", "cancelled"),
        "paid": ("reversed",),
    }
    _frozen_fields = {
        "hearing": CLAIM_FIELDS,
        **dict.fromkeys(
            ("approved", "refused", "paid", "reversed", "cancelled"), CLAIM_FIELDS | DECISION_FIELDS
        ),
    }

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    dealer_id = fields.Many2one(
        "res.partner",
        required=True,
        index=True,
        check_company=True,
        domain="[('is_dealer', '=', True)]",
        ondelete="restrict",
        tracking=True,
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Consumer",
        compute="_compute_from_ticket",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    ticket_id = fields.Many2one("aftersales.ticket", index="btree_not_null", check_company=True)
    asset_id = fields.Many2one(related="ticket_id.asset_id", store=True, index="btree_not_null")
    date_claimed = fields.Date(
        string="Claimed on", required=True, default=fields.Date.context_today
    )
    reason = fields.Selection(
        [
            ("not_repaired", "Dealer does not repair"),
            ("not_paid", "Dealer does not pay what it owes"),
            ("closed", "Dealer is closed or cannot be reached"),
            ("damage", "Damage by the dealer"),
            ("overcharged", "Dealer charged too much"),
            ("other", "Other"),
        ],
        required=True,
        default="not_paid",
        tracking=True,
    )
    description = fields.Text(
        string="What the Consumer Says", help="The dealer reads it when it is heard."
    )
    currency_id = fields.Many2one(
        "res.currency", required=True, default=lambda self: self.env.company.currency_id
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company's Currency"
    )
    amount_claimed = fields.Monetary(string="Claimed", required=True, tracking=True)
    amount_approved = fields.Monetary(
        string="Granted",
        compute="_compute_amount_approved",
        store=True,
        readonly=False,
        copy=False,
        tracking=True,
    )
    evidence_ids = fields.Many2many(
        "ir.attachment",
        "aftersales_advance_evidence_rel",
        "advance_id",
        "attachment_id",
        copy=False,
        bypass_search_access=True,
        groups="base.group_user",
        help="Receipts, photos, letters. Needed before the decision.",
    )
    entered_by_id = fields.Many2one(
        "res.users",
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: self.env.user,
        index="btree_not_null",
    )
    decided_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, index="btree_not_null", tracking=True
    )
    date_decided = fields.Datetime(string="Decided on", readonly=True, copy=False)
    decision_reason = fields.Text(copy=False, tracking=True)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("hearing", "Dealer is heard"),
            ("approved", "Granted"),
            ("refused", "Refused"),
            ("paid", "Paid"),
            ("reversed", "Reversed"),
            ("cancelled", "Cancelled"),
        ],
        string="Status",
        required=True,
        default="draft",
        index=True,
        tracking=True,
        group_expand=True,
    )
    next_step = fields.Char(compute="_compute_next_step")

    _name_uniq = models.UniqueIndex(
        "(name, company_id)", "An advance compensation with this number exists already."
    )
    _ticket_uniq = models.UniqueIndex(
        "(ticket_id, dealer_id) WHERE ticket_id IS NOT NULL "
        "AND state NOT IN ('refused', 'reversed', 'cancelled')",
        "This ticket has an advance compensation for the dealer already: open that one.",
    )
    _amounts_positive = models.Constraint(
        "CHECK(amount_claimed > 0 AND amount_approved >= 0)",
        "The amount that the consumer claims must be more than zero.",
    )

    @api.depends("ticket_id")
    def _compute_from_ticket(self):
        for advance in self:
            advance.partner_id = advance.ticket_id.partner_id or advance.partner_id

    @api.depends("amount_claimed")
    def _compute_amount_approved(self):
        for advance in self:
            advance.amount_approved = advance.amount_claimed

    @api.depends("state", "date_answer_due", "dealer_answer", "amount_unclaimed", "amount_open")
    def _compute_next_step(self):
        for advance in self:
            advance.next_step = advance._get_next_step()

    def _get_next_step(self):
        """Return the sentence that tells who has to do what next."""
        self.ensure_one()
        if self.state == "paid":
            if self.amount_unclaimed:
                return self.env._("Accounting takes it back from the dealer.")
            if self.amount_open:
                return self.env._("The dealer owes it: deducted next, or on a debit note.")
            return self.env._("All of it came back from the dealer.")
        if self.awaits_answer:
            return self.env._(
                "The dealer may answer until %(date)s; a dealer manager decides when it has, or "
                "after that day.",
                date=format_date(self.env, self.date_answer_due),
            )
        return {
            "draft": self.env._("Attach the evidence, then hear the dealer."),
            "hearing": self.env._("A dealer manager who did not enter it decides."),
            "approved": self.env._("Accounting pays the consumer."),
        }.get(self.state, "")

    @api.constrains("dealer_id", "partner_id")
    def _check_parties(self):
        for advance in self:
            if advance.partner_id.commercial_partner_id == advance.dealer_id:
                raise ValidationError(
                    self.env._(
                        "%(advance)s: the consumer is the dealer itself. Choose who is paid.",
                        advance=advance.display_name,
                    )
                )
            if not advance.dealer_id.active:
                raise ValidationError(
                    self.env._(
                        "%(dealer)s is archived. Restore the contact to recover from it.",
                        dealer=advance.dealer_id.display_name,
                    )
                )

    @api.constrains("amount_claimed", "amount_approved", "currency_id")
    def _check_amounts(self):
        for advance in self:
            if (
                advance.currency_id.compare_amounts(advance.amount_approved, advance.amount_claimed)
                > 0
            ):
                raise ValidationError(
                    self.env._(
                        "%(advance)s: no more is granted than the consumer claims.",
                        advance=advance.display_name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        self._ensure_state_in(("draft",), self.env._("it is kept. Cancel or reverse it instead."))

    def _get_report_base_filename(self):
        self.ensure_one()
        return self.env._("Advance compensation %(name)s", name=self.name)
