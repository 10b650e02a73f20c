from odoo import api, fields, models
from odoo.exceptions import ValidationError


class AftersalesAssetMeter(models.Model):
    """One reading of an asset's hour or kilometre counter (W01)."""

    _name = "aftersales.asset.meter"
    _description = "Meter Reading"
    _order = "date desc, id desc"

    asset_id = fields.Many2one("aftersales.asset", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="asset_id.company_id", store=True, index=True)
    date = fields.Date(required=True, default=fields.Date.context_today)
    value = fields.Float(required=True)
    unit = fields.Selection(
        [("hour", "Hours"), ("km", "Kilometres")], required=True, default="hour"
    )
    replaced = fields.Boolean(
        string="Meter Replaced", help="The counter was changed and starts anew."
    )
    note = fields.Char(string="Reason")

    _value_positive = models.Constraint("CHECK(value >= 0)", "A meter reading cannot be negative.")

    @api.constrains("asset_id", "date", "value", "unit", "replaced", "note")
    def _check_forward(self):
        """A counter only runs forward, unless it was replaced for a stated reason."""
        for asset, readings in self.grouped("asset_id").items():
            if readings.filtered(lambda r: r.replaced and not r.note):
                raise ValidationError(
                    self.env._(
                        "%(asset)s: state why the meter was replaced.", asset=asset.display_name
                    )
                )
            for same_unit in asset.meter_ids.grouped("unit").values():
                self._check_sequence(asset, same_unit.sorted(lambda r: (r.date, r.id)))

    def _check_sequence(self, asset, readings):
        for earlier, later in zip(readings, readings[1:], strict=False):
            if later.value < earlier.value and not later.replaced:
                raise ValidationError(
                    self.env._(
                        "%(asset)s: the reading %(value)s of %(date)s is below %(before)s of "
                        "%(before_date)s. "
                        "Correct it, or tick “Meter Replaced” and give the reason.",
                        asset=asset.display_name,
                        value=later.value,
                        date=later.date,
                        before=earlier.value,
                        before_date=earlier.date,
                    )
                )


class AftersalesAsset(models.Model):
    _inherit = "aftersales.asset"

    meter_ids = fields.One2many(
        "aftersales.asset.meter", "asset_id", string="Meter Readings", copy=False
    )
    meter = fields.Float(string="Last Reading", compute="_compute_meter", store=True)
    meter_unit = fields.Selection(
        [("hour", "Hours"), ("km", "Kilometres")], compute="_compute_meter", store=True
    )

    @api.depends("meter_ids.date", "meter_ids.value", "meter_ids.unit")
    def _compute_meter(self):
        for asset in self:
            last = asset.meter_ids.sorted(lambda r: (r.date or fields.Date.today(), r.id or 0))[-1:]
            asset.meter = last.value
            asset.meter_unit = last.unit
