from babel.dates import format_skeleton

from odoo import fields, models
from odoo.tools import format_date, format_time, html2plaintext
from odoo.tools.misc import babel_locale_parse

OPEN_VISITS = ("scheduled", "confirmed", "travelling", "on_site")


class AftersalesTicket(models.Model):
    """Where a ticket stands and what happens next, in the customer's words (T17).

    Everything here is read in superuser mode by the customer's page, after it checked the access,
    and is written in the language and time zone of the context.
    """

    _inherit = "aftersales.ticket"

    def _get_customer_steps(self):
        """Return the way of the ticket for its customer: a list of
        ``{"key", "label", "date", "state"}`` with ``state`` in done, current, todo.
        """
        self.ensure_one()
        dates = self._get_customer_step_dates()
        labels = self._get_customer_step_labels()
        current = self._get_customer_step()
        keys = list(labels)
        steps = []
        for position, key in enumerate(keys):
            ahead = position - keys.index(current)
            last = key == keys[-1]
            state = "current" if not ahead and not last else "todo" if ahead > 0 else "done"
            date = dates.get(key) if ahead <= 0 else False
            steps.append({"key": key, "label": labels[key], "date": date, "state": state})
        return steps

    def _get_customer_step(self):
        """Return the key of the step on which the ticket is."""
        kind = self.stage_id.kind
        return {"open": "received", "waiting": "progress"}.get(kind, kind)

    def _get_customer_step_labels(self):
        """Return {key of a step: its name}, in order."""
        waits = self.stage_id.kind == "waiting"
        return {
            "received": self.env._("Received"),
            "assigned": self.env._("In good hands"),
            "progress": self.env._("Waiting") if waits else self.env._("Being worked on"),
            "solved": self.env._("Solved"),
            "closed": self.env._("Closed"),
        }

    def _get_customer_step_dates(self):
        """Return {key of a step: when it was reached (datetime in UTC)}, as far as it is known:
        the last time, since the ticket may have been reopened.
        """
        entered = {}
        for log in self.stage_log_ids.sorted("id"):
            key = "progress" if log.kind in ("progress", "waiting") else log.kind
            # Waiting and going on are one step for the customer: it began with the first of them.
            if key != "progress" or entered.get("last") != key:
                entered[key] = log.date_entered
            entered["last"] = key
        return {
            "received": self.date_open,
            "assigned": self.date_assigned or entered.get("assigned"),
            "progress": entered.get("progress"),
            "solved": entered.get("solved") or entered.get("closed"),
            "closed": self.date_closed,
        }

    def _get_next_step(self):
        """Return what happens next: ``{"text", "icon", "tone"}``; ``tone`` is a colour of
        Bootstrap, ``warning`` when it is the customer's turn.
        """
        self.ensure_one()
        for find in (
            self._get_next_of_end,
            self._get_next_of_quotation,
            self._get_next_of_visit,
            self._get_next_of_waiting,
            self._get_next_of_promises,
        ):
            step = find()
            if step:
                return dict(zip(("text", "icon", "tone"), step, strict=True))
        return dict(zip(("text", "icon", "tone"), self._get_next_of_stage(), strict=True))

    def _get_next_of_end(self):
        """The matter is solved or closed: the customer's word is asked for."""
        kind = self.stage_id.kind
        if kind == "closed":
            if self._may_rate() and not self._search_round_ratings().filtered("consumed"):
                text = self.env._("The matter is closed. Please tell us whether you are satisfied.")
                return text, "fa-star-o", "warning"
            return self.env._("The matter is closed. Thank you."), "fa-check", "success"
        if kind == "solved":
            text = self.env._(
                "As far as we know, the matter is solved. Please tell us whether it is."
            )
            return text, "fa-question-circle-o", "warning"
        return None

    def _get_next_of_quotation(self):
        """Paid work waits for the customer to accept what it costs (T11)."""
        quotations = self._get_customer_quotations()
        order = quotations.filtered(lambda o: o.state == "sent")[-1:]
        if not order:
            return None
        text = self.env._(
            "Please accept quotation %(order)s over %(amount)s: then we start.",
            order=order.name,
            amount=order.currency_id.format(order.amount_total),
        )
        return text, "fa-file-text-o", "warning"

    def _get_next_of_visit(self):
        """Somebody is on the way, there, or has an appointment."""
        visit = self._get_next_visit()
        if not visit:
            return None
        names = {"technician": visit._get_first_name(), "time": visit._get_window_text()}
        if visit.state == "travelling":
            text = self.env._("%(technician)s is on the way to you.", **names)
        elif visit.state == "on_site":
            text = self.env._("%(technician)s is at work on it.", **names)
        else:
            text = self.env._("Your appointment: %(time)s, with %(technician)s.", **names)
        return text, "fa-calendar-check-o", "primary"

    def _get_next_visit(self):
        """Return the visit that is under way, else the next one in a diary."""
        visits = self._get_customer_visits()
        visits = visits.filtered(lambda v: v.state in OPEN_VISITS and v.date_start)
        return visits.sorted(
            lambda v: (v.state not in ("travelling", "on_site"), v.date_start, v.id)
        )[:1]

    def _get_next_of_waiting(self):
        """We wait: for the customer's answer when we asked last, else for somebody else."""
        if self.stage_id.kind != "waiting":
            return None
        last = self._get_customer_messages(limit=1)
        if last and not last.author_id.partner_share:
            question = html2plaintext(last.body).strip().replace("\n", " ")
            if len(question) > 140:
                question = question[:139].rstrip() + "…"
            text = self.env._("We wait for your answer to: “%s”", question)
            return text, "fa-reply", "warning"
        text = self.env._("We wait for parts or for somebody else and will get in touch with you.")
        return text, "fa-hourglass-half", "primary"

    def _get_next_of_promises(self):
        """What was promised and is still to come, the soonest first; what is late is not told
        again.
        """
        now = fields.Datetime.now()
        texts = self._get_promise_texts()
        clocks = self.clock_ids.filtered(
            lambda c: (
                c.state == "running"
                and c.kind in texts
                and c.date_deadline
                and c.date_deadline > now
            )
        ).sorted("date_deadline")
        if not clocks:
            return None
        text = texts[clocks[0].kind] % {"time": self._format_moment(clocks[0].date_deadline)}
        return (
            text,
            "fa-phone" if clocks[0].kind == "technician_contact" else "fa-clock-o",
            "primary",
        )

    def _get_promise_texts(self):
        """Return {kind of clock: the promise in the customer's words}, with ``%(time)s``."""
        return {
            "technician_contact": self.env._("A technician will call you before %(time)s."),
            "first_response": self.env._("You will hear from us before %(time)s."),
            "answer": self.env._("You will have our answer before %(time)s."),
            "on_site": self.env._("A technician will be with you before %(time)s."),
        }

    def _get_next_of_stage(self):
        """What the stage alone says."""
        repair = self.repair_ids.filtered(lambda r: r.state not in ("done", "cancel"))[:1]
        if repair:
            text = self.env._("Your machine is in our workshop. We will tell you when it is ready.")
        elif self.stage_id.kind == "open":
            text = self.env._("We have your report and give it to the right person.")
        elif self.technician_id:
            text = self.env._(
                "%s takes care of it and will get in touch with you.",
                self._get_first_name(self.technician_id),
            )
        else:
            text = self.env._("We are working on it and will get in touch with you.")
        return text, "fa-cogs", "primary"

    def _get_first_name(self, employee):
        """Return what customers call ``employee``: the first name is enough."""
        return (employee.name or "").split(" ")[0] or self.env._("Our technician")

    def _format_moment(self, date):
        """Return ``date`` (UTC) for the reader: the time alone when it is today."""
        local = fields.Datetime.context_timestamp(self, date)
        time = format_time(self.env, local.time(), time_format="short")
        if local.date() == fields.Date.context_today(self):
            return time
        return f"{self._format_day(local)}, {time}"

    def _format_day(self, local):
        """Return the day of ``local`` with its weekday, as the language writes it."""
        locale = babel_locale_parse(self.env.lang or "en_US")
        return format_skeleton("yMMMEd", local.date(), locale=locale) or format_date(
            self.env, local.date()
        )
