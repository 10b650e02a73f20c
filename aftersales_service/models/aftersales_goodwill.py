from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

MANAGER = "aftersales_service.group_aftersales_manager"
ASKED_FIELDS = {
    "company_id",
    "asset_id",
    "ticket_id",
    "reason_id",
    "description",
    "covers_parts",
    "covers_labour",
    "covers_travel",
    "amount",
    "date_start",
    "date_end",
}


class AftersalesGoodwill(models.Model):
    """A favour to a customer that nothing obliges us to, asked for by one person and granted by
    another, from a yearly budget (W18).
    """

    _name = "aftersales.goodwill"
    _description = "Goodwill"
    _inherit = [
        "aftersales.number.mixin",
        "aftersales.transition.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True
    _rec_names_search = ["name", "asset_id.serial", "partner_id.name"]
    _number_sequence = "aftersales.goodwill"
    _guard_readonly = True
    _transitions = {
        "draft": ("requested", "cancelled"),
        "requested": ("draft", "approved", "refused", "cancelled"),
        "approved": ("used", "expired", "cancelled"),
        "expired": ("used",),
        "refused": ("draft",),
        "cancelled": ("draft",),
    }
    _frozen_fields = {
        **dict.fromkeys(("requested", "refused", "cancelled", "expired"), ASKED_FIELDS),
        "approved": ASKED_FIELDS,
        "used": ASKED_FIELDS | {"amount_used"},
    }

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    asset_id = fields.Many2one(
        "aftersales.asset",
        required=True,
        index=True,
        check_company=True,
        tracking=True,
        compute="_compute_asset_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    partner_id = fields.Many2one(
        related="asset_id.partner_id", string="Customer", store=True, index="btree_not_null"
    )
    product_id = fields.Many2one(related="asset_id.product_id", store=True, index="btree_not_null")
    serial = fields.Char(related="asset_id.serial")
    ticket_id = fields.Many2one(
        "aftersales.ticket",
        index="btree_not_null",
        check_company=True,
        help="Goodwill for a ticket covers this ticket only, whatever else happens.",
    )
    team_id = fields.Many2one(
        related="ticket_id.team_id", store=True, index="btree_not_null", string="Team"
    )
    reason_id = fields.Many2one("aftersales.goodwill.reason", required=True, index=True)
    description = fields.Text(
        string="Why", required=True, help="For the approver: what speaks for it."
    )
    covers_parts = fields.Boolean(string="Parts", default=True, tracking=True)
    covers_labour = fields.Boolean(string="Labour", default=True, tracking=True)
    covers_travel = fields.Boolean(string="Travel", tracking=True)
    amount = fields.Monetary(
        string="At Most", required=True, tracking=True, help="What it may cost us."
    )
    amount_used = fields.Monetary(
        string="Real Cost", tracking=True, copy=False, help="Entered when the work is done."
    )
    date_start = fields.Date(
        required=True,
        compute="_compute_date_start",
        store=True,
        readonly=False,
        precompute=True,
        help="Failures from this day on are covered.",
    )
    date_end = fields.Date(
        required=True,
        default=lambda self: fields.Date.context_today(self) + relativedelta(days=30),
        help="The last day on which a failure is covered.",
    )
    requested_by = fields.Many2one(
        "res.users",
        string="Requested by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        tracking=True,
    )
    date_requested = fields.Datetime(string="Requested on", readonly=True, copy=False)
    approver_id = fields.Many2one(
        "res.users",
        string="Ask",
        copy=False,
        index="btree_not_null",
        domain=lambda self: [
            ("all_group_ids", "in", self.env.ref(MANAGER).id),
            ("id", "!=", self.env.uid),
        ],
        help="Who is asked; another manager may decide all the same.",
    )
    approved_by = fields.Many2one(
        "res.users",
        string="Approved by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        tracking=True,
    )
    date_approved = fields.Datetime(string="Approved on", readonly=True, copy=False)
    decision_reason = fields.Text(readonly=True, copy=False, tracking=True)
    budget_id = fields.Many2one(
        "aftersales.goodwill.budget", readonly=True, copy=False, index="btree_not_null"
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("requested", "Requested"),
            ("approved", "Approved"),
            ("used", "Used"),
            ("expired", "Expired"),
            ("refused", "Refused"),
            ("cancelled", "Cancelled"),
        ],
        string="Status",
        required=True,
        default="draft",
        index=True,
        tracking=True,
        group_expand=True,
    )

    _name_uniq = models.UniqueIndex(
        "(name, company_id)", "The goodwill number must be unique per company."
    )
    _expiry_idx = models.Index("(date_end) WHERE state = 'approved'")
    _cover_idx = models.Index("(asset_id) WHERE state IN ('approved', 'used', 'expired')")
    _dates_ordered = models.Constraint(
        "CHECK(date_end >= date_start)",
        "A goodwill cannot end before it starts: correct one of the dates.",
    )
    _amounts_positive = models.Constraint(
        "CHECK(amount >= 0 AND amount_used >= 0)", "Goodwill amounts cannot be negative."
    )

    @api.depends("ticket_id")
    def _compute_asset_id(self):
        for goodwill in self:
            goodwill.asset_id = goodwill.ticket_id.asset_id or goodwill.asset_id

    # Apart from the asset: a form that is opened with an asset would leave the day empty.
    @api.depends("ticket_id")
    def _compute_date_start(self):
        today = fields.Date.context_today(self)
        for goodwill in self:
            failure = goodwill.ticket_id.date_failure
            goodwill.date_start = failure or goodwill.date_start or today

    @api.constrains("ticket_id", "asset_id", "date_start", "date_end")
    def _check_ticket(self):
        for goodwill in self.filtered("ticket_id"):
            ticket = goodwill.ticket_id
            if ticket.asset_id != goodwill.asset_id:
                raise ValidationError(
                    self.env._(
                        "%(goodwill)s: ticket %(ticket)s is about %(asset)s. Choose that asset, or "
                        "leave the ticket empty.",
                        goodwill=goodwill.name,
                        ticket=ticket.name,
                        asset=ticket.asset_id.display_name or self.env._("no asset"),
                    )
                )
            day = ticket._prepare_entitlement_question()["date"]
            if not goodwill.date_start <= day <= goodwill.date_end:
                raise ValidationError(
                    self.env._(
                        "%(goodwill)s: the failure of ticket %(ticket)s (%(day)s) is not between "
                        "the start and the end. Correct the dates.",
                        goodwill=goodwill.name,
                        ticket=ticket.name,
                        day=format_date(self.env, day),
                    )
                )

    @api.constrains("amount_used", "amount")
    def _check_amount_used(self):
        for goodwill in self:
            if goodwill.currency_id.compare_amounts(goodwill.amount_used, goodwill.amount) > 0:
                raise ValidationError(
                    self.env._(
                        "%(goodwill)s: the real cost (%(used)s) is above what was granted "
                        "(%(amount)s). Ask for another goodwill for the rest.",
                        goodwill=goodwill.name,
                        used=goodwill.currency_id.format(goodwill.amount_used),
                        amount=goodwill.currency_id.format(goodwill.amount),
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_requested(self):
        for goodwill in self.filtered(lambda g: g.state != "draft" or g.date_requested):
            raise UserError(
                self.env._(
                    "%(goodwill)s was requested and is kept. Cancel it instead of deleting it.",
                    goodwill=goodwill.name,
                )
            )
