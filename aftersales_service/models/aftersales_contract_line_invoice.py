from odoo import models

from ..tools import contract_schedule as schedule


class AftersalesContractLine(models.Model):
    """The periods of an asset that are to be invoiced (W11)."""

    _inherit = "aftersales.contract.line"

    def _iter_windows(self):
        """Yield (window, amount, due date) of what was never invoiced, in order.

        An asset that left pays by the day until then; what took over for another asset is paid
        there.
        """
        self.ensure_one()
        contract = self.contract_id
        if self.origin_line_id or not self.date_start or contract.state == "draft":
            return
        months, rounding = contract._get_months(), contract.currency_id.rounding
        anchor = schedule.anchor_of(contract.date_start, months, contract.alignment)
        windows = schedule.cut(self.date_start, self.date_end, anchor, months)
        prices = schedule.amounts(self.price, windows, rounding)
        last, through = self._get_last_day(), self.invoiced_through
        for window, price in zip(windows, prices, strict=True):
            if through and window.end <= through:
                continue
            first = max(window.start, through + schedule.ONE_DAY) if through else window.start
            if first > last:
                return
            amount = schedule.until(price, window, last, rounding)
            if first > window.start:
                amount -= schedule.until(price, window, through, rounding)
            own = schedule.Window(first, min(window.end, last), window.weight)
            yield own, contract.currency_id.round(amount), own.is_due_on(contract.invoicing)
