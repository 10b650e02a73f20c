from odoo import models


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    # Where a serial went last, for thousands of serials at once (W03).
    _aftersales_lot_idx = models.Index("(lot_id) WHERE lot_id IS NOT NULL")
