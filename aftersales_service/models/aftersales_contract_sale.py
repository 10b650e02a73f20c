from odoo import fields, models

from ..tools import contract_schedule as schedule


class AftersalesContract(models.Model):
    """What an order sold comes under its contract, at once or when it is delivered (W11)."""

    _inherit = "aftersales.contract"

    def _add_sold(self, sale_line, assets):
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
                self._prepare_sold_line_vals(sale_line, asset, price)
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

    def _prepare_sold_line_vals(self, sale_line, asset, price):
        """Return the values of the contract line for an asset of the order line."""
        self.ensure_one()
        start, after = sale_line._get_aftersales_start(asset)
        return {
            "contract_id": self.id,
            "asset_id": asset.id,
            "sale_line_id": sale_line.id,
            "price": price,
            "after_warranty": after,
            "date_start": start,
            "date_end": start and self._get_last_day(start),
        }


class AftersalesContractLine(models.Model):
    _inherit = "aftersales.contract.line"

    after_warranty = fields.Boolean(
        string="After the Warranty",
        readonly=True,
        copy=False,
        help="The contract starts for this asset when its warranty has ended.",
    )

    def _follow_warranty(self):
        """The warranties of the assets have other dates: what starts after them moves along, as
        long as nothing of it is invoiced.
        """
        moved = self.filtered(
            lambda line: (
                line.after_warranty
                and line.sale_line_id
                and not line.invoiced_through
                and line.contract_id.state in ("draft", "running")
                and not line.is_gone
            )
        )
        for line in moved:
            start, __ = line.sale_line_id._get_aftersales_start(line.asset_id)
            if start != line.date_start:
                line.write(
                    {
                        "date_start": start,
                        "date_end": start and line.contract_id._get_last_day(start),
                    }
                )
        for contract in moved.contract_id:
            contract._extend_to_lines()
        moved.contract_id.filtered(lambda c: c.state == "running")._plan_next_invoice()
        moved.contract_id._try_start()
