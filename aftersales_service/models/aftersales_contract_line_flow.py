from odoo import models
from odoo.tools import format_date

from .aftersales_contract import ASPECT_FIELDS


class AftersalesContractLine(models.Model):
    """The days of an asset under contract, and two contracts for the same days (W11)."""

    _inherit = "aftersales.contract.line"

    def _fill_dates(self):
        """Give the lines of one contract the dates that are left empty: the contract's, or a term
        of their own; what was invoiced elsewhere is not invoiced again.
        """
        contract = self.contract_id
        for line in self.filtered(lambda line: not (line.date_start and line.date_end)):
            if line.after_warranty and not line.date_start:
                continue
            start = line.date_start or contract.date_start
            own = start != contract.date_start or not contract.date_end
            end = contract._get_last_day(start) if own else contract.date_end
            line.write({"date_start": start, "date_end": line.date_end or end})
        if contract.date_invoiced_until:
            self.invoiced_through = contract.date_invoiced_until

    def _overlaps(self, other):
        """Whether ``other`` (a line of a running contract) covers the same asset for the same
        costs on the same days.
        """
        self.ensure_one()
        mine, theirs = self.contract_id, other.contract_id
        start, end = self.date_start or mine.date_start, self.date_end or mine.date_end
        last = other._get_cover_end()
        if not (start and end and other.date_start and last):
            return False
        same = any(mine[name] and theirs[name] for name in ASPECT_FIELDS)
        return same and start <= last and other.date_start <= end

    def _explain_overlap(self, other):
        """Return the sentence that refuses two contracts for the same."""
        self.ensure_one()
        return self.env._(
            "%(contract)s: %(asset)s is under contract %(other)s from %(start)s to %(end)s with "
            "the same cover. Start after that, or fill in “%(field)s”.",
            contract=self.contract_id.name,
            asset=self.asset_id.display_name,
            other=other.contract_id.name,
            start=format_date(self.env, other.date_start),
            end=format_date(self.env, other._get_cover_end()),
            field=self.contract_id._fields["overlap_reason"].get_description(self.env)["string"],
        )

    def _get_cover_end(self):
        """Return the last day the asset is covered, or None."""
        self.ensure_one()
        return min(filter(None, (self.date_end, self.date_left, self.date_moved)), default=None)
