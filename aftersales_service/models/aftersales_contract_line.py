from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

# What the office may still write about an asset once the contract runs.
FREE_FIELDS = {"note"}


class AftersalesContractLine(models.Model):
    """One asset under a contract, for a price and a time of its own (W11)."""

    _name = "aftersales.contract.line"
    _description = "Service Contract Asset"
    _inherit = ["aftersales.guard.mixin"]
    _order = "contract_id, id"
    _check_company_auto = True

    contract_id = fields.Many2one(
        "aftersales.contract", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="contract_id.company_id", store=True, precompute=True)
    partner_id = fields.Many2one(related="contract_id.partner_id")
    currency_id = fields.Many2one(related="contract_id.currency_id")
    contract_state = fields.Selection(related="contract_id.state", string="Contract Status")
    asset_id = fields.Many2one(
        "aftersales.asset", required=True, index=True, ondelete="restrict", check_company=True
    )
    product_id = fields.Many2one(related="asset_id.product_id")
    serial = fields.Char(related="asset_id.serial")
    sale_line_id = fields.Many2one(
        "sale.order.line", index="btree_not_null", readonly=True, copy=False
    )
    price = fields.Monetary(help="For this asset and the whole term.")
    visits = fields.Integer(
        string="Included Visits",
        compute="_compute_visits",
        store=True,
        readonly=False,
        precompute=True,
    )
    preventive_visits = fields.Integer(
        compute="_compute_visits", store=True, readonly=False, precompute=True
    )
    date_start = fields.Date(string="Start", copy=False, help="Empty in a draft: as the contract.")
    date_end = fields.Date(string="End", copy=False, help="Empty in a draft: as the contract.")
    note = fields.Char()

    # How it ended before its time
    date_left = fields.Date(
        string="Left on",
        readonly=True,
        copy=False,
        help="The last day of the asset under the contract.",
    )
    left_reason = fields.Char(readonly=True, copy=False)
    date_moved = fields.Date(
        string="Replaced on",
        readonly=True,
        copy=False,
        help="The last day before the replacement took the asset's place. The price stays here.",
    )
    origin_line_id = fields.Many2one(
        "aftersales.contract.line",
        string="Replaces",
        index="btree_not_null",
        readonly=True,
        copy=False,
        ondelete="cascade",
    )
    is_gone = fields.Boolean(compute="_compute_is_gone")

    # The invoices' side
    invoiced_through = fields.Date(readonly=True, copy=False)
    period_ids = fields.One2many("aftersales.contract.period", "line_id", string="Periods")

    _asset_uniq = models.UniqueIndex(
        "(contract_id, asset_id) WHERE date_left IS NULL AND date_moved IS NULL",
        "An asset is under a contract once only: remove the second line.",
    )
    _dates_ordered = models.Constraint(
        "CHECK(date_end >= date_start)",
        "An asset cannot leave a contract before it starts: correct the start or the end.",
    )
    _figures_positive = models.Constraint(
        "CHECK(price >= 0 AND visits >= 0 AND preventive_visits >= 0)",
        "Price and visits of an asset under contract cannot be negative.",
    )

    @api.depends("contract_id.product_id")
    def _compute_visits(self):
        for line in self:
            product = line.contract_id.product_id
            if line._origin and line.contract_id.state != "draft":
                line.visits, line.preventive_visits = line.visits, line.preventive_visits
            else:
                line.visits = product.aftersales_visits
                line.preventive_visits = product.aftersales_preventive_visits

    @api.depends("date_left", "date_moved")
    def _compute_is_gone(self):
        for line in self:
            line.is_gone = bool(line.date_left or line.date_moved)

    @api.depends("asset_id", "contract_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.contract_id.name} · {line.asset_id.display_name}"

    @api.constrains("asset_id", "contract_id")
    def _check_owner(self):
        for line in self.filtered(lambda line: not line.sale_line_id):
            sentence = line._get_owner_problem()
            if sentence:
                raise ValidationError(sentence)

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            self = self._without_readonly_defaults()
        lines = super().create(vals_list)
        lines._check_draft()
        lines._check_sent(set().union(*vals_list) if vals_list else set())
        return lines

    def write(self, vals):
        if vals.keys() - FREE_FIELDS:
            self._check_draft()
            self._check_sent(vals.keys())
        result = super().write(vals)
        if "contract_id" in vals:
            self._check_draft()  # nor does a line come to a contract that runs
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_running(self):
        self._check_draft()

    def _check_draft(self):
        """Raise unless the contracts are drafts: what was agreed does not change (J04)."""
        if self.env.su:
            return
        fixed = self.filtered(lambda line: line.contract_id.state != "draft")
        if fixed:
            raise UserError(
                self.env._(
                    "%(contract)s is %(state)s: its assets no longer change by hand. Assets leave "
                    "it when they are sold on, returned or scrapped; for others make another "
                    "contract.",
                    contract=fixed[0].contract_id.display_name,
                    state=fixed[0].contract_id._get_state_label(fixed[0].contract_id.state),
                )
            )

    def _check_sent(self, names):
        """Raise when a client sends what the contract works out."""
        own = {name for name in names if self._fields[name].store and self._fields[name].readonly}
        own -= {"company_id"}
        if own and not self.env.su:
            raise UserError(
                self.env._(
                    "“%(field)s” of an asset under contract is worked out and is not typed in.",
                    field=self._fields[sorted(own)[0]].get_description(self.env)["string"],
                )
            )

    def _get_owner_problem(self):
        """Return the sentence that refuses the asset of another customer, or ""."""
        self.ensure_one()
        asset, customer = self.asset_id, self.contract_id.partner_id.commercial_partner_id
        ours = asset.partner_id.commercial_partner_id, asset.site_id.commercial_partner_id
        if not customer or customer in ours:
            return ""
        return self.env._(
            "%(contract)s: %(asset)s belongs to %(owner)s, not to %(customer)s. Choose an asset of "
            "the customer, or change the owner on the asset first.",
            contract=self.contract_id.name,
            asset=asset.display_name,
            owner=asset.partner_id.display_name or self.env._("nobody"),
            customer=self.contract_id.partner_id.display_name,
        )

    def _get_last_day(self):
        """Return the last day that is paid for: the end, or the day the asset left."""
        self.ensure_one()
        return min(self.date_end, self.date_left) if self.date_left else self.date_end

    def _get_renewal_price(self):
        """Return the price of the asset for another term, with the price change."""
        self.ensure_one()
        contract, root = self.contract_id, self
        while root.origin_line_id:  # a replacement is paid for where it took over
            root = root.origin_line_id
        return contract.currency_id.round(root.price * (1 + contract.price_change / 100))
