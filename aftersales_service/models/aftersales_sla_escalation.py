from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


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
            ("breach", "At the breach"),
            ("after", "Hours after the breach"),
        ],
        required=True,
        default="breach",
    )
    delay_hours = fields.Float(
        string="Hours", default=0.0, help="By the wall clock, after the breach."
    )
    recipient = fields.Selection(
        [
            ("agent", "Agent of the ticket"),
            ("technician", "Technician of the ticket"),
            ("leader", "Team leader"),
            ("managers", "Service managers"),
            ("user", "A certain person"),
        ],
        required=True,
        default="leader",
        help="Where there is nobody (no leader, no technician with a login), the service managers "
        "are told.",
    )
    user_id = fields.Many2one("res.users", string="Person", domain="[('share', '=', False)]")
    raise_priority = fields.Boolean(help="One step, up to urgent.")
    reassign = fields.Boolean(
        string="Hand over", help="The person told becomes the agent of the ticket."
    )
    note = fields.Char(
        string="What to Do", translate=True, help="Shown to the person told, e.g. “Offer a loaner”."
    )

    _delay_positive = models.Constraint(
        "CHECK(delay_hours >= 0)", "The hours after the breach cannot be negative."
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

    @api.model_create_multi
    def create(self, vals_list):
        steps = super().create(vals_list)
        steps._reschedule_clocks()
        return steps

    def write(self, vals):
        result = super().write(vals)
        if {"trigger", "delay_hours"} & vals.keys():
            self._reschedule_clocks()
        return result

    def _reschedule_clocks(self):
        """Steps changed: open clocks look again when their next one is due."""
        # A policy may be shared: clocks of companies that the manager does not see follow it too.
        clocks = self.env["aftersales.sla.clock"].sudo()
        open_clocks = clocks.search(
            clocks._get_open_domain() & Domain("target_id", "in", self.target_id.ids)
        )
        open_clocks._schedule_next_action()

    def _get_recipients(self, ticket, managers):
        """Return the users told about ``ticket``; ``managers`` stand in where there is nobody."""
        self.ensure_one()
        users = {
            "agent": ticket.user_id,
            "technician": ticket.technician_id.user_id,
            "leader": ticket.team_id.user_id,
            "managers": managers,
            "user": self.user_id,
        }[self.recipient]
        return users.filtered(lambda u: u.active and ticket.company_id in u.company_ids) or managers
