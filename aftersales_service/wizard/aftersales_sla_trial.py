from odoo import api, fields, models

from ..models.aftersales_ticket import TICKET_TYPES


class AftersalesSlaTrial(models.TransientModel):
    """Which policy would apply? Tries the policies on a ticket that is only thought of (S01).

    The answer is worked out while one chooses. Nothing is kept.
    """

    _name = "aftersales.sla.trial"
    _description = "Which SLA Policy Applies?"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    type = fields.Selection(TICKET_TYPES, required=True, default="fault")
    channel = fields.Selection(
        selection=lambda self: self.env["aftersales.ticket"]._fields["channel"].selection,
        required=True,
        default="phone",
    )
    emergency = fields.Boolean()
    priority = fields.Selection(
        selection=lambda self: self.env["aftersales.ticket"]._fields["priority"].selection,
        required=True,
        default="0",
    )
    partner_id = fields.Many2one("res.partner", string="Customer")
    asset_id = fields.Many2one(
        "aftersales.asset", check_company=True, domain="[('partner_id', '=?', partner_id)]"
    )
    zone_id = fields.Many2one(
        "aftersales.zone", compute="_compute_zone_id", store=True, readonly=False
    )
    team_id = fields.Many2one(
        "aftersales.team", check_company=True, help="Empty: the team that would get the ticket."
    )
    service_category = fields.Selection(
        selection=lambda self: self.env["aftersales.ticket"]._fields["service_category"].selection,
        string="Who Pays",
        help="Empty: as the asset's cover says.",
    )
    contract_id = fields.Many2one(
        "aftersales.contract",
        string="Service Contract",
        check_company=True,
        compute="_compute_contract_id",
        store=True,
        readonly=False,
    )
    policy_id = fields.Many2one("aftersales.sla.policy", compute="_compute_answer")
    answer = fields.Html(compute="_compute_answer", sanitize=False)

    @api.depends("partner_id", "asset_id")
    def _compute_zone_id(self):
        for trial in self:
            site = trial.asset_id.site_id or trial.partner_id
            zones = self.env["aftersales.zone"]._get_zones_of(site._origin)
            trial.zone_id = zones.get(site._origin) or trial.zone_id

    @api.depends("asset_id")
    def _compute_contract_id(self):
        for trial in self:
            ticket = trial._make_ticket(asset_id=trial.asset_id._origin.id)
            ticket._find_contract()
            trial.contract_id = ticket.contract_id or trial.contract_id

    @api.depends(lambda self: self._get_facts())
    @api.depends_context("lang", "tz")
    def _compute_answer(self):
        for trial in self:
            values = trial._prepare_answer_values()
            trial.policy_id = values["policy"]
            trial.answer = self.env["ir.qweb"]._render(
                "aftersales_service.aftersales_sla_trial_answer", values
            )

    @api.model
    def _get_facts(self):
        """Return the names of the fields that a policy may ask for; addons add theirs."""
        return [
            "company_id",
            "type",
            "channel",
            "emergency",
            "priority",
            "partner_id",
            "asset_id",
            "zone_id",
            "team_id",
            "service_category",
            "contract_id",
        ]

    def _make_ticket(self, **values):
        """Return a ticket that exists in memory only."""
        return self.env["aftersales.ticket"].new(
            {
                "company_id": self.company_id.id or self.env.company.id,
                "date_open": fields.Datetime.now(),
                "date_failure": fields.Date.context_today(self),
                "stage_id": self.env["aftersales.ticket"]._get_stage("open").id,
                **values,
            }
        )

    def _prepare_ticket_vals(self):
        """Return the values of the ticket that is thought of."""
        self.ensure_one()
        vals = {}
        for name in self._get_facts():
            value = self[name]
            vals[name] = value._origin.id if isinstance(value, models.BaseModel) else value
        if not vals["partner_id"]:
            vals["partner_id"] = self.asset_id._origin.partner_id.id
        return vals

    def _get_ticket(self):
        """Return the ticket that is thought of, with the team it would get."""
        ticket = self._make_ticket(**self._prepare_ticket_vals())
        if not ticket.team_id:
            teams = self.env["aftersales.team"]._get_default_teams(ticket)
            ticket.team_id = teams.get(ticket, False)
        return ticket

    def _get_document(self):
        """Return the document that is thought of: a ticket, or what addons add (S08)."""
        return self._get_ticket()

    def _get_notes(self, document):
        """Return the sentences about how the promises to ``document`` are counted."""
        team = document.team_id
        if not team:
            return []
        return [
            self.env._(
                "Counted in the hours of the team “%s” where the promise says so.",
                team.display_name,
            )
        ]

    @api.model
    def _get_beginnings(self):
        """Return {kind: what it is counted from} of promises that do not begin when the document
        comes in; addons add theirs.
        """
        return {"sample_result": self.env._("counted from the day the sample comes in")}

    def _prepare_answer_values(self):
        """Return what the template shows: the policy, why, the deadlines, the earlier ones."""
        document = self._get_document()
        answer = self.env["aftersales.sla.policy"]._try_policies(document)
        now = fields.Datetime.now()
        targets, beginnings = answer["policy"].target_ids, self._get_beginnings()
        moments = self.env["aftersales.sla.hours"]._get_moments(
            [(target._get_promise(document), now, []) for target in targets]
        )
        return {
            **answer,
            "notes": self._get_notes(document),
            "targets": [
                {
                    "promise": target._describe(),
                    "begins": beginnings.get(target.kind),
                    "deadline": deadline,
                    "steps": target.escalation_ids.mapped("display_name"),
                }
                for target, (_hours, deadline, _warning) in zip(targets, moments, strict=True)
            ],
        }

    def action_open_policy(self):
        """Open the policy that applies."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "aftersales.sla.policy",
            "res_id": self.policy_id.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
