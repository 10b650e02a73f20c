from odoo import fields, models
from odoo.exceptions import UserError

AGENT = "aftersales_service.group_aftersales_agent"
DISPATCHER = "aftersales_service.group_aftersales_dispatcher"


class AftersalesVisit(models.Model):
    """The steps of a visit, each with its own right and conditions (V01, V05)."""

    _inherit = "aftersales.visit"

    def action_schedule(self):
        """Put the visits into the technicians' diaries (V01, V02).

        :raise UserError: when the user is no agent, or technician or times are missing
        :raise ValidationError: when the technician is not free and no reason is given
        """
        self._check_office()
        for visit in self:
            missing = [
                name for name in ("technician_id", "date_start", "date_end") if not visit[name]
            ]
            if missing:
                raise UserError(
                    self.env._(
                        "%(visit)s: fill in “%(field)s” before you schedule it.",
                        visit=visit.display_name,
                        field=visit._get_field_label(missing[0]),
                    )
                )
        self._set_state("scheduled")
        self._check_overlaps()
        self.ticket_id._on_visits_scheduled(self)

    def action_confirm(self):
        """The customer has agreed to the appointment (V04)."""
        self._check_office()
        self._set_state("confirmed")

    def action_depart(self):
        """The technician sets off (V05)."""
        self._check_executor()
        self._set_state("travelling", date_departed=fields.Datetime.now(), date_arrived=False)
        self.ticket_id._on_visits_departed(self)

    def action_arrive(self):
        """The technician is there: the promise "on site" is kept from now (V05, S03)."""
        self._check_executor()
        self._set_state("on_site", date_arrived=fields.Datetime.now())
        self.ticket_id._on_visits_arrived(self)

    def action_nobody_home(self):
        """Nobody was there: the visit goes back to the office to be scheduled again (V05)."""
        self._check_executor()
        self._ensure_transition("draft")
        early = self.filtered(lambda v: v.state not in ("travelling", "on_site"))
        if early:
            raise UserError(
                self.env._(
                    "%(visit)s: nobody can have been there yet, set off first.",
                    visit=early[0].display_name,
                )
            )
        for count, visits in self.grouped("nobody_home_count").items():
            visits._set_state(
                "draft", date_departed=False, date_arrived=False, nobody_home_count=count + 1
            )
        note = self.env._("Nobody was there. A note was left; the visit is to be scheduled again.")
        self._message_log_batch(bodies=dict.fromkeys(self.ids, note))
        self._tell_office(self.env._("Nobody was there: arrange another appointment"))

    def _tell_office(self, summary):
        """Give whoever looks after each visit an activity for today, in one batch per person."""
        for user, visits in self.grouped(lambda v: v._get_office_user()).items():
            if user:
                visits.activity_schedule(
                    "mail.mail_activity_data_call", summary=summary, user_id=user.id
                )

    def _get_office_user(self):
        """Return the user in the office who looks after the visit: agent, else team leader, else
        who planned it.
        """
        self.ensure_one()
        ticket = self.ticket_id.sudo()  # the technician need not see the team
        return ticket.user_id or ticket.team_id.user_id or self.create_uid

    def action_done(self):
        """Hand in the voucher: check it, move the parts, tell ticket and asset (V07, V08).

        :raise UserError: when the user is neither the technician nor a dispatcher, the visit is
            not on site, or the voucher is incomplete (work, result, signature or reason of
            refusal, serials)
        :raise ValidationError: when times or meter readings contradict each other
        """
        self._check_executor()
        self.lock_for_update()
        self._ensure_transition("done")
        self._check_voucher()
        now = fields.Datetime.now()
        for date_done, visits in self.grouped(lambda v: v.date_done or now).items():
            visits._set_state("done", date_done=date_done)
        for visit in self.filtered(lambda v: v.signature and not v.signed_by):
            visit._write_past_guard({"signed_by": visit.contact_name})
        self._move_parts()
        self._file_results()
        self._on_done()

    def action_cancel(self, reason=None):
        """Cancel the visits; what the customer was promised already needs a ``reason`` (str) (V04).

        :raise UserError: when the user is no agent, or the reason is missing
        """
        self._check_office()
        if reason:
            self.cancel_reason = reason
        promised = self.filtered(
            lambda v: v.state not in ("draft", "scheduled") and not v.cancel_reason
        )
        self._ensure_transition("cancelled")
        if promised:
            raise UserError(
                self.env._(
                    "%(visit)s is promised to the customer: state the “Cancel Reason” first.",
                    visit=promised[0].display_name,
                )
            )
        self._set_state("cancelled")

    def action_draft(self):
        """Take scheduled or cancelled visits back to be planned anew.

        :raise UserError: when the user is no agent, or a technician is on the way or there
        """
        self._check_office()
        under_way = self.filtered(lambda v: v.state in ("travelling", "on_site"))
        if under_way:
            raise UserError(
                self.env._(
                    "%(visit)s is under way: cancel it, or have “Nobody Home” reported.",
                    visit=under_way[0].display_name,
                )
            )
        self._set_state("draft", cancel_reason=False, date_departed=False, date_arrived=False)

    def _check_office(self):
        """Raise unless the user plans visits: agents and above."""
        self.check_access("write")
        if not (self.env.su or self.env.user.has_group(AGENT)):
            raise UserError(
                self.env._(
                    "Visits are planned by the office. Ask your dispatcher to change the "
                    "appointment."
                )
            )

    def _check_executor(self):
        """Raise unless the user is the technician of each visit, or a dispatcher who acts for
        them.
        """
        self.check_access("write")
        if self.env.su or self.env.user.has_group(DISPATCHER):
            return
        foreign = self.filtered(lambda v: v.technician_user_id != self.env.user)
        if foreign:
            raise UserError(
                self.env._(
                    "%(visit)s is a visit of %(technician)s: only they or a dispatcher can execute "
                    "it.",
                    visit=foreign[0].display_name,
                    technician=foreign[0].technician_id.display_name or self.env._("nobody yet"),
                )
            )

    def _file_results(self):
        """File rating, meter reading and the follow-up of finished visits."""
        # The technician reports results; ratings and readings of assets are not theirs to edit.
        rated = self.filtered(lambda v: int(v.customer_rating or 0))
        ratings = (
            # Made for this visit from its voucher; ``action_done`` checked who hands it in.
            self.env["rating.rating"]
            .sudo()
            .create([visit._prepare_rating_vals() for visit in rated])
        )
        ratings.consumed = True  # not on creation: the visits' averages follow this change only
        read = self.filtered(lambda v: v.meter and v.asset_ids)
        # The reading on the voucher, for the visit's own asset; who hands in was checked.
        self.env["aftersales.asset.meter"].sudo().create(
            [visit._prepare_meter_vals() for visit in read]
        )
        again = self.filtered(lambda v: v.fixed == "no" and v.next_step == "visit")
        # Technicians plan no visits; this one is a draft for the dispatcher.
        self.sudo().create([visit._prepare_next_visit_vals() for visit in again])

    def _prepare_next_visit_vals(self):
        """Return the values of the visit that goes on where this one stopped (V09)."""
        self.ensure_one()
        return {
            "company_id": self.company_id.id,
            "type_id": self.type_id.id,
            "ticket_id": self.ticket_id.id,
            "partner_id": self.partner_id.id,
            "site_id": self.site_id.id,
            "asset_ids": [fields.Command.set(self.asset_ids.ids)],
            "technician_id": self.technician_id.id,
            "previous_visit_id": self.id,
            "instructions": self.failure_note,
        }

    def _on_done(self):
        """Hook: the visits are done, parts moved and results filed. Extended by addons (claims,
        plans).
        """
        self.env["aftersales.return.visit"]._plan_for_visits(self)
        self.ticket_id._on_visits_done(self)
