from odoo import models


class RepairOrder(models.Model):
    """What was taken out of the product in the workshop (P01)."""

    _inherit = "repair.order"

    def action_repair_done(self):
        """Finish repairs; whoever follows the old parts is told what was taken out."""
        result = super().action_repair_done()
        # The workshop need not have rights on what follows from its old parts.
        removed = self.sudo().move_ids.filtered(
            lambda move: move.state == "done" and move.repair_line_type in ("remove", "recycle")
        )
        self._on_parts_removed(removed)
        return result

    def _on_parts_removed(self, moves):
        """Hook: ``moves`` (done, in superuser mode) took old parts out of finished repairs."""
