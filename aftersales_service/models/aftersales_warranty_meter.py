from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import format_date
from odoo.tools.misc import formatLang

from ..tools.meter_usage import Reading, meter_reached


class AftersalesWarrantyTerm(models.Model):
    """Months or meter, whichever comes first (W04): a reading above the limit ends the term."""

    _inherit = "aftersales.warranty.term"

    date_meter_end = fields.Date(
        string="Ended by Meter",
        readonly=True,
        copy=False,
        help="The day on which the meter was first read above the limit.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        terms = super().create(vals_list)
        terms.filtered("meter_limit").warranty_id.asset_id._update_meter_ends()
        return terms


class AftersalesWarranty(models.Model):
    _inherit = "aftersales.warranty"

    ended_by_meter = fields.Boolean(compute="_compute_date_end", store=True)
    meter_text = fields.Char(compute="_compute_meter_text")

    @api.depends("term_ids.date_meter_end", "date_start")
    def _compute_date_end(self):
        result = super()._compute_date_end()
        for warranty in self:
            ends = [
                min(filter(None, (term.date_end, term.date_meter_end)))
                for term in warranty._get_whole_terms()
                if term.date_end
            ]
            end = max(ends, default=False)
            warranty.ended_by_meter = bool(end and end < warranty.date_end)
            if warranty.ended_by_meter:
                warranty.date_end = max(end, warranty.date_start or end)
        return result

    @api.depends("term_ids.date_meter_end", "term_ids.meter_limit")
    @api.depends_context("lang")
    def _compute_meter_text(self):
        for warranty in self:
            warranty.meter_text = " ".join(
                self.env._(
                    "%(term)s: ended by meter on %(date)s, above %(limit)s.",
                    term=term.display_name,
                    date=format_date(self.env, term.date_meter_end),
                    limit=formatLang(self.env, term.meter_limit, digits=0),
                )
                for term in warranty.term_ids
                if term.date_meter_end
            )

    def _after_meter_change(self):
        """A reading ended terms, or its correction revived them: say so, and revive the warranty.

        That a warranty is over is left to the daily job, as for those that end by date.
        """
        self._message_log_batch(
            bodies={
                warranty.id: warranty.meter_text
                or self.env._("The meter ends no term any more: a reading was corrected.")
                for warranty in self
            }
        )
        self.filtered(lambda w: w.state == "expired")._set_state_by_dates()


class AftersalesAssetMeter(models.Model):
    _inherit = "aftersales.asset.meter"

    @api.model_create_multi
    def create(self, vals_list):
        readings = super().create(vals_list)
        readings.asset_id._update_meter_ends()
        return readings

    def write(self, vals):
        assets = self.asset_id
        result = super().write(vals)
        (assets | self.asset_id)._update_meter_ends()
        return result

    def unlink(self):
        assets = self.asset_id
        result = super().unlink()
        assets._update_meter_ends()
        return result


class AftersalesAsset(models.Model):
    _inherit = "aftersales.asset"

    def _update_meter_ends(self):
        """Set on the terms of the assets when the meter passed their limit; only what changed is
        written. Queries do not grow with the readings.
        """
        # Who reads a meter need not have rights on warranties.
        terms = (
            self.env["aftersales.warranty.term"]
            .sudo()
            .search(
                [
                    ("warranty_id.asset_id", "in", self.ids),
                    ("warranty_id.state", "!=", "void"),
                    ("meter_limit", ">", 0),
                ]
            )
        )
        if not terms:
            return
        readings = terms.warranty_id.asset_id._get_readings()
        changed = defaultdict(terms.browse)
        for term in terms:
            end = meter_reached(
                readings[term.warranty_id.asset_id.id, term.meter_unit], term.meter_limit
            )
            if (end or False) != term.date_meter_end:
                changed[end or False] |= term
        for end, ended in changed.items():
            ended.write({"date_meter_end": end})
            ended.warranty_id._after_meter_change()

    def _get_readings(self):
        """Return {(asset id, unit): list of ``Reading``} in the order of time."""
        result = defaultdict(list)
        for reading in (
            self.env["aftersales.asset.meter"]
            .sudo()  # see ``_update_meter_ends``
            .search_fetch(
                [("asset_id", "in", self.ids)],
                ["asset_id", "unit", "date", "value", "replaced"],
                order="date, id",
            )
        ):
            result[reading.asset_id.id, reading.unit].append(
                Reading(reading.date, reading.value, reading.replaced)
            )
        return result
