from odoo import api, fields, models


class ResCompany(models.Model):
    """What a company decides about dealers' claims and old parts (D08, D09)."""

    _inherit = "res.company"

    aftersales_claim_auto_limit = fields.Monetary(
        string="Automatic Approval up to",
        help="Clean claims up to this amount are approved at once. Zero: an appraiser decides on "
        "every claim.",
    )
    aftersales_claim_duplicate_days = fields.Integer(
        string="Same Part Claimed again within (Days)",
        default=90,
        help="A part claimed again for the same machine within these days is found by the checks.",
    )
    aftersales_old_part_type_id = fields.Many2one("stock.picking.type", string="Old Part Receipts")
    aftersales_old_part_location_id = fields.Many2one(
        "stock.location", string="Old Parts to Appraise"
    )
    aftersales_usable_location_id = fields.Many2one("stock.location", string="Usable Old Parts")
    aftersales_unusable_location_id = fields.Many2one("stock.location", string="Unusable Old Parts")

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        # Whoever creates a company need not have rights on stock or claims.
        companies.sudo()._create_aftersales_claim_setup()
        return companies

    @api.model
    def _create_missing_aftersales_claim_setup(self):
        """Set up the companies that are there when the addon is installed."""
        self.search([("aftersales_old_part_type_id", "=", False)])._create_aftersales_claim_setup()

    def _create_aftersales_claim_setup(self):
        """Make what claims need and is missing in each company: check settings, locations,
        operation type.
        """
        self.env["aftersales.claim.check.setting"]._create_missing(self)
        for company in self.filtered(lambda company: not company.aftersales_old_part_location_id):
            company._create_old_part_locations()
        self._create_old_part_types()

    def _create_old_part_locations(self):
        """Make the locations of old parts (D09).

        They lie beside the warehouses, not in them, so that no old part counts as stock for sale.
        Their value is kept out as well: the moves carry the dealer as owner of the goods.
        """
        self.ensure_one()
        parent = self.env["stock.location"].create(
            {"name": self.env._("Old Parts"), "usage": "view", "company_id": self.id}
        )
        names = [self.env._("To Appraise"), self.env._("Usable"), self.env._("Unusable")]
        locations = self.env["stock.location"].create(
            [
                {"name": name, "usage": "internal", "location_id": parent.id, "company_id": self.id}
                for name in names
            ]
        )
        self.write(
            {
                "aftersales_old_part_location_id": locations[0].id,
                "aftersales_usable_location_id": locations[1].id,
                "aftersales_unusable_location_id": locations[2].id,
            }
        )

    def _create_old_part_types(self):
        """Make the operation type that receives old parts, for companies that have a warehouse:
        Odoo computes with the warehouse of every incoming type.
        """
        missing = self.filtered(lambda company: not company.aftersales_old_part_type_id)
        warehouses = self.env["stock.warehouse"].search([("company_id", "in", missing.ids)])
        by_company = warehouses.grouped("company_id")
        equipped = missing.filtered(lambda company: company in by_company)
        types = self.env["stock.picking.type"].create(
            [company._prepare_old_part_type_vals(by_company[company][0]) for company in equipped]
        )
        for company, picking_type in zip(equipped, types, strict=True):
            company.aftersales_old_part_type_id = picking_type

    def _prepare_old_part_type_vals(self, warehouse):
        self.ensure_one()
        return {
            "name": self.env._("Old Part Receipts"),
            "code": "incoming",
            "sequence_code": "OLD",
            "company_id": self.id,
            "warehouse_id": warehouse.id,
            "default_location_src_id": self.env.ref("stock.stock_location_customers").id,
            "default_location_dest_id": self.aftersales_old_part_location_id.id,
            "use_create_lots": True,
            "use_existing_lots": True,
            "create_backorder": "never",
            "sequence": 90,
        }
