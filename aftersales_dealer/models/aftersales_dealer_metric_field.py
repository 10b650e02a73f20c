from odoo import api, fields, models
from odoo.tools import SQL


class AftersalesDealerMetric(models.Model):
    """Fair charges and tickets that were not handed back count for the grade (D03, D05, D11)."""

    _inherit = "aftersales.dealer.metric"

    code = fields.Selection(
        selection_add=[
            ("tariff", "Paid repairs within the tariff"),
            ("hand_back", "Tickets done, not handed back"),
        ],
        ondelete={"tariff": "cascade", "hand_back": "cascade"},
    )


class AftersalesDealerReading(models.AbstractModel):
    _inherit = "aftersales.dealer.reading"

    @api.model
    def _read_tariff(self, company, start, end):
        """Paid repairs of the period, and which of them were charged by the tariff (D05)."""
        return self._rows(
            SQL(
                "SELECT dealer_id, count(*) FILTER (WHERE is_overcharged IS NOT TRUE),"
                " count(*), count(*)"
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
