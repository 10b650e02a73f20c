from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

CLAIMED_FIELDS = {"company_id", "supplier_id", "currency_id", "method"}


class AftersalesSupplierRecovery(models.Model):
    """What a supplier's faulty parts cost us, claimed from the supplier (F07).

    How lines are gathered is in ``aftersales_supplier_recovery_gather.py``, the supplier's answer
    in ``aftersales_supplier_recovery_flow.py``, the entry in
    ``aftersales_supplier_recovery_booking.py``.
    """

    _name = "aftersales.supplier.recovery"
    _description = "Supplier Recovery"
    _inherit = [
        "aftersales.number.mixin",
        "aftersales.transition.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True
    _number_sequence = "aftersales.supplier.recovery"
    _rec_names_search = ["name", "supplier_id.name", "supplier_reference"]
    _guard_readonly = True
    _transitions = {
        "draft": ("sent", "cancelled"),
        "sent": ("answered", "cancelled"),
        "answered": ("sent", "booked", "cancelled"),
        "booked": ("answered",),
    }
    _frozen_fields = {
        **dict.fromkeys(("sent", "answered"), CLAIMED_FIELDS - {"method"}),
        **dict.fromkeys(("booked", "cancelled"), CLAIMED_FIELDS | {"supplier_reference"}),
    }

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    supplier_id = fields.Many2one(
        "res.partner",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        tracking=True,
    )
    currency_id = fields.Many2one(
        "res.currency", required=True, default=lambda self: self.env.company.currency_id
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        index="btree_not_null",
        tracking=True,
    )
    method = fields.Selection(
        [("refund", "Vendor credit note"), ("debit", "Debit note to the supplier")],
        string="Booked as",
        required=True,
        default="refund",
    )
    supplier_reference = fields.Char(
        string="Supplier's Reference", copy=False, help="Number of its credit note or letter."
    )
    line_ids = fields.One2many("aftersales.supplier.recovery.line", "recovery_id", string="Lines")
    line_count = fields.Integer(compute="_compute_line_count")
    date_due = fields.Date(
        string="Claim by",
        compute="_compute_date_due",
        store=True,
        index="btree_not_null",
        help="The first day on which a supplier's warranty in it may no longer be claimed.",
    )
    date_sent = fields.Date(string="Sent on", readonly=True, copy=False)
    date_answer_due = fields.Date(string="Answer Due", copy=False, tracking=True)
    date_answered = fields.Date(string="Answered on", readonly=True, copy=False)
    date_warned = fields.Date(readonly=True, copy=False)
    amount_cost = fields.Monetary(string="Our Cost", compute="_compute_amounts", store=True)
    amount_claimed = fields.Monetary(
        string="Claimed", compute="_compute_amounts", store=True, tracking=True
    )
    amount_accepted = fields.Monetary(
        string="Accepted", compute="_compute_amounts", store=True, tracking=True
    )
    amount_recovered = fields.Monetary(string="Recovered", compute="_compute_amounts", store=True)
    rate = fields.Float(
        string="Recovered (%)",
        compute="_compute_rate",
        help="Recovered of what was claimed.",
        aggregator=None,
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("sent", "Sent"),
            ("answered", "Answered"),
            ("booked", "Booked"),
            ("cancelled", "Cancelled"),
        ],
        string="Status",
        required=True,
        default="draft",
        index=True,
        tracking=True,
        group_expand=True,
    )
    is_late = fields.Boolean(string="Overdue", compute="_compute_is_late", search="_search_is_late")

    _name_uniq = models.UniqueIndex(
        "(name, company_id)", "A supplier recovery with this number exists already."
    )
    # Gathering twice at the same moment adds to one draft.
    _draft_uniq = models.UniqueIndex(
        "(supplier_id, company_id, currency_id) WHERE state = 'draft'",
        "There is a draft recovery from this supplier in this currency already: open that one.",
    )

    @api.depends("line_ids")
    def _compute_line_count(self):
        for recovery in self:
            recovery.line_count = len(recovery.line_ids)

    @api.depends("line_ids.date_due")
    def _compute_date_due(self):
        for recovery in self:
            recovery.date_due = min(
                filter(None, recovery.line_ids.mapped("date_due")), default=None
            )

    @api.depends(
        "line_ids.amount_cost",
        "line_ids.amount_claimed",
        "line_ids.amount_accepted",
        "line_ids.amount_recovered",
    )
    def _compute_amounts(self):
        for recovery in self:
            for name in ("cost", "claimed", "accepted", "recovered"):
                total = sum(recovery.line_ids.mapped(f"amount_{name}"))
                recovery[f"amount_{name}"] = recovery.currency_id.round(total)

    @api.depends("amount_claimed", "amount_recovered")
    def _compute_rate(self):
        for recovery in self:
            claimed = recovery.amount_claimed
            recovery.rate = 100.0 * recovery.amount_recovered / claimed if claimed else 0.0

    @api.depends("state", "date_due", "date_answer_due")
    @api.depends_context("uid")
    def _compute_is_late(self):
        today = fields.Date.context_today(self)
        for recovery in self:
            due = {"draft": recovery.date_due, "sent": recovery.date_answer_due}.get(recovery.state)
            recovery.is_late = bool(due) and due < today

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        return (Domain("state", "=", "draft") & Domain("date_due", "<", "today")) | (
            Domain("state", "=", "sent") & Domain("date_answer_due", "<", "today")
        )

    @api.constrains("supplier_id")
    def _check_supplier(self):
        for recovery in self:
            if recovery.supplier_id != recovery.supplier_id.commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is a contact of %(supplier)s. Claim from the company.",
                        contact=recovery.supplier_id.display_name,
                        supplier=recovery.supplier_id.commercial_partner_id.display_name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        self._ensure_state_in(("draft",), self.env._("it is kept. Cancel it instead."))

    def _get_report_base_filename(self):
        self.ensure_one()
        return self.env._("Recovery claim %(name)s", name=self.name)
