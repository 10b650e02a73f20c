from datetime import datetime

from odoo import api, fields, models
from odoo.tools import format_date


class AftersalesAsset(models.Model):
    """What is open now about an asset, in few lines (W01)."""

    _inherit = "aftersales.asset"

    open_matters = fields.Json(
        groups="base.group_user",  # names others who work on the machine
        compute="_compute_open_matters",
        help="What is open now: tickets, visits, repairs, calls due … each with its record.",
    )

    @api.depends_context("uid", "lang", "tz")
    def _compute_open_matters(self):
        matters = self._get_open_matters()
        for asset in self:
            found = matters.get(asset._origin.id, [])
            # What is due first stands first; what has no date comes last.
            found.sort(key=lambda matter: (not matter["date"], str(matter["date"] or "")))
            asset.open_matters = [self._format_matter(matter) for matter in found]

    def _get_open_matters(self):
        """Return what is open now, only what the user may read, in a constant number of queries.

        Features extend it: they add the dicts that ``_open_matter`` makes.

        :return: {asset id: [{'title', 'model', 'id', 'state', 'date', 'icon'}]}
        """
        matters = {asset_id: [] for asset_id in self.ids}
        self._add_open_tickets(matters)
        self._add_open_visits(matters)
        self._add_open_repairs(matters)
        self._add_open_calls(matters)
        self._add_open_activities(matters)
        return matters

    @api.model
    def _open_matter(self, record, title, state=None, date=None, icon="fa-circle-o", is_due=True):
        """Return one open matter.

        :param record: what is opened by a click
        :param str title: what it is, in the user's language
        :param str state: its state as the user reads it
        :param date: when it is due or planned (date or datetime), if it is
        :param bool is_due: False when the date is only told, and is never late
        """
        return {
            "title": title,
            "model": record._name,
            "id": record.id,
            "state": state or False,
            "date": date or False,
            "icon": icon,
            "is_due": is_due,
        }

    def _add_open_tickets(self, matters):
        tickets = self._search_readable(
            "aftersales.ticket", [("asset_id", "in", self.ids), ("is_closed", "=", False)]
        )
        for ticket in tickets.filtered("active"):
            matters[ticket.asset_id.id].append(
                self._open_matter(
                    ticket,
                    self.env._(
                        "Ticket %(ticket)s: %(subject)s", ticket=ticket.name, subject=ticket.subject
                    ),
                    ticket.stage_id.name,
                    ticket.date_open,
                    "fa-life-ring",
                    is_due=False,
                )
            )

    def _add_open_visits(self, matters):
        visits = self._search_readable(
            "aftersales.visit",
            [("asset_ids", "in", self.ids), ("state", "not in", ("done", "cancelled"))],
        )
        for visit in visits:
            matter = self._open_matter(
                visit,
                self.env._("Visit %(visit)s: %(type)s", visit=visit.name, type=visit.type_id.name),
                visit._get_state_label(visit.state),
                visit.date_start,
                "fa-car",
            )
            for asset_id in visit.asset_ids.ids:
                if asset_id in matters:
                    matters[asset_id].append(dict(matter))

    def _add_open_repairs(self, matters):
        repairs = self._search_readable(
            "repair.order",
            [("aftersales_asset_id", "in", self.ids), ("state", "not in", ("done", "cancel"))],
        )
        labels = dict(repairs._fields["state"]._description_selection(self.env))
        for repair in repairs:
            matters[repair.aftersales_asset_id.id].append(
                self._open_matter(
                    repair,
                    self.env._("Repair %s", repair.name),
                    labels[repair.state],
                    repair.schedule_date,
                    "fa-wrench",
                )
            )

    def _add_open_calls(self, matters):
        """Return visits (calls to ask whether all is well) that are due."""
        calls = self._search_readable(
            "aftersales.return.visit",
            [
                ("asset_id", "in", self.ids),
                ("state", "=", "planned"),
                ("date_planned", "<=", fields.Datetime.now()),
            ],
        )
        for call in calls:
            matters[call.asset_id.id].append(
                self._open_matter(
                    call,
                    self.env._("Return visit %s is due", call.name),
                    call._get_state_label(call.state),
                    call.date_planned,
                    "fa-phone",
                )
            )

    def _add_open_activities(self, matters):
        activities = self._search_readable(
            "mail.activity", [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        )
        for activity in activities.filtered("active"):
            asset = self.browse(activity.res_id)
            matter = self._open_matter(
                asset,
                activity.summary or activity.activity_type_id.name,
                activity.user_id.name,
                activity.date_deadline,
                "fa-clock-o",
            )
            matters[asset.id].append(matter)

    @api.model
    def _format_matter(self, matter):
        """Return the matter as clients get it, its date in the user's time zone and language."""
        day = matter["date"]
        if isinstance(day, datetime):
            day = self._get_day(day)
        return {
            **matter,
            "date": fields.Date.to_string(day) if day else False,
            "date_label": format_date(self.env, day) if day else False,
            "late": bool(day) and matter["is_due"] and day < fields.Date.context_today(self),
        }
