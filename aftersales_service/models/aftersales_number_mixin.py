from collections import defaultdict

from odoo import api, fields, models


class AftersalesNumberMixin(models.AbstractModel):
    """A document whose ``name`` is a number drawn from an ``ir.sequence`` when it is created.

    The inheriting model sets ``_number_sequence`` to the sequence's code, has a ``company_id``,
    and declares its own unique index over ``(name, company_id)``.
    """

    _name = "aftersales.number.mixin"
    _description = "After-sales Numbered Document"
    _number_sequence = ""

    name = fields.Char(
        string="Number",
        required=True,
        readonly=True,
        copy=False,
        index="trigram",
        default=lambda self: self.env._("New"),
    )

    @api.depends("name")
    def _compute_display_name(self):
        result = super()._compute_display_name()
        for document in self:
            if document.name == "/":
                document.display_name = self.env._("New")
        return result

    @api.model_create_multi
    def create(self, vals_list):
        numberless = (False, "", "/", self.env._("New"))
        self._fill_numbers([vals for vals in vals_list if vals.get("name", False) in numberless])
        return super().create(vals_list)

    @api.model
    def _fill_numbers(self, vals_list):
        """Give each values dict of ``vals_list`` its number: one query per company, not per
        record.
        """
        by_company = defaultdict(list)
        for vals in vals_list:
            by_company[vals.get("company_id") or self.env.company.id].append(vals)
        for company_id, company_vals in by_company.items():
            sequences = self.env["ir.sequence"].with_company(company_id)
            numbers = sequences._next_numbers_by_code(self._number_sequence, len(company_vals))
            for vals, number in zip(company_vals, numbers, strict=True):
                vals["name"] = number
