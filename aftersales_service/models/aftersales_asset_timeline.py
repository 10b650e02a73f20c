from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

PAGE = 30
PAGE_MAX = 200


class AftersalesAsset(models.Model):
    """Everything that ever happened to an asset, on one timeline (W01).

    A feature adds its kind of events by extending ``_get_timeline_sources``.
    """

    _inherit = "aftersales.asset"

    def get_timeline(self, limit=PAGE, before=None, kinds=None):
        """Return what happened to the asset, newest first, a page at a time; only what the user
        may read, in the user's language. The number of queries does not depend on the asset.

        :param int limit: entries of the page, at most 200
        :param str before: the ``next`` of the page before, or a date: what happened by its end
        :param list kinds: keys of kinds to show; all when empty
        :return: ``{'entries': [{'date', 'date_label', 'kind', 'icon', 'title', 'model', 'id'}],
            'next': str or False, 'kinds': [{'kind', 'label', 'icon'}]}``; ``date`` is an ISO date
            in the user's time zone, ``model`` and ``id`` name the record behind the entry
        :raise UserError: when ``before`` is neither
        """
        self.ensure_one()
        self.check_access("read")
        limit = max(1, min(int(limit or PAGE), PAGE_MAX))
        moment, skip = self._parse_timeline_cursor(before)
        sources = self._get_timeline_sources()
        events = []
        for kind, (_label, icon, source) in sources.items():
            if not kinds or kind in kinds:
                for event in source(limit + skip + 1, moment):
                    events.append({"kind": kind, "icon": icon, **event})
        # Stable: what happened at the same moment stays in the order of the sources, so that the
        # next page can go on after the entries shown of that moment.
        events.sort(key=lambda event: event["moment"], reverse=True)
        page, more = events[skip : skip + limit], len(events) > skip + limit
        return {
            "entries": [self._format_timeline_event(event) for event in page],
            "next": more and self._make_timeline_cursor(page, moment, skip),
            "kinds": [
                {"kind": kind, "label": label, "icon": icon}
                for kind, (label, icon, _source) in sources.items()
            ],
        }

    def _get_timeline_sources(self):
        """Return {kind: (label, icon class, method)}; each feature adds its own kinds.

        A method takes ``limit`` and ``before`` (naive UTC datetime) and returns at least the
        newest ``limit`` events of the asset that happened at or before that moment, newest
        first, made by ``_timeline_event``, in a constant number of queries, of records the user
        may read. ``_get_dated_events`` does it for a date field of a model.
        """
        return {}

    @api.model
    def _timeline_event(self, moment, title, record=None, icon=None):
        """Return one event.

        :param moment: when, a date (the day begins for the user) or a naive UTC datetime
        :param str title: what happened, a sentence in the user's language
        :param record: what is opened by a click on the entry
        :param str icon: class of an icon other than its kind's
        """
        event = {
            "moment": moment if isinstance(moment, datetime) else self._get_day_start(moment),
            "title": title,
            "model": record._name if record else False,
            "id": record.id if record else False,
        }
        return dict(event, icon=icon) if icon else event

    def _get_dated_events(self, model, domain, date_field, limit, before, title, icon=None):
        """Return the events that ``date_field`` of the records of ``model`` in ``domain`` dates.

        :param title: function of the record that returns its sentence; False leaves it out
        """
        records = self._search_readable(
            model,
            Domain(domain) & self._get_before_domain(model, date_field, before),
            order=f"{date_field} desc, id desc",
            limit=limit,
        )
        titles = [(record, title(record)) for record in records]
        return [
            self._timeline_event(record[date_field], sentence, record, icon)
            for record, sentence in titles
            if sentence
        ]

    @api.model
    def _search_readable(self, model, domain, order=None, limit=None):
        """Return the records the user may read; none where the user has no right on the model."""
        records = self.env[model].with_context(active_test=False)
        if not records.has_access("read"):
            return records
        return records.search(domain, order=order, limit=limit)

    @api.model
    def _get_before_domain(self, model, date_field, before):
        """Domain of the records dated at or before the moment ``before``."""
        if self.env[model]._fields[date_field].type == "date":
            before = self._get_day(before)
        return Domain(date_field, "!=", False) & Domain(date_field, "<=", before)

    def _get_tracked_changes(self, records, names, limit, before):
        """Return the newest changes of tracked fields as
        ``[(moment, record, field name, old label, new label)]``.

        :param records: records the user may read
        :param names: names of tracked fields that all readers may see
        """
        if not records.ids:
            return []
        tracked = self.env["ir.model.fields"]._get_ids(records._name)
        names = {tracked[name]: name for name in names if name in tracked}
        # Values of tracking are closed to users; who may read the record sees them in its chatter.
        values = self.env["mail.tracking.value"].sudo()
        changes = values.search_fetch(
            [
                ("field_id", "in", list(names)),
                ("mail_message_id.model", "=", records._name),
                ("mail_message_id.res_id", "in", records.ids),
                ("mail_message_id.date", "<=", before),
            ],
            ["field_id", "old_value_char", "new_value_char", "mail_message_id"],
            order="id desc",
            limit=limit,
        )
        by_id = {record.id: record for record in records}
        return [
            (
                change.mail_message_id.date,
                by_id[change.mail_message_id.res_id],
                names[change.field_id.id],
                change.old_value_char,
                change.new_value_char,
            )
            for change in changes
        ]

    @api.model
    def _get_selection_key(self, field, label):
        """Return the key of a selection by the label that tracking kept, which is in the language
        of whoever changed it.
        """
        for code, _name in self.env["res.lang"].get_installed():
            env = self.with_context(lang=code).env
            for key, name in field._description_selection(env):
                if name == label:
                    return key
        return False

    @api.model
    def _get_timezone(self):
        """Return the user's time zone."""
        return pytz.timezone(self.env.context.get("tz") or self.env.user.tz or "UTC")

    @api.model
    def _get_day_start(self, day):
        """Return when ``day`` (date) begins for the user, as naive UTC datetime."""
        local = self._get_timezone().localize(datetime.combine(day, time.min))
        return local.astimezone(pytz.utc).replace(tzinfo=None)

    @api.model
    def _get_day(self, moment):
        """Return the date of the naive UTC datetime ``moment`` for the user."""
        return pytz.utc.localize(moment).astimezone(self._get_timezone()).date()

    @api.model
    def _format_timeline_event(self, event):
        """Return the event as clients get it."""
        day = self._get_day(event["moment"])
        return {
            "date": fields.Date.to_string(day),
            "date_label": format_date(self.env, day),
            **{key: event[key] for key in ("kind", "icon", "title", "model", "id")},
        }

    @api.model
    def _parse_timeline_cursor(self, before):
        """Return (moment, number of entries of that moment shown already)."""
        if not before:
            return fields.Datetime.now(), 0
        text, _separator, skip = str(before).partition("/")
        try:
            moment = datetime.fromisoformat(text)
            if len(text) == len("2026-01-01"):
                moment = self._get_day_start(moment.date() + timedelta(days=1))
                return moment - timedelta(microseconds=1), 0
            return moment, max(int(skip or 0), 0)
        except ValueError as error:
            raise UserError(
                self.env._(
                    "“%(before)s” is no place on the timeline. Pass a date, or what the page "
                    "before gave as “next”.",
                    before=before,
                )
            ) from error

    @api.model
    def _make_timeline_cursor(self, page, moment, skip):
        """Return where the next page goes on: a moment, and how many of its entries were shown."""
        last = page[-1]["moment"]
        shown = sum(event["moment"] == last for event in page)
        if last == moment:
            shown += skip
        return f"{last.isoformat(' ')}/{shown}"
