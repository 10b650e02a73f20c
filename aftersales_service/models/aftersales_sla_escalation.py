from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from .aftersales_sla_target import SlaPromise


class AftersalesSlaEscalation(models.Model):
    """One rung of a target's ladder: when it is climbed, who is told, what changes (S04)."""

    _name = "aftersales.sla.escalation"
    _description = "SLA Escalation Step"
    _order = "target_id, sequence, id"

    target_id = fields.Many2one(
        "aftersales.sla.target", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="target_id.company_id", store=True, index="btree_not_null")
    sequence = fields.Integer(default=10)
    trigger = fields.Selection(
        [
            ("warning", "At the warning"),
            ("percent", "At a share of the time"),
            ("breach", "At the breach"),
            ("after", "Hours after the breach"),
        ],
        string="When",
        required=True,
        default="breach",
    )
    percent = fields.Integer(
        string="At (%)", default=50, help="Share of the promised time that is used up."
    )
    delay_hours = fields.Float(string="Hours", default=0.0)
    delay_mode = fields.Selection(
        [("wall", "by the clock"), ("working", "of working time")],
        string="Hours Counted",
        required=True,
        default="wall",
        help="Hours after the breach by the clock on the wall, or in the working hours that the "
        "promise itself is counted in.",
    )
    recipient = fields.Selection(
        [
            ("agent", "Agent"),
            ("technician", "Technician"),
            ("leader", "Team leader"),
            ("head", "Department head"),
            ("managers", "Service managers"),
            ("leaders", "Company leaders"),
            ("user", "A certain person"),
        ],
        string="Tell",
        required=True,
        default="leader",
        help="Department head: of the technician, else of the agent, else of the team.\n"
        "Company leaders: named in the settings of after-sales.\n"
        "Where there is nobody (no leader, no technician with a login) or all are away, the "
        "service managers are told.",
    )
    user_id = fields.Many2one("res.users", string="Person", domain="[('share', '=', False)]")
    make_activity = fields.Boolean(
        string="To-do", default=True, help="The person told gets a to-do on the document."
    )
    send_digest = fields.Boolean(
        string="Digest",
        default=True,
        help="It is in the message that the person told gets, one for all that is due.",
    )
    raise_priority = fields.Boolean(help="One step, up to urgent.")
    reassign = fields.Boolean(
        string="Hand over",
        help="The person told becomes responsible: who works now before who is off duty, never "
        "somebody who is away.",
    )
    note = fields.Char(
        string="What to Do", translate=True, help="Shown to the person told, e.g. “Offer a loaner”."
    )

    _delay_positive = models.Constraint(
        "CHECK(delay_hours >= 0 AND delay_hours <= 8760)",
        "Escalation step: the hours after the breach (“Hours”) cannot be negative, nor more than a "
        "year. Enter a number from 0 to 8760.",
    )
    _percent_range = models.Constraint(
        "CHECK(trigger != 'percent' OR (percent > 0 AND percent < 100))",
        "Escalation step: the share of the time (“At (%)”) lies between 1 and 99 %. For 100 % "
        "choose “At the breach”.",
    )

    @api.depends("trigger", "percent", "delay_hours", "delay_mode", "recipient", "user_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        people = dict(self._fields["recipient"]._description_selection(self.env))
        for step in self:
            step.display_name = self.env._(
                "%(when)s: %(who)s",
                when=step._describe_moment(),
                who=step.user_id.name or people.get(step.recipient, ""),
            )

    @api.constrains("recipient", "user_id")
    def _check_user_id(self):
        for step in self:
            if step.recipient == "user" and not step.user_id:
                raise ValidationError(
                    self.env._(
                        "%(target)s: choose the person of the escalation step.",
                        target=step.target_id.display_name,
                    )
                )
        told = self.filtered(lambda s: s.recipient == "user")
        told._check_person_works_here()
        told._check_person_company()

    def _check_person_works_here(self):
        """Raise ValidationError for a person who can be told nothing: archived, or a customer."""
        for step in self:
            # sudo: whether somebody works here, not who they are.
            user = step.user_id.sudo()
            if user.share or not user.active:
                raise ValidationError(
                    self.env._(
                        "%(target)s: %(person)s is archived or no employee, and would never be "
                        "told. Choose somebody who works here.",
                        target=step.target_id.display_name,
                        person=user.name,
                    )
                )

    def _check_person_company(self):
        """Raise ValidationError for a person who does not see the documents of the company that
        the policy is for.
        """
        for step in self.filtered(lambda s: s.recipient == "user" and s.company_id):
            # sudo: as above; the names only.
            user, company = step.user_id.sudo(), step.company_id.sudo()
            if company not in user.company_ids:
                raise ValidationError(
                    self.env._(
                        "%(target)s: %(person)s does not work for %(company)s, which the policy is "
                        "for. Choose somebody else, or give them access to the company.",
                        target=step.target_id.display_name,
                        person=user.name,
                        company=company.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        steps = super().create(vals_list)
        steps._reschedule_clocks()
        return steps

    def write(self, vals):
        result = super().write(vals)
        if {"trigger", "percent", "delay_hours", "delay_mode"} & vals.keys():
            self._reschedule_clocks()
        return result

    def _reschedule_clocks(self):
        """Steps changed: open clocks look again when their next one is due."""
        # A policy may be shared: clocks of companies that the manager does not see follow it too.
        clocks = self.env["aftersales.sla.clock"].sudo()
        open_clocks = clocks.search(
            clocks._get_open_domain() & Domain("target_id", "in", self.target_id.ids)
        )
        open_clocks._skip_passed_steps(self)
        open_clocks._schedule_next_action()

    def _describe_moment(self):
        """Return "At 75 %" or "4 h after the breach" in the user's language."""
        self.ensure_one()
        hours = f"{self.delay_hours:g}"
        if self.trigger == "after" and self.delay_mode == "working":
            return self.env._("%s working hours after the breach", hours)
        return {
            "warning": self.env._("At the warning"),
            "percent": self.env._("At %s %%", self.percent),
            "breach": self.env._("At the breach"),
            "after": self.env._("%s h after the breach", hours),
        }.get(self.trigger, "")

    def _get_step_promise(self, clock):
        """Return the :class:`SlaPromise` whose share (``percent``) or end (``after``) is the moment
        of the step; None when no working hours have to be asked.
        """
        self.ensure_one()
        if self.trigger == "percent":
            return clock._get_own_promise()._replace(warning_percent=self.percent)
        if self.trigger == "after" and self.delay_mode == "working" and clock.calendar_id:
            minutes = round(self.delay_hours * 60)
            return SlaPromise(minutes, "minute", clock.calendar_id, clock.company_id, 100)
        return None

    def _get_plain_date(self, clock, breach):
        """Return the moment of the step by the clock on the wall; ``breach`` is when the promise
        is or was broken.
        """
        self.ensure_one()
        if self.trigger == "warning":
            return clock.date_warning
        return breach + timedelta(hours=self.delay_hours if self.trigger == "after" else 0)

    @api.model
    def _get_told_users(self, pairs):
        """Return {(clock, step): users told} for ``pairs`` of them, in few queries.

        Where there is nobody, or nobody who is not away, the service managers are told as well.
        """
        clocks = self.env["aftersales.sla.clock"].union(*(clock for clock, _step in pairs))
        managers = clocks._get_managers(clocks.company_id)
        people = {}
        for clock in clocks:
            # Steps are taken for people of any department and company.
            people[clock] = clock.sudo()._get_document()._get_sla_people()
        found = {}
        for clock, step in pairs:
            company = clock.company_id
            users = {
                **people[clock],
                "managers": managers[company],
                "leaders": company.aftersales_leader_ids,
                "user": step.user_id,
            }[step.recipient]
            found[clock, step] = users.filtered(
                lambda u, c=company: u.active and c in u.company_ids
            )
        everybody = self.env["res.users"].union(*found.values())
        away = everybody._get_sla_away()
        return {
            (clock, step): users if users - away else users | managers[clock.company_id]
            for (clock, step), users in found.items()
        }
