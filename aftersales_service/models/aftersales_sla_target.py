from collections import namedtuple

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

CLOCK_KINDS = [
    ("first_response", "First response"),
    ("technician_contact", "Technician calls customer"),
    ("answer", "Answer"),
    ("on_site", "Technician on site"),
    ("phone_solution", "Solution by phone"),
    ("solution", "Solution"),
    ("sample_result", "Test result of the sample"),
    ("close", "Closing"),
]
DURATION_UNITS = [
    ("minute", "Minutes"),
    ("hour", "Hours"),
    ("day", "Days"),
    ("month", "Calendar months"),
]

# What a deadline is computed from: all of it is kept in the clock's log (S06).
SlaPromise = namedtuple("SlaPromise", "duration unit calendar company warning_percent")


class AftersalesSlaTarget(models.Model):
    """One promise of a policy: what, by when, counted in which hours (S01)."""

    _name = "aftersales.sla.target"
    _description = "SLA Target"
    _order = "policy_id, sequence, id"
    _check_company_auto = True

    policy_id = fields.Many2one(
        "aftersales.sla.policy", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="policy_id.company_id", store=True, index="btree_not_null")
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        CLOCK_KINDS,
        string="Promise",
        required=True,
        help="First response: the call is taken, or the first message goes to the customer.\n"
        "Technician calls customer: the technician spoke with the customer.\n"
        "Answer: the customer has our answer in the matter.\n"
        "Technician on site: a technician arrived.\n"
        "Solution by phone: solved without a visit; dropped when a visit is planned.\n"
        "Solution: the ticket is solved. Closed: the ticket is closed.\n"
        "Test result of the sample: counted from the day the sample came in.",
    )
    duration = fields.Integer(string="Within", required=True, default=1)
    duration_unit = fields.Selection(DURATION_UNITS, string="Unit", required=True, default="hour")
    calendar_mode = fields.Selection(
        [
            ("team", "Team's working hours"),
            ("own", "Own working hours"),
            ("always", "Round the clock"),
        ],
        string="Counted in",
        required=True,
        default="team",
    )
    resource_calendar_id = fields.Many2one(
        "resource.calendar",
        string="Working Hours",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    warning_percent = fields.Integer(
        string="Warn at (%)",
        default=80,
        required=True,
        help="Share of the promised time that is used up.",
    )
    pause_in_waiting = fields.Boolean(
        string="Pause in Waiting Stages",
        default=True,
        help="The clock stands still while we wait for somebody else.",
    )
    pause_stage_ids = fields.Many2many("aftersales.ticket.stage", string="Pause also in")
    reason_required = fields.Boolean(
        string="Breach Needs a Reason",
        default=True,
        help="A ticket that broke this promise is closed only with a reason (S05).",
    )
    escalation_ids = fields.One2many(
        "aftersales.sla.escalation", "target_id", string="Escalation Steps", copy=True
    )
    escalation_count = fields.Integer(compute="_compute_escalation_count")

    _kind_uniq = models.UniqueIndex(
        "(policy_id, kind)",
        "SLA policy: two promises are of the same kind (“Promise”). Keep one of them, or choose "
        "another kind.",
    )
    _duration_positive = models.Constraint(
        "CHECK(duration > 0)",
        "SLA policy: a promise has no time (“Within”). Enter a number above 0.",
    )
    _duration_possible = models.Constraint(
        "CHECK(duration_unit = 'minute' AND duration <= 525600"
        " OR duration_unit = 'hour' AND duration <= 8760"
        " OR duration_unit = 'day' AND duration <= 1000"
        " OR duration_unit = 'month' AND duration <= 120)",
        "SLA policy: the time of a promise (“Within”) is too long. Promise at most a year in "
        "minutes or hours, 1000 days, or 120 months.",
    )
    _warning_range = models.Constraint(
        "CHECK(warning_percent > 0 AND warning_percent <= 100)",
        "SLA policy: a promise warns (“Warn at”) between 1 and 100 % of its time.",
    )

    @api.depends("escalation_ids")
    def _compute_escalation_count(self):
        for target in self:
            target.escalation_count = len(target.escalation_ids)

    @api.depends("kind", "duration", "duration_unit", "policy_id.name")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for target in self:
            target.display_name = self.env._(
                "%(kind)s within %(promise)s",
                kind=kinds.get(target.kind, ""),
                promise=target._describe_promise(),
            )

    @api.constrains("calendar_mode", "resource_calendar_id", "policy_id")
    def _check_calendar(self):
        self.policy_id._check_companies()
        for target in self.filtered(lambda t: t.calendar_mode == "own"):
            if not target.resource_calendar_id.attendance_ids:
                raise ValidationError(
                    self.env._(
                        "%(policy)s, %(target)s: choose working hours that have at least one "
                        "working period, or count round the clock.",
                        policy=target.policy_id.name,
                        target=target.display_name,
                    )
                )

    @api.constrains("pause_stage_ids", "policy_id")
    def _check_pause_stages(self):
        """A clock never comes into a stage that is only for teams the policy is not for."""
        for target in self:
            # sudo: teams of other companies may share the stage.
            policy, stages = target.policy_id.sudo(), target.pause_stage_ids.sudo()
            companies = (policy.company_id, policy.company_id.browse())
            for stage in stages.filtered("team_ids"):
                teams = policy.team_ids & stage.team_ids if policy.team_ids else stage.team_ids
                if policy.company_id:
                    teams = teams.filtered(lambda t, known=companies: t.company_id in known)
                if not teams:
                    raise ValidationError(
                        self.env._(
                            "%(policy)s, %(target)s: tickets under it never come to “%(stage)s”, "
                            "which is a stage of %(teams)s. Choose another stage to pause in.",
                            policy=policy.name,
                            target=target.display_name,
                            stage=stage.name,
                            teams=", ".join(stage.team_ids.mapped("name")),
                        )
                    )

    @api.model_create_multi
    def create(self, vals_list):
        targets = super().create(vals_list)
        targets._sweep_documents()
        return targets

    def write(self, vals):
        result = super().write(vals)
        if self._get_promise_fields() & vals.keys():
            self._sweep_documents()
        return result

    @api.model
    def _get_promise_fields(self):
        """Return the names of the fields whose change moves deadlines of open documents (S06)."""
        return {
            "policy_id",
            "kind",
            "duration",
            "duration_unit",
            "calendar_mode",
            "resource_calendar_id",
            "warning_percent",
            "pause_in_waiting",
            "pause_stage_ids",
        }

    def _sweep_documents(self):
        """The promises of open documents under these policies are computed again soon (S06)."""
        policies = Domain("sla_policy_id", "in", self.policy_id.ids)
        self.env["aftersales.sla.sweep"]._add(documents=policies)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if (
            # sudo: clocks of other companies keep the target as well.
            self.env["aftersales.sla.clock"]
            .sudo()
            .search_count([("target_id", "in", self.ids)], limit=1)
        ):
            raise ValidationError(
                self.env._(
                    "%(target)s has clocks of tickets, which are kept. Archive its policy and make "
                    "another one.",
                    target=self[0].display_name,
                )
            )

    def action_edit_escalation(self):
        """Open the target with its escalation steps."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def _describe_promise(self):
        """Return "4 hours" in the user's language."""
        self.ensure_one()
        more = self.duration != 1
        texts = {
            "minute": self.env._("%s min", self.duration),
            "hour": self.env._("%s h", self.duration),
            "day": self.env._("%s days", self.duration) if more else self.env._("1 day"),
            "month": self.env._("%s months", self.duration) if more else self.env._("1 month"),
        }
        return texts.get(self.duration_unit, "")

    def _describe(self):
        """Return "First response within 10 min (round the clock)" in the user's language."""
        self.ensure_one()
        if self.duration_unit == "month":
            return self.display_name
        return self.env._(
            "%(promise)s (%(hours)s)", promise=self.display_name, hours=self._describe_hours()
        )

    def _describe_hours(self):
        """Return the hours that the promise counts in: "round the clock"."""
        self.ensure_one()
        return {
            "team": self.env._("team's working hours"),
            "own": self.resource_calendar_id.name or self.env._("own working hours"),
            "always": self.env._("round the clock"),
        }[self.calendar_mode]

    def _get_promise(self, document):
        """Return the :class:`SlaPromise` of the target for ``document``: the hours of those who
        work on it are known now.
        """
        self.ensure_one()
        calendar = {
            "team": document._get_sla_calendar(),
            "own": self.resource_calendar_id,
            "always": self.resource_calendar_id.browse(),
        }[self.calendar_mode]
        return SlaPromise(
            self.duration, self.duration_unit, calendar, document.company_id, self.warning_percent
        )

    def _pauses_in(self, stage):
        """Whether the target's clock stands still in ``stage``."""
        self.ensure_one()
        return bool((self.pause_in_waiting and stage.is_waiting) or stage in self.pause_stage_ids)
