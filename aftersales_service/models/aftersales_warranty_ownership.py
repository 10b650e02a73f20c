from collections import defaultdict

from odoo import fields, models
from odoo.tools import format_date

from ..tools.handover import end_before


class AftersalesWarranty(models.Model):
    """Warranties end early for a reason, or go with the asset to its next owner (W16)."""

    _inherit = "aftersales.warranty"

    end_reason = fields.Char(
        string="Ended Early because of", readonly=True, copy=False, tracking=True
    )

    def _start_when_due(self, changed=()):
        """What was ended early is not started anew by a date that is corrected."""
        return super(AftersalesWarranty, self.filtered(lambda w: not w.end_reason))._start_when_due(
            changed
        )

    def _end_before(self, date, reason):
        """End the warranties the day before ``date``, for ``reason`` (str); those of which nothing
        is left are void.
        """
        by_end = defaultdict(self.env["aftersales.warranty.term"].browse)
        empty = self.browse()
        running = self.filtered(lambda w: w.state in ("draft", "active"))
        for warranty in running:
            starts = [term.date_start for term in warranty.term_ids if term.date_start]
            if not starts or min(starts) >= date:
                empty |= warranty
                continue
            for term in warranty.term_ids.filtered("date_end"):
                # A term that had not begun keeps its first day only, as no term is empty.
                last = end_before(term.date_start, term.date_end, date) or term.date_start
                if last != term.date_end:
                    by_end[last] |= term
        for last, terms in by_end.items():
            terms.date_end = last
        if empty:
            empty._void(reason)
        ended = running - empty
        ended._write_past_guard({"end_reason": reason})
        ended._set_state_by_dates()
        ended._message_log_batch(
            bodies={
                warranty.id: self.env._(
                    "Ended early, on %(date)s: %(reason)s.",
                    date=format_date(self.env, warranty.date_end),
                    reason=reason,
                )
                for warranty in ended
            }
        )

    def _on_owner_changed(self, owner):
        """Hook: the warranties go on with the asset to ``owner``; the card names that one now."""
        living = self.filtered(lambda w: w.state in ("draft", "active"))
        living._message_log_batch(
            bodies={
                warranty.id: self.env._("Goes on for %s: print the card anew.", owner.display_name)
                for warranty in living
            }
        )
