from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import is_html_empty


class AftersalesTicket(models.Model):
    """The life of a ticket: made, assigned, worked on, closed, reopened (T02, T05, T10, T12)."""

    _inherit = "aftersales.ticket"

    @api.model_create_multi
    def create(self, vals_list):
        self._fetch_people(vals_list)
        # Who made it and when is the first line of its stage log: no note says it again.
        creator = super(AftersalesTicket, self.with_context(mail_create_nolog=True))
        tickets = creator.create(vals_list).with_env(self.env)
        tickets._check_new()
        # sudo: what follows from a ticket follows whoever made it; rights are not asked for each
        # field.
        completed = tickets.sudo()
        # Nobody has rated what is new: nothing to look up.
        completed.rating_last_value = 0.0
        completed._complete_new()
        completed._on_created()
        return tickets

    def _check_new(self):
        """Hook: raise when the user may not make such tickets."""

    @api.model
    def _fetch_people(self, vals_list):
        """Read customers and the author of the log together, in one query."""
        ids = {vals.get(name) for vals in vals_list for name in ("partner_id", "caller_id")}
        ids = {value for value in ids if value and isinstance(value, int)}
        # sudo: what the user may read of them is asked where it is read.
        partners = self.env["res.partner"].sudo().browse(ids) | self.env.user.partner_id.sudo()
        fields_read = [
            name for name, field in partners._fields.items() if field.column_type and field.store
        ]
        partners.fetch([name for name in fields_read if partners._fields[name].prefetch is True])

    def write(self, vals):
        stages_before = {ticket: ticket.stage_id for ticket in self} if "stage_id" in vals else {}
        technicians_before = (
            {ticket: ticket.technician_id for ticket in self} if "technician_id" in vals else {}
        )
        if "stage_id" in vals:
            self._check_may_enter(self.env["aftersales.ticket.stage"].browse(vals["stage_id"]))
        if "active" in vals and self._is_readonly_guarded():
            self._check_may_archive()
        result = super().write(vals)
        if self._get_entitlement_triggers() & vals.keys():
            self.filtered(lambda t: not t.is_closed)._decide_entitlement()
        assigned = self.filtered(
            lambda t: technicians_before.get(t, t.technician_id) != t.technician_id
        )
        if assigned and not self._is_assigning():
            assigned._on_assigned()
        moved = self.filtered(lambda t: stages_before.get(t, t.stage_id) != t.stage_id)
        if moved:
            moved._on_stage_changed(stages_before)
        return result

    def _check_may_archive(self):
        """Raise UserError unless the user is a manager: archived tickets stand on no board, and
        their promises end.
        """
        if self and not self.env.user.has_group("aftersales_service.group_aftersales_manager"):
            raise UserError(
                self.env._(
                    "%s: only a service manager may archive tickets, or take them out of the "
                    "archive. Close it, or have it merged when it repeats another one.",
                    self[0].display_name,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_recorded(self):
        if self and not self.env.user.has_group("aftersales_service.group_aftersales_admin"):
            raise UserError(
                self.env._(
                    "%(ticket)s: tickets are kept as records. Archive it instead.",
                    ticket=self[0].display_name,
                )
            )

    def _complete_new(self):
        """Fill what follows from what was recorded: customer, team, cover, technician,
        followers.
        """
        for ticket in self.filtered(lambda t: t.asset_id and not t.partner_id):
            ticket.partner_id = ticket.asset_id.partner_id
        teams = self.env["aftersales.team"]._get_default_teams(
            self.filtered(lambda t: not t.team_id)
        )
        for ticket, team in teams.items():
            ticket.team_id = team
        self._decide_entitlement()
        self._assign_new()
        assigned = self.filtered("technician_id")
        if assigned:
            assigned._on_assigned()
        self._note_salespeople()

    def _check_may_enter(self, stage):
        """Hook: raise UserError when a ticket may not enter ``stage`` (promises, open work). The
        written record is asked for by ``_check_record``.
        """

    def action_open_full(self):
        """Open the ticket itself, after the call form has made it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(self.env.ref("aftersales_service.aftersales_ticket_view_form").id, "form")],
        }

    def action_solve(self):
        """Move the tickets to "Solved": done for us, the return visit is still to come."""
        self._enter_stage("solved")

    def action_close(self):
        """Close the tickets; each needs its written resolution (T05).

        :raise UserError: when one is closed already or lacks its resolution
        """
        closed = self.filtered("is_closed")
        if closed:
            raise UserError(
                self.env._("%(ticket)s is closed already.", ticket=closed[0].display_name)
            )
        self._enter_stage("closed")

    def action_reopen(self, reason=None):
        """Open closed tickets again, for ``reason`` (str, posted on the ticket) (R03).

        :raise UserError: when one is not closed or solved
        """
        still_open = self.filtered(lambda t: t.stage_id.kind not in ("solved", "closed"))
        if still_open:
            raise UserError(
                self.env._("%(ticket)s is open already.", ticket=still_open[0].display_name)
            )
        # Those that were closed count it themselves when they enter the stage.
        self.filtered(lambda t: not t.is_closed)._count_reopening()
        self._enter_stage("progress")
        if reason:
            self._message_log_batch(
                bodies={ticket.id: self.env._("Reopened: %s", reason) for ticket in self}
            )

    def action_create_repair(self):
        """Take the asset into the workshop: a repair order of Odoo's own, opened for editing;
        the one that is under way when there is one (P01).

        :raise UserError: when the ticket names no asset
        """
        self.ensure_one()
        if not self.asset_id:
            raise UserError(
                self.env._(
                    "%(ticket)s: name the asset that is to be repaired.", ticket=self.display_name
                )
            )
        repair = self.repair_ids.filtered(
            lambda r: r.aftersales_asset_id == self.asset_id and r.state not in ("done", "cancel")
        )[:1] or self.env["repair.order"].create(self._prepare_repair_vals())
        action = self.env["repair.order"]._get_service_action()
        forms = [view for view in action["views"] if view[1] == "form"]
        return dict(action, res_id=repair.id, views=forms, view_mode="form")

    def _prepare_repair_vals(self):
        """Return the values of the workshop repair of the ticket's asset."""
        self.ensure_one()
        return {
            "aftersales_ticket_id": self.id,
            "aftersales_asset_id": self.asset_id.id,
            "product_id": self.asset_id.product_id.id,
            "lot_id": self.asset_id.lot_id.id,
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "under_warranty": self.entitlement_parts,
        }

    def action_view_repairs(self):
        """Open the workshop repairs of the ticket."""
        self.ensure_one()
        action = self.env["repair.order"]._get_service_action()
        return dict(action, domain=[("aftersales_ticket_id", "=", self.id)], context={})

    def _on_created(self):
        """Hook: tickets were made and completed. Extended by clocks and notices."""

    def _on_assigned(self):
        """Hook: the tickets have another technician. Extended by clocks."""
        self._write_past_guard({"date_assigned": fields.Datetime.now()})
        waiting = self.filtered(lambda t: t.technician_id and t.stage_id.kind == "open")
        waiting._enter_stage("assigned")

    def _on_stage_changed(self, stages_before):
        """Hook: the tickets entered another stage; ``stages_before`` is {ticket: stage}."""
        closed = self.filtered(lambda t: t.is_closed and not stages_before[t].is_closed)
        if closed:
            closed._write_past_guard({"date_closed": fields.Datetime.now()})
            closed._on_closed()
        reopened = self.filtered(lambda t: not t.is_closed and stages_before[t].is_closed)
        if reopened:
            reopened._write_past_guard({"date_closed": False})
            reopened._count_reopening()
            reopened._on_reopened()

    def _count_reopening(self):
        """Count one more reopening, whichever way it came: button, stage bar or board (R03)."""
        for count, tickets in self.grouped("reopen_count").items():
            tickets._write_past_guard({"reopen_count": count + 1})
        self._file_resolution()

    def _file_resolution(self):
        """What was done did not help: it stays in the history, and a new record is asked for."""
        recorded = self.filtered(lambda t: not is_html_empty(t.resolution))
        title = self.env._("Done before it was reopened:")
        recorded._message_log_batch(
            bodies={t.id: Markup("<p>%s</p>%s") % (title, t.resolution) for t in recorded}
        )
        recorded.resolution = False

    def _on_closed(self):
        """Hook: the tickets were closed. Extended by clocks, ratings and return visits."""

    def _on_reopened(self):
        """Hook: closed tickets were opened again. Extended by clocks."""
