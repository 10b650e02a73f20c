from odoo import fields, models
from odoo.exceptions import UserError

from .aftersales_ticket_handover import HANDOVER_REASONS


class AftersalesTicket(models.Model):
    """A technician cannot decline, but may ask for help or hand over, with a reason (T10)."""

    _inherit = "aftersales.ticket"

    handover_ids = fields.One2many(
        "aftersales.ticket.handover", "ticket_id", string="Hand-overs", readonly=True
    )
    is_my_job = fields.Boolean(compute="_compute_is_my_job")

    def _compute_is_my_job(self):
        for ticket in self:
            # sudo: technicians do not read the user of every colleague.
            ticket.is_my_job = ticket.technician_id.sudo().user_id == self.env.user

    def action_open_help(self):
        """Open the dialog that asks a colleague or the team leader for help."""
        return self._open_pass_on("help", self.env._("Ask for Help"))

    def action_open_hand_over(self):
        """Open the dialog that hands the ticket over."""
        return self._open_pass_on("colleague", self.env._("Hand Over"))

    def action_ask_help(self, reason, note, colleague_id=False):
        """Ask a colleague, or the team leader when none is named, for help; the technician stays
        responsible.

        :param str reason: key of ``HANDOVER_REASONS``
        :param str note: what help is needed
        :param int colleague_id: id of the ``hr.employee`` who is asked
        :raise UserError: when the ticket is closed, or nobody can be asked
        """
        colleague = self._check_may_pass_on(reason, colleague_id)
        # sudo: the user of a colleague, to whom the activity goes.
        asked = (colleague or self.team_id).sudo().user_id
        if not asked:
            raise UserError(
                self.env._(
                    "%(ticket)s: nobody can be asked: %(who)s has no user. Name somebody else.",
                    ticket=self.display_name,
                    who=colleague.name or self.team_id.display_name,
                )
            )
        self._record_handover("help", reason, note, colleague)
        self._remind(asked, self.env._("Help needed"), note)

    def action_hand_over(self, reason, note, colleague_id=False):
        """Hand the ticket to a colleague of the team, or back to the dispatcher when none is named.

        :param str reason: key of ``HANDOVER_REASONS``
        :param str note: what has been done, and what the other should know
        :param int colleague_id: id of the ``hr.employee`` who takes it
        :raise UserError: when the ticket is closed or without technician, or the colleague is not
            of the team
        """
        colleague = self._check_may_pass_on(reason, colleague_id)
        if not self.technician_id or colleague == self.technician_id:
            raise UserError(
                self.env._(
                    "%(ticket)s: it can be handed over by the one who has it, to somebody else.",
                    ticket=self.display_name,
                )
            )
        team, before = self.team_id, self.technician_id
        self._record_handover("colleague" if colleague else "back", reason, note, colleague)
        explanation = self.env._(
            "Handed over by %(name)s: %(reason)s. %(note)s",
            name=before.name,
            reason=self._get_reason_label(reason),
            note=note or "",
        ).strip()
        # sudo: the technician gives away what is theirs, and need not see it afterwards.
        ticket = self.sudo()
        ticket._give_to(colleague, explanation)
        if not colleague and ticket.stage_id.kind == "assigned":
            ticket._enter_stage("open")
        # sudo: whom to remind; nothing else of the colleague or team is read.
        told = (colleague or team).sudo().user_id
        if told:
            ticket._remind(told, self.env._("Handed over by %s", before.name), note)

    def _check_may_pass_on(self, reason, colleague_id):
        """Raise unless the user may pass the open ticket on; return the colleague (``hr.employee``,
        may be empty).
        """
        self.ensure_one()
        self.check_access("write")
        self._check_open_for_assignment()
        if reason not in dict(HANDOVER_REASONS):
            raise UserError(
                self.env._(
                    "%(ticket)s: “%(reason)s” is no reason. Use one of: %(known)s.",
                    ticket=self.display_name,
                    reason=reason,
                    known=", ".join(dict(HANDOVER_REASONS)),
                )
            )
        if not self.is_my_job:
            self._check_may_assign()
        colleague = self.env["hr.employee"].browse(colleague_id or [])
        # sudo: the team's technicians, whoever asks.
        if colleague and colleague not in self.team_id.sudo().technician_ids:
            # Any id may have been sent: only who is shown to all colleagues is named.
            shown = self.env["hr.employee.public"].search([("id", "=", colleague.id)])
            raise UserError(
                self.env._(
                    "%(ticket)s: %(name)s is no technician of %(team)s.",
                    ticket=self.display_name,
                    name=shown.name or self.env._("Who was chosen"),
                    team=self.team_id.display_name or self.env._("a ticket without team"),
                )
            )
        return colleague

    def _get_reason_label(self, reason):
        """Return the label of a reason in the user's language."""
        handovers = self.env["aftersales.ticket.handover"]
        return dict(handovers._fields["reason"]._description_selection(self.env))[reason]

    def _record_handover(self, kind, reason, note, colleague):
        """Store that the tickets were passed on, or help was asked for."""
        # sudo: after the check of the action; nobody writes these records by hand.
        return (
            self.env["aftersales.ticket.handover"]
            .sudo()
            .create(
                [
                    {
                        "ticket_id": ticket.id,
                        "company_id": ticket.company_id.id,
                        "team_id": ticket.team_id.id,
                        "kind": kind,
                        "reason": reason,
                        "note": note,
                        "technician_id": ticket.technician_id.id,
                        "colleague_id": colleague.id,
                        "user_id": self.env.uid,
                    }
                    for ticket in self
                ]
            )
        )

    def _remind(self, user, summary, note):
        """Give ``user`` a to-do on the ticket."""
        self.activity_schedule(
            "mail.mail_activity_data_todo", summary=summary, note=note or "", user_id=user.id
        )

    def _open_pass_on(self, kind, title):
        """Open the dialog for ``kind``."""
        self.ensure_one()
        self._check_open_for_assignment()
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "aftersales.ticket.pass.on",
            "view_mode": "form",
            "target": "new",
            "context": {"default_ticket_id": self.id, "default_kind": kind},
        }
