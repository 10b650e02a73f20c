from collections.abc import Callable
from typing import NamedTuple

from odoo import api, models


class SlaCondition(NamedTuple):
    """One thing a policy asks for."""

    label: Callable  # () → name of what is asked for, e.g. "Zones"
    fits: Callable  # ticket → bool
    wanted: Callable  # () → what has to be there, e.g. "Inside these zones: North"
    actual: Callable  # ticket → what is there, e.g. "South"


class AftersalesSlaPolicy(models.Model):
    """Which policy applies to a ticket, and why the earlier ones of the list do not (S01)."""

    _inherit = "aftersales.sla.policy"

    def _get_conditions(self):
        """Return the :class:`SlaCondition` rows of the policy: only what it asks for.

        Contracts, zones and partners are conditions here; other addons extend the list (S01).
        """
        self.ensure_one()
        return [
            *self._get_plain_conditions(),
            *self._get_zone_conditions(),
            *self._get_contract_conditions(),
            *self._get_customer_conditions(),
        ]

    def _get_plain_conditions(self):
        """Conditions on what the ticket itself says."""
        types, rows = self._get_types(), []
        if types:
            labels = self.env["aftersales.ticket"]
            rows.append(
                SlaCondition(
                    lambda: self._get_ticket_label("type"),
                    lambda t: t.type in types,
                    lambda: ", ".join(
                        label
                        for key, label in labels._fields["type"]._description_selection(self.env)
                        if key in types
                    ),
                    lambda t: self._get_ticket_text(t, "type"),
                )
            )
        if self.emergency != "any":
            wanted = self.emergency == "yes"
            rows.append(
                self._condition("emergency", lambda t: t.emergency == wanted, self._yes_or_no)
            )
        if self.priority != "0":
            rows.append(self._condition("priority", lambda t: t.priority >= self.priority))
        for name in ("channel", "service_category"):
            value = self[name]
            if value:
                rows.append(
                    self._condition(name, lambda t, name=name, value=value: t[name] == value)
                )
        if self.team_ids:
            teams = self.team_ids
            rows.append(
                self._condition(
                    "team_ids", lambda t: t.team_id in teams, lambda t: t.team_id.display_name
                )
            )
        return rows

    def _get_zone_conditions(self):
        """Conditions on where the site lies."""
        zones = self.zone_ids
        if self.zone_match == "any":
            return []
        # Without zones to be outside of, nothing is promised yet: the preset waits for them.
        inside = self.zone_match == "in"
        return [
            SlaCondition(
                lambda: self._get_label("zone_ids"),
                lambda t: bool(zones) and (t.zone_id in zones) == inside,
                lambda: self._join_text("zone_match", zones),
                lambda t: t.zone_id.display_name,
            )
        ]

    def _get_contract_conditions(self):
        """Conditions on the service contract over the asset."""
        kinds = self.contract_product_ids if self.contract_match == "yes" else None
        if self.contract_match == "any":
            return []

        def fits(ticket):
            if self.contract_match == "no":
                return not ticket.contract_id
            return bool(ticket.contract_id) and (
                not kinds or ticket.contract_id.product_id in kinds
            )

        return [
            SlaCondition(
                lambda: self._get_label("contract_match"),
                fits,
                lambda: self._join_text("contract_match", kinds),
                lambda t: (
                    f"{t.contract_id.name} ({t.contract_id.product_id.display_name})"
                    if t.contract_id
                    else ""
                ),
            )
        ]

    def _get_customer_conditions(self):
        """Conditions on who the customer is."""
        tags = self.partner_category_ids
        if not tags:
            return []

        def tags_of(ticket):
            partner = ticket.partner_id
            return partner.commercial_partner_id.category_id | partner.category_id

        return [
            self._condition(
                "partner_category_ids",
                lambda t: bool(tags_of(t) & tags),
                lambda t: ", ".join(tags_of(t).mapped("display_name")),
            )
        ]

    def _condition(self, name, fits, actual=None):
        """Return the :class:`SlaCondition` about the policy's own field ``name``."""
        return SlaCondition(
            lambda: self._get_label(name),
            fits,
            lambda: self._get_text(name),
            actual or (lambda ticket: self._get_ticket_text(ticket, name)),
        )

    def _yes_or_no(self, ticket):
        return self.env._("yes") if ticket.emergency else self.env._("no")

    def _get_label(self, name):
        """Return the label of the policy's field ``name`` in the user's language."""
        return self._fields[name].get_description(self.env, ["string"])["string"]

    def _get_text(self, name):
        """Return what the policy's field ``name`` says in the user's language."""
        field = self._fields[name]
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(self[name], "")
        return ", ".join(self[name].mapped("display_name"))

    def _join_text(self, name, records):
        """Return "Inside these zones: North, South"."""
        text = self._get_text(name)
        return f"{text}: {', '.join(records.mapped('display_name'))}" if records else text

    def _get_ticket_label(self, name):
        ticket = self.env["aftersales.ticket"]
        return ticket._fields[name].get_description(self.env, ["string"])["string"]

    def _get_ticket_text(self, ticket, name):
        """Return what the selection ``name`` of ``ticket`` says in the user's language."""
        labels = dict(ticket._fields[name]._description_selection(self.env))
        return labels.get(ticket[name], "")

    def _describe_scope(self):
        """Return for whom the policy is, in a sentence: "Fault · Emergencies only"."""
        texts = [condition.wanted() for condition in self._get_conditions()]
        if not texts:
            return self.env._("Everything that no policy before fits")
        return " · ".join(text for text in texts if text)

    @api.model
    def _get_candidates(self, documents):
        """Return {company: [(policy, conditions)]}: the active policies for such documents in the
        order they are tried, which is that of the list.
        """
        companies = documents.company_id
        policies = self.search_fetch(
            [
                ("applies_to", "=", documents._name),
                ("company_id", "in", [False, *companies.ids]),
            ],
            self._get_fetched_fields(),
        )
        self._fill_unused(policies)
        rows = [(policy, policy._get_conditions()) for policy in policies]
        return {
            company: [row for row in rows if row[0].company_id in (company, company.browse())]
            for company in companies
        }

    @api.model
    def _match_documents(self, documents):
        """Return {document: (policy, reason)}: what applies, and why, in the user's language.

        An empty policy means that nothing is promised. Queries do not grow with the tickets.
        """
        candidates = self._get_candidates(documents)
        nothing = self.browse(), self._explain_nothing()
        reasons, result = {}, {}
        for document in documents:
            result[document] = nothing
            for policy, conditions in candidates[document.company_id]:
                if all(condition.fits(document) for condition in conditions):
                    if policy not in reasons:
                        reasons[policy] = policy._explain_match(conditions)
                    result[document] = policy, reasons[policy]
                    break
        return result

    @api.model
    def _explain_nothing(self):
        return self.env._("No SLA policy fits: nothing is promised.")

    def _explain_match(self, conditions):
        """Return the sentence that says why the policy applies."""
        self.ensure_one()
        if not conditions:
            return self.env._("“%(policy)s” applies: it is for everything.", policy=self.name)
        return self.env._(
            "“%(policy)s” applies: it is the first policy that fits. It asks for: %(conditions)s.",
            policy=self.name,
            conditions=", ".join(condition.label() for condition in conditions),
        )

    @api.model
    def _try_policies(self, document):
        """Return what happens when the policies are tried on ``document`` one after the other.

        :return: dict with ``policy``, ``reason`` and ``misses``: [(earlier policy, sentences why it
            does not fit)]
        """
        policy, reason = self._match_documents(document)[document]
        misses = []
        for candidate, conditions in self._get_candidates(document)[document.company_id]:
            if candidate == policy:
                break
            misses.append((candidate, candidate._explain_miss(conditions, document)))
        return {"policy": policy, "reason": reason, "misses": misses}

    def _explain_miss(self, conditions, ticket):
        """Return the sentences that say what of ``conditions`` does not fit ``ticket``."""
        return [
            self.env._(
                "%(label)s: asks for “%(wanted)s”, here it is “%(actual)s”.",
                label=condition.label(),
                wanted=condition.wanted(),
                actual=condition.actual(ticket) or "–",
            )
            for condition in conditions
            if not condition.fits(ticket)
        ]
