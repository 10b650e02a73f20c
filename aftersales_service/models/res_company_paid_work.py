from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

SERVICES = {
    "aftersales_labour_product_id": "aftersales_service.product_service_labour",
    "aftersales_travel_product_id": "aftersales_service.product_service_travel",
    "aftersales_distance_product_id": "aftersales_service.product_service_distance",
}


class ResCompany(models.Model):
    """What paid work is quoted with, and what may be done before it is accepted (T11, V10)."""

    _inherit = "res.company"

    aftersales_quotation_required = fields.Boolean(
        string="Paid Work Needs an Accepted Quotation", default=True
    )
    aftersales_emergency_first = fields.Boolean(
        string="Emergencies First", help="Emergencies are worked on before the quotation."
    )
    aftersales_spot_limit = fields.Monetary(
        string="Small Amounts up to",
        help="Agreed on the phone and collected on the spot, without quotation. 0: none.",
    )
    aftersales_quotation_days = fields.Integer(string="Quotations Are Valid (days)", default=30)
    aftersales_labour_product_id = fields.Many2one(
        "product.product",
        string="Labour",
        domain="[('type', '=', 'service')]",
        default=lambda self: self._get_default_service("aftersales_labour_product_id"),
        help="Quoted by the hour; its sales price is the rate.",
    )
    aftersales_travel_product_id = fields.Many2one(
        "product.product",
        string="Travel",
        domain="[('type', '=', 'service')]",
        default=lambda self: self._get_default_service("aftersales_travel_product_id"),
        help="Quoted by the journey, at the price of the zone.",
    )
    aftersales_distance_product_id = fields.Many2one(
        "product.product",
        string="Travel by Distance",
        domain="[('type', '=', 'service')]",
        default=lambda self: self._get_default_service("aftersales_distance_product_id"),
        help="Quoted by the kilometre, at the price of the zone.",
    )

    _aftersales_spot_limit_positive = models.Constraint(
        "CHECK(aftersales_spot_limit >= 0 AND aftersales_quotation_days >= 0)",
        "The limit for small amounts and the days of validity cannot be negative.",
    )

    @api.model
    def _get_default_service(self, name):
        """Return the shipped product for the setting ``name``, if it is still there."""
        return self.env.ref(SERVICES[name], raise_if_not_found=False)

    @api.model
    def _set_default_paid_work(self):
        """Companies that were there before the addon get the shipped products (J07)."""
        for name in SERVICES:
            # At installation there is no user; only the empty settings are filled.
            companies = self.sudo().search([(name, "=", False)])
            companies[name] = self._get_default_service(name)

    def _get_quotation_end(self):
        """Return the last day on which a quotation of today may be accepted, or False."""
        self.ensure_one()
        days = self.aftersales_quotation_days
        return days and self._get_aftersales_today() + relativedelta(days=days)
