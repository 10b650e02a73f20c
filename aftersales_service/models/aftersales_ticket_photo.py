from odoo import fields, models


class AftersalesTicket(models.Model):
    """The photos of a ticket, whichever way they came: mail, portal, chatter (T03)."""

    _inherit = "aftersales.ticket"

    photo_ids = fields.One2many(
        "ir.attachment",
        "res_id",
        string="Photos",
        domain=[("res_model", "=", "aftersales.ticket"), ("mimetype", "=like", "image/%")],
        readonly=True,
        copy=False,
    )
