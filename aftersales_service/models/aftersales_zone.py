from odoo import api, fields, models


class AftersalesZone(models.Model):
    """A service area: where a site lies decides team, promise and technician."""

    _name = "aftersales.zone"
    _description = "Service Zone"
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index="btree_not_null")
    country_ids = fields.Many2many("res.country", string="Countries")
    state_ids = fields.Many2many("res.country.state", string="Provinces / States")
    technician_ids = fields.Many2many(
        "hr.employee",
        "aftersales_zone_technician_rel",
        "zone_id",
        "employee_id",
        string="Technicians",
        help="Who goes there; technicians in no zone at all go everywhere.",
    )

    @api.model
    def _get_zones_of(self, partners):
        """Return {partner: zone}: by province first, then by country; empty when none fits."""
        zones = self.search(
            [
                "|",
                ("state_ids", "in", partners.state_id.ids),
                ("country_ids", "in", partners.country_id.ids),
            ]
        )
        by_state = {state: zone for zone in reversed(zones) for state in zone.state_ids}
        by_country = {
            country: zone
            for zone in reversed(zones)
            if not zone.state_ids
            for country in zone.country_ids
        }
        return {
            partner: by_state.get(partner.state_id)
            or by_country.get(partner.country_id)
            or self.browse()
            for partner in partners
        }
