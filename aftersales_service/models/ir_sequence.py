from odoo import api, models, tools
from odoo.exceptions import UserError
from odoo.tools import SQL


class IrSequence(models.Model):
    _inherit = "ir.sequence"

    @api.model
    def _next_numbers_by_code(self, code, count):
        """Draw ``count`` numbers of the sequence ``code`` for the current company, in order.

        ``next_by_code`` costs a query a number; a delivery of a thousand serials needs a thousand.

        :param str code: the sequence's code
        :param int count: how many numbers
        :return: list of str, ``count`` long
        :raise UserError: when the company has no such sequence
        """
        # sudo: numbers are drawn by every role, as in ``next_by_code``.
        sequence = self.sudo().browse(self._get_sequence_id(code, self.env.company.id))
        if not sequence:
            raise UserError(
                self.env._(
                    "There is no sequence with the code “%(code)s” for %(company)s. "
                    "Create it under Settings / Technical / Sequences.",
                    code=code,
                    company=self.env.company.display_name,
                )
            )
        if sequence.use_date_range or sequence.implementation != "standard":
            return [sequence._next() for __ in range(count)]
        rows = self.env.execute_query(
            SQL(
                "SELECT nextval(%s::regclass) FROM generate_series(1, %s)",
                f"ir_sequence_{sequence.id:03d}",
                count,
            )
        )
        prefix, suffix = sequence._get_prefix_suffix()
        return [f"{prefix}{number:0{sequence.padding}d}{suffix}" for (number,) in rows]

    @api.model
    @tools.ormcache("code", "company_id")
    def _get_sequence_id(self, code, company_id):
        """Return the id of the sequence that numbers are drawn from, or None."""
        # sudo: as in ``_next_numbers_by_code``.
        domain = [("code", "=", code), ("company_id", "in", [company_id, False])]
        return self.sudo().search(domain, order="company_id", limit=1).id or None

    @api.model_create_multi
    def create(self, vals_list):
        sequences = super().create(vals_list)
        self.env.registry.clear_cache()
        return sequences

    def write(self, vals):
        result = super().write(vals)
        if {"code", "company_id", "active"} & vals.keys():
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
