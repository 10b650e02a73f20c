from odoo import api, fields, models
from odoo.exceptions import ValidationError

TICKET_TYPES = [
    ("enquiry", "Enquiry"),
    ("fault", "Fault"),
    ("complaint", "Complaint"),
    ("installation", "Installation"),
    ("preventive", "Preventive maintenance"),
    ("return", "Return / exchange"),
    ("training", "Training"),
    ("other", "Other"),
]
CHANNELS = [
    ("phone", "Phone"),
    ("email", "E-mail"),
    ("portal", "Portal"),
    ("web", "Web form"),
    ("fax", "Fax"),
    ("letter", "Letter"),
    ("visit", "Visit"),
    ("partner", "Business partner"),
    ("campaign", "Campaign"),
]


class AftersalesTicket(models.Model):
    """One matter of a customer, from the call to "satisfied" (T03)."""

    _name = "aftersales.ticket"
    _description = "Service Ticket"
    _inherit = [
        "aftersales.number.mixin",
        "aftersales.guard.mixin",
        "aftersales.company.check.mixin",
        "portal.mixin",
        "rating.mixin",
        "mail.activity.mixin",
        "mail.tracking.duration.mixin",
    ]
    _order = "emergency desc, priority desc, id desc"
    _check_company_auto = True
    _rec_names_search = ["name", "subject"]
    _number_sequence = "aftersales.ticket"
    _track_duration_field = "stage_id"
    _guard_readonly = True
    # A letter came yesterday, an import brings the past: when it was opened may be told.
    _creatable_fields = {"name", "date_open"}
    _mail_post_access = "read"

    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    subject = fields.Char(required=True, tracking=True)
    type = fields.Selection(TICKET_TYPES, required=True, default="fault", tracking=True)
    channel = fields.Selection(CHANNELS, required=True, default="phone")
    priority = fields.Selection(
        [("0", "Normal"), ("1", "High"), ("2", "Urgent")], default="0", required=True, tracking=True
    )
    emergency = fields.Boolean(
        tracking=True, help="Danger or standstill: the emergency promises apply."
    )

    partner_id = fields.Many2one(
        "res.partner", string="Customer", index="btree_not_null", tracking=True
    )
    caller_id = fields.Many2one(
        "res.partner",
        index="btree_not_null",
        domain="[('id', 'child_of', partner_id)]",
    )
    caller_name = fields.Char(compute="_compute_caller", store=True, readonly=False)
    caller_phone = fields.Char(compute="_compute_caller", store=True, readonly=False)
    seconds_to_answer = fields.Integer(
        string="Answered after (s)", help="How long the phone rang before the call was taken."
    )
    asset_id = fields.Many2one(
        "aftersales.asset", index="btree_not_null", check_company=True, tracking=True
    )
    product_id = fields.Many2one(related="asset_id.product_id", store=True, index="btree_not_null")
    serial = fields.Char(related="asset_id.serial")
    site_id = fields.Many2one(
        "res.partner",
        compute="_compute_site_id",
        store=True,
        readonly=False,
        index="btree_not_null",
    )
    zone_id = fields.Many2one(
        "aftersales.zone",
        compute="_compute_zone_id",
        store=True,
        readonly=False,
        index="btree_not_null",
    )

    date_failure = fields.Date(
        string="Failed on", default=fields.Date.context_today, help="The day the fault appeared."
    )
    meter = fields.Float(string="Meter Reading")
    symptom_id = fields.Many2one("aftersales.symptom", index="btree_not_null", tracking=True)
    symptom_advice = fields.Html(related="symptom_id.advice")
    description = fields.Html()
    cause_id = fields.Many2one("aftersales.cause", index="btree_not_null", tracking=True)
    resolution = fields.Html(
        copy=False, help="What was done. Required before the ticket is closed."
    )
    callback_promised = fields.Boolean(
        string="Call-back in 5 Minutes Promised",
        help="A technician calls the customer within five minutes.",
    )

    team_id = fields.Many2one(
        "aftersales.team",
        index="btree_not_null",
        check_company=True,
        tracking=True,
        group_expand="_group_expand_teams",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Agent",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        index="btree_not_null",
        tracking=True,
    )
    technician_id = fields.Many2one(
        "hr.employee", index="btree_not_null", check_company=True, tracking=True
    )
    stage_id = fields.Many2one(
        "aftersales.ticket.stage",
        index=True,
        required=True,
        copy=False,
        tracking=True,
        ondelete="restrict",
        default=lambda self: self._get_stage("open"),
        domain="['|', ('team_ids', '=', False), ('team_ids', '=', team_id)]",
        group_expand="_group_expand_stages",
    )
    stage_kind = fields.Selection(related="stage_id.kind", string="Meaning of the Stage")
    is_closed = fields.Boolean(related="stage_id.is_closed", store=True)
    date_open = fields.Datetime(
        string="Opened", default=fields.Datetime.now, required=True, readonly=True, copy=False
    )
    date_assigned = fields.Datetime(string="Assigned", readonly=True, copy=False)
    date_closed = fields.Datetime(string="Closed", readonly=True, copy=False)
    reopen_count = fields.Integer(string="Reopened", readonly=True, copy=False)
    repair_ids = fields.One2many("repair.order", "aftersales_ticket_id", string="Workshop Repairs")
    repair_count = fields.Integer(compute="_compute_repair_count")

    _name_uniq = models.UniqueIndex(
        "(name, company_id)", "The ticket number must be unique per company."
    )
    _open_idx = models.Index("(company_id, team_id) WHERE is_closed IS NOT TRUE")
    # The order of lists: their first page is read from here, however many tickets there are.
    _order_idx = models.Index(
        "(COALESCE(emergency, FALSE) DESC, priority DESC, id DESC) WHERE active IS TRUE"
    )

    @api.depends("name", "subject")
    @api.depends_context("aftersales_number_only")
    def _compute_display_name(self):
        bare = self.env.context.get("aftersales_number_only")
        for ticket in self:
            subject = "" if bare else ticket.subject or ""
            ticket.display_name = f"{ticket.name} {subject}".strip()

    @api.depends("caller_id")
    def _compute_caller(self):
        for ticket in self:
            ticket.caller_name = ticket.caller_id.name or ticket.caller_name
            ticket.caller_phone = ticket.caller_id.phone or ticket.caller_phone

    @api.depends("asset_id", "partner_id")
    def _compute_site_id(self):
        for ticket in self:
            ticket.site_id = ticket.asset_id.site_id or ticket.partner_id

    @api.depends("site_id")
    def _compute_zone_id(self):
        zones = self.env["aftersales.zone"]._get_zones_of(self.site_id)
        for ticket in self:
            ticket.zone_id = zones.get(ticket.site_id) or False

    def _compute_access_url(self):
        result = super()._compute_access_url()
        for ticket in self:
            ticket.access_url = f"/my/tickets/{ticket.id}"
        return result

    @api.depends("repair_ids")
    def _compute_repair_count(self):
        repairs, counts = self.env["repair.order"], {}
        if repairs.has_access("read"):
            counts = dict(
                repairs._read_group(
                    [("aftersales_ticket_id", "in", self.ids)],
                    ["aftersales_ticket_id"],
                    ["__count"],
                )
            )
        for ticket in self:
            ticket.repair_count = counts.get(ticket._origin, 0)

    @api.model
    def _group_expand_stages(self, stages, domain):
        # The board of one team has the stages of that team, empty or not.
        team_ids = [False, self.env.context.get("default_team_id") or False]
        ways = self.env["aftersales.ticket.stage"].search([("team_ids", "in", team_ids)])
        return (stages | ways).sorted()

    @api.model
    def _group_expand_teams(self, teams, domain):
        ours = self.env["aftersales.team"].search([("company_id", "in", self.env.companies.ids)])
        return (teams | ours).sorted()

    @api.model
    def _get_stage(self, kind):
        """Return the stage that means ``kind`` (see ``STAGE_KINDS``) for the ticket's team."""
        return self.env["aftersales.ticket.stage"]._get_stage(kind, self[:1].team_id)

    def _enter_stage(self, kind):
        """Move the tickets to the stage that means ``kind`` for their teams."""
        for tickets in self.grouped("team_id").values():
            tickets.write({"stage_id": tickets[:1]._get_stage(kind).id})

    @api.constrains("asset_id", "partner_id")
    def _check_asset_partner(self):
        for ticket in self:
            owner = ticket.asset_id.partner_id.commercial_partner_id
            if owner and ticket.partner_id and not ticket._may_report(owner):
                raise ValidationError(
                    self.env._(
                        "%(ticket)s: %(asset)s belongs to %(owner)s, not to %(customer)s. Choose "
                        "an asset of the customer, or change its owner first.",
                        ticket=ticket.name,
                        asset=ticket.asset_id.display_name,
                        owner=owner.display_name,
                        customer=ticket.partner_id.display_name,
                    )
                )

    def _may_report(self, owner):
        """Whether the ticket's customer may report a fault of an asset that ``owner`` owns."""
        self.ensure_one()
        return self.partner_id.commercial_partner_id == owner

    @api.constrains("date_failure", "asset_id")
    def _check_date_failure(self):
        for ticket in self.filtered("date_failure"):
            delivered = ticket.asset_id.date_delivery
            if delivered and ticket.date_failure < delivered:
                raise ValidationError(
                    self.env._(
                        "%(ticket)s: the failure (%(failure)s) is before the delivery of the asset "
                        "(%(delivery)s). Correct the failure date.",
                        ticket=ticket.name,
                        failure=ticket.date_failure,
                        delivery=delivered,
                    )
                )

    @api.onchange("asset_id")
    def _onchange_asset_id(self):
        if self.asset_id and not self.partner_id:
            self.partner_id = self.asset_id.partner_id

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        if (
            self.partner_id
            and self.asset_id
            and not self._may_report(self.asset_id.partner_id.commercial_partner_id)
        ):
            self.asset_id = False
        if (
            self.partner_id
            and self.caller_id.commercial_partner_id != self.partner_id.commercial_partner_id
        ):
            self.caller_id = False if self.partner_id.is_company else self.partner_id
        if self.partner_id and not self.asset_id:
            self.asset_id = self._get_only_asset()

    def _rating_get_partner(self):
        return self.caller_id or self.partner_id

    def _rating_get_operator(self):
        return self.technician_id.user_id.partner_id or self.user_id.partner_id
