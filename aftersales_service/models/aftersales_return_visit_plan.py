from odoo import api, fields, models

# Tickets whose end is followed by a question to the customer.
FOLLOWED_TYPES = ("fault", "complaint")


class AftersalesReturnVisit(models.Model):
    """When a return visit becomes due by itself, and that it does so once (R03)."""

    _inherit = "aftersales.return.visit"

    @api.model
    def _plan_for_visits(self, visits):
        """Make the return visits of finished, fixed ``visits`` whose type asks for one; once
        each.
        """
        due = visits.filtered(lambda v: v.type_id.return_visit and v.fixed == "yes")
        return self._plan([self._prepare_from_visit(visit) for visit in due])

    @api.model
    def _plan_for_tickets(self, tickets):
        """Make the return visits of solved or closed ``tickets``: faults, complaints, and whatever
        was solved by phone (T05); once for each time it is solved.
        """
        due = tickets.filtered(
            lambda t: t.partner_id and (t.type in FOLLOWED_TYPES or t.phone_date)
        )
        now = fields.Datetime.now()
        callbacks = {c: c._get_callback_date(now) for c in due.company_id}
        return self._plan(
            [self._prepare_from_ticket(ticket, callbacks[ticket.company_id]) for ticket in due]
        )

    @api.model
    def _plan(self, vals_list):
        """Create what is not there yet: the technician or agent who finishes need not edit return
        visits.
        """
        # Also those that the user may not see count as there, so that none is made twice.
        records = self.sudo().with_context(active_test=False)
        known = records.search_fetch(
            [
                ("origin", "!=", "manual"),
                "|",
                ("ticket_id", "in", [vals["ticket_id"] for vals in vals_list if vals["ticket_id"]]),
                ("visit_id", "in", [vals["visit_id"] for vals in vals_list if vals["visit_id"]]),
            ],
            ["ticket_id", "ticket_round", "visit_id"],
        )
        rounds = {
            (record.ticket_id.id, record.ticket_round) for record in known if record.ticket_id
        }
        visit_ids = set(known.visit_id.ids)
        todo = []
        for vals in vals_list:
            key = (vals["ticket_id"], vals["ticket_round"])
            if key in rounds or vals["visit_id"] in visit_ids:
                continue
            if vals["ticket_id"]:
                rounds.add(key)
            todo.append(vals)
        return records.create(todo)

    @api.model
    def _prepare_from_visit(self, visit):
        """Return the values of the return visit after ``visit``."""
        # The technician may be no reader of the ticket; its id and round are taken over.
        company, ticket = visit.company_id, visit.ticket_id.sudo()
        return {
            "company_id": company.id,
            "origin": "visit",
            "mode": "phone",
            "visit_id": visit.id,
            "ticket_id": ticket.id,
            "ticket_round": ticket.reopen_count,
            "asset_id": visit.asset_ids[:1].id,
            "partner_id": visit.partner_id.id,
            "user_id": ticket.user_id.id,
            "date_planned": company._get_return_visit_date(visit.date_done),
            "reason": self.env._(
                "%(days)s working days after visit %(visit)s",
                days=company.aftersales_return_days,
                visit=visit.name,
            ),
        }

    @api.model
    def _prepare_from_ticket(self, ticket, callback):
        """Return the values of the return visit after ``ticket``: at ``callback`` (datetime in
        UTC), soon, when it was solved by advice alone.
        """
        visit = ticket.visit_ids.filtered(lambda v: v.state == "done" and v.fixed == "yes")[:1]
        if visit and visit not in ticket.return_visit_ids.visit_id:
            return self._prepare_from_visit(visit)
        company = ticket.company_id
        hours = company.aftersales_callback_hours
        return {
            "company_id": company.id,
            "origin": "advice",
            "mode": "phone",
            "visit_id": False,
            "ticket_id": ticket.id,
            "ticket_round": ticket.reopen_count,
            "asset_id": ticket.asset_id.id,
            "partner_id": ticket.partner_id.id,
            "user_id": ticket.user_id.id,
            "date_planned": callback,
            "reason": self.env._("%(hours)s working hours after phone advice", hours=f"{hours:g}"),
        }
