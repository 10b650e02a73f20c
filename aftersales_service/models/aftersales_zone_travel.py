from odoo import fields, models


class AftersalesZone(models.Model):
    """What a journey to a place in the zone costs the customer (T11)."""

    _inherit = "aftersales.zone"

    currency_id = fields.Many2one(
        "res.currency", required=True, default=lambda self: self.env.company.currency_id
    )
    travel_price = fields.Monetary(
        string="Price per Journey", help="There and back, whatever the distance."
    )
    travel_distance_price = fields.Monetary(string="Price per km")
    travel_distance = fields.Float(
        string="Usual Distance (km)", aggregator=None, help="There and back; quoted as proposed."
    )

    _travel_positive = models.Constraint(
        "CHECK(travel_price >= 0 AND travel_distance_price >= 0 AND travel_distance >= 0)",
        "The prices and the distance of travel cannot be negative.",
    )


class AftersalesVisitType(models.Model):
    _inherit = "aftersales.visit.type"

    quotation_exempt = fields.Boolean(
        string="Before the Quotation",
        help="To look at the fault first: allowed for paid service without an accepted quotation, "
        "and not charged to it.",
    )
