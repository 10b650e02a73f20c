from odoo import api, fields, models
from odoo.exceptions import UserError

# Only this module can hold it: many tickets get their technicians one by one, and what follows
# from that (``_on_assigned``) is done once for all of them.
_ASSIGNING = object()


class AftersalesTicket(models.Model):
    """Who gets the ticket, who may say so, and why (T10, T14)."""

    _inherit = "aftersales.ticket"

    assignment_explanation = fields.Text(
        string="Why This Technician",
        readonly=True,
        copy=False,
        help="Why this technician was chosen, and others were not; or why nobody was.",
    )
    may_assign = fields.Boolean(compute="_compute_may_assign")

    @api.depends("team_id")
    @api.depends_context("uid")
    def _compute_may_assign(self):
        barred = self._get_barred()
        for ticket in self:
            ticket.may_assign = ticket not in barred

    def write(self, vals):
        changed = self.browse()
        if "technician_id" in vals:
            changed = self.filtered(
                lambda t: t.technician_id.id != (vals["technician_id"] or False)
            )
        if changed and self._is_readonly_guarded():
            changed._check_may_assign()
        result = super().write(vals)
        # Why another one was chosen says nothing about the one it has now.
        explained = changed.filtered("assignment_explanation")
        if explained and "assignment_explanation" not in vals:
            explained._write_past_guard({"assignment_explanation": False})
        return result

    def _check_new(self):
        if self._is_readonly_guarded():
            self.filtered("technician_id")._check_may_assign()
        return super()._check_new()

    def action_assign(self):
        """Assign a technician of the team to each ticket that has none: who is qualified, not
        away, and fits best by the team's rule (T10, T14).

        :return: None, or a notice that names the tickets nobody can take
        :raise UserError: when a ticket is closed, the user may not assign, or nobody can take any
        """
        self._check_open_for_assignment()
        todo = self.filtered(lambda t: not t.technician_id)
        if not self.env.su:
            todo._check_may_assign()
        left = todo - todo._assign_by_team()
        if not left:
            return None
        if left == todo:
            raise UserError(
                "\n".join(f"{ticket.name}: {ticket.assignment_explanation}" for ticket in left[:5])
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "message": self.env._(
                    "Nobody can take %s: see “Why This Technician” there.",
                    ", ".join(left.mapped("name")),
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_propose_technician(self):
        """Open the dialog with the team's technicians in order, each with the reasons (T10).

        :raise UserError: when the ticket is closed or has no team with technicians, or the user
            may not assign
        """
        self.ensure_one()
        self._check_open_for_assignment()
        self._check_may_assign()
        if not self.team_id.technician_ids:
            raise UserError(self._get_no_technicians_message())
        proposal = self.env["aftersales.assignment.proposal"]._make(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Choose a Technician"),
            "res_model": proposal._name,
            "res_id": proposal.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "large"},
        }

    def _assign_new(self):
        """Give new tickets to technicians as their teams want it; silent when nobody can."""
        todo = self.filtered(
            lambda t: not t.technician_id and not t.is_closed and t.team_id.assignment != "manual"
        )
        # sudo: only whether the team has technicians.
        todo.filtered(lambda t: t.team_id.sudo().technician_ids)._choose_technicians()

    def _assign_by_team(self):
        """Give the tickets to the technicians chosen for them; return those that got one."""
        without = self.filtered(lambda t: not t.team_id.technician_ids)
        if without:
            raise UserError(without[0]._get_no_technicians_message())
        chosen = self._choose_technicians()
        chosen._on_assigned()
        return chosen

    def _choose_technicians(self):
        """Write technician and explanation on the tickets, the rest is up to the caller; return
        those that got one.
        """
        chosen = self.browse()
        for team, tickets in self.grouped("team_id").items():
            facts = team._get_assignment_facts(tickets)
            proposals = team._propose_technicians(tickets, facts)
            texts = team._explain_choices(proposals, facts)
            for ticket, ratings in proposals.items():
                vals = {"assignment_explanation": texts[ticket]}
                if ratings and not ratings[0].refusal:
                    vals["technician_id"] = ratings[0].candidate.key
                    chosen |= ticket
                ticket._past_guard().with_context(aftersales_assigning=_ASSIGNING).write(vals)
        return chosen

    def _give_to(self, technician, explanation):
        """Give the tickets to ``technician`` (may be empty), for the reason ``explanation``."""
        self._write_past_guard(
            {"technician_id": technician.id, "assignment_explanation": explanation}
        )

    def _is_assigning(self):
        """Whether many tickets are being assigned one by one."""
        return self.env.context.get("aftersales_assigning") is _ASSIGNING

    def _check_open_for_assignment(self):
        """Raise when a ticket is closed."""
        closed = self.filtered("is_closed")
        if closed:
            raise UserError(
                self.env._(
                    "%(ticket)s is closed: reopen it before you assign it.",
                    ticket=closed[0].display_name,
                )
            )

    def _get_no_technicians_message(self):
        return self.env._(
            "%(ticket)s: no technician can be proposed. Choose a team that has technicians.",
            ticket=self.display_name,
        )

    def _get_barred(self):
        """Return those of the tickets that the user may not assign (T10)."""
        user = self.env.user
        if self.env.su or user.has_group("aftersales_service.group_aftersales_dispatcher"):
            return self.browse()
        if not user.has_group("aftersales_service.group_aftersales_agent"):
            return self
        led = self.team_id.filtered(lambda team: team.assigned_by == "manager")._get_led_now()
        return self.filtered(lambda t: t.team_id in led and t.team_id.user_id != user)

    def _check_may_assign(self):
        """Raise unless the user may say who does these tickets: dispatchers and team leaders
        always, the hotline where the team lets it or while the leader is away, technicians never.
        """
        barred = self._get_barred()
        if not barred:
            return
        ticket = barred[0]
        if not self.env.user.has_group("aftersales_service.group_aftersales_agent"):
            raise UserError(
                self.env._(
                    "%(ticket)s: technicians do not change who is responsible. Use “Ask for Help” "
                    "or “Hand Over”.",
                    ticket=ticket.display_name,
                )
            )
        raise UserError(
            self.env._(
                "%(ticket)s: in %(team)s technicians are assigned by %(leader)s, who is at work "
                "now, or by a dispatcher. Ask them; the hotline assigns while they are away.",
                ticket=ticket.display_name,
                team=ticket.team_id.display_name,
                # sudo: the leader's name only, to tell whom to ask.
                leader=ticket.team_id.sudo().user_id.display_name,
            )
        )
