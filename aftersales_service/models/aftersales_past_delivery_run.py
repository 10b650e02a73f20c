import logging

from odoo import api, fields, models
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

# Delivered units: serials, or lots and quantities of one move; see ``_get_units_query``.
UNITS = """
WITH unit AS (
    SELECT move.id AS move_id, COALESCE(line.lot_id, 0) AS lot_id, move.product_id,
           move.date, move.sale_line_id, SUM(line.quantity_product_uom) AS quantity
      FROM stock_move AS move
      JOIN stock_move_line AS line ON line.move_id = move.id
     WHERE move.id IN %(moves)s
       AND (move.id, COALESCE(line.lot_id, 0)) > (%(move_id)s, %(lot_id)s)
     GROUP BY move.id, COALESCE(line.lot_id, 0)
    HAVING SUM(line.quantity_product_uom) > 0
     ORDER BY move.id, COALESCE(line.lot_id, 0)
     LIMIT %(limit)s
), serial AS (
    SELECT unit.move_id, unit.lot_id, unit.date
      FROM unit
      JOIN product_product AS product ON product.id = unit.product_id
      JOIN product_template AS template ON template.id = product.product_tmpl_id
     WHERE template.tracking = 'serial'
), crossing AS (
    SELECT DISTINCT ON (line.lot_id) line.lot_id, move.id AS move_id
      FROM stock_move_line AS line
      JOIN stock_move AS move ON move.id = line.move_id
      JOIN stock_location AS source ON source.id = move.location_id
      JOIN stock_location AS target ON target.id = move.location_dest_id
     WHERE line.lot_id IN (SELECT lot_id FROM serial)
       AND move.state = 'done'
       AND move.company_id = %(company)s
       AND (source.usage = 'customer'
            OR (source.usage = 'transit' AND source.company_id IS NULL))
        <> (target.usage = 'customer'
            OR (target.usage = 'transit' AND target.company_id IS NULL))
     ORDER BY line.lot_id, move.date DESC, move.id DESC
), returned AS (
    SELECT back.origin_returned_move_id AS move_id,
           COALESCE(line.lot_id, 0) AS lot_id,
           SUM(line.quantity_product_uom) AS quantity
      FROM stock_move AS back
      JOIN stock_move_line AS line ON line.move_id = back.id
     WHERE back.origin_returned_move_id IN (SELECT move_id FROM unit)
       AND back.state = 'done'
     GROUP BY 1, 2
)
SELECT unit.move_id, unit.lot_id, unit.product_id, sold.product_id AS sold_id,
       date_trunc('month', unit.date)::date AS month,
       unit.quantity - CASE WHEN serial.lot_id IS NULL
           THEN COALESCE(returned.quantity, 0) ELSE 0 END AS quantity,
       made.id IS NOT NULL OR live.id IS NOT NULL AS known,
       COALESCE(crossing.move_id <> unit.move_id,
                unit.quantity <= COALESCE(returned.quantity, 0)) AS gone
  FROM unit
  LEFT JOIN sale_order_line AS sold ON sold.id = unit.sale_line_id
  LEFT JOIN serial USING (move_id, lot_id)
  LEFT JOIN crossing ON crossing.lot_id = serial.lot_id
  LEFT JOIN returned ON returned.move_id = unit.move_id
                    AND returned.lot_id = unit.lot_id
  LEFT JOIN aftersales_asset AS made ON made.stock_move_id = unit.move_id
                                    AND COALESCE(made.lot_id, 0) = unit.lot_id
  LEFT JOIN aftersales_asset AS live ON live.lot_id = serial.lot_id
                                    AND live.company_id = %(company)s
                                    AND live.tracking = 'serial'
                                    AND live.state IN ('draft', 'in_service')
 ORDER BY unit.move_id, unit.lot_id
"""


class AftersalesPastDelivery(models.Model):
    """Finding delivered units and making their assets, batch by batch (W03)."""

    _inherit = "aftersales.past.delivery"

    def _get_units_query(self, after=None, limit=None):
        """Return the SQL of delivered units: serials, or lots and quantities of one move.

        Columns: ``move_id``, ``lot_id`` (0 for none), ``product_id``, ``sold_id`` (product of the
        order line), ``month``, ``quantity`` that is still out, ``known`` (an asset already) and
        ``gone`` (came back, or delivered again later).

        :param after: (move id, lot id) of the last unit that was looked at
        :param limit: how many units
        """
        moves = self.env["stock.move"]._search(self._get_move_domain())
        return SQL(
            UNITS,
            moves=moves.subselect(),
            move_id=after[0] if after else 0,
            lot_id=after[1] if after else 0,
            limit=limit,
            company=self.company_id.id,
        )

    def _count_units(self):
        """Return the values of the preview's lines."""
        self.ensure_one()
        self.env.flush_all()
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT product_id, sold_id, month, COUNT(*) AS found,
                       COUNT(*) FILTER (WHERE known) AS known,
                       COUNT(*) FILTER (WHERE gone AND NOT known) AS gone,
                       COUNT(*) FILTER (WHERE NOT known AND NOT gone) AS todo
                  FROM (%s) AS unit
                 GROUP BY product_id, sold_id, month
                 ORDER BY month, product_id
                """,
                self._get_units_query(),
            )
        )
        products = self.env["product.product"]
        for row in rows:
            product = products.browse(row["product_id"])
            sold = products.browse(row.pop("sold_id") or ())
            policy = product._get_aftersales_policy(sold, self.company_id)
            row["policy_id"] = policy.id
            row["without_policy"] = 0 if policy else row["todo"]
        return rows

    @api.model
    def _cron_run(self, batch_size=1000):
        """Work off the runs that were started, a committed batch at a time, until they are done or
        stopped (W03, rule 3).
        """
        cron = self.env["ir.cron"]
        for job in self.search([("state", "=", "running")], order="id"):
            while job.state == "running":
                handled = job._run_batch(batch_size)
                if handled < batch_size:
                    job._set_state("done", date_done=fields.Datetime.now())
                left = max(job.found_count - job.handled_count, 0)
                time_left = cron._commit_progress(handled, remaining=left)
                # What was made is not needed any more, and the state may have been changed.
                self.env.invalidate_all()
                if not time_left:
                    return

    def _run_batch(self, batch_size):
        """Look at the next units and make what is missing; return how many were looked at."""
        self.ensure_one()
        last = self.env["aftersales.past.delivery.batch"].search_read(
            [("past_delivery_id", "=", self.id), ("run", "=", self.run)],
            ["last_move_id", "last_lot_id"],
            limit=1,
        )
        after = (last[0]["last_move_id"], last[0]["last_lot_id"]) if last else None
        self.env.flush_all()
        units = self.env.execute_query_dict(self._get_units_query(after, batch_size))
        if not units:
            return 0
        todo = [unit for unit in units if not unit["known"] and not unit["gone"]]
        problems = self._take_out_unsold(todo)
        made = self._make_assets(todo, problems)
        self.env["aftersales.past.delivery.problem"].create(problems)
        self.env["aftersales.past.delivery.batch"].create(
            {
                "past_delivery_id": self.id,
                "run": self.run,
                "handled": len(units),
                "made": made,
                "skipped": len(units) - made - len(problems),
                "problems": len(problems),
                "last_move_id": units[-1]["move_id"],
                "last_lot_id": units[-1]["lot_id"],
            }
        )
        return len(units)

    def _take_out_unsold(self, units):
        """Remove from ``units`` those that nobody bought, e.g. of transfers without a sale; return
        the lines of the log that tell of them.
        """
        # The job was started by a manager; moves are read to see what was sold.
        moves = self.env["stock.move"].sudo().browse({unit["move_id"]: None for unit in units})
        sold = set(moves.filtered(lambda move: move._is_aftersales_delivery()).ids)
        unsold = [unit for unit in units if unit["move_id"] not in sold]
        units[:] = [unit for unit in units if unit["move_id"] in sold]
        reason = self.env._(
            "No sales order says who bought it. Enter the asset by hand, or import it."
        )
        return [self._prepare_problem_vals(unit, reason) for unit in unsold]

    def _make_assets(self, units, problems):
        """Make the assets of ``units``; those that fail are found by halving, and told in
        ``problems``. Return how many were made.
        """
        if not units:
            return 0
        try:
            with self.env.cr.savepoint():
                made = len(self._make_batch(units))
                self.env.flush_all()
                return made
        except Exception as error:
            self.env.invalidate_all(flush=False)
            if len(units) == 1:
                problems.append(self._prepare_problem_vals(units[0], error))
                _logger.info("Past delivery %s: %s", units[0], error)
                return 0
        half = len(units) // 2
        return self._make_assets(units[:half], problems) + self._make_assets(units[half:], problems)

    def _make_batch(self, units):
        """Make the assets of ``units`` as their deliveries would have; return them."""
        # In the name of who started the run, with the rights of a delivery.
        env = self.with_user(self.user_id).with_company(self.company_id).sudo().env
        moves = env["stock.move"].browse({unit["move_id"]: None for unit in units})
        shared = {
            move.id: dict(move._prepare_aftersales_asset_vals(), past_delivery_id=self.id)
            for move in moves
            if move._is_aftersales_delivery()
        }
        return env["aftersales.asset"]._make_delivered(
            [
                dict(
                    shared[unit["move_id"]],
                    lot_id=unit["lot_id"] or False,
                    quantity=unit["quantity"],
                )
                for unit in units
                if unit["move_id"] in shared
            ]
        )

    def _prepare_problem_vals(self, unit, error):
        """Return the values of a line of the log."""
        # As above.
        move = self.env["stock.move"].sudo().browse(unit["move_id"])
        return {
            "past_delivery_id": self.id,
            "move_id": move.id,
            "reference": move.picking_id.name or move.reference,
            "product_id": unit["product_id"],
            # As above: the serial of what could not be made is named.
            "serial": self.env["stock.lot"].sudo().browse(unit["lot_id"] or ()).name,
            "reason": str(error),
        }
