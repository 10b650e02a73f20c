from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..tools.coverage import term_end
from ..tools.serials import is_between, natural_key

TERM_FIELDS = (
    "is_wear_part",
    "life_months",
    "life_meter",
    "warranty_duration",
    "warranty_unit",
    "warranty_meter",
    "covers_parts",
    "covers_labour",
    "covers_travel",
)


class AftersalesProductPart(models.Model):
    """A spare part that fits a machine: where, how many, how long it lives, and the warranty it
    has of its own (N01).
    """

    _name = "aftersales.product.part"
    _description = "Spare Part of a Product"
    _order = "product_tmpl_id, sequence, id"
    _rec_name = "part_id"
    _rec_names_search = ["part_id", "position"]
    _check_company_auto = True

    sequence = fields.Integer(default=10)
    product_tmpl_id = fields.Many2one(
        "product.template",
        string="Machine",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    company_id = fields.Many2one(related="product_tmpl_id.company_id", store=True, index=True)
    part_id = fields.Many2one(
        "product.product",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain="[('type', '=', 'consu'), ('product_tmpl_id', '!=', product_tmpl_id)]",
    )
    part_tmpl_id = fields.Many2one(
        related="part_id.product_tmpl_id", string="Part Template", store=True, index=True
    )
    quantity = fields.Float(
        string="Per Machine", digits="Product Unit", default=1.0, required=True, aggregator=None
    )
    uom_id = fields.Many2one(related="part_id.uom_id")
    position = fields.Char(help="Where it sits: number in the drawing or the parts list.")
    is_wear_part = fields.Boolean(string="Wear Part")
    life_months = fields.Integer(
        string="Normal Life (months)",
        aggregator=None,
        help="How long the part lasts in normal use; 0: not known.",
    )
    life_meter = fields.Float(
        string="Normal Life (meter)",
        aggregator=None,
        help="Hours or kilometres the part lasts in normal use; 0: not known.",
    )
    warranty_duration = fields.Integer(
        string="Own Warranty",
        aggregator=None,
        help="From the day the part is fitted; 0: the part shares the cover of its machine.",
    )
    warranty_unit = fields.Selection(
        [("day", "Days"), ("month", "Months"), ("year", "Years")], default="month", required=True
    )
    warranty_meter = fields.Float(
        string="Own Warranty (meter)",
        aggregator=None,
        help="Hours or kilometres from the reading at which the part is fitted; 0: no limit.",
    )
    covers_parts = fields.Boolean(string="Parts", default=True)
    covers_labour = fields.Boolean(string="Labour", default=True)
    covers_travel = fields.Boolean(string="Travel")
    serial_from = fields.Char(string="From Serial", help="First machine that it fits; empty: all.")
    serial_to = fields.Char(string="To Serial", help="Last machine that it fits; empty: all.")
    note = fields.Char(string="Remark")

    _part_uniq = models.UniqueIndex(
        "(product_tmpl_id, part_id, COALESCE(position, ''), COALESCE(serial_from, ''))",
        "This part stands at this position of the machine's parts list already.",
    )
    _quantity_positive = models.Constraint(
        "CHECK(quantity > 0)", "The quantity per machine must be positive."
    )
    _life_positive = models.Constraint(
        "CHECK(life_months >= 0 AND life_meter >= 0)",
        "The normal life of a part cannot be negative. Enter 0 when it is not known.",
    )
    _warranty_positive = models.Constraint(
        "CHECK(warranty_duration >= 0 AND warranty_meter >= 0)",
        "The own warranty of a part cannot be negative. Enter 0 when it has none.",
    )

    @api.depends("part_id", "product_tmpl_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.part_id.display_name} → {line.product_tmpl_id.name}"

    @api.constrains("product_tmpl_id", "part_id")
    def _check_part(self):
        for line in self:
            if line.part_id.product_tmpl_id == line.product_tmpl_id:
                raise ValidationError(
                    self.env._(
                        "%(machine)s cannot be a spare part of itself. Choose another part.",
                        machine=line.product_tmpl_id.display_name,
                    )
                )

    @api.constrains("serial_from", "serial_to")
    def _check_serials(self):
        for line in self.filtered(lambda li: li.serial_from and li.serial_to):
            if natural_key(line.serial_from) > natural_key(line.serial_to):
                raise ValidationError(
                    self.env._(
                        "%(part)s: “From Serial” (%(first)s) comes after “To Serial” (%(last)s). "
                        "Exchange the two.",
                        part=line.display_name,
                        first=line.serial_from,
                        last=line.serial_to,
                    )
                )

    @api.onchange("part_id")
    def _onchange_part_id(self):
        """A part that other machines have brings its terms along."""
        if not self.part_id or any(self[name] for name in ("life_months", "warranty_duration")):
            return
        other = self.search(
            [("part_id", "=", self.part_id.id), ("id", "!=", self._origin.id)],
            order="write_date desc",
            limit=1,
        )
        for name in TERM_FIELDS if other else ():
            self[name] = other[name]

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._mark_spare_parts()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if "part_id" in vals:
            self._mark_spare_parts()
        return result

    def _mark_spare_parts(self):
        """What a parts list names is a spare part, unless it is sold as a machine as well."""
        # Who keeps the parts lists need not have rights on products; only this flag is set.
        parts = self.part_id.product_tmpl_id.sudo()
        parts.filtered(lambda part: not part.is_asset and not part.is_spare_part).write(
            {"is_spare_part": True}
        )

    @api.model
    def _get_for_asset(self, asset, parts=None):
        """Return the lines of the parts list that fit ``asset``, for ``parts`` (product.product)
        when given.
        """
        domain = Domain("product_tmpl_id", "=", asset.product_id.product_tmpl_id.id)
        if parts is not None:
            domain &= Domain("part_id", "in", parts.ids)
        return self.search(domain).filtered(lambda line: line._is_for_serial(asset.serial))

    def _is_for_serial(self, serial):
        """Whether the machine ``serial`` (str) is among those the line is for; without a serial
        every line is.
        """
        self.ensure_one()
        return not serial or is_between(serial, self.serial_from, self.serial_to)

    def _get_own_warranty(self, date, meter=0.0):
        """Return the values of the own warranty of a part fitted on ``date`` (date) at ``meter``
        (float); empty when it has none (W13).
        """
        if not self or not self.warranty_duration:
            return {}
        self.ensure_one()
        return {
            "warranty_date_start": date,
            "warranty_date_end": term_end(date, self.warranty_duration, self.warranty_unit),
            "warranty_meter_limit": self.warranty_meter and meter + self.warranty_meter,
            "covers_parts": self.covers_parts,
            "covers_labour": self.covers_labour,
            "covers_travel": self.covers_travel,
        }
