from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.renewal import next_day


class AftersalesWarranty(models.Model):
    """Warranties end by the daily job, and their ends are told before (W10)."""

    _inherit = "aftersales.warranty"

    renewal_date = fields.Date(
        string="End Told of",
        readonly=True,
        copy=False,
        help="The end that the salesperson was told of; told again when it moves.",
    )

    _renewal_idx = models.Index(
        "(company_id, date_end) WHERE state = 'active' AND renewal_date IS DISTINCT FROM date_end"
    )

    @api.model
    def _cron_expire(self, batch_size=2000):
        """Expire what ended before today, incrementally by the index on the end date (W10, rule
        3).
        """
        days = self.env["res.company"]._get_companies_by_today()
        for day, company_ids in days.items():
            domain = Domain("state", "=", "active") & Domain("date_end", "<", day)
            if len(days) > 1:
                domain &= Domain("company_id", "in", company_ids)
            rest = Domain.TRUE
            while found := self.search(domain & rest, order="date_end", limit=batch_size):
                found.try_lock_for_update()._run_safely(lambda due: due._expire())
                progress = self.env["ir.cron"]._commit_progress(len(found))
                if not progress or len(found) < batch_size:
                    break
                # What failed or was locked by others is left for tomorrow.
                rest = Domain([("date_end", ">=", found[-1].date_end), ("id", "not in", found.ids)])

    def _expire(self):
        """End these warranties. Their end date says so on the timeline; a message each would take
        most of the time and tell nothing more.
        """
        self.with_context(tracking_disable=True)._set_state("expired")

    def _filtered_renewable(self):
        """Return those after whose end the customer would pay: no other warranty, contract or
        promise goes on; in a constant number of queries.
        """
        living = self.filtered(lambda w: w.asset_id.state == "in_service" and w.partner_id)
        questions = [
            {"asset": warranty.asset_id.id, "date": fields.Date.add(warranty.date_end, days=1)}
            for warranty in living
        ]
        answers = self.env["aftersales.asset"].get_entitlements(questions) if questions else []
        chances = {}
        for warranty, answer in zip(living, answers, strict=True):
            if answer["category"] == "paid":
                chances.setdefault(warranty.asset_id, warranty)
        return self.browse([warranty.id for warranty in chances.values()])

    def _prepare_renewal_vals(self, salesperson, steps):
        """Return the values of the ``aftersales.renewal`` of this warranty.

        :param salesperson: ``res.users``, may be empty
        :param steps: days before the end on which it is told
        """
        self.ensure_one()
        today = self.company_id._get_aftersales_today()
        return {
            "company_id": self.company_id.id,
            "asset_id": self.asset_id.id,
            "warranty_id": self.id,
            "date_end": self.date_end,
            "user_id": salesperson.id,
            "date_next": next_day(self.date_end, steps, today) or False,
            "is_pending": True,
        }
