from odoo import fields, models


class StockMove(models.Model):
    _inherit = "stock.move"

    aftersales_part_id = fields.Many2one(
        "aftersales.part.return.line",
        string="Old Part",
        index="btree_not_null",
        readonly=True,
        copy=False,
    )

    def _send_parts_to_supplier(self):
        """Note on the old parts of these moves that they left for the supplier (D18)."""
        done = self.filtered(lambda move: move.state == "done" and move.aftersales_part_id)
        for location, moves in done.grouped("location_dest_id").items():
            # The transfer is the right to this; whoever validates need not write old parts.
            parts = moves.sudo().aftersales_part_id
            parts._past_guard().write({"location_id": location.id})
            self.env["aftersales.part.custody"]._log(parts, "supplier")
