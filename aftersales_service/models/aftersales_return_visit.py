from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError


class AftersalesReturnVisit(models.Model):
    """Asking the customer afterwards whether all is well; if not, the ticket reopens (R03)."""

    _name = "aftersales.return.visit"
    _description = "Return Visit"
    _inherit = [
        "aftersales.number.mixin",
        "aftersales.transition.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "date_planned, id"
    _check_company_auto = True
    _rec_names_search = ["name", "partner_id.name"]
    _number_sequence = "aftersales.return.visit"
    _guard_readonly = True
    _initial_states = ("planned",)
    _transitions = {"planned": ("done", "cancelled"), "cancelled": ("planned",)}
    _frozen_fields = {
        "done": {
            "mode",
            "date_planned",
            "date_done",
            "satisfied",
            "opinion",
            "ticket_id",
            "visit_id",
            "partner_id",
        },
    }

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    mode = fields.Selection(
        [("phone", "Phone"), ("site", "On site"), ("online", "Online")],
        required=True,
        default="phone",
        tracking=True,
    )
    origin = fields.Selection(
        [
            ("visit", "After a visit"),
            ("advice", "After phone advice"),
            ("rating", "After a bad rating"),
            ("manual", "Planned by hand"),
        ],
        string="Why",
        required=True,
        readonly=True,
        default="manual",
    )
    reason = fields.Char(readonly=True, help="Why it is due, and when.")
    partner_id = fields.Many2one("res.partner", string="Customer", required=True, index=True)
    phone = fields.Char(compute="_compute_phone")
    ticket_id = fields.Many2one(
        "aftersales.ticket", index="btree_not_null", ondelete="cascade", check_company=True
    )
    ticket_round = fields.Integer(
        readonly=True, help="How often the ticket had been reopened before."
    )
    visit_id = fields.Many2one(
        "aftersales.visit", index="btree_not_null", ondelete="cascade", check_company=True
    )
    asset_id = fields.Many2one("aftersales.asset", index="btree_not_null", check_company=True)
    user_id = fields.Many2one(
        "res.users",
        string="Agent",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        index="btree_not_null",
        tracking=True,
    )
    date_planned = fields.Datetime(
        string="Due", required=True, index=True, default=fields.Datetime.now, tracking=True
    )
    date_done = fields.Datetime(string="Done on", readonly=True, copy=False)
    attempts = fields.Integer(readonly=True, copy=False, aggregator=None)
    date_attempt = fields.Datetime(string="Last Attempt", readonly=True, copy=False)
    satisfied = fields.Selection(
        [("yes", "Satisfied"), ("no", "Not satisfied")],
        string="Satisfied?",
        copy=False,
        tracking=True,
    )
    opinion = fields.Text(string="Customer's Opinion", copy=False)
    state = fields.Selection(
        [("planned", "Planned"), ("done", "Done"), ("cancelled", "Cancelled")],
        string="Status",
        required=True,
        default="planned",
        index=True,
        tracking=True,
        group_expand=True,
    )

    _name_uniq = models.UniqueIndex("(name, company_id)", "The number must be unique per company.")
    _ticket_uniq = models.UniqueIndex(
        "(ticket_id, ticket_round) WHERE ticket_id IS NOT NULL "
        "AND origin NOT IN ('manual', 'rating')",
        "A ticket has one return visit each time it is solved.",
    )
    _rating_uniq = models.UniqueIndex(
        "(ticket_id, ticket_round) WHERE origin = 'rating'",
        "A bad rating makes one return visit.",
    )
    _visit_uniq = models.UniqueIndex(
        "(visit_id) WHERE visit_id IS NOT NULL AND origin NOT IN ('manual', 'rating')",
        "A visit has one return visit.",
    )

    @api.depends("ticket_id.caller_phone", "partner_id.phone")
    def _compute_phone(self):
        for record in self:
            record.phone = record.ticket_id.caller_phone or record.partner_id.phone

    @api.onchange("ticket_id")
    def _onchange_ticket_id(self):
        if self.ticket_id:
            self.partner_id = self.ticket_id.partner_id
            self.asset_id = self.ticket_id.asset_id

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._schedule_calls()
        return records

    def write(self, vals):
        result = super().write(vals)
        if {"user_id", "date_planned"} & vals.keys():
            planned = self.filtered(lambda r: r.state == "planned")
            planned.activity_unlink(["mail.mail_activity_data_call"])
            planned._schedule_calls()
        return result

    def action_done(self):
        """Record the answer: "satisfied" closes a solved ticket, "not satisfied" reopens it (R03).

        :return: the dialog that asks why promises of such a ticket were broken, else None (S05)
        :raise UserError: when the answer, or what the customer is not satisfied with, is missing
        """
        for record in self:
            if not record.satisfied:
                raise UserError(
                    self.env._(
                        "%(name)s: enter in “Satisfied?” what the customer says.", name=record.name
                    )
                )
            if record.satisfied == "no" and not record.opinion:
                raise UserError(
                    self.env._(
                        "%(name)s: write in “Customer's Opinion” what the customer is not "
                        "satisfied with.",
                        name=record.name,
                    )
                )
        self._set_state("done", date_done=fields.Datetime.now())
        self.activity_feedback(["mail.mail_activity_data_call"])
        return self._answer_tickets()

    def action_no_answer(self):
        """Nobody answered: count the attempt and try again after the company's retry time (R06)."""
        for (company, attempts), records in self.grouped(
            lambda r: (r.company_id, r.attempts)
        ).items():
            records.check_access("write")
            records._ensure_transition("done")
            now = fields.Datetime.now()
            records._write_past_guard(
                {
                    "attempts": attempts + 1,
                    "date_attempt": now,
                    "date_planned": now + timedelta(hours=company.aftersales_callback_hours),
                }
            )

    def action_cancel(self):
        """Give up asking."""
        self._set_state("cancelled")
        self.activity_unlink(["mail.mail_activity_data_call"])

    def action_replan(self):
        """Ask after all."""
        self._set_state("planned")
        self._schedule_calls()

    def _answer_tickets(self):
        """Close or reopen the tickets as the customers answered. Those that were late wait for the
        reason: return the dialog that asks for it and closes them.
        """
        satisfied = self.filtered(lambda r: r.satisfied == "yes").ticket_id
        solved = satisfied.filtered(lambda t: t.stage_id.kind == "solved")
        late = solved.filtered(lambda t: t._get_unexplained_clocks())
        (solved - late).action_close()
        for record in self.filtered(lambda r: r.satisfied == "no"):
            ticket = record.ticket_id
            if ticket.stage_id.kind in ("solved", "closed"):
                ticket.action_reopen(
                    reason=self.env._(
                        "Not satisfied (%(name)s): %(opinion)s",
                        name=record.name,
                        opinion=record.opinion,
                    )
                )
        return late.action_close() if late else None

    def _schedule_calls(self):
        """Give each agent the calls as activities, in one batch per agent and day."""
        due = self.filtered(lambda r: r.user_id and r.state == "planned")
        for (user, day), records in due.grouped(lambda r: (r.user_id, r._get_due_day())).items():
            records.activity_schedule(
                "mail.mail_activity_data_call",
                date_deadline=day,
                summary=self.env._("Ask whether the customer is satisfied"),
                user_id=user.id,
            )

    def _get_due_day(self):
        """Return the due date in the time zone of the agent."""
        self.ensure_one()
        return fields.Datetime.context_timestamp(
            self.with_context(tz=self.user_id.tz), self.date_planned
        ).date()
