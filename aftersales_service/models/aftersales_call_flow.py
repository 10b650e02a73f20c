from datetime import UTC, datetime, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

# A telephone system's clock may run ahead by as much.
CLOCK_TOLERANCE = timedelta(minutes=5)


class AftersalesCall(models.Model):
    """What happens to a call: reported by the telephone, taken, missed, returned (T01)."""

    _inherit = "aftersales.call"

    def action_take(self):
        """Take the ringing call, or return a missed one: opens the call form with all that is
        known of the caller (T01, T02).

        :return: the window action of the call form
        """
        self.ensure_one()
        self.check_access("write")
        if self.state == "ringing":
            self._write_past_guard(
                {
                    "state": "answered",
                    "date_answered": fields.Datetime.now(),
                    "user_id": self.env.uid,
                }
            )
            self._tell_agents()
        return self._get_form_action()

    def action_returned(self):
        """The customers were called back, or need not be: the calls leave the list (T01).

        :raise UserError: when one was not missed
        """
        self.check_access("write")
        for call in self:
            if call.state != "missed":
                raise UserError(
                    self.env._(
                        "%(call)s was not missed: there is nothing to call back for.",
                        call=call.display_name,
                    )
                )
        self._return_for(self.ticket_id[:0])

    def action_view_ticket(self):
        """Open the ticket that the call became or repeats."""
        self.ensure_one()
        return self.ticket_id._get_form_action()

    def _return_for(self, ticket):
        """The missed calls were returned, perhaps with ``ticket`` as the outcome."""
        now = fields.Datetime.now()
        vals = {"state": "returned", "date_returned": now, "user_id": self.env.uid}
        self._write_past_guard(dict(vals, ticket_id=ticket.id))

    def _attach_to(self, ticket):
        """These calls became ``ticket``, or were about it: one more call about it each."""
        missed = self.filtered(lambda call: call.state == "missed")
        if missed:
            missed._return_for(ticket)
        ringing = self.filtered(lambda call: call.state == "ringing")
        if ringing:
            ringing._write_past_guard({"state": "answered", "date_answered": fields.Datetime.now()})
        # Calls with the ticket's customer from now on, whoever the number was thought to be.
        self._write_past_guard(
            {
                "ticket_id": ticket.id,
                "partner_id": ticket.partner_id.id,
                "caller_name": ticket.caller_name or self[:1].caller_name,
            }
        )

    def _get_form_action(self):
        """Return the action that opens the call form with what is known of the caller."""
        self.ensure_one()
        tickets = self.env["aftersales.ticket"]
        return tickets._get_call_form_action(**self._get_form_defaults())

    def _get_form_defaults(self):
        """Return the defaults of the call form, from what is known of the caller."""
        known = self.env["aftersales.ticket"]._recognise_number(self.phone)
        seconds = self.seconds_to_answer if self.date_answered else False
        return {
            "default_call_id": self.id,
            "default_channel": "phone",
            "default_caller_phone": self.phone,
            "default_caller_name": self.caller_name or known["caller_name"],
            "default_partner_id": self.partner_id.id or known["partner"].id,
            "default_caller_id": known["caller"].id,
            "default_seconds_to_answer": seconds,
        }

    @api.model
    def _log(self, vals):
        """Record what a telephone reports; the same ``reference`` again is the same call, further
        on.

        :param vals: dict of phone, reference, date_ringing, date_answered, date_ended, user_id,
            team_id; what is None is not known yet
        :return: the call
        """
        vals = {key: value for key, value in vals.items() if value is not None}
        call = self.browse()
        if vals.get("reference"):
            call = self.search(
                [
                    ("company_id", "=", self.env.company.id),
                    ("reference", "=", vals["reference"]),
                ]
            )
        if call:
            call.check_access("write")
            # A call that was settled meanwhile is not opened again by a late report.
            vals = {key: value for key, value in vals.items() if value and not call[key]}
        else:
            known = self.env["aftersales.ticket"]._recognise_number(vals.get("phone"))
            vals = {
                "partner_id": known["partner"].id,
                "caller_name": known["caller"].name or known["caller_name"],
                **vals,
            }
        self._check_times(call, vals)
        if call.state in (False, "ringing"):
            vals["state"] = self._get_reported_state(call, vals)
        if call:
            call._write_past_guard(vals)
        else:
            self.check_access("create")
            call = self._past_guard().create(vals).with_env(self.env)
        call._tell_agents()
        return call

    def _tell_agents(self):
        """Show the call on the screens of whom it rings for, until it is taken or ends."""
        self.ensure_one()
        # sudo: the browsers of the agents are told, nothing of the users is read or written.
        agents = (self.user_id or self.team_id.agent_ids).sudo()
        for agent in agents:
            agent._bus_send(
                "aftersales_service/call",
                {"id": self.id, "title": self.display_name, "ringing": self.state == "ringing"},
            )

    @api.model
    def _get_reported_state(self, call, vals):
        """Return the state of ``call`` (empty: a new one) after what is reported by ``vals``."""
        if vals.get("date_answered") or call.date_answered:
            return "answered"
        return "missed" if vals.get("date_ended") or call.date_ended else "ringing"

    @api.model
    def _check_times(self, call, vals):
        """Raise UserError when a call is answered before it rings, or ends before that."""
        names = ("date_ringing", "date_answered", "date_ended")
        times = [(name, vals.get(name) or call[name]) for name in names]
        times = [(name, time) for name, time in times if time]
        latest = fields.Datetime.now() + CLOCK_TOLERANCE
        for place, (name, time) in enumerate(times):
            label = self._fields[name].get_description(self.env)["string"]
            if time > latest:
                raise UserError(
                    self.env._(
                        "%(field)s (%(time)s UTC) is in the future: correct the clock of the "
                        "telephone system.",
                        field=label,
                        time=time,
                    )
                )
            if place and time < times[place - 1][1]:
                before, earlier = times[place - 1]
                raise UserError(
                    self.env._(
                        "%(field)s (%(time)s UTC) is before “%(before)s” (%(earlier)s UTC). Send "
                        "the times of the call in their order.",
                        field=label,
                        time=time,
                        before=self._fields[before].get_description(self.env)["string"],
                        earlier=earlier,
                    )
                )

    @api.model
    def _parse_time(self, name, value):
        """Return ``value`` (str in ISO 8601, UTC unless it says otherwise; datetime; None) as
        naive UTC.

        :raise UserError: when it is no time; ``name`` is the argument that is named
        """
        if not value:
            return None
        try:
            time = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        except ValueError as error:
            raise UserError(
                self.env._(
                    "“%(name)s” is no time: %(value)s. Write it like 2026-03-01T09:30:00Z.",
                    name=name,
                    value=value,
                )
            ) from error
        if time.tzinfo:
            time = time.astimezone(UTC).replace(tzinfo=None)
        return time.replace(microsecond=0)
