from odoo import fields, models


class StockMove(models.Model):
    """A done move makes, adopts and ends installed assets (W02)."""

    _inherit = "stock.move"

    aftersales_asset_ids = fields.One2many("aftersales.asset", "stock_move_id", string="Assets")

    aftersales_visit_line_id = fields.Many2one(
        "aftersales.visit.line",
        string="Visit Part",
        index="btree_not_null",
        copy=False,
        readonly=True,
    )

    _aftersales_visit_line_uniq = models.UniqueIndex(
        "(aftersales_visit_line_id) WHERE aftersales_visit_line_id IS NOT NULL",
        "A part of a visit leaves the stock once.",
    )

    def _action_done(self, cancel_backorder=False):
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        # Whoever validates a transfer need not have rights on assets, nor on what decides them.
        done = moves.sudo().filtered(lambda move: move.state == "done" and move.product_id.is_asset)
        if done:
            # What came back first: an exchange hands the next machine over in the same breath.
            done._end_aftersales_assets()
            done._make_aftersales_assets()
        return moves
