from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.phone import KEY_SQL, digits, looks_like_number, phone_key, same_number


class ResPartner(models.Model):
    _inherit = "res.partner"

    _aftersales_phone_idx = models.Index(f"(({KEY_SQL % 'phone'})) WHERE phone IS NOT NULL")

    @api.model
    def _find_by_phone(self, number, limit=20):
        """Return the contacts with this phone ``number``, however it is written, through its index;
        numbers written in full first (T01).
        """
        key = phone_key(number)
        if not key:
            return self.browse()
        self.flush_model(["phone"])
        column = SQL.identifier("phone")
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM res_partner WHERE %s = %s AND phone IS NOT NULL LIMIT 200",
                SQL(KEY_SQL, column),
                key,
            )
        )
        # Active ones that the user may see.
        found = self.search([("id", "in", [row[0] for row in rows])])
        found = found.filtered(lambda partner: same_number(partner.phone, number))
        # A person says more than the company with the same number.
        found = found.sorted(lambda p: (-len(digits(p.phone)), p.is_company, p.id))
        return found[:limit]


class AftersalesTicket(models.Model):
    """The telephone: calls are reported, callers recognised (T01, T02)."""

    _inherit = "aftersales.ticket"

    @api.model
    def log_call(
        self,
        phone=None,
        ringing_since=None,
        answered_at=None,
        ended_at=None,
        reference=None,
        user_id=None,
        team_id=None,
    ):
        """Record a call that a telephone system reports, and tell what is known of the caller.

        The method for integrations of telephones (T01, J06). It may be called once, or with the
        same ``reference`` when it rings, when it is answered and when it ends: what is known
        already is kept. A call that ends unanswered stands in the list of calls to return.

        :param phone: the caller's number (str); None when it is withheld
        :param ringing_since: since when it rings (ISO 8601, UTC unless it says otherwise); None:
            now
        :param answered_at: when it was answered (same); None: not yet, or never
        :param ended_at: when it ended (same); None: not yet
        :param reference: the telephone system's id of the call (str)
        :param user_id: id of the user whose telephone rings; None: it rings for the whole team
        :param team_id: id of the team that was called; None: the user's
        :return: ``{"call_id": int, "state": str, "partner_id": int or False, "caller_id": int or
            False, "defaults": {field: value} of the ticket, "action": the window action that opens
            the call form}``
        :raise UserError: when a time is none, lies ahead or is out of order
        :raise AccessError: when the user is no hotline agent
        """
        calls = self.env["aftersales.call"]
        calls.check_access("create")
        call = calls._log(
            {
                "phone": phone or None,
                "reference": str(reference) if reference else None,
                "date_ringing": calls._parse_time("ringing_since", ringing_since),
                "date_answered": calls._parse_time("answered_at", answered_at),
                "date_ended": calls._parse_time("ended_at", ended_at),
                "user_id": self._check_exists("res.users", "user_id", user_id),
                "team_id": self._check_exists("aftersales.team", "team_id", team_id),
            }
        )
        action = call._get_form_action()
        context = action["context"]
        return {
            "call_id": call.id,
            "state": call.state,
            "partner_id": context["default_partner_id"],
            "caller_id": context["default_caller_id"],
            "defaults": {
                key.removeprefix("default_"): value
                for key, value in context.items()
                if key.startswith("default_")
            },
            "action": action,
        }

    @api.model
    def find_caller(self, text, limit=6):
        """Return who may be calling, from a phone number, a name, a serial or a ticket's number
        (T02).

        :param text: what was typed (str)
        :param limit: how many of each kind (int)
        :return: list of ``{"kind", "icon", "label", "hint", "values": {field of the ticket:
            value}}``, the likeliest first; many2one values as ``{"id", "display_name"}``
        """
        self.check_access("create")
        text = (text or "").strip()
        if len(text) < 2:
            return []
        if looks_like_number(text):
            found = self._find_by_number(text, limit)
            # A number that nobody has may still be a serial.
            return found or self._find_by_serial(text, limit) or [self._new_caller(phone=text)]
        found = self._find_by_serial(text, limit) + self._find_by_name(text, limit)
        found += self._find_by_ticket(text)
        # Too short to look for: an extension, and nobody is called so.
        kind = "phone" if text.isdigit() else "name"
        return found + [self._new_caller(**{kind: text})]

    @api.model
    def _check_exists(self, model, name, record_id):
        """Return ``record_id`` or None.

        :raise UserError: when there is no such record
        """
        if not record_id:
            return None
        if not self.env[model].browse(record_id).exists():
            raise UserError(
                self.env._(
                    "“%(name)s”: there is no record with the id %(id)s.", name=name, id=record_id
                )
            )
        return record_id

    @api.model
    def _recognise_number(self, phone):
        """Return ``{"partner", "caller", "caller_name"}`` of whom ``phone`` belongs to for sure:
        the customer of the only contacts with it, else of the last ticket from it.
        """
        partners = self.env["res.partner"]
        known = {"partner": partners, "caller": partners, "caller_name": False}
        found = partners._find_by_phone(phone)
        customers = found.commercial_partner_id
        if len(customers) > 1:
            return known
        if customers:
            people = found.filtered(lambda partner: not partner.is_company)
            return dict(known, partner=customers, caller=people if len(people) == 1 else partners)
        ticket = self._search_by_phone(phone, 1)
        return dict(
            known,
            partner=ticket.partner_id,
            caller=ticket.caller_id,
            caller_name=ticket.caller_name,
        )

    @api.model
    def _search_by_phone(self, phone, limit):
        """Return the latest tickets whose caller had the number ``phone``."""
        key = phone_key(phone)
        if not key:
            return self.browse()
        found = self.search(self._get_caller_phone_domain([key]), order="id desc", limit=10 * limit)
        return found.filtered(lambda ticket: same_number(ticket.caller_phone, phone))[:limit]

    @api.model
    def _find_by_number(self, number, limit):
        """Return the suggestions for a phone number: contacts, then strangers who called before."""
        found = [
            self._suggest_partner(partner)
            for partner in self.env["res.partner"]._find_by_phone(number, limit)
        ]
        for suggestion in found:
            suggestion["values"]["caller_phone"] = number
        if found:
            return found
        return [
            self._suggest_stranger(ticket, number) for ticket in self._search_by_phone(number, 1)
        ]

    @api.model
    def _suggest_stranger(self, ticket, number):
        """Return the suggestion of somebody without a contact who called about ``ticket``."""
        suggestion = self._suggest(
            "caller",
            "fa-phone",
            ticket.caller_name or number,
            self.env._("Called before: %s", ticket.display_name),
            partner_id=ticket.partner_id,
        )
        suggestion["values"].update(caller_name=ticket.caller_name, caller_phone=number)
        return suggestion

    @api.model
    def _find_by_serial(self, text, limit):
        """Return the suggestions for a serial, an asset's number or a product."""
        assets = self.env["aftersales.asset"]
        ids = [row[0] for row in assets.name_search(text, assets._get_live_domain(), limit=limit)]
        return [
            self._suggest(
                "asset",
                "fa-cogs",
                asset.display_name,
                asset.partner_id.display_name,
                asset_id=asset,
                partner_id=asset.partner_id.commercial_partner_id,
            )
            for asset in assets.browse(ids)
        ]

    @api.model
    def _find_by_name(self, text, limit):
        """Return the suggestions for the name, reference or e-mail of a customer or contact."""
        partners = self.env["res.partner"]
        ids = [row[0] for row in partners.name_search(text, limit=limit)]
        return [self._suggest_partner(partner) for partner in partners.browse(ids)]

    @api.model
    def _find_by_ticket(self, text):
        """Return the suggestion for the number of a ticket: the caller asks how it stands."""
        ticket = self.search([("name", "=ilike", text.replace("%", ""))], limit=1)
        return [
            dict(
                self._suggest(
                    "ticket",
                    "fa-life-ring",
                    ticket.display_name,
                    ticket.stage_id.name,
                    partner_id=ticket.partner_id,
                    asset_id=ticket.asset_id,
                    caller_id=ticket.caller_id,
                ),
                ticket_id=ticket.id,
            )
            for ticket in ticket
        ]

    @api.model
    def _suggest_partner(self, partner):
        """Return the suggestion of a contact: a person calls for its company."""
        person = self.env["res.partner"] if partner.is_company else partner
        hint = ", ".join(filter(None, [partner.phone, partner.city or partner.parent_id.city]))
        return self._suggest(
            "contact" if person else "customer",
            "fa-user" if person else "fa-building",
            partner.display_name,
            hint,
            partner_id=partner.commercial_partner_id,
            caller_id=person,
        )

    @api.model
    def _new_caller(self, name=None, phone=None):
        """Return the suggestion to go on with somebody who is not known."""
        suggestion = self._suggest(
            "new",
            "fa-plus",
            self.env._("New caller: %s", name or phone),
            self.env._("not known yet"),
            partner_id=self.env["res.partner"],
            caller_id=self.env["res.partner"],
        )
        suggestion["values"].update(
            {key: val for key, val in (("caller_name", name), ("caller_phone", phone)) if val}
        )
        return suggestion

    @api.model
    def _suggest(self, kind, icon, label, hint, **records):
        """Return a suggestion that fills the ticket's fields with ``records``."""
        return {
            "kind": kind,
            "icon": icon,
            "label": label,
            "hint": hint or "",
            "values": {
                name: bool(record) and {"id": record.id, "display_name": record.display_name}
                for name, record in records.items()
            },
        }
