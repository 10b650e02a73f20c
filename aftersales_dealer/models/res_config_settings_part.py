from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    aftersales_part_remind_before = fields.Integer(
        related="company_id.aftersales_part_remind_before", readonly=False
    )
    aftersales_part_remind_after = fields.Integer(
        related="company_id.aftersales_part_remind_after", readonly=False
    )
    aftersales_part_overdue_refuses = fields.Boolean(
        related="company_id.aftersales_part_overdue_refuses", readonly=False
    )
    aftersales_part_grace_days = fields.Integer(
        related="company_id.aftersales_part_grace_days", readonly=False
    )
    aftersales_technician_parts = fields.Selection(
        related="company_id.aftersales_technician_parts", readonly=False
    )
    aftersales_technician_part_days = fields.Integer(
        related="company_id.aftersales_technician_part_days", readonly=False
    )
