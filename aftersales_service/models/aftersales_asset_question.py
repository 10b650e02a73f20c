import math

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import coverage
from .aftersales_asset_entitlement import EXCLUSIONS

QUESTION_KEYS = {"asset", "date", "part", "exclusion", "meter", "symptom", "campaign", "ticket"}


class AftersalesAsset(models.Model):
    """What a client asks of the resolver, understood or refused with a clear message (J03)."""

    _inherit = "aftersales.asset"

    @api.model
    def _prepare_questions(self, values_list):
        """Return a ``coverage.Question`` for each dict of arguments of ``get_entitlement``, in a
        constant number of queries.

        :raise UserError: naming what cannot be understood and how to write it
        """
        for values in values_list:
            self._check_question_keys(values)
        today = fields.Date.context_today(self)
        categories = self._get_part_categories(
            [self._read_id(values.get("part"), self.env._("part")) for values in values_list]
        )
        known = {
            "symptom": self._get_known_ids("aftersales.symptom", "symptom", values_list),
            "campaign": self._get_known_ids("aftersales.campaign", "campaign", values_list),
            "ticket": self._get_known_ids("aftersales.ticket", "ticket", values_list),
        }
        return [self._prepare_question(values, today, categories, known) for values in values_list]

    @api.model
    def _prepare_question(self, values, today, categories, known):
        part_id = self._read_id(values.get("part"), self.env._("part"))
        return coverage.Question(
            date=self._read_day(values.get("date")) or today,
            part_category_id=categories.get(part_id),
            meter=self._read_meter(values.get("meter")),
            exclusion=self._read_exclusion(values.get("exclusion")),
            part_id=part_id,
            **{f"{key}_id": ids.get(self._to_key(values.get(key))) for key, ids in known.items()},
        )

    @api.model
    def _check_question_keys(self, values):
        unknown = set(values) - QUESTION_KEYS if isinstance(values, dict) else {values}
        if unknown:
            raise UserError(
                self.env._(
                    "“%(unknown)s” is not part of a question on cover. A question has: %(known)s.",
                    unknown=", ".join(map(str, unknown)),
                    known=", ".join(sorted(QUESTION_KEYS)),
                )
            )

    @api.model
    def _read_asset_id(self, values):
        asset_id = self._read_id(values.get("asset"), self.env._("asset"))
        if not asset_id:
            raise UserError(
                self.env._("A question on cover names no asset. Give the id as “asset”.")
            )
        return asset_id

    @api.model
    def _to_key(self, value):
        """Return the id of a record, or the value itself."""
        return (value.ids or [None])[0] if isinstance(value, models.BaseModel) else value

    @api.model
    def _read_id(self, value, label):
        """Return ``value`` (record, id, or nothing) as an id or None."""
        key = self._to_key(value)
        if not key:
            return None
        if isinstance(key, bool) or not isinstance(key, int) or key < 0:
            raise UserError(
                self.env._(
                    "The %(what)s “%(value)s” is not a record. Give its id.", what=label, value=key
                )
            )
        return key

    @api.model
    def _get_part_categories(self, part_ids):
        """Return {product id: category id} of the parts asked for."""
        wanted = set(filter(None, part_ids))
        if not wanted:
            return {}
        # Customers ask about parts without having rights on products.
        rows = self.sudo()._read_raw("product.product", [("id", "in", wanted)], ["id", "categ_id"])
        self._check_all_known(wanted, dict(rows), self.env._("part"))
        return dict(rows)

    @api.model
    def _get_known_ids(self, model, key, values_list):
        """Return {id: id} of what the questions name under ``key``."""
        named = [values.get(key) for values in values_list]
        # What a document refers to is there; only ids that came from outside are looked up.
        sure = {value.id for value in named if isinstance(value, models.BaseModel) and value}
        wanted = {self._read_id(value, key) for value in named} - {None, *sure}
        if not wanted:
            return {record_id: record_id for record_id in sure}
        # Only whether it exists is looked at.
        found = set(self.env[model].sudo().browse(wanted).exists().ids)
        label = self.env["ir.model"]._get(model).name
        self._check_all_known(wanted, found, label)
        return {record_id: record_id for record_id in found | sure}

    @api.model
    def _check_all_known(self, wanted, found, label):
        unknown = sorted(wanted.difference(found))
        if unknown:
            raise UserError(
                self.env._(
                    "There is no %(what)s with the id %(ids)s. Choose one that exists.",
                    what=label,
                    ids=", ".join(map(str, unknown)),
                )
            )

    @api.model
    def _read_day(self, value):
        """Return ``value`` (date, ISO string, or nothing) as a date or None."""
        try:
            return fields.Date.to_date(value) or None
        except (TypeError, ValueError, AttributeError):
            raise UserError(
                self.env._(
                    "“%(value)s” is not a date. Write it as year-month-day, e.g. %(example)s.",
                    value=value,
                    example=fields.Date.to_string(fields.Date.context_today(self)),
                )
            ) from None

    @api.model
    def _read_meter(self, value):
        """Return ``value`` (number or nothing) as a meter reading or None."""
        if value is None or value is False or value == "":
            return None
        try:
            reading = float(value)
        except (TypeError, ValueError):
            reading = math.nan
        if not math.isfinite(reading) or reading < 0:
            raise UserError(
                self.env._(
                    "“%(value)s” is not a meter reading. Give a number from 0 upwards.",
                    value=value,
                )
            )
        return reading

    @api.model
    def _read_exclusion(self, value):
        if value and value not in dict(EXCLUSIONS):
            raise UserError(
                self.env._(
                    "“%(value)s” is not an exclusion. Choose one of: %(known)s.",
                    value=value,
                    known=", ".join(dict(EXCLUSIONS)),
                )
            )
        return value or None
