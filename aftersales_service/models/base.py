from math import isfinite

from odoo import api, models
from odoo.exceptions import ValidationError


class Base(models.AbstractModel):
    """No quantity, rate or amount of ours is “not a number” or infinite.

    JSON knows ``NaN`` and ``Infinity``, and PostgreSQL stores them: ``CHECK(amount > 0)`` holds for
    both. Odoo refuses some of them in passing, in words nobody understands, and lets others in.
    """

    _inherit = "base"

    @api.model_create_multi
    def create(self, vals_list):
        if self._name.startswith("aftersales."):
            for vals in vals_list:
                self._check_finite(vals)
        return super().create(vals_list)

    def write(self, vals):
        if self._name.startswith("aftersales."):
            self._check_finite(vals)
        return super().write(vals)

    @api.model
    def _check_finite(self, vals):
        """Raise when a number in ``vals`` is not finite.

        :raise ValidationError: naming the field
        """
        for name, value in vals.items():
            field = self._fields.get(name)
            if field is None or field.type not in ("float", "monetary"):
                continue
            try:
                finite = isfinite(float(value or 0.0))
            except (TypeError, ValueError):
                continue  # no number at all: the field itself says so
            except OverflowError:
                finite = False  # a whole number, longer than any that can be counted with
            if not finite:
                raise ValidationError(
                    self.env._(
                        "%(record)s: “%(field)s” must be a number that can be counted with. Enter "
                        "the amount in digits.",
                        record=self[:1].display_name or self._description,
                        field=field.get_description(self.env)["string"],
                    )
                )
