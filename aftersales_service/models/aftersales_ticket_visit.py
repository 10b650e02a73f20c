from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import is_html_empty


class AftersalesTicket(models.Model):
    """A ticket's visits and return visits, and how they move the ticket on (V01, R03)."""

    _inherit = "aftersales.ticket"

    visit_ids = fields.One2many("aftersales.visit", "ticket_id", string="Visits")
    visit_count = fields.Integer(compute="_compute_visit_count")
    return_visit_ids = fields.One2many(
        "aftersales.return.visit", "ticket_id", string="Return Visits"
    )
    return_visit_count = fields.Integer(compute="_compute_return_visit_count")

    @api.depends("visit_ids")
    def _compute_visit_count(self):
        counts = dict(
            self.env["aftersales.visit"]._read_group(
                [("ticket_id", "in", self.ids)], ["ticket_id"], ["__count"]
            )
        )
        for ticket in self:
            ticket.visit_count = counts.get(ticket._origin, 0)

    @api.depends("return_visit_ids")
    def _compute_return_visit_count(self):
        counts = dict(
            self.env["aftersales.return.visit"]._read_group(
                [("ticket_id", "in", self.ids)], ["ticket_id"], ["__count"]
            )
        )
        for ticket in self:
            ticket.return_visit_count = counts.get(ticket._origin, 0)

    def action_plan_visit(self):
        """Open a new visit filled in from the ticket; nothing is stored until it is saved (V01).

        :return: window action; its context has the defaults of ``_prepare_visit_vals``
        :raise UserError: when the ticket is closed or names no customer
        """
        self.ensure_one()
        if self.is_closed:
            raise UserError(
                self.env._(
                    "%(ticket)s is closed: reopen it before you plan a visit.",
                    ticket=self.display_name,
                )
            )
        if not self.partner_id:
            raise UserError(
                self.env._(
                    "%(ticket)s: name the customer before you plan a visit.",
                    ticket=self.display_name,
                )
            )
        defaults = {f"default_{name}": value for name, value in self._prepare_visit_vals().items()}
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Plan a Visit"),
            "res_model": "aftersales.visit",
            "view_mode": "form",
            "views": [(self.env.ref("aftersales_service.aftersales_visit_view_form").id, "form")],
            "context": defaults,
        }

    def action_view_visits(self):
        """Open the ticket's visits."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_visit_action"
        )
        defaults = {f"default_{name}": value for name, value in self._prepare_visit_vals().items()}
        return dict(action, domain=[("ticket_id", "=", self.id)], context=defaults)

    def action_view_return_visits(self):
        """Open the ticket's return visits."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_return_visit_action"
        )
        return dict(
            action, domain=[("ticket_id", "=", self.id)], context={"default_ticket_id": self.id}
        )

    def _prepare_visit_vals(self):
        """Return the values of a visit for the ticket; addons add theirs."""
        self.ensure_one()
        types = self.env["aftersales.visit.type"]._get_default_types()
        return {
            "ticket_id": self.id,
            "company_id": self.company_id.id,
            "type_id": types.get(self.type, types[False]).id,
            "partner_id": self.partner_id.id,
            "site_id": self.site_id.id,
            "asset_ids": [Command.set(self.asset_id.ids)],
            "technician_id": self.technician_id.id,
        }

    def action_reopen(self, reason=None):
        """Also give up the questions that were planned for the end that was none (R03)."""
        result = super().action_reopen(reason=reason)
        # What was to be asked about is open again; it is asked when it is solved the next time.
        planned = self.return_visit_ids.filtered(
            lambda r: r.state == "planned" and r.origin != "manual"
        )
        # ``action_reopen`` was allowed above; who reopens need not edit return visits.
        planned.sudo()._set_state("cancelled")
        return result

    def _on_stage_changed(self, stages_before):
        result = super()._on_stage_changed(stages_before)
        finished = self.filtered(lambda t: t.stage_id.kind in ("solved", "closed"))
        self.env["aftersales.return.visit"]._plan_for_tickets(finished)
        return result

    # What visits do to their tickets. Technicians execute visits and may not edit every ticket
    # they are sent for: hence sudo.

    def _on_visits_scheduled(self, visits):
        """The ``visits`` of these tickets are in a diary: a ticket without technician gets the
        visit's.
        """
        for technician, own in visits.grouped("technician_id").items():
            # Only the technician is filled in, and only where there is none.
            own.ticket_id.sudo().filtered(lambda t: not t.technician_id).write(
                {"technician_id": technician.id}
            )
        # The promise of a solution by phone gives way to the one of a solution on site (S02).
        self._cancel_sla("phone_solution", self.env._("A visit is planned."))

    def _on_visits_departed(self, visits):
        """A technician is on the way: the tickets are in progress."""
        # As said; only the stage changes, and only forward.
        moved = self.sudo().filtered(lambda t: t.stage_id.kind in ("open", "assigned", "waiting"))
        moved._enter_stage("progress")

    def _on_visits_arrived(self, visits):
        """A technician is there: the promise "on site" is kept."""
        # Clocks are the engine's to write; the date is the one on the visit.
        self.sudo()._reach_sla_at("on_site", visits, "date_arrived")

    def _on_visits_done(self, visits):
        """Take the findings over, and call the tickets whose fault is fixed solved."""
        fixed = visits.filtered(lambda v: v.fixed == "yes")
        for visit in visits.filtered("ticket_id"):
            # As said: empty fields are filled with the findings, what is there stays.
            ticket = visit.ticket_id.sudo()
            vals = {
                name: visit[name].id
                for name in ("symptom_id", "cause_id")
                if visit[name] and ticket._lacks_finding(name)
            }
            if visit in fixed and is_html_empty(ticket.resolution):
                vals["resolution"] = visit.work_done
            if vals:
                ticket.write(vals)
        # As in ``_on_visits_arrived``.
        self.sudo()._reach_sla_at("solution", fixed, "date_done")
        # Solving is the agent's step; here it follows from the voucher that was just accepted.
        open_tickets = fixed.ticket_id.sudo().filtered(
            lambda t: t.stage_id.kind not in ("solved", "closed")
        )
        if open_tickets:
            open_tickets.action_solve()

    def _lacks_finding(self, name):
        """Whether the ticket takes the field ``name`` over from what a visit found."""
        self.ensure_one()
        return not self[name]

    def _reach_sla_at(self, kind, visits, field):
        """Tell the service clocks of the tickets of ``visits`` that ``kind`` was reached at
        visit[field].
        """
        for date, own in visits.filtered("ticket_id").grouped(field).items():
            # The tickets come with the rights on the visits, which technicians have.
            own.ticket_id.sudo()._reach_sla(kind, date)
