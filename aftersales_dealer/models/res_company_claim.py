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
        for company in self.filtered(lambda company: not company.aftersales_old_part_type_id):
            company._create_old_part_locations()

    def _create_old_part_locations(self):
        """Make the locations of old parts and the operation type that receives them (D09).

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
                "aftersales_old_part_type_id": self.env["stock.picking.type"]
                .create(self._prepare_old_part_type_vals(locations[0]))
                .id,
            }
        )

    def _prepare_old_part_type_vals(self, location):
        self.ensure_one()
        return {
            "name": self.env._("Old Part Receipts"),
            "code": "incoming",
            "sequence_code": "OLD",
            "company_id": self.id,
            "warehouse_id": False,
            "default_location_src_id": self.env.ref("stock.stock_location_customers").id,
            "default_location_dest_id": location.id,
            "use_create_lots": True,
            "use_existing_lots": True,
            "create_backorder": "never",
            "sequence": 90,
        }
