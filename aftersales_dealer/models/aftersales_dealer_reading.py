from odoo import api, models
from odoo.tools import SQL


class AftersalesDealerReading(models.AbstractModel):
    """Measures dealers from what is recorded, all of them at once: one query for each part of the
    score (D11).

    Each ``_read_<code>`` returns {dealer id: (good, total, value in percent, number of cases)}.
    """

    _name = "aftersales.dealer.reading"
    _description = "Measures of Dealers"

    @api.model
    def _read_all(self, company, start, end):
        """Return {code: {dealer id: (good, total, value, cases)}} for a period.

        :param start, end: first and last day, ``datetime.date``
        """
        self.env.flush_all()
        codes = dict(self.env["aftersales.dealer.metric"]._fields["code"].selection)
        return {code: getattr(self, f"_read_{code}")(company, start, end) for code in codes}

    @api.model
    def _rows(self, query):
        """Run a query of (dealer, good, total, number of cases) and return the shares."""
        return {
            dealer: (good or 0.0, total, 100.0 * float(good or 0.0) / float(total), cases)
            for dealer, good, total, cases in self.env.execute_query(query)
            if dealer and total
        }

    @api.model
    def _read_registration(self, company, start, end):
        """Cards handed in in the period, and which of them in time (D02)."""
        return self._rows(
            SQL(
                "SELECT dealer_id, count(*) FILTER (WHERE late IS NOT TRUE), count(*), count(*)"
                " FROM aftersales_registration WHERE state = 'registered' AND company_id = %s"
                " AND date_registered BETWEEN %s AND %s GROUP BY dealer_id",
                company.id,
                start,
                end,
            )
        )

    @api.model
    def _read_claim(self, company, start, end):
        """Amounts of the claims decided in the period, and what was approved of them (D07)."""
        return self._rows(
            SQL(
                "SELECT dealer_id, sum(amount_approved), sum(amount_claimed), count(*)"
                " FROM aftersales_claim WHERE company_id = %s"
                " AND state IN ('approved', 'refused', 'noticed', 'settled')"
                " AND date_approved >= %s AND date_approved < %s::date + 1 GROUP BY dealer_id",
                company.id,
                start,
                end,
            )
        )

    @api.model
    def _read_sla(self, company, start, end):
        """Tickets given to the dealer that were due in the period, arranged in time (D03)."""
        return self._rows(
            SQL(
                "SELECT t.dispatch_dealer_id,"
                " count(*) FILTER (WHERE c.state = 'reached' AND c.date_breached IS NULL),"
                " count(*), count(*)"
                " FROM aftersales_sla_clock c JOIN aftersales_ticket t ON t.id = c.ticket_id"
                " WHERE c.kind = 'arranged' AND c.state IN ('reached', 'breached')"
                " AND c.company_id = %s AND c.date_deadline >= %s"
                " AND c.date_deadline < %s::date + 1 AND t.dispatch_dealer_id IS NOT NULL"
                " GROUP BY t.dispatch_dealer_id",
                company.id,
                start,
                end,
            )
        )

    @api.model
    def _read_old_part(self, company, start, end):
        """Old parts due in the period, sent back by their day (D09)."""
        return self._rows(
            SQL(
                "SELECT p.dealer_id, count(*) FILTER ("
                " WHERE COALESCE(r.date_shipped, r.date_received::date) <= p.date_due),"
                " count(*), count(*)"
                " FROM aftersales_part_return_line p"
                " LEFT JOIN aftersales_part_return r ON r.id = p.return_id"
                " WHERE p.company_id = %s AND p.date_due BETWEEN %s AND %s"
                " AND p.state NOT IN ('waived', 'cancelled') GROUP BY p.dealer_id",
                company.id,
                start,
                end,
            )
        )

    @api.model
    def _read_spot_check(self, company, start, end):
        """Spot checks done in the period: 100 less the points found in the mean (D10)."""
        rows = self.env.execute_query(
            SQL(
                "SELECT dealer_id, count(*) FILTER (WHERE result = 'confirmed'), count(*),"
                " avg(LEAST(finding_weight, 100)) FROM aftersales_spot_check"
                " WHERE state = 'done' AND company_id = %s"
                " AND date_done >= %s AND date_done < %s::date + 1 GROUP BY dealer_id",
                company.id,
                start,
                end,
            )
        )
        return {
            dealer: (confirmed, total, 100.0 - float(weight or 0.0), total)
            for dealer, confirmed, total, weight in rows
        }

    @api.model
    def _read_satisfaction(self, company, start, end):
        """Ratings of tickets that the dealer served: the mean of five stars (Q01)."""
        return self._rows(
            SQL(
                "SELECT t.dispatch_dealer_id, sum(r.rating) / 5.0, count(*), count(*)"
                " FROM rating_rating r JOIN aftersales_ticket t ON t.id = r.res_id"
                " WHERE r.res_model = 'aftersales.ticket' AND r.consumed IS TRUE AND r.rating > 0"
                " AND t.company_id = %s AND t.dispatch_dealer_id IS NOT NULL"
                " AND COALESCE(r.rated_on, r.write_date) >= %s"
                " AND COALESCE(r.rated_on, r.write_date) < %s::date + 1"
                " GROUP BY t.dispatch_dealer_id",
                company.id,
                start,
                end,
            )
        )

    @api.model
    def _read_tariff(self, company, start, end):
        """Paid repairs of the period, and which of them were charged by the tariff (D05)."""
        return self._rows(
            SQL(
                "SELECT dealer_id, count(*) FILTER (WHERE is_overcharged IS NOT TRUE), count(*),"
                " count(*)"
                " FROM aftersales_paid_repair WHERE company_id = %s"
                " AND state IN ('reported', 'accepted', 'penalised')"
                " AND date BETWEEN %s AND %s GROUP BY dealer_id",
                company.id,
                start,
                end,
            )
        )

    @api.model
    def _read_hand_back(self, company, start, end):
        """Tickets that ended at the dealer in the period, and which it did not hand back (D03)."""
        return self._rows(
            SQL(
                "SELECT dealer_id, count(*) FILTER (WHERE state = 'done'), count(*), count(*)"
                " FROM aftersales_dealer_dispatch WHERE company_id = %s"
                " AND state IN ('done', 'handed_back')"
                " AND date_ended >= %s AND date_ended < %s::date + 1 GROUP BY dealer_id",
                company.id,
                start,
                end,
            )
        )

    @api.model
    def _read_fraud(self, company, start, end):
        """Return the ids of dealers in whose spot checks of the period fraud was found."""
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT dealer_id FROM aftersales_spot_check WHERE state = 'done'"
                " AND result = 'fraud' AND company_id = %s"
                " AND date_done >= %s AND date_done < %s::date + 1",
                company.id,
                start,
                end,
            )
        )
        return {dealer for (dealer,) in rows}

    @api.model
    def _read_reward_base(self, company, start, end):
        """Return {dealer id: approved amount of the period's claims, in the company's currency}."""
        groups = self.env["aftersales.claim"]._read_group(
            [
                ("company_id", "=", company.id),
                ("state", "in", ("approved", "noticed", "settled")),
                ("date_approved", ">=", start),
                ("date_approved", "<=", end),
            ],
            ["dealer_id", "currency_id"],
            ["amount_approved:sum"],
        )
        bases = {}
        for dealer, currency, amount in groups:
            amount = currency._convert(amount, company.currency_id, company, end)
            bases[dealer.id] = bases.get(dealer.id, 0.0) + amount
        return bases
