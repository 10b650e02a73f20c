from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools import compensation as late

MANAGER = "aftersales_service.group_aftersales_manager"
PROPOSED_FIELDS = {
    "company_id",
    "partner_id",
    "ticket_id",
    "reason",
    "description",
    "basis",
    "days_late",
    "rate",
    "percent",
    "order_value",
    "cap",
    "amount",
    "currency_id",
    "tell_customer",
}


class AftersalesCompensation(models.Model):
    """What we pay a customer for being late, for damage or an upheld complaint: proposed from the
    ticket, decided by the centre, paid by a credit note (X05, T08).

    Technicians see nothing of it: what a customer gets is not decided on their doorstep.
    """

    _name = "aftersales.compensation"
    _description = "Compensation"
    _inherit = [
        "aftersales.number.mixin",
        "aftersales.transition.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True
    _rec_names_search = ["name", "partner_id.name", "ticket_id.name"]
    _number_sequence = "aftersales.compensation"
    _guard_readonly = True
    _transitions = {
        "draft": ("proposed", "cancelled"),
        "proposed": ("draft", "approved", "refused", "cancelled"),
        "approved": ("paid", "cancelled"),
        "paid": ("approved", "reversed"),
        "reversed": ("paid",),
        "refused": ("draft",),
        "cancelled": ("draft",),
    }
    _frozen_fields = dict.fromkeys(
        ("proposed", "approved", "paid", "refused", "cancelled", "reversed"), PROPOSED_FIELDS
    )

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    ticket_id = fields.Many2one(
        "aftersales.ticket", index="btree_not_null", check_company=True, tracking=True
    )
    clock_id = fields.Many2one(
        "aftersales.sla.clock",
        string="Broken Promise",
        index="btree_not_null",
        readonly=True,
        copy=False,
        check_company=True,
        help="The promise that was not kept, when the compensation follows from it.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
    )
    asset_id = fields.Many2one(related="ticket_id.asset_id", store=True, index="btree_not_null")
    serial = fields.Char(related="ticket_id.serial")
    team_id = fields.Many2one(
        related="ticket_id.team_id", string="Team", store=True, index="btree_not_null"
    )
    reason = fields.Selection(
        [
            ("late", "Late"),
            ("damage", "Damage"),
            ("complaint", "Complaint"),
            ("gesture", "Goodwill gesture"),
            ("other", "Other"),
        ],
        required=True,
        default="late",
        tracking=True,
    )
    description = fields.Text(string="Why", help="For who decides: what happened.")
    basis = fields.Selection(
        [
            ("fixed", "Fixed amount"),
            ("day", "Amount per day late"),
            ("percent", "Percent of the order per day late"),
        ],
        string="Reckoned by",
        required=True,
        default="fixed",
    )
    days_late = fields.Integer(help="Every day that began counts.", aggregator="sum")
    rate = fields.Monetary(string="Per Day", aggregator=None)
    percent = fields.Float(
        string="Percent per Day", digits=(16, 3), aggregator=None, help="Of the order value."
    )
    order_value = fields.Monetary(
        compute="_compute_order_value",
        store=True,
        readonly=False,
        precompute=True,
        aggregator=None,
        help="What the machine was sold for, without taxes.",
    )
    cap = fields.Monetary(string="At Most", aggregator=None, help="0: no limit.")
    currency_id = fields.Many2one(
        "res.currency", required=True, default=lambda self: self.env.company.currency_id
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company's Currency"
    )
    amount = fields.Monetary(
        string="Proposed",
        compute="_compute_amount",
        store=True,
        readonly=False,
        tracking=True,
        help="Without taxes.",
    )
    calculation = fields.Char(compute="_compute_calculation")
    amount_approved = fields.Monetary(string="Approved", readonly=True, copy=False, tracking=True)
    amount_company = fields.Monetary(
        string="Cost",
        compute="_compute_amount_company",
        store=True,
        currency_field="company_currency_id",
        help="Approved, else proposed, in the company's currency.",
    )
    tell_customer = fields.Boolean(
        string="Tell the Customer", default=True, help="The decision is sent by e-mail."
    )
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
    proposed_by = fields.Many2one(
        "res.users", readonly=True, copy=False, index="btree_not_null", tracking=True
    )
    date_proposed = fields.Datetime(string="Proposed on", readonly=True, copy=False)
    decided_by = fields.Many2one(
        "res.users", readonly=True, copy=False, index="btree_not_null", tracking=True
    )
    date_decided = fields.Datetime(string="Decided on", readonly=True, copy=False, index=True)
    decision_reason = fields.Text(readonly=True, copy=False, tracking=True)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("proposed", "Proposed"),
            ("approved", "Approved"),
            ("paid", "Credited"),
            ("refused", "Refused"),
            ("cancelled", "Cancelled"),
            ("reversed", "Reversed"),
        ],
        string="Status",
        required=True,
        default="draft",
        index=True,
        tracking=True,
        group_expand=True,
    )

    _name_uniq = models.UniqueIndex(
        "(name, company_id)", "The number of a compensation must be unique per company."
    )
    _clock_uniq = models.UniqueIndex(
        "(clock_id) WHERE clock_id IS NOT NULL",
        "There is a compensation for this broken promise already: open that one.",
    )
    _positive = models.Constraint(
        "CHECK(days_late >= 0 AND rate >= 0 AND percent >= 0 AND percent <= 100 AND cap >= 0 "
        "AND order_value >= 0 AND amount >= 0 AND amount_approved >= 0)",
        "Days and amounts of a compensation cannot be negative, percentages not above 100.",
    )

    @api.depends("ticket_id")
    def _compute_partner_id(self):
        for compensation in self:
            compensation.partner_id = compensation.ticket_id.partner_id or compensation.partner_id

    @api.depends("ticket_id", "currency_id")
    def _compute_order_value(self):
        for compensation in self:
            # Whoever proposes need not have rights on sales; the value is shown to the office.
            asset = compensation.ticket_id.asset_id.sudo()
            value = asset._get_sale_value(compensation.currency_id, compensation.company_id)
            compensation.order_value = value or compensation.order_value

    @api.depends("basis", "days_late", "rate", "percent", "order_value", "cap", "currency_id")
    def _compute_amount(self):
        for compensation in self:
            amount = compensation.amount
            if compensation.basis != "fixed":
                amount = late.amount_late(
                    compensation.days_late, compensation._get_per_day(), compensation.cap
                )
            compensation.amount = compensation.currency_id.round(amount)

    def _get_per_day(self):
        """Return what one day late costs."""
        self.ensure_one()
        if self.basis == "day":
            return self.rate
        return late.per_day_of(self.order_value, self.percent)

    @api.depends("amount", "basis")
    @api.depends_context("lang")
    def _compute_calculation(self):
        for compensation in self:
            compensation.calculation = compensation._describe_calculation()

    def _describe_calculation(self):
        """Return "3 days × $ 50.00 = $ 150.00, at most $ 120.00" in the user's language."""
        self.ensure_one()
        if self.basis == "fixed":
            return False
        money = self.currency_id.format
        names = {"days": self.days_late, "rate": money(self._get_per_day())}
        text = self.env._("%(days)s days late × %(rate)s", **names)
        if self.basis == "percent":
            text = self.env._(
                "%(days)s days late × %(percent)s %% of %(value)s",
                days=self.days_late,
                percent=f"{self.percent:g}",
                value=money(self.order_value),
            )
        full = self.currency_id.round(late.amount_late(self.days_late, self._get_per_day()))
        text = f"{text} = {money(full)}"
        if self.cap and self.currency_id.compare_amounts(full, self.cap) > 0:
            text = self.env._("%(sum)s, at most %(cap)s", sum=text, cap=money(self.cap))
        return text

    @api.depends("amount", "amount_approved", "currency_id", "company_id", "date_decided")
    def _compute_amount_company(self):
        for compensation in self:
            day = compensation.date_decided or fields.Datetime.now()
            compensation.amount_company = compensation.currency_id._convert(
                compensation.amount_approved or compensation.amount,
                compensation.company_currency_id,
                compensation.company_id,
                fields.Datetime.context_timestamp(compensation, day).date(),
            )

    @api.constrains("ticket_id", "partner_id")
    def _check_partner(self):
        for compensation in self.filtered("ticket_id"):
            customer = compensation.ticket_id.partner_id.commercial_partner_id
            if customer and compensation.partner_id.commercial_partner_id != customer:
                raise ValidationError(
                    self.env._(
                        "%(compensation)s: ticket %(ticket)s is of %(customer)s. Compensate that "
                        "customer, or choose another ticket.",
                        compensation=compensation.name,
                        ticket=compensation.ticket_id.name,
                        customer=customer.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        compensations = super().create(vals_list)
        compensations._reckon()
        return compensations

    def write(self, vals):
        result = super().write(vals)
        if "amount" in vals:
            self._reckon()
        return result

    def _reckon(self):
        """What is reckoned from days is not typed in."""
        reckoned = self.filtered(lambda c: c.basis != "fixed")
        self.env.add_to_compute(self._fields["amount"], reckoned)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_proposed(self):
        for compensation in self.filtered(lambda c: c.state != "draft" or c.date_proposed):
            raise UserError(
                self.env._(
                    "%(compensation)s was proposed and is kept. Cancel it instead of deleting it.",
                    compensation=compensation.name,
                )
            )
