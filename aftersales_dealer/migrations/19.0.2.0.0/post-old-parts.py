"""Old parts that were awaited before get their labels; received ones know where they lie."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["res.company"]._create_missing_sender_locations()
    waiting = env["aftersales.claim.line"].search(
        [("return_state", "=", "awaiting"), ("return_line_ids", "=", False)]
    )
    waiting._expect_old_parts()
    cr.execute(
        """
        UPDATE aftersales_part_return_line part SET location_id = move.location_dest_id
          FROM stock_move move
         WHERE move.id = COALESCE(part.appraisal_move_id, part.move_id)
           AND move.state = 'done' AND part.location_id IS NULL
        """
    )
    env.invalidate_all()
