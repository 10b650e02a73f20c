from odoo import api, fields, models
from odoo.fields import Domain

from .aftersales_ticket import CHANNELS, TICKET_TYPES


class AftersalesSlaPolicy(models.Model):
    """What is promised to which tickets: the first policy of the list that fits applies (S01)."""

    _name = "aftersales.sla.policy"
    _description = "SLA Policy"
    _inherit = ["mail.thread"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(
        default=15,
        help="The policy with the lowest number that fits a ticket applies; with equal numbers the "
        "one with more conditions.",
    )
    company_id = fields.Many2one(
        "res.company", index="btree_not_null", help="Empty: used by all companies."
    )
    description = fields.Text(
        translate=True, help="Where the promise comes from, in words for the agents."
    )
    type_enquiry = fields.Boolean("Enquiries")
    type_fault = fields.Boolean("Faults")
    type_complaint = fields.Boolean("Complaints")
    type_installation = fields.Boolean("Installations")
    type_preventive = fields.Boolean("Preventive Maintenance")
    type_return = fields.Boolean("Returns / Exchanges")
    type_training = fields.Boolean("Training")
    type_other = fields.Boolean("Other Matters")
    channel = fields.Selection(CHANNELS, help="Empty: every channel.")
    emergency = fields.Selection(
        [("any", "Emergencies or not"), ("yes", "Emergencies only"), ("no", "No emergencies")],
        default="any",
        required=True,
    )
    priority = fields.Selection(
        [("0", "Normal or higher"), ("1", "High or urgent"), ("2", "Urgent only")],
        string="Priority at Least",
        default="0",
        required=True,
    )
    service_category = fields.Selection(
        selection=lambda self: self.env["aftersales.ticket"]._fields["service_category"].selection,
        help="Who pays for the service. Empty: every category.",
    )
    team_ids = fields.Many2many("aftersales.team", string="Teams", help="Empty: every team.")
    zone_match = fields.Selection(
        [("any", "In every zone"), ("in", "Inside these zones"), ("out", "Outside these zones")],
        string="Where",
        default="any",
        required=True,
    )
    zone_ids = fields.Many2many("aftersales.zone", string="Zones")
    partner_category_ids = fields.Many2many(
        "res.partner.category",
        string="Customer Tags",
        help="The customer has one of them. Empty: every customer.",
    )
    target_ids = fields.One2many("aftersales.sla.target", "policy_id", string="Targets", copy=True)
    needs_zones = fields.Boolean(compute="_compute_needs_zones")
    open_clock_count = fields.Integer(compute="_compute_open_clock_count")

    @api.depends("zone_match", "zone_ids")
    def _compute_needs_zones(self):
        for policy in self:
            policy.needs_zones = policy.zone_match != "any" and not policy.zone_ids

    def _compute_open_clock_count(self):
        clocks = self.env["aftersales.sla.clock"]
        groups = clocks._read_group(
            [("policy_id", "in", self.ids), *clocks._get_open_domain()], ["policy_id"], ["__count"]
        )
        counts = dict(groups)
        for policy in self:
            policy.open_clock_count = counts.get(policy, 0)

    def copy_data(self, default=None):
        vals_list = super().copy_data(default=default)
        return [
            dict(vals, name=self.env._("%s (copy)", policy.name))
            for policy, vals in zip(self, vals_list, strict=True)
        ]

    @api.model_create_multi
    def create(self, vals_list):
        policies = super().create(vals_list)
        policies._flag_open_tickets()
        return policies

    def write(self, vals):
        result = super().write(vals)
        decisive = {"active", "sequence", "company_id"} | self._get_condition_fields()
        if decisive & vals.keys():
            self._flag_open_tickets()
        return result

    def _flag_open_tickets(self):
        """Other policies may fit now: the promises of open tickets are looked at again."""
        shared = any(not policy.company_id for policy in self)
        companies = Domain("company_id", "in", self.company_id.ids)
        # Also tickets that nothing was promised for so far.
        self.env["aftersales.sla.sweep"]._add(documents=Domain.TRUE if shared else companies)

    def action_view_clocks(self):
        """Open the clocks that run under the policies."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_sla_clock_action"
        )
        return dict(action, domain=[("policy_id", "in", self.ids)])

    @api.model
    def _get_condition_fields(self):
        """Return the names of the fields that decide which tickets a policy fits."""
        return {
            *(f"type_{key}" for key, _label in TICKET_TYPES),
            "channel",
            "emergency",
            "priority",
            "service_category",
            "team_ids",
            "zone_match",
            "zone_ids",
            "partner_category_ids",
        }

    def _get_types(self):
        """Return the set of ticket types the policy is limited to; empty means every type."""
        self.ensure_one()
        return {key for key, _label in TICKET_TYPES if self[f"type_{key}"]}

    def _get_conditions(self):
        """Return [(label, function of a ticket → bool)]: only the conditions the policy asks for.

        Contracts and partners add their own conditions here (S01).
        """
        self.ensure_one()
        labels = {
            name: self._fields[name].get_description(self.env, ["string"])["string"]
            for name in (
                "channel",
                "emergency",
                "priority",
                "service_category",
                "team_ids",
                "zone_ids",
            )
        }
        types = self._get_types()
        zones, tags = self.zone_ids, self.partner_category_ids
        asked = [
            (types, self.env._("Type"), lambda t: t.type in types),
            (self.channel, labels["channel"], lambda t: t.channel == self.channel),
            (
                self.emergency != "any",
                labels["emergency"],
                lambda t: t.emergency == (self.emergency == "yes"),
            ),
            (self.priority != "0", labels["priority"], lambda t: t.priority >= self.priority),
            (
                self.service_category,
                labels["service_category"],
                lambda t: t.service_category == self.service_category,
            ),
            (self.team_ids, labels["team_ids"], lambda t: t.team_id in self.team_ids),
            (self.zone_match == "in", labels["zone_ids"], lambda t: t.zone_id in zones),
            # Without zones to be outside of, nothing is promised yet: the preset waits for them.
            (
                self.zone_match == "out",
                labels["zone_ids"],
                lambda t: zones and t.zone_id not in zones,
            ),
            (
                tags,
                self.env._("Customer tags"),
                lambda t: (
                    t.partner_id.commercial_partner_id.category_id & tags
                    or t.partner_id.category_id & tags
                ),
            ),
        ]
        return [(label, fits) for wanted, label, fits in asked if wanted]

    @api.model
    def _get_candidates(self, companies):
        """Return {company: [(policy, conditions)]}: the active policies in the order they are
        tried.
        """
        policies = self.search([("company_id", "in", [False, *companies.ids])])
        rows = [(policy, policy._get_conditions()) for policy in policies]
        rows.sort(key=lambda row: (row[0].sequence, -len(row[1]), row[0].id))
        return {
            company: [row for row in rows if row[0].company_id in (company, company.browse())]
            for company in companies
        }

    @api.model
    def _match_tickets(self, tickets):
        """Return {ticket: (policy, reason)}: what applies, and why, in the user's language.

        An empty policy means that nothing is promised. Queries do not grow with the tickets.
        """
        candidates = self._get_candidates(tickets.company_id)
        result = {}
        for ticket in tickets:
            result[ticket] = (
                self.browse(),
                self.env._("No SLA policy fits this ticket: nothing is promised."),
            )
            for policy, conditions in candidates[ticket.company_id]:
                if all(fits(ticket) for _label, fits in conditions):
                    result[ticket] = (
                        policy,
                        policy._explain_match([label for label, _fits in conditions]),
                    )
                    break
        return result

    def _explain_match(self, labels):
        """Return the sentence that says why the policy applies."""
        self.ensure_one()
        if not labels:
            return self.env._("“%(policy)s” applies: it is for all tickets.", policy=self.name)
        return self.env._(
            "“%(policy)s” applies: it is the first policy that fits. It asks for: %(conditions)s.",
            policy=self.name,
            conditions=", ".join(labels),
        )
