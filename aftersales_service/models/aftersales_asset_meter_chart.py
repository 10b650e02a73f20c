from odoo import api, fields, models
from odoo.tools import format_date

from ..tools import meter_usage


class AftersalesAsset(models.Model):
    """The readings of an asset's meters as lines, and what they let expect (W01)."""

    _inherit = "aftersales.asset"

    def get_meter_chart(self):
        """Return the readings by meter with usage per month, and when a limit of the warranty
        will be reached at that usage.

        :return: ``{'may_add': bool, 'meters': [{'unit', 'label', 'replaced', 'readings': [{'date',
            'value', 'total', 'note'}], 'per_month', 'forecasts': [{'date', 'limit', 'in_time',
            'label', 'sentence'}], 'sentences'}]}``; ``sentences`` say it in the user's language
        """
        self.ensure_one()
        self.check_access("read")
        readings = self._search_readable(
            "aftersales.asset.meter", [("asset_id", "=", self.id)], order="id"
        )
        # Who may read the asset may know what covers it.
        covers = self.sudo()._get_covers().get(self.id, []) if readings else []
        return {
            "may_add": self.env["aftersales.asset.meter"].has_access("create"),
            "meters": [
                self._get_meter_line(unit, same_unit, covers)
                for unit, same_unit in readings.grouped("unit").items()
            ],
        }

    def _get_meter_line(self, unit, readings, covers):
        """Return the line of one meter."""
        ordered = readings._in_order()
        usage = meter_usage.usage_per_day(ordered)
        per_month = usage and usage * meter_usage.DAYS_PER_MONTH
        # The limit of a warranty is meant in the unit of the meter that is read last.
        limited = [c for c in covers if c.meter_limit and unit == self.meter_unit]
        forecasts = self._get_meter_forecasts(limited, unit, ordered)
        totals = meter_usage.totals(ordered)
        return {
            "unit": unit,
            "label": dict(readings._fields["unit"]._description_selection(self.env))[unit],
            "replaced": any(reading.replaced for reading in ordered),
            "readings": [
                {
                    "date": fields.Date.to_string(reading.date),
                    "value": reading.value,
                    "total": total,
                    "note": reading.note or "",
                }
                for reading, total in zip(ordered, totals, strict=True)
            ],
            "per_month": per_month or 0.0,
            "forecasts": forecasts,
            "sentences": self._get_meter_sentences(unit, ordered, totals[-1], per_month)
            + [forecast["sentence"] for forecast in forecasts],
        }

    def _get_meter_sentences(self, unit, ordered, total, per_month):
        """Return what is known of a meter as sentences."""
        last = ordered[-1]
        sentences = [
            self.env._(
                "Last reading: %(value)s on %(date)s.",
                value=self._format_meter(last.value, unit),
                date=format_date(self.env, last.date),
            )
        ]
        if total != last.value:
            sentences.append(
                self.env._(
                    "%s in all, with the counters that were replaced.",
                    self._format_meter(total, unit),
                )
            )
        if per_month:
            sentences.append(
                self.env._(
                    "%s a month on average in the last year.",
                    self._format_meter(round(per_month, 1), unit),
                )
            )
        return sentences

    def _get_meter_forecasts(self, covers, unit, ordered):
        """Return when the limits of ``covers`` that are running will be reached, the next first."""
        today, found = fields.Date.context_today(self), {}
        for cover in covers:
            ended = cover.date_end and cover.date_end < today
            day = meter_usage.forecast(ordered, cover.meter_limit)
            if cover.date_start and not ended and day:
                found.setdefault(cover.meter_limit, (day, cover))
        return [
            self._get_meter_forecast(cover, unit, ordered, day)
            for day, cover in sorted(found.values(), key=lambda pair: (pair[0], pair[1].key))
        ]

    @api.model
    def _get_meter_forecast(self, cover, unit, ordered, day):
        """Return the forecast for the limit of one cover, and what it means for the cover."""
        arguments = {
            "limit": self._format_meter(cover.meter_limit, unit),
            "cover": cover.label,
            "date": format_date(self.env, day),
        }
        if meter_usage.totals(ordered)[-1] >= cover.meter_limit:
            sentence = self.env._("The limit of %(limit)s of %(cover)s is reached.", **arguments)
        elif cover.date_end and day > cover.date_end:
            sentence = self.env._(
                "At this usage %(cover)s ends by its date, before its limit of %(limit)s.",
                **arguments,
            )
        else:
            sentence = self.env._(
                "At this usage the limit of %(limit)s of %(cover)s is reached about %(date)s, "
                "before its last day.",
                **arguments,
            )
        return {
            "date": fields.Date.to_string(day),
            "limit": cover.meter_limit,
            "in_time": not cover.date_end or day <= cover.date_end,
            "label": self.env._("Forecast to %s", arguments["limit"]),
            "sentence": sentence,
        }
