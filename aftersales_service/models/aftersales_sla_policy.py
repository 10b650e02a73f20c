from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from .aftersales_ticket import TICKET_TYPES


class AftersalesSlaPolicy(models.Model):
    """What is promised to which tickets: the first policy of the list that fits applies (S01).

    How one is found, and why, is in ``aftersales_sla_policy_match.py``.
    """

    _name = "aftersales.sla.policy"
    _description = "SLA Policy"
    _inherit = ["mail.thread"]
    _order = "sequence, condition_count desc, id"

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
    applies_to = fields.Selection(
        [("aftersales.ticket", "Tickets")],
        required=True,
        default="aftersales.ticket",
        help="What is promised something.",
    )
    type_enquiry = fields.Boolean("Enquiries")
    type_fault = fields.Boolean("Faults")
    type_complaint = fields.Boolean("Complaints")
    type_installation = fields.Boolean("Installations")
    type_preventive = fields.Boolean("Preventive Maintenance")
    type_return = fields.Boolean("Returns / Exchanges")
    type_training = fields.Boolean("Training")
    type_other = fields.Boolean("Other Matters")
    channel = fields.Selection(
        selection=lambda self: self.env["aftersales.ticket"]._fields["channel"].selection,
        help="Empty: every channel.",
    )
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
    contract_match = fields.Selection(
        [
            ("any", "With or without a contract"),
            ("yes", "Under a service contract"),
            ("no", "Without a service contract"),
        ],
        string="Contract",
        default="any",
        required=True,
        help="Whether a service contract was in force over the asset on the day it failed. A "
        "policy that a contract names itself comes before all others.",
    )
    contract_product_ids = fields.Many2many(
        "product.product",
        "aftersales_sla_policy_contract_product_rel",
        string="Kinds of Contract",
        domain="[('aftersales_service_type', '=', 'contract')]",
        help="The contract was sold as one of these. Empty: every kind of contract.",
    )
    partner_category_ids = fields.Many2many(
        "res.partner.category",
        string="Customer Tags",
        help="The customer has one of them. Empty: every customer.",
    )
    target_ids = fields.One2many("aftersales.sla.target", "policy_id", string="Targets", copy=True)
    needs_zones = fields.Boolean(compute="_compute_needs_zones")
    condition_count = fields.Integer(
        string="Conditions",
        compute="_compute_condition_count",
        store=True,
        help="How much the policy asks for: of two with the same number the stricter is tried "
        "first.",
    )
    scope = fields.Char(string="For", compute="_compute_summary")
    promise = fields.Char(string="Promised", compute="_compute_summary")
    open_clock_count = fields.Integer(compute="_compute_open_clock_count")

    @api.depends("zone_match", "zone_ids")
    def _compute_needs_zones(self):
        for policy in self:
            policy.needs_zones = policy.zone_match != "any" and not policy.zone_ids

    @api.depends(lambda self: sorted(self._get_condition_fields()))
    def _compute_condition_count(self):
        for policy in self:
            policy.condition_count = len(policy._get_conditions())

    @api.depends(
        lambda self: [
            *sorted(self._get_condition_fields()),
            "target_ids.kind",
            "target_ids.duration",
            "target_ids.duration_unit",
            "target_ids.calendar_mode",
            "target_ids.resource_calendar_id",
        ]
    )
    @api.depends_context("lang")
    def _compute_summary(self):
        for policy in self:
            policy.scope = policy._describe_scope()
            policy.promise = "; ".join(
                target._describe() for target in policy.target_ids if target.kind
            )

    def _compute_open_clock_count(self):
        clocks = self.env["aftersales.sla.clock"]
        groups = clocks._read_group(
            [("policy_id", "in", self.ids), *clocks._get_open_domain()], ["policy_id"], ["__count"]
        )
        counts = dict(groups)
        for policy in self:
            policy.open_clock_count = counts.get(policy, 0)

    @api.constrains("company_id", "team_ids", "zone_ids")
    def _check_companies(self):
        """A policy of one company names nothing of another; a shared one may name anything."""
        for policy in self.filtered("company_id"):
            # sudo: company and name only, as Odoo's own check of companies tells them.
            named = [*policy.sudo().team_ids, *policy.sudo().zone_ids]
            hours = policy.sudo().target_ids.resource_calendar_id
            for record in [*named, *hours]:
                if record.company_id not in (policy.company_id, self.env["res.company"]):
                    raise ValidationError(
                        self.env._(
                            "%(policy)s is a policy of %(company)s, but “%(record)s” belongs to "
                            "%(other)s. Take it out, or leave the policy's company empty.",
                            policy=policy.name,
                            company=policy.company_id.name,
                            record=record.display_name,
                            other=record.company_id.name,
                        )
                    )
        # sudo: as above.
        targets = self.sudo().target_ids
        targets._check_pause_stages()
        targets.escalation_ids._check_person_company()

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
            "applies_to",
            *(f"type_{key}" for key, _label in TICKET_TYPES),
            "channel",
            "emergency",
            "priority",
            "service_category",
            "team_ids",
            "zone_match",
            "zone_ids",
            "contract_match",
            "contract_product_ids",
            "partner_category_ids",
        }

    def _get_types(self):
        """Return the set of ticket types the policy is limited to; empty means every type."""
        self.ensure_one()
        return {key for key, _label in TICKET_TYPES if self[f"type_{key}"]}
