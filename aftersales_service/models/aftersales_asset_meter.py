from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from ..tools import meter_usage

UNITS = [("hour", "Hours"), ("km", "Kilometres")]


class AftersalesAssetMeter(models.Model):
    """One reading of an asset's hour or kilometre counter (W01)."""

    _name = "aftersales.asset.meter"
    _description = "Meter Reading"
    _order = "date desc, id desc"

    asset_id = fields.Many2one("aftersales.asset", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="asset_id.company_id", store=True, index=True)
    date = fields.Date(required=True, default=fields.Date.context_today)
    value = fields.Float(required=True)
    unit = fields.Selection(UNITS, required=True, default="hour")
    replaced = fields.Boolean(
        string="Meter Replaced", help="The counter was changed and starts anew."
    )
    note = fields.Char(string="Reason")

    _value_positive = models.Constraint("CHECK(value >= 0)", "A meter reading cannot be negative.")

    @api.constrains("asset_id", "date", "value", "unit", "replaced", "note")
    def _check_forward(self):
        """A counter only runs forward, unless it was replaced for a stated reason."""
        self._check_future()
        for asset, readings in self.grouped("asset_id").items():
            if readings.filtered(lambda r: r.replaced and not (r.note or "").strip()):
                raise ValidationError(
                    self.env._(
                        "%(asset)s: write in “Reason” why the meter was replaced.",
                        asset=asset.display_name,
                    )
                )
            asset.meter_ids._check_sequence()

    def _check_future(self):
        """Nothing is read in the future; a day is left for those ahead of the user's clock."""
        latest = fields.Date.context_today(self) + timedelta(days=1)
        for reading in self.filtered(lambda r: r.date > latest)[:1]:
            raise ValidationError(
                self.env._(
                    "%(asset)s: the reading of %(date)s is in the future. Correct its “Date”.",
                    asset=reading.asset_id.display_name,
                    date=format_date(self.env, reading.date),
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_gap(self):
        """What stays has to run forward: the reading of a replaced counter goes last."""
        (self.asset_id.meter_ids - self)._check_sequence()

    def _check_sequence(self):
        """Raise when the readings of a meter among ``self`` run backward."""
        for (asset, _unit), readings in self.grouped(lambda r: (r.asset_id, r.unit)).items():
            backward = meter_usage.first_backward(readings._in_order())
            if backward:
                earlier, later = backward
                raise ValidationError(
                    self.env._(
                        "%(asset)s: the reading %(value)s of %(date)s is below %(before)s of "
                        "%(before_date)s. "
                        "Correct it, or tick “Meter Replaced” and give the reason.",
                        asset=asset.display_name,
                        value=later.value,
                        date=format_date(self.env, later.date),
                        before=earlier.value,
                        before_date=format_date(self.env, earlier.date),
                    )
                )

    def _in_order(self):
        """Return the readings as list in the order in which they were taken."""
        # New ones come last: they have no id yet.
        return meter_usage.in_order(self.sorted(lambda r: (not r.id, r.id or 0)))


class AftersalesAsset(models.Model):
    _inherit = "aftersales.asset"

    meter_ids = fields.One2many(
        "aftersales.asset.meter", "asset_id", string="Meter Readings", copy=False
    )
    meter = fields.Float(string="Last Reading", compute="_compute_meter", store=True)
    meter_unit = fields.Selection(UNITS, compute="_compute_meter", store=True)

    @api.depends("meter_ids.date", "meter_ids.value", "meter_ids.unit", "meter_ids.replaced")
    def _compute_meter(self):
        for asset in self:
            dated = asset.meter_ids.filtered("date")
            last = dated._in_order()[-1] if dated else dated
            asset.meter = last.value
            asset.meter_unit = last.unit

    def action_add_meter_reading(self):
        """Open the dialog that adds a reading to the asset (W01)."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_asset_meter_action_add"
        )
        context = {"default_asset_id": self.id, "default_unit": self.meter_unit or "hour"}
        return dict(action, context=context)
