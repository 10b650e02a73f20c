from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

REASONS = [
    ("quality", "Quality problem"),
    ("dismantled", "Dismantled by the dealer"),
    ("unsellable", "Unsellable"),
    ("other", "Other"),
]
# Who bears freight, unless a person decides otherwise (D12).
FREIGHT_PAYER = {"quality": "company", "dismantled": "dealer", "unsellable": "dealer"}
LIVE_STATES = ("draft", "requested", "approved", "received", "done")


class AftersalesDealerReturn(models.Model):
    """A dealer sends machines or parts of its stock back to the factory (D12)."""

    _name = "aftersales.dealer.return"
    _description = "Dealer Stock Return"
    _inherit = ["aftersales.dealer.document.mixin"]
    _rec_names_search = ["name", "dealer_id.name", "line_ids.serial"]
    _mail_post_access = "read"
    _number_sequence = "aftersales.dealer.return"
    _portal_path = "/my/stock-returns"
    _transitions = {
        "draft": ("requested", "cancelled"),
        "requested": ("approved", "refused", "cancelled"),
        "approved": ("received", "cancelled"),
        "received": ("done",),
    }
    _asked = {"dealer_id", "company_id", "reason", "description"}
    _frozen_fields = {
        "requested": {"dealer_id", "company_id"},
        "approved": _asked,
        "received": _asked,
        "done": _asked
        | {
            "found_reason",
            "freight_amount",
            "freight_payer",
            "freight_paid_by",
            "line_ids",
            "work_ids",
        },
        "refused": _asked | {"line_ids"},
        "cancelled": _asked | {"line_ids"},
    }

    reason = fields.Selection(REASONS, required=True, default="quality", tracking=True)
    found_reason = fields.Selection(
        REASONS,
        string="Found on Inspection",
        compute="_compute_found_reason",
        store=True,
        readonly=False,
        tracking=True,
        help="What the inspection found: who pays goes by it.",
    )
    description = fields.Text(help="What is wrong, in the dealer's words.")
    line_ids = fields.One2many(
        "aftersales.dealer.return.line", "return_id", string="Goods", copy=True
    )
    work_ids = fields.One2many(
        "aftersales.dealer.return.work", "return_id", string="Restoration", copy=False
    )
    photo_ids = fields.Many2many("ir.attachment", string="Photos", copy=False)
    currency_id = fields.Many2one(
        "res.currency", compute="_compute_currency_id", store=True, precompute=True
    )
    freight_amount = fields.Monetary(string="Freight", copy=False, help="Cost of the way back.")
    freight_paid_by = fields.Selection(
        [("dealer", "The dealer"), ("company", "The company")],
        string="Freight Laid out by",
        default="dealer",
        required=True,
        help="Who paid the carrier.",
    )
    freight_payer = fields.Selection(
        [("dealer", "The dealer"), ("company", "The company")],
        string="Freight Borne by",
        compute="_compute_freight_payer",
        store=True,
        readonly=False,
        help="Quality problem: the company. Dismantled or unsellable: the dealer.",
    )
    amount_work = fields.Monetary(
        string="Restoration Cost", compute="_compute_amount_work", store=True
    )
    picking_ids = fields.One2many(
        "stock.picking", "aftersales_dealer_return_id", string="Transfers"
    )
    picking_count = fields.Integer(compute="_compute_counts")
    credit_ids = fields.One2many(
        "account.move", "aftersales_dealer_return_id", string="Credit Notes"
    )
    credit_count = fields.Integer(compute="_compute_counts")
    charge_count = fields.Integer(compute="_compute_counts")
    date_requested = fields.Datetime(string="Requested on", readonly=True, copy=False)
    date_decided = fields.Datetime(string="Decided on", readonly=True, copy=False)
    decided_by = fields.Many2one("res.users", readonly=True, copy=False, index="btree_not_null")
    date_received = fields.Datetime(string="Received on", readonly=True, copy=False)
    decision_reason = fields.Text(readonly=True, copy=False, tracking=True)
    explanation = fields.Text(
        compute="_compute_explanation", help="Who pays what, and by which rule."
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("requested", "Requested"),
            ("approved", "Approved"),
            ("received", "To inspect"),
            ("done", "Done"),
            ("refused", "Refused"),
            ("cancelled", "Cancelled"),
        ],
        string="Status",
        required=True,
        readonly=True,
        default="draft",
        index=True,
        copy=False,
        tracking=True,
        group_expand=True,
    )

    _name_uniq = models.UniqueIndex(
        "(name, company_id)", "The number of a stock return must be unique per company."
    )
    _freight_positive = models.Constraint(
        "CHECK(freight_amount >= 0)", "The freight of a stock return cannot be negative."
    )

    @api.depends("reason")
    def _compute_found_reason(self):
        for stock_return in self:
            stock_return.found_reason = stock_return.reason

    @api.depends("found_reason")
    def _compute_freight_payer(self):
        for stock_return in self:
            usual = FREIGHT_PAYER.get(stock_return.found_reason)
            stock_return.freight_payer = usual or stock_return.freight_payer or "dealer"

    @api.depends("dealer_id", "company_id")
    def _compute_currency_id(self):
        agreements = self._get_agreements()
        for stock_return in self:
            stock_return.currency_id = (
                agreements[stock_return].currency_id or stock_return.company_id.currency_id
            )

    @api.depends("work_ids.amount")
    def _compute_amount_work(self):
        for stock_return in self:
            stock_return.amount_work = sum(stock_return.work_ids.mapped("amount"))

    def _compute_counts(self):
        for stock_return in self:
            # Who may read the return may see that there are documents.
            own = stock_return.sudo()
            stock_return.picking_count = len(own.picking_ids)
            stock_return.credit_count = len(own.credit_ids)
            stock_return.charge_count = len(own._get_charges())

    @api.depends("found_reason", "freight_payer", "freight_paid_by", "freight_amount", "work_ids")
    @api.depends_context("lang")
    def _compute_explanation(self):
        for stock_return in self:
            stock_return.explanation = "\n".join(stock_return._get_sentences())

    @api.constrains("dealer_id")
    def _check_dealer(self):
        for stock_return in self:
            if not stock_return.dealer_id.is_dealer:
                raise ValidationError(
                    self.env._(
                        "%(partner)s is not a dealer. Choose a dealer, or tick “Dealer” on the "
                        "contact.",
                        partner=stock_return.dealer_id.display_name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_requested(self):
        for stock_return in self:
            if stock_return.state not in ("draft", "cancelled"):
                raise UserError(
                    self.env._(
                        "%(name)s was requested and is kept. Cancel it instead of deleting it.",
                        name=stock_return.display_name,
                    )
                )

    def _get_agreements(self):
        """Return {return: the dealer's agreement today, in superuser mode}."""
        today = fields.Date.context_today(self)
        keys = {
            stock_return: (stock_return.dealer_id, stock_return.company_id, today)
            for stock_return in self
        }
        found = self.env["aftersales.dealer.agreement"]._get_for(keys.values())
        return {stock_return: found[key] for stock_return, key in keys.items()}
