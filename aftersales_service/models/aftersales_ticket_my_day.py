from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date, format_datetime

# A day has no more rows than somebody can work through; the number of all stands beside them.
SHOWN = 25


class AftersalesTicket(models.Model):
    """My day: what one person has to do today, most urgent first, on one screen."""

    _inherit = "aftersales.ticket"

    @api.model
    @api.readonly
    def get_my_day(self):
        """Return what the user has to do today, in a constant number of queries.

        :return: ``{"sections": [{"key", "title", "empty", "count", "lines": [{"model", "id",
            "title", "hint", "badge", "emergency", "deadline" (UTC or False), "state" (as
            ``sla_state``), "promise", "when"}]}]}``; sections of what the user may not read are
            left out
        """
        sections = [
            self._get_my_tickets(),
            self._get_my_promised_calls(),
            self._get_my_missed_calls(),
            self._get_my_return_visits(),
            self._get_my_visits(),
            self._get_my_activities(),
        ]
        return {"sections": [section for section in sections if section]}

    @api.model
    def _get_mine_domain(self):
        """Domain of the tickets that the user handles, as agent or as technician."""
        return Domain("user_id", "=", self.env.uid) | Domain(
            "technician_id.user_id", "=", self.env.uid
        )

    @api.model
    def _get_day_bounds(self):
        """Return when today begins and ends where the user is (naive UTC)."""
        now = fields.Datetime.context_timestamp(self, fields.Datetime.now())
        start = now.replace(hour=0, minute=0, second=0, microsecond=0)
        offset = now.utcoffset()
        start = start.replace(tzinfo=None) - offset
        return start, start + timedelta(days=1)

    @api.model
    def _make_day_section(self, key, title, empty, model, domain, order, make_line):
        """Return a section of the day, or None when the user may not read ``model``."""
        records = self.env[model]
        if not records.has_access("read"):
            return None
        found = records.search(domain, order=order, limit=SHOWN)
        count = records.search_count(domain) if len(found) == SHOWN else len(found)
        lines = [
            {
                "model": model,
                "id": record.id,
                "hint": "",
                "badge": "",
                "emergency": False,
                "deadline": False,
                "state": "none",
                "promise": "",
                "when": "",
                **make_line(record),
            }
            for record in found
        ]
        return {"key": key, "title": title, "empty": empty, "count": count, "lines": lines}

    @api.model
    def _get_my_tickets(self):
        kinds = dict(self._fields["sla_kind"]._description_selection(self.env))
        domain = self._get_mine_domain() & Domain("is_closed", "=", False)
        domain &= Domain("stage_id.kind", "!=", "solved")

        def make_line(ticket):
            return {
                "title": ticket.display_name,
                "hint": ", ".join(filter(None, [ticket.partner_id.display_name, ticket.serial])),
                "badge": ticket.stage_id.name,
                "emergency": ticket.emergency,
                "deadline": fields.Datetime.to_string(ticket.sla_date_deadline),
                "state": ticket.sla_state,
                "promise": kinds.get(ticket.sla_kind, ""),
            }

        return self._make_day_section(
            "tickets",
            self.env._("My tickets"),
            self.env._("No open ticket is yours."),
            "aftersales.ticket",
            domain,
            "emergency desc, sla_date_deadline, id desc",
            make_line,
        )

    @api.model
    def _get_my_promised_calls(self):
        """The customers who wait for the call of a technician that was promised."""
        domain = self._get_mine_domain() & Domain("is_closed", "=", False)
        domain &= Domain(
            "clock_ids", "any", [("kind", "=", "technician_contact"), ("date_ended", "=", False)]
        )

        def make_line(ticket):
            caller = [ticket.caller_name or ticket.partner_id.display_name, ticket.caller_phone]
            return {
                "title": ", ".join(filter(None, caller)),
                "hint": ticket.display_name,
                "emergency": ticket.emergency,
                "deadline": fields.Datetime.to_string(ticket.sla_date_deadline),
                "state": ticket.sla_state,
            }

        return self._make_day_section(
            "promised",
            self.env._("Promised calls"),
            self.env._("Nobody waits for a promised call."),
            "aftersales.ticket",
            domain,
            "emergency desc, sla_date_deadline, id desc",
            make_line,
        )

    @api.model
    def _get_my_missed_calls(self):
        """The missed calls of the user's telephone and teams."""
        teams = self.env["aftersales.team"].search([("agent_ids", "in", self.env.uid)])
        missed = Domain(self.env["aftersales.call"]._get_missed_domain())
        mine = Domain("user_id", "=", self.env.uid) | Domain("team_id", "in", teams.ids)
        return self._make_day_section(
            "missed",
            self.env._("Calls to return"),
            self.env._("Every call was answered or returned."),
            "aftersales.call",
            missed & mine,
            "date_ringing, id",
            lambda call: {
                "title": call.display_name,
                "hint": call.note or call.partner_id.display_name or "",
                "when": format_datetime(self.env, call.date_ringing, dt_format="short"),
            },
        )

    @api.model
    def _get_my_return_visits(self):
        """The customers to ask today whether all is well."""
        __, end = self._get_day_bounds()
        domain = Domain("user_id", "=", self.env.uid) & Domain("state", "=", "planned")

        def make_line(call):
            return {
                "title": ", ".join(filter(None, [call.partner_id.display_name, call.phone])),
                # sudo: the call is the user's own; its ticket is told by name only.
                "hint": call.ticket_id.sudo().display_name or call.reason or "",
                "deadline": fields.Datetime.to_string(call.date_planned),
                "state": "running",
            }

        return self._make_day_section(
            "return_visits",
            self.env._("Ask whether all is well"),
            self.env._("No return visit is due today."),
            "aftersales.return.visit",
            domain & Domain("date_planned", "<", end),
            "date_planned, id",
            make_line,
        )

    @api.model
    def _get_my_visits(self):
        """Today's visits: the user's own, and those of the user's tickets."""
        start, end = self._get_day_bounds()
        mine = Domain("technician_id.user_id", "=", self.env.uid)
        mine |= Domain("ticket_id.user_id", "=", self.env.uid)
        today = Domain("date_start", ">=", start) & Domain("date_start", "<", end)

        def make_line(visit):
            # sudo: who goes there is no secret to whom the ticket belongs.
            names = [visit.partner_id.display_name, visit.technician_id.sudo().name]
            return {
                "title": f"{visit.name} {visit.type_id.name}",
                "hint": ", ".join(filter(None, names)),
                "badge": visit._get_state_label(visit.state),
                "when": format_datetime(self.env, visit.date_start, dt_format="HH:mm"),
            }

        return self._make_day_section(
            "visits",
            self.env._("Visits today"),
            self.env._("No visit today."),
            "aftersales.visit",
            mine & today & Domain("state", "!=", "cancelled"),
            "date_start, id",
            make_line,
        )

    @api.model
    def _get_my_activities(self):
        """Activities on our documents that are due, but for the calls that stand above."""
        models_ = ("aftersales.ticket", "aftersales.visit", "aftersales.asset")
        domain = Domain("user_id", "=", self.env.uid) & Domain("res_model", "in", models_)
        domain &= Domain("date_deadline", "<=", fields.Date.context_today(self))

        def make_line(activity):
            return {
                "model": activity.res_model,
                "id": activity.res_id,
                "key": activity.id,
                "title": activity.summary or activity.activity_type_id.name,
                "hint": activity.res_name,
                "when": format_date(self.env, activity.date_deadline),
            }

        return self._make_day_section(
            "activities",
            self.env._("Activities due"),
            self.env._("No activity is due."),
            "mail.activity",
            domain,
            "date_deadline, id",
            make_line,
        )
