from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from ..tools import season
from .aftersales_dealer_agreement import MONTHS


class AftersalesDealerAgreement(models.Model):
    """When goods that cannot be sold may come back (D12)."""

    _inherit = "aftersales.dealer.agreement"

    season_end_month = fields.Selection(MONTHS, string="Season Ends: Month", default="10")
    season_end_day = fields.Integer(string="Season Ends: Day", default=31, aggregator=None)
    season_count = fields.Integer(
        string="Seasons before Return",
        default=2,
        aggregator=None,
        help="Unsellable goods may be returned at the end of this many seasons after delivery.",
    )
    season_return_days = fields.Integer(
        string="Return within (Days)",
        default=60,
        aggregator=None,
        help="Days after the end of the last season within which unsellable goods are returned. "
        "Later they are deemed sold.",
    )

    _season_numbers = models.Constraint(
        "CHECK(season_count BETWEEN 1 AND 50 AND season_return_days BETWEEN 0 AND 3650)",
        "From 1 to 50 seasons must pass, and the days to return are between 0 and 3650.",
    )

    @api.constrains("season_end_day", "season_end_month")
    def _check_season(self):
        for agreement in self:
            if not 1 <= agreement.season_end_day <= 31:
                raise ValidationError(
                    self.env._(
                        "%(agreement)s: the day on which a season ends is between 1 and 31.",
                        agreement=agreement.display_name,
                    )
                )

    def _get_season_window(self, delivered):
        """Return (first, last day) on which goods delivered on ``delivered`` may be returned as
        unsellable.
        """
        self.ensure_one()
        return season.return_window(
            delivered,
            int(self.season_end_month or "10"),
            self.season_end_day or 31,
            self.season_return_days,
            self.season_count or 2,
        )

    def _get_season_problem(self, delivered, day):
        """Return the sentence why goods delivered on ``delivered`` are not taken back on ``day``
        as unsellable, or False (D12).
        """
        self.ensure_one()
        first, last = self._get_season_window(delivered)
        names = {
            "delivered": format_date(self.env, delivered),
            "first": format_date(self.env, first),
            "last": format_date(self.env, last),
            "seasons": self.season_count,
        }
        if day < first:
            return self.env._(
                "delivered on %(delivered)s, it may be returned as unsellable only at the end of "
                "%(seasons)s seasons, from %(first)s to %(last)s",
                **names,
            )
        if day > last:
            return self.env._(
                "delivered on %(delivered)s, its %(seasons)s seasons ended on %(first)s and it "
                "could be returned until %(last)s: it is deemed sold",
                **names,
            )
        return False
