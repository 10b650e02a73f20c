from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..tools.phone import KEY_SQL, phone_key, same_number

# A fault that comes back within these days is told beside the closed ticket.
RECENT_DAYS = 30
COMPARED_FIELDS = (
    "name",
    "subject",
    "company_id",
    "asset_id",
    "caller_id",
    "caller_phone",
    "symptom_id",
    "is_closed",
    "date_closed",
)


class AftersalesTicket(models.Model):
    """Finding the tickets that a new one may repeat (T09)."""

    _inherit = "aftersales.ticket"

    _caller_phone_idx = models.Index(
        f"(({KEY_SQL % 'caller_phone'})) WHERE caller_phone IS NOT NULL"
    )

    def _find_duplicates(self, limit=5):
        """Return the tickets that these may repeat: open ones of the same asset, or of the same
        caller unless about another asset, and those of the same asset and symptom that were
        closed lately (T09).

        For tickets that exist and for new ones (``self.new(vals)``), in one query for all of them.

        :param limit: how many at most for each ticket (int)
        :return: {ticket: tickets, the likeliest first}; empty for what has no asset and no caller
        """
        index = defaultdict(list)
        for other in self._search_duplicates(limit):
            for key in other._get_duplicate_keys():
                index[key].append(other)
        return {ticket: ticket._pick_duplicates(index)[:limit] for ticket in self}

    def _get_duplicate_reasons(self, other):
        """Return why ``other`` may be the same matter as this ticket: a list of texts."""
        self.ensure_one()
        reasons = []
        if self.asset_id and other.asset_id == self.asset_id._origin:
            reasons.append(self.env._("Same machine"))
            if self.symptom_id and other.symptom_id == self.symptom_id._origin:
                reasons.append(self.env._("Same symptom"))
        if self._has_same_caller(other):
            reasons.append(self.env._("Same caller"))
        if other.is_closed:
            day = fields.Datetime.context_timestamp(self, other.date_closed).date()
            reasons.append(self.env._("Closed on %s", format_date(self.env, day)))
        return reasons

    def _search_duplicates(self, limit):
        """Return the tickets that any of these may repeat, newest first, in one query."""
        domain = self._get_duplicates_domain()
        if domain.is_false():
            return self.browse()
        # A switchboard's number stands on thousands of tickets: the newest are enough.
        return self.search_fetch(
            domain, COMPARED_FIELDS, order="id desc", limit=max(100, 4 * limit * len(self))
        )

    def _get_duplicates_domain(self):
        """Return the domain of the tickets that any of these may repeat."""
        assets, callers = self.asset_id._origin, self.caller_id._origin
        keys = {phone_key(ticket.caller_phone) for ticket in self} - {""}
        same = Domain.OR(
            [
                Domain("asset_id", "in", assets.ids) if assets else Domain.FALSE,
                Domain("caller_id", "in", callers.ids) if callers else Domain.FALSE,
                self._get_caller_phone_domain(keys) if keys else Domain.FALSE,
            ]
        )
        found = Domain("is_closed", "=", False) & same
        symptoms = self.filtered("asset_id").symptom_id._origin
        if symptoms:
            since = fields.Datetime.now() - timedelta(days=RECENT_DAYS)
            found |= (
                Domain("date_closed", ">=", since)
                & Domain("asset_id", "in", assets.ids)
                & Domain("symptom_id", "in", symptoms.ids)
            )
        if found.is_false():
            return Domain.FALSE
        found &= Domain("company_id", "in", self.company_id.ids)
        return found & Domain("id", "not in", self._origin.ids if len(self) == 1 else [])

    @api.model
    def _get_caller_phone_domain(self, keys):
        """Return the domain of tickets whose caller's number has one of the ``keys`` (see
        ``tools/phone.py``), through its index.
        """
        keys = sorted(keys)

        def to_sql(_model, alias, _query):
            column = SQL.identifier(alias, "caller_phone")
            return SQL("(%s = ANY(%s) AND %s IS NOT NULL)", SQL(KEY_SQL, column), keys, column)

        return Domain.custom(
            to_sql=to_sql, predicate=lambda ticket: phone_key(ticket.caller_phone) in keys
        )

    def _get_duplicate_keys(self):
        """Return what another ticket must share with this one to be looked at."""
        self.ensure_one()
        keys = [
            ("asset", self.asset_id._origin.id),
            ("caller", self.caller_id._origin.id),
            ("phone", phone_key(self.caller_phone)),
        ]
        return [key for key in keys if key[1]]

    def _pick_duplicates(self, index):
        """Return this ticket's own among those in ``index`` ({key: tickets}), likeliest first."""
        self.ensure_one()
        picked = {}
        for key in self._get_duplicate_keys():
            for other in index[key]:
                if other != self._origin and other.company_id == self.company_id:
                    picked[other] = self._score_duplicate(other)
        likely = [other for other, score in picked.items() if score]
        likely.sort(key=lambda other: (-picked[other], -other.id))
        return self.browse([other.id for other in likely])

    def _score_duplicate(self, other):
        """Return how likely ``other`` is the same matter (int; 0: it is not)."""
        same_asset = bool(self.asset_id) and other.asset_id == self.asset_id._origin
        same_symptom = bool(self.symptom_id) and other.symptom_id == self.symptom_id._origin
        if other.is_closed:
            return 1 if same_asset and same_symptom else 0
        same_caller = self._has_same_caller(other)
        # Whoever calls about one machine does not repeat what was said of another.
        other_machine = bool(self.asset_id and other.asset_id) and not same_asset
        if not same_asset and (other_machine or not same_caller):
            return 0
        return 2 + 4 * same_asset + 2 * (same_asset and same_symptom) + same_caller

    def _has_same_caller(self, other):
        """Whether the same contact, or somebody from the same phone number, reported both."""
        known = self.caller_id._origin
        return bool(known and known == other.caller_id) or same_number(
            self.caller_phone, other.caller_phone
        )
