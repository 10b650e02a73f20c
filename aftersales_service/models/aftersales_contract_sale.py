from odoo import models

from ..tools import contract_schedule as schedule


class AftersalesContract(models.Model):
    """What an order sold comes under its contract, at once or when it is delivered (W11)."""

    _inherit = "aftersales.contract"

    def _add_sold(self, sale_line, assets, start=None):
        """Add ``assets`` that ``sale_line`` sold cover for; those that are there stay as they are.

        The price of the order line is split over its assets to the cent.
        """
        self.ensure_one()
        known = self.line_ids.asset_id
        quantity = int(sale_line.product_uom_qty)
        prices = schedule.split(
            sale_line._get_aftersales_total(), max(quantity, 1), self.currency_id.rounding
        )
        taken = len(
            self.line_ids.filtered(
                lambda line: line.sale_line_id == sale_line and not line.origin_line_id
            )
        )
        fresh = (assets - known)[: max(quantity - taken, 0)]
        lines = self.env["aftersales.contract.line"].create(
            [
                self._prepare_sold_line_vals(sale_line, asset, price, start)
                for asset, price in zip(fresh, prices[taken:], strict=False)
            ]
        )
        if self.state == "running":
            lines._fill_dates()
            self._extend_to_lines()
            self._plan_next_invoice()
        elif lines:
            self._extend_to_lines()
        return lines

    def _prepare_sold_line_vals(self, sale_line, asset, price, start=None):
        """Return the values of the contract line for an asset of the order line."""
        self.ensure_one()
        start, after = sale_line._get_aftersales_start(asset, start)
        return {
            "contract_id": self.id,
            "asset_id": asset.id,
            "sale_line_id": sale_line.id,
            "price": price,
            "after_warranty": after,
            "date_start": start,
            "date_end": start and self._get_last_day(start),
        }
