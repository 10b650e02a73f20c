from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..tools.business_time import describe_seconds
from .aftersales_sla_target import CLOCK_KINDS, DURATION_UNITS


class AftersalesSlaClock(models.Model):
    """One promise to one customer, running: when it ends, when it was kept or broken (S03).

    Only events of the ticket move a clock (see ``aftersales_sla_clock_flow.py``); users read it and
    write down why it was late.
    """

    _name = "aftersales.sla.clock"
    _description = "SLA Clock"
    _inherit = ["aftersales.bulk.mixin"]
    _order = "date_deadline, id"
    _check_company_auto = True
    # The engine makes them, by the thousand; the log says when and why.
    _log_access = False

    ticket_id = fields.Many2one(
        "aftersales.ticket",
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
        readonly=True,
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    target_id = fields.Many2one(
        "aftersales.sla.target", required=True, ondelete="restrict", readonly=True
    )
    policy_id = fields.Many2one(related="target_id.policy_id", store=True, precompute=True)
    kind = fields.Selection(CLOCK_KINDS, required=True, readonly=True)
    round = fields.Integer(
        readonly=True,
        aggregator=None,
        help="0 for the first time, then one more for each reopening of the ticket.",
    )
    state = fields.Selection(
        string="Status",
        selection=[
            ("running", "Running"),
            ("paused", "Paused"),
            ("reached", "Kept"),
            ("breached", "Broken"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="running",
        readonly=True,
        group_expand=True,
    )
    duration = fields.Integer(string="Promised", readonly=True, aggregator=None)
    duration_unit = fields.Selection(DURATION_UNITS, string="Unit", readonly=True)
    warning_percent = fields.Integer(readonly=True, aggregator=None)
    calendar_id = fields.Many2one(
        "resource.calendar",
        string="Working Hours",
        readonly=True,
        help="The working hours the clock runs in; empty: round the clock.",
    )
    hours_id = fields.Many2one(
        "aftersales.sla.hours",
        string="Hours then",
        readonly=True,
        help="The working hours and holidays that the deadline was computed with.",
    )
    counted_in = fields.Char(compute="_compute_counted_in")
    date_start = fields.Datetime(string="Started", required=True, readonly=True)
    date_deadline = fields.Datetime(string="Deadline", readonly=True)
    date_warning = fields.Datetime(string="Warning Due", readonly=True)
    date_warned = fields.Datetime(string="Warned", readonly=True)
    date_breached = fields.Datetime(string="Broken", readonly=True)
    date_reached = fields.Datetime(string="Reached", readonly=True)
    date_ended = fields.Datetime(
        string="Ended",
        readonly=True,
        help="Reached, or no longer needed: nothing moves it any more.",
    )
    paused_since = fields.Datetime(readonly=True)
    date_next_action = fields.Datetime(
        readonly=True,
        help="When the clock is looked at next: warning, breach or the next step of escalation.",
    )
    breach_reason = fields.Text(
        string="Reason for the Breach", help="Why the promise was not kept (S05)."
    )
    last_error = fields.Text(readonly=True, help="Why the last escalation failed.")
    log_ids = fields.One2many("aftersales.sla.clock.log", "clock_id", readonly=True)
    team_id = fields.Many2one(related="ticket_id.team_id", store=True, precompute=True)
    technician_id = fields.Many2one(
        related="ticket_id.technician_id", store=True, precompute=True, index="btree_not_null"
    )
    partner_id = fields.Many2one(
        "res.partner",
        compute="_compute_parties",
        store=True,
        precompute=True,
        index="btree_not_null",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Agent",
        compute="_compute_parties",
        store=True,
        precompute=True,
        index="btree_not_null",
    )
    document_name = fields.Char(string="About", compute="_compute_document_name")
    ticket_type = fields.Selection(related="ticket_id.type", store=True, precompute=True)
    remaining_seconds = fields.Float(
        compute="_compute_remaining",
        help="Until the deadline by the wall clock; negative when late.",
    )
    remaining = fields.Char(compute="_compute_remaining")
    is_open = fields.Boolean(compute="_compute_is_open", search="_search_is_open")
    is_late = fields.Boolean(compute="_compute_is_late", search="_search_is_late")
    is_warning = fields.Boolean(compute="_compute_remaining")

    # That a clock is about one document is checked by the database where there are several kinds:
    # a check here would refuse those of other addons each time this one is updated alone.
    _kind_uniq = models.UniqueIndex(
        "(ticket_id, kind, round) WHERE state != 'cancelled'",
        "A ticket has one clock of each kind.",
    )
    _next_action_idx = models.Index("(date_next_action) WHERE date_next_action IS NOT NULL")
    _open_idx = models.Index("(date_deadline) WHERE date_ended IS NULL")
    _hours_idx = models.Index("(calendar_id, ticket_id) WHERE date_ended IS NULL")

    # What the clock is about: a ticket here; addons with other documents extend these.

    @api.depends("ticket_id.partner_id", "ticket_id.user_id")
    def _compute_parties(self):
        for clock in self:
            vals = clock._get_document()._prepare_sla_clock_vals()
            clock.partner_id = vals["partner_id"]
            clock.user_id = vals["user_id"]

    @api.depends("ticket_id.display_name")
    def _compute_document_name(self):
        for clock in self:
            clock.document_name = clock._get_document().display_name

    @api.depends("kind", "ticket_id.name")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for clock in self:
            clock.display_name = f"{clock._get_document().name}: {kinds.get(clock.kind, '')}"

    @api.depends("calendar_id")
    def _compute_counted_in(self):
        for clock in self:
            clock.counted_in = clock.calendar_id.name or self.env._("Round the clock")

    @api.depends("date_ended")
    def _compute_is_open(self):
        for clock in self:
            clock.is_open = not clock.date_ended

    def _search_is_open(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._get_open_domain()

    @api.depends("state", "date_reached", "date_deadline")
    def _compute_is_late(self):
        now = fields.Datetime.now()
        for clock in self:
            due = clock.state == "running" and clock.date_deadline and clock.date_deadline <= now
            clock.is_late = due or (clock.state == "breached")

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        due = Domain("state", "=", "running") & Domain("date_deadline", "<=", fields.Datetime.now())
        return due | Domain("state", "=", "breached")

    @api.depends("state", "date_deadline", "date_reached", "date_warning", "date_ended")
    def _compute_remaining(self):
        now = fields.Datetime.now()
        for clock in self:
            moment = clock.date_reached or now
            seconds = (clock.date_deadline - moment).total_seconds() if clock.date_deadline else 0.0
            clock.remaining_seconds = 0.0 if clock.state == "cancelled" else seconds
            clock.remaining = clock._describe_remaining(seconds)
            clock.is_warning = bool(
                clock.state == "running"
                and seconds > 0
                and clock.date_warning
                and clock.date_warning <= now
            )

    def _describe_remaining(self, seconds):
        """Return "2 h 5 min left" or "1 d 3 h late" in the user's language."""
        self.ensure_one()
        if self.state == "cancelled":
            return self.env._("no longer needed")
        if self.date_ended and not self.date_reached:
            return self.env._("never reached")
        if self.state == "paused":
            return self.env._("stands still")
        days, hours, minutes = describe_seconds(seconds)
        if days:
            text = self.env._("%(days)s d %(hours)s h", days=days, hours=hours)
        elif hours:
            text = self.env._("%(hours)s h %(minutes)s min", hours=hours, minutes=minutes)
        else:
            text = self.env._("%(minutes)s min", minutes=minutes)
        if self.date_reached:
            return self.env._("%s late", text) if seconds < 0 else self.env._("%s early", text)
        return self.env._("%s late", text) if seconds < 0 else self.env._("%s left", text)

    @api.model_create_multi
    def create(self, vals_list):
        self._check_engine()
        return super().create(vals_list)

    def write(self, vals):
        if not vals.keys() <= self._get_user_fields():
            self._check_engine()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_by_engine(self):
        self._check_engine()

    def action_view_ticket(self):
        """Open what the clock is about: its ticket, or another document (S08)."""
        self.ensure_one()
        document = self._get_document()
        return {
            "type": "ir.actions.act_window",
            "res_model": document._name,
            "res_id": document.id,
            "view_mode": "form",
        }

    def _get_document(self):
        """Return the record the promise was made for."""
        self.ensure_one()
        return self.ticket_id

    @api.model
    def _get_user_fields(self):
        """Return the names of the fields that users fill in; all others belong to the engine."""
        return {"breach_reason"}

    def _check_engine(self):
        """Raise AccessError unless the engine (superuser mode) is at work."""
        if not self.env.su:
            raise AccessError(
                self.env._(
                    "%(clock)s: clocks follow what happens to the document and are not changed by "
                    "hand. Only the reason for a breach can be written.",
                    clock=self[:1].display_name or self.env._("SLA clock"),
                )
            )

    @api.model
    def _get_open_domain(self):
        """Domain of the clocks whose event has not come yet and is still wanted."""
        return Domain("date_ended", "=", False)

    @api.model
    def _flag_stale(self, domain):
        """Have the deadlines of the open clocks in ``domain`` computed again soon (S06)."""
        self.env["aftersales.sla.sweep"]._add(clocks=domain)

    @api.model
    def _cron_recompute(self, batch_size=500):
        """Compute the deadlines that changes of hours and policies touch, in batches, resumable
        (S06).
        """
        self.env["aftersales.sla.sweep"]._run(batch_size)
