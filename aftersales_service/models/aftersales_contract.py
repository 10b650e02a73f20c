from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

ASPECT_FIELDS = ("covers_parts", "covers_labour", "covers_travel")
# What both sides agreed on: it does not change once the contract runs (J04).
AGREED_FIELDS = {
    "partner_id",
    "company_id",
    "currency_id",
    "product_id",
    "date_start",
    "date_end",
    "duration",
    "duration_unit",
    "invoicing",
    "period",
    "alignment",
    "date_invoiced_until",
    *ASPECT_FIELDS,
}


class AftersalesContract(models.Model):
    """A service contract over assets: what it covers, from when until when, at what price (W11)."""

    _name = "aftersales.contract"
    _description = "Service Contract"
    _inherit = [
        "aftersales.number.mixin",
        "aftersales.transition.mixin",
        "portal.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True
    _rec_names_search = ["name", "partner_id.name"]
    _number_sequence = "aftersales.contract"
    _guard_readonly = True
    _transitions = {
        "draft": ("running", "cancelled"),
        "running": ("expired", "cancelled"),
    }
    _frozen_fields = {
        "running": AGREED_FIELDS,
        "expired": AGREED_FIELDS,
        "cancelled": AGREED_FIELDS,
    }

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, index=True, tracking=True
    )
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        domain="[('share', '=', False)]",
        tracking=True,
    )
    product_id = fields.Many2one(
        "product.product",
        string="Contract Product",
        required=True,
        index=True,
        check_company=True,
        domain="[('aftersales_service_type', '=', 'contract')]",
        help="The service that is sold: its terms, its income account and its taxes.",
    )
    sale_order_id = fields.Many2one(
        "sale.order", string="Sales Order", index="btree_not_null", readonly=True, copy=False
    )
    currency_id = fields.Many2one(
        "res.currency", required=True, default=lambda self: self.env.company.currency_id
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("running", "Running"),
            ("expired", "Expired"),
            ("cancelled", "Cancelled"),
        ],
        string="Status",
        required=True,
        default="draft",
        index=True,
        tracking=True,
        group_expand=True,
    )

    # Its time; the other terms are in aftersales_contract_terms.py
    date_start = fields.Date(
        string="Start", tracking=True, copy=False, help="The first day of the contract."
    )
    date_end = fields.Date(
        string="End",
        compute="_compute_date_end",
        store=True,
        readonly=False,
        copy=False,
        tracking=True,
        help="The last day of the contract.",
    )

    overlap_reason = fields.Char(
        help="Why an asset may have the same cover under two contracts at once; without it that is "
        "refused.",
        tracking=True,
    )
    date_invoiced_until = fields.Date(
        string="Invoiced until",
        copy=False,
        help="For a contract that ran before it was entered here: what was invoiced elsewhere is "
        "not invoiced again.",
    )

    # What it covers, and what is left of it
    line_ids = fields.One2many(
        "aftersales.contract.line", "contract_id", string="Assets", copy=True
    )
    asset_count = fields.Integer(compute="_compute_line_figures")
    amount_total = fields.Monetary(
        string="Price of the Term", compute="_compute_amount_total", store=True
    )
    visits_included = fields.Integer(compute="_compute_line_figures")
    preventive_visits = fields.Integer(compute="_compute_line_figures")
    cancel_reason = fields.Char(readonly=True, copy=False, tracking=True)
    note = fields.Html(string="Notes")
    remaining_days = fields.Integer(compute="_compute_remaining_days")

    _name_uniq = models.UniqueIndex(
        "(name, company_id)", "The contract number must be unique per company."
    )
    _order_uniq = models.UniqueIndex(
        "(sale_order_id, product_id) WHERE sale_order_id IS NOT NULL AND state != 'cancelled'",
        "A sales order makes one contract of a product: open that one.",
    )
    _expiry_idx = models.Index("(date_end) WHERE state = 'running'")
    _dates_ordered = models.Constraint(
        "CHECK(date_end >= date_start)",
        "A contract cannot end before it starts: correct the start or the end.",
    )

    @api.depends("partner_id")
    def _compute_user_id(self):
        for contract in self:
            contract.user_id = (
                contract.user_id or contract.partner_id.commercial_partner_id.user_id or False
            )

    @api.depends("date_start", "duration", "duration_unit")
    def _compute_date_end(self):
        for contract in self:
            known = contract.date_start and contract.duration > 0 and contract.duration_unit
            if contract.state == "draft" or not contract.date_end:
                contract.date_end = known and contract._get_last_day(contract.date_start)

    @api.depends("line_ids.price")
    def _compute_amount_total(self):
        for contract in self:
            contract.amount_total = sum(contract.line_ids.mapped("price"))

    @api.depends("line_ids.date_left", "line_ids.date_moved", "line_ids.visits")
    def _compute_line_figures(self):
        for contract in self:
            lines = contract.line_ids.filtered(lambda line: not line.is_gone)
            contract.asset_count = len(lines)
            contract.visits_included = sum(lines.mapped("visits"))
            contract.preventive_visits = sum(lines.mapped("preventive_visits"))

    @api.depends("date_end", "state")
    def _compute_remaining_days(self):
        for contract in self:
            today = contract._get_today()
            running = contract.state == "running" and contract.date_end
            contract.remaining_days = max((contract.date_end - today).days + 1, 0) if running else 0

    def _compute_access_url(self):
        result = super()._compute_access_url()
        for contract in self:
            contract.access_url = f"/my/contracts/{contract.id}"
        return result

    @api.constrains("product_id")
    def _check_product(self):
        for contract in self:
            if contract.product_id.aftersales_service_type != "contract":
                raise ValidationError(
                    self.env._(
                        "%(contract)s: %(product)s is no service contract. Choose a product whose "
                        "“After-sales Service” is “Service contract”.",
                        contract=contract.name,
                        product=contract.product_id.display_name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        used = self.filtered(lambda contract: contract.state != "draft")
        if used:
            raise UserError(
                self.env._(
                    "%(contract)s is %(state)s and kept as a record. Cancel it instead of deleting "
                    "it.",
                    contract=used[0].display_name,
                    state=used[0]._get_state_label(used[0].state),
                )
            )

    def _get_report_base_filename(self):
        self.ensure_one()
        return self.env._("Service contract %s", self.name)

    def _get_printed_lines(self):
        """Return the assets as the customer reads them: without those that left before a day."""
        self.ensure_one()
        return self.line_ids.filtered(
            lambda line: not line.date_start or line._get_cover_end() >= line.date_start
        )

    def action_print(self):
        """Print the contract in the customer's language."""
        return self.env.ref("aftersales_service.aftersales_contract_report").report_action(self)

    def action_view_assets(self):
        """Open the assets under the contract."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_asset_action"
        )
        assets = self.line_ids.filtered(lambda line: not line.is_gone).asset_id
        return dict(action, domain=[("id", "in", assets.ids)], context={})
