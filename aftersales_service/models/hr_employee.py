from odoo import fields, models


class HrEmployee(models.Model):
    _inherit = "hr.employee"

    aftersales_location_id = fields.Many2one(
        "stock.location",
        string="Service Van",
        groups="hr.group_hr_user",
        domain="[('usage', '=', 'internal')]",
        check_company=True,
        help="The stock location of the parts this technician carries. Empty: the warehouse.",
    )
