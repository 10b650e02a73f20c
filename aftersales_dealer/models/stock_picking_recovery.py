from odoo import fields, models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    aftersales_recovery_id = fields.Many2one(
        "aftersales.supplier.recovery",
        string="Supplier Recovery",
        index="btree_not_null",
        readonly=True,
        copy=False,
    )

    def _action_done(self):
        result = super()._action_done()
        self.filtered("aftersales_recovery_id").move_ids._send_parts_to_supplier()
        return result
