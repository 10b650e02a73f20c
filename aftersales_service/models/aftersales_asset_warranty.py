from odoo import api, fields, models


class AftersalesAsset(models.Model):
    """Warranties of an asset: made once from its policy, started by its dates (W02, W04)."""

    _inherit = "aftersales.asset"

    warranty_policy_id = fields.Many2one(
        "aftersales.warranty.policy",
        compute="_compute_warranty_policy_id",
        store=True,
        precompute=True,
        readonly=False,
        check_company=True,
        index="btree_not_null",
        help="Taken from the product, its category or the company when the asset is made.",
    )
    warranty_ids = fields.One2many(
        "aftersales.warranty", "asset_id", string="Warranties", copy=False
    )
    warranty_state = fields.Selection(
        [("draft", "Not started"), ("active", "Active"), ("expired", "Expired"), ("void", "Void")],
        compute="_compute_warranty_state",
        store=True,
        string="Warranty",
    )
    warranty_date_end = fields.Date(
        string="Warranty until",
        compute="_compute_warranty_state",
        store=True,
        index="btree_not_null",
    )
    warranty_count = fields.Integer(compute="_compute_warranty_count")

    @api.depends("product_id", "company_id")
    def _compute_warranty_policy_id(self):
        for company, assets in self.grouped("company_id").items():
            policies = assets.product_id.product_tmpl_id._get_warranty_policies(company)
            for asset in assets:
                asset.warranty_policy_id = policies.get(asset.product_id.product_tmpl_id)

    @api.depends("warranty_ids.state", "warranty_ids.date_end")
    def _compute_warranty_state(self):
        ranking = {"active": 0, "draft": 1, "expired": 2, "void": 3}
        for asset in self:
            warranty = asset.warranty_ids.sorted(
                lambda w: (
                    ranking.get(w.state, 9),
                    -(w.date_end or fields.Date.to_date("1970-01-01")).toordinal(),
                )
            )[:1]
            asset.warranty_state = warranty.state
            asset.warranty_date_end = warranty.date_end

    def _compute_warranty_count(self):
        warranties, counts = self.env["aftersales.warranty"], {}
        if warranties.has_access("read"):
            counts = dict(
                warranties._read_group([("asset_id", "in", self.ids)], ["asset_id"], ["__count"])
            )
        for asset in self:
            asset.warranty_count = counts.get(asset._origin, 0)

    @api.model
    def _get_warranty_start_fields(self):
        """Names of the date fields that may start a warranty."""
        return set(self._get_start_event_fields().values())

    @api.model
    def _get_start_event_fields(self):
        """Return {start event of a policy: name of the asset's date field that is that event}."""
        return {
            "delivery": "date_delivery",
            "acceptance": "date_acceptance",
            "commissioning": "date_commissioning",
            "registration": "date_sale_end_user",
            "completion": "date_completion",
        }

    def _make_missing_warranties(self):
        """Make and start one warranty for each asset that has a policy and no warranty yet."""
        missing = self.filtered(lambda asset: asset.warranty_policy_id and not asset.warranty_ids)
        # sudo: whoever enters an asset gives it what its policy promises, nothing else.
        created = (
            self.env["aftersales.warranty"]
            .sudo()
            .create([asset._prepare_warranty_vals() for asset in missing])
        )
        warranties = created.with_env(self.env)
        warranties._start_when_due()
        return warranties

    def _prepare_warranty_vals(self):
        """Return the values of the warranty that the asset's policy promises."""
        self.ensure_one()
        return {
            "asset_id": self.id,
            "policy_id": self.warranty_policy_id.id,
            "company_id": self.company_id.id,
            "term_ids": [
                fields.Command.create(term._prepare_warranty_term_vals())
                for term in self.warranty_policy_id.term_ids
            ],
        }

    def action_view_warranties(self):
        """Open the asset's warranties; the form when there is one."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_warranty_action"
        )
        if len(self.warranty_ids) == 1:
            return dict(
                action, res_id=self.warranty_ids.id, views=[(False, "form")], view_mode="form"
            )
        return dict(
            action, domain=[("asset_id", "=", self.id)], context={"default_asset_id": self.id}
        )
