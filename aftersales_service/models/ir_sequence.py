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
        found = self._get_sequence_facts(code, self.env.company.id)
        if not found:
            raise UserError(
                self.env._(
                    "There is no sequence with the code “%(code)s” for %(company)s. "
                    "Create it under Settings / Technical / Sequences.",
                    code=code,
                    company=self.env.company.display_name,
                )
            )
        sequence_id, padding, affixes = found
        if not affixes:
            # sudo: as above; the id was found by code and company.
            sequence = self.sudo().browse(sequence_id)
            return [sequence._next() for __ in range(count)]
        rows = self.env.execute_query(
            SQL(
                "SELECT nextval(%s::regclass) FROM generate_series(1, %s)",
                f"ir_sequence_{sequence_id:03d}",
                count,
            )
        )
        # Not stored: it only words the date in them.
        prefix, suffix = self.new(affixes)._get_prefix_suffix()
        return [f"{prefix}{number:0{padding}d}{suffix}" for (number,) in rows]

    @api.model
    @tools.ormcache("code", "company_id")
    def _get_sequence_facts(self, code, company_id):
        """Return (id, padding, values of prefix and suffix) of the sequence that numbers are drawn
        from, or None; without values when only Odoo can draw them.
        """
        # sudo: as in ``_next_numbers_by_code``.
        domain = [("code", "=", code), ("company_id", "in", [company_id, False])]
        sequence = self.sudo().search(domain, order="company_id", limit=1)
        if not sequence:
            return None
        plain = sequence.implementation == "standard" and not sequence.use_date_range
        affixes = {"prefix": sequence.prefix, "suffix": sequence.suffix} if plain else None
        return sequence.id, sequence.padding, affixes

    @api.model
    def _get_fact_fields(self):
        """Return the names of the fields that ``_get_sequence_facts`` depends on."""
        return {
            "code",
            "company_id",
            "active",
            "implementation",
            "use_date_range",
            "padding",
            "prefix",
            "suffix",
        }

    @api.model_create_multi
    def create(self, vals_list):
        sequences = super().create(vals_list)
        self.env.registry.clear_cache()
        return sequences

    def write(self, vals):
        result = super().write(vals)
        if self._get_fact_fields() & vals.keys():
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
