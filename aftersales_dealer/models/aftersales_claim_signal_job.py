from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import peers

MONTHS = 12


class AftersalesClaimSignal(models.Model):
    """Signals that only the look at many claims finds: pictures, and figures of dealers (D19)."""

    _inherit = "aftersales.claim.signal"

    @api.model
    def _cron_find(self, batch_size=200):
        """Look at the pictures that came since the last run, then at the dealers' figures of twelve
        months. Goes on where it was interrupted.
        """
        cron = self.env["ir.cron"]
        photos = self.env["aftersales.claim.photo"]
        progress = self.env["aftersales.claim.progress"]._get("photos")
        progress._step_back()
        while claims := progress._next_claims(batch_size * 5):
            photos._keep(claims)
            if not cron._commit_progress(len(claims)):
                return
        while read := photos._read_pictures(batch_size):
            self._record_similar(read)
            if not cron._commit_progress(len(read)):
                return
        for company in self.env["res.company"].search([("active", "=", True)]):
            self._record(self._find_dealer_signals(company))
            if not cron._commit_progress(1):
                return

    @api.model
    def _record_similar(self, photos):
        """Keep which claims show the same picture in another file as an earlier one."""
        found = {}
        for own, other, bits in photos._find_similar():
            arguments = {
                "photo": own.attachment_id.name,
                "other": other.attachment_id.name,
                "claim": other.claim_id.name,
                "dealer": other.dealer_id.name,
                "bits": bits,
            }
            vals = found.setdefault(
                own.claim_id.id,
                {
                    "claim_id": own.claim_id.id,
                    "other_claim_id": other.claim_id.id,
                    "company_id": own.company_id.id,
                    "dealer_id": own.dealer_id.id,
                    "code": "signal_picture",
                    "details": [],
                },
            )
            vals["details"].append(["signal_picture_found", arguments])
        self._record(list(found.values()))

    @api.model
    def _find_dealer_signals(self, company):
        """Return the values of the signals about the dealers of ``company``."""
        since = fields.Date.subtract(fields.Date.context_today(self), months=MONTHS)
        return (
            self._find_refusals(company, since)
            + self._find_clusters(company, since)
            + self._find_days(company, since)
        )

    @api.model
    def _find_refusals(self, company, since):
        rows = self.env.execute_query(
            SQL(
                """SELECT dealer_id, count(*) FILTER (WHERE state = 'refused'), count(*)
                     FROM aftersales_claim
                    WHERE company_id = %s AND date_submitted >= %s
                      AND state IN ('refused', 'approved', 'noticed', 'settled')
                    GROUP BY dealer_id""",
                company.id,
                since,
            )
        )
        return self._find_apart(company, rows, "signal_refusal", {})

    @api.model
    def _find_clusters(self, company, since):
        """Dealers with many claims just under the limit of automatic approval."""
        limit = company.aftersales_claim_auto_limit
        rules = self.env["aftersales.claim.check.setting"]._get_rules(company)
        percent = max((r.percent for r in rules if r.code == "signal_limit"), default=0.0)
        if not limit or not percent:
            return []
        rows = self.env.execute_query(
            SQL(
                """SELECT dealer_id, count(*) FILTER (WHERE amount_claimed >= %s), count(*)
                     FROM aftersales_claim
                    WHERE company_id = %s AND date_submitted >= %s AND currency_id = %s
                      AND amount_claimed <= %s AND state NOT IN ('draft', 'cancelled')
                    GROUP BY dealer_id""",
                limit * (1.0 - percent / 100.0),
                company.id,
                since,
                company.currency_id.id,
                limit,
            )
        )
        readings = {"limit": limit, "percent": percent}
        return self._find_apart(company, rows, "signal_cluster", readings)

    @api.model
    def _find_apart(self, company, rows, code, readings):
        """Return the signals of the dealers whose share is apart from that of the others.

        :param rows: (dealer id, part, whole) of each dealer
        """
        period = fields.Date.context_today(self).strftime("%Y-%m")
        all_parts = sum(part for __, part, __whole in rows)
        all_claims = sum(whole for __, __part, whole in rows)
        found = []
        for dealer, part, whole in rows:
            others = peers.get_rate(all_parts - part, all_claims - whole)
            if peers.is_apart(part, whole, all_parts - part, all_claims - whole):
                arguments = {
                    **readings,
                    "part": part,
                    "whole": whole,
                    "rate": peers.get_rate(part, whole),
                    "others": others,
                }
                vals = self._prepare_dealer_vals(company, dealer, code, period)
                found.append({**vals, "details": [[f"{code}_found", arguments]]})
        return found

    @api.model
    def _find_days(self, company, since):
        """Days on which a dealer claims many times the repairs that are usual for it."""
        rows = self.env.execute_query(
            SQL(
                """WITH day AS (
                        SELECT dealer_id, date_repair, count(*) AS repairs
                          FROM aftersales_claim
                         WHERE company_id = %s AND date_submitted >= %s
                           AND state NOT IN ('draft', 'cancelled')
                         GROUP BY dealer_id, date_repair
                    ), usual AS (
                        SELECT dealer_id, count(*) AS days,
                               percentile_cont(0.5) WITHIN GROUP (ORDER BY repairs) AS usual
                          FROM day GROUP BY dealer_id
                    )
                   SELECT day.dealer_id, day.date_repair, day.repairs, usual.usual
                     FROM day JOIN usual USING (dealer_id)
                    WHERE day.repairs >= %s AND day.repairs >= %s * usual.usual
                      AND usual.days >= %s""",
                company.id,
                since,
                peers.LEAST_REPAIRS,
                peers.BUSY_DAY,
                peers.LEAST_DAYS,
            )
        )
        return [
            {
                **self._prepare_dealer_vals(company, dealer, "signal_day", str(day)),
                "details": [
                    ["signal_day_found", {"part": repairs, "date": str(day), "usual": usual}]
                ],
            }
            for dealer, day, repairs, usual in rows
        ]

    @api.model
    def _prepare_dealer_vals(self, company, dealer_id, code, period):
        return {"company_id": company.id, "dealer_id": dealer_id, "code": code, "period": period}
