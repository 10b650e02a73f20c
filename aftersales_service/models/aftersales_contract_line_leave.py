from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import models


class AftersalesContractLine(models.Model):
    """An asset leaves its contract, or hands its place on (W11)."""

    _inherit = "aftersales.contract.line"

    def _end(self, last_day, reason):
        """The assets leave their contracts with ``last_day``: drafts forget them."""
        drafts = self.filtered(lambda line: line.contract_id.state == "draft")
        running = self - drafts
        drafts.unlink()
        running._leave(last_day, reason)
        running.contract_id._after_leaving(reason)

    def _move_to(self, replacement, date):
        """``replacement`` takes the assets' place from ``date`` on; what is paid stays paid."""
        moved = self.filtered(lambda line: line.date_start and line.date_end >= date)
        moved.date_moved = date - relativedelta(days=1)
        self.create(
            [
                {
                    "contract_id": line.contract_id.id,
                    "asset_id": replacement.id,
                    "sale_line_id": line.sale_line_id.id,
                    "origin_line_id": line.id,
                    "price": 0.0,
                    "visits": line.visits,
                    "preventive_visits": line.preventive_visits,
                    "date_start": max(date, line.date_start),
                    "date_end": line.date_end,
                }
                for line in moved
            ]
        )

    def _leave(self, last_day, reason):
        """The assets are under contract until ``last_day`` (date), for ``reason`` (str)."""
        by_day = defaultdict(self.browse)
        for line in self:
            day = last_day
            if line.date_start:
                before = line.date_start - relativedelta(days=1)
                day = min(max(last_day, before), line.date_end)
            by_day[day] |= line
            while line.origin_line_id:  # what it took over is paid for there
                line = line.origin_line_id
                by_day[day] |= line
        for day, lines in by_day.items():
            lines.write({"date_left": day, "left_reason": reason})
