from odoo import api, fields, models
from odoo.tools import format_date


class AftersalesRenewal(models.Model):
    """The chance to sell more cover for an asset whose warranty ends: told, offered, won (W10)."""

    _name = "aftersales.renewal"
    _description = "Ending Cover"
    _inherit = ["aftersales.transition.mixin"]
    _order = "date_end, id"
    _check_company_auto = True
    _rec_names_search = ["serial"]
    _initial_states = ("open", False)
    _guard_readonly = True

    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    asset_id = fields.Many2one(
        "aftersales.asset",
        required=True,
        index=True,
        readonly=True,
        check_company=True,
        ondelete="cascade",
    )
    warranty_id = fields.Many2one(
        "aftersales.warranty", index="btree_not_null", readonly=True, ondelete="cascade"
    )
    serial = fields.Char(related="asset_id.serial", store=True, index="trigram")
    machine_id = fields.Many2one(
        related="asset_id.product_id", string="Product", store=True, index="btree_not_null"
    )
    partner_id = fields.Many2one(
        related="asset_id.partner_id", string="Customer", store=True, index="btree_not_null"
    )
    date_end = fields.Date(string="Cover Ends", readonly=True, index=True)
    days_left = fields.Integer(compute="_compute_days_left", aggregator=None)
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        index="btree_not_null",
        domain="[('share', '=', False)]",
        help="Of the sale, else of the customer, else the one of the company's settings.",
    )
    offer_product_ids = fields.Many2many(
        "product.product", compute="_compute_offer_product_ids", string="What to Offer"
    )
    product_id = fields.Many2one(
        "product.product",
        string="Offer",
        index="btree_not_null",
        check_company=True,
        domain="[('aftersales_service_type', '!=', False), ('sale_ok', '=', True)]",
        help="Goes into the quotation; the first one recommended when empty.",
    )
    sale_order_id = fields.Many2one(
        "sale.order", string="Quotation", readonly=True, copy=False, index="btree_not_null"
    )
    lost_reason = fields.Char(readonly=True, copy=False)
    date_told = fields.Datetime(string="Told on", readonly=True, copy=False)
    date_next = fields.Date(string="Told Again on", readonly=True, copy=False)
    is_pending = fields.Boolean(string="Waits for the Digest", readonly=True, copy=False)
    state = fields.Selection(
        [("open", "To offer"), ("offered", "Offered"), ("won", "Won"), ("lost", "Lost")],
        string="Status",
        compute="_compute_state",
        store=True,
        group_expand=True,
    )

    _once = models.UniqueIndex(
        "(warranty_id, date_end) WHERE warranty_id IS NOT NULL",
        "The end of a warranty is told once.",
    )
    _open_uniq = models.UniqueIndex(
        "(asset_id) WHERE state IN ('open', 'offered')",
        "More cover for this asset is being offered already: open that line.",
    )
    _pending_idx = models.Index("(user_id) WHERE is_pending IS TRUE")
    _next_idx = models.Index("(date_next) WHERE state = 'open' AND date_next IS NOT NULL")

    @api.depends("asset_id", "date_end")
    def _compute_display_name(self):
        for renewal in self:
            renewal.display_name = " · ".join(
                filter(
                    None,
                    (renewal.asset_id.display_name, format_date(self.env, renewal.date_end)),
                )
            )

    @api.depends("date_end")
    def _compute_days_left(self):
        today = fields.Date.context_today(self)
        for renewal in self:
            left = (renewal.date_end - today).days if renewal.date_end else 0
            renewal.days_left = max(left, 0)

    @api.depends("lost_reason", "sale_order_id.state")
    def _compute_state(self):
        for renewal in self:
            order = renewal.sale_order_id.state
            if order == "sale":
                renewal.state = "won"
            elif renewal.lost_reason:
                renewal.state = "lost"
            else:
                renewal.state = "offered" if order in ("draft", "sent") else "open"

    @api.depends("asset_id", "company_id")
    def _compute_offer_product_ids(self):
        offers = self._get_offers()
        for renewal in self:
            renewal.offer_product_ids = offers[renewal.asset_id]

    def _get_offers(self):
        """Return {asset: products to offer}: those recommended by the product, its category (up
        the tree) or the policy, nearest first; else what the company sells of the kind.
        """
        result = {}
        for company, renewals in self.grouped("company_id").items():
            assets = renewals.asset_id
            # What is recommended may be archived or of another company since.
            sellable = self.env["product.product"]._get_renewal_domain(company)
            common = self.env["product.product"].search(sellable, limit=5)
            templates = assets.product_id.product_tmpl_id
            by_category = templates.categ_id._get_renewal_products()
            for asset in assets:
                template = asset.product_id.product_tmpl_id
                chosen = (
                    template.renewal_product_ids
                    or by_category.get(template.categ_id)
                    or asset.warranty_policy_id.renewal_product_ids
                )
                result[asset] = (chosen or common).filtered_domain(sellable)
        return result

    def action_view_order(self):
        """Open the quotation."""
        self.ensure_one()
        return self.sale_order_id.get_formview_action()

    def action_view_asset(self):
        """Open the asset whose cover ends."""
        self.ensure_one()
        return self.asset_id.get_formview_action()
