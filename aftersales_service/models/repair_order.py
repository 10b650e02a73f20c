from odoo import fields, models


class RepairOrder(models.Model):
    _inherit = "repair.order"

    aftersales_asset_id = fields.Many2one(
        "aftersales.asset", string="Asset", index="btree_not_null", check_company=True
    )
    aftersales_ticket_id = fields.Many2one(
        "aftersales.ticket", string="Ticket", index="btree_not_null", check_company=True
    )
