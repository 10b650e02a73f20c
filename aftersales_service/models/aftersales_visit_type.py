from odoo import api, fields, models

from .aftersales_ticket import TICKET_TYPES


class AftersalesVisitType(models.Model):
    """What a technician is sent for, and what that asks of the voucher (V01)."""

    _name = "aftersales.visit.type"
    _description = "Visit Type"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index="btree_not_null", help="Empty: used by all companies."
    )
    duration = fields.Float(
        string="Default Duration", default=2.0, required=True, aggregator=None, help="In hours."
    )
    signature_required = fields.Boolean(
        default=True, help="The voucher needs the customer's signature, or why it was refused."
    )
    is_repair = fields.Boolean(
        string="Repairs a Fault", help="The voucher must say whether the fault is fixed."
    )
    return_visit = fields.Boolean(
        string="Return Visit Follows", help="When fixed, the customer is called back (R03)."
    )
    rating_ask = fields.Boolean(
        string="Ask for a Rating",
        default=True,
        help="When a visit belongs to no ticket and was not rated on its voucher, the customer is "
        "asked by mail (Q01).",
    )
    ticket_type = fields.Selection(
        TICKET_TYPES, string="For Tickets of Type", help="Proposed for visits of these tickets."
    )

    _duration_positive = models.Constraint(
        "CHECK(duration > 0)", "The default duration of a visit type must be positive."
    )

    @api.model
    def _get_default_types(self):
        """Return {ticket type: visit type} and, under False, the one to use for all others."""
        types = self.search([("company_id", "in", [self.env.company.id, False])])
        found = {False: types.filtered("is_repair")[:1] or types[:1]}
        for visit_type in reversed(types):
            if visit_type.ticket_type:
                found[visit_type.ticket_type] = visit_type
        return found
