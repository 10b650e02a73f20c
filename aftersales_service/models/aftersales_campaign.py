from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date, is_html_empty
from odoo.tools.translate import html_translate

KINDS = [
    ("recall", "Safety recall"),
    ("service", "Service campaign"),
    ("notice", "Notice"),
]
# What a campaign is no longer changes once it is over (J04).
CONTENT_FIELDS = {
    "title",
    "kind",
    "company_id",
    "customer_text",
    "instruction",
    "cause",
    "part_ids",
    "labour_hours",
    "labour_note",
    "covers_parts",
    "covers_labour",
    "covers_travel",
    "symptom_ids",
    "product_ids",
    "date_start",
    "date_end",
    "block_delivery",
}


class AftersalesCampaign(models.Model):
    """A set of machines to which something has to be done, or told: a recall, a service campaign,
    a plain notice (W15).
    """

    _name = "aftersales.campaign"
    _description = "Campaign"
    _inherit = [
        "aftersales.number.mixin",
        "aftersales.transition.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True
    _rec_names_search = ["name", "title"]
    _number_sequence = "aftersales.campaign"
    _guard_readonly = True
    _transitions = {
        "draft": ("open", "cancelled"),
        "open": ("closed", "cancelled"),
        "closed": ("open",),
        "cancelled": ("draft",),
    }
    _frozen_fields = {
        "open": {"kind", "company_id"},
        "closed": CONTENT_FIELDS,
        "cancelled": CONTENT_FIELDS,
    }

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    title = fields.Char(required=True, translate=True, tracking=True)
    kind = fields.Selection(KINDS, required=True, default="service", tracking=True)
    customer_text = fields.Html(
        string="Text for the Customer",
        translate=html_translate,
        help="What is the matter and what we ask of the customer. Stands in letters and on the "
        "customer's portal.",
    )
    instruction = fields.Html(
        string="Instruction for Technicians", help="What to do on the machine, step by step."
    )
    cause = fields.Text(string="Reason", help="Why the campaign is needed. Not shown to customers.")
    document_ids = fields.Many2many(
        "ir.attachment", string="Documents", bypass_search_access=True, copy=False
    )

    part_ids = fields.One2many(
        "aftersales.campaign.part", "campaign_id", string="Parts Needed", copy=True
    )
    labour_hours = fields.Float(string="Standard Time", help="Hours of work on one machine.")
    labour_note = fields.Char(string="Operations")
    covers_parts = fields.Boolean(
        string="Parts Free", compute="_compute_covers", store=True, readonly=False
    )
    covers_labour = fields.Boolean(
        string="Labour Free", compute="_compute_covers", store=True, readonly=False
    )
    covers_travel = fields.Boolean(
        string="Travel Free", compute="_compute_covers", store=True, readonly=False
    )
    symptom_ids = fields.Many2many(
        "aftersales.symptom",
        string="Symptoms Concerned",
        help="A fault with one of these symptoms is the campaign's matter.",
    )
    product_ids = fields.Many2many(
        "product.product",
        string="Parts Concerned",
        check_company=True,
        help="The failure of one of these parts is the campaign's matter, as of the parts needed.",
    )

    date_start = fields.Date(
        string="Start", required=True, default=fields.Date.context_today, tracking=True
    )
    date_end = fields.Date(string="Until", tracking=True, help="The last day; open end when empty.")
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        index="btree_not_null",
        tracking=True,
    )
    team_id = fields.Many2one(
        "aftersales.team",
        check_company=True,
        index="btree_not_null",
        help="Its tickets go to this team.",
    )
    block_delivery = fields.Boolean(
        string="Stop Deliveries",
        compute="_compute_block_delivery",
        store=True,
        readonly=False,
        tracking=True,
        help="Affected machines in stock are not delivered to customers until they are done or "
        "released.",
    )
    state = fields.Selection(
        [("draft", "Draft"), ("open", "Open"), ("closed", "Closed"), ("cancelled", "Cancelled")],
        string="Status",
        required=True,
        default="draft",
        copy=False,
        tracking=True,
        group_expand=True,
    )
    end_reason = fields.Char(string="Ended because", readonly=True, copy=False, tracking=True)

    _name_uniq = models.UniqueIndex(
        "(name, company_id)", "The campaign number must be unique per company."
    )
    _live_idx = models.Index("(state) WHERE state IN ('draft', 'open')")
    _hours_positive = models.Constraint(
        "CHECK(labour_hours >= 0)", "The standard time of a campaign cannot be negative."
    )

    @api.depends("name", "title")
    def _compute_display_name(self):
        for campaign in self:
            parts = [campaign.name, campaign.title]
            campaign.display_name = " · ".join(part for part in parts if part)

    @api.depends("kind")
    def _compute_covers(self):
        for campaign in self:
            free = campaign.kind != "notice"
            campaign.covers_parts = campaign.covers_labour = campaign.covers_travel = free

    @api.depends("kind")
    def _compute_block_delivery(self):
        for campaign in self:
            campaign.block_delivery = campaign.kind == "recall"

    @api.constrains("date_start", "date_end")
    def _check_dates(self):
        for campaign in self.filtered("date_end"):
            if campaign.date_end < campaign.date_start:
                raise ValidationError(
                    self.env._(
                        "%(campaign)s: “Until” (%(end)s) is before “Start” (%(start)s). Correct "
                        "one of the two dates.",
                        campaign=campaign.display_name,
                        end=format_date(self.env, campaign.date_end),
                        start=format_date(self.env, campaign.date_start),
                    )
                )

    @api.constrains("kind", "covers_parts", "covers_labour", "covers_travel")
    def _check_notice(self):
        for campaign in self.filtered(lambda c: c.kind == "notice"):
            if campaign.covers_parts or campaign.covers_labour or campaign.covers_travel:
                raise ValidationError(
                    self.env._(
                        "%(campaign)s is a notice and covers nothing: untick what is free, or "
                        "make it a service campaign.",
                        campaign=campaign.display_name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_opened(self):
        opened = self.filtered(lambda campaign: campaign.state != "draft")
        if opened:
            raise UserError(
                self.env._(
                    "%(campaign)s is %(state)s and kept as a record. Only drafts are deleted.",
                    campaign=opened[0].display_name,
                    state=opened[0]._get_state_label(opened[0].state),
                )
            )

    def action_open(self):
        """Start the campaigns: from now on tickets, assets, portal and deliveries show them (W15).

        :raise UserError: when a campaign has no units or no text for the customer
        """
        self.check_access("write")
        for campaign in self:
            if is_html_empty(campaign.customer_text):
                raise UserError(
                    self.env._(
                        "%(campaign)s: write the “Text for the Customer” before you open it.",
                        campaign=campaign.display_name,
                    )
                )
            if not campaign.unit_count:
                raise UserError(
                    self.env._(
                        "%(campaign)s has no units: add the affected serials before you open it.",
                        campaign=campaign.display_name,
                    )
                )
        self._set_state("open", end_reason=False)

    def action_close(self, reason=None):
        """End the campaigns; those with units left to do need a ``reason`` (str).

        :return: the dialog that asks for it when it is missing
        :raise UserError: when a campaign is not open
        """
        self.check_access("write")
        self._ensure_transition("closed")
        if not reason and any(campaign.todo_count for campaign in self):
            return self._ask("close")
        self._set_state("closed", end_reason=reason)
        return True

    def action_cancel(self, reason=None):
        """Give the campaigns up for ``reason`` (str); drafts need none.

        :return: the dialog that asks for it when it is missing
        """
        self.check_access("write")
        self._ensure_transition("cancelled")
        if not reason and any(campaign.state != "draft" for campaign in self):
            return self._ask("cancel")
        self._set_state("cancelled", end_reason=reason)
        return True

    def action_draft(self):
        """Take cancelled campaigns up again."""
        self.check_access("write")
        self._set_state("draft", end_reason=False)

    def action_reopen(self):
        """Open closed campaigns again."""
        self.check_access("write")
        self._ensure_transition("open")
        self._set_state("open", end_reason=False)

    def action_plan(self):
        """Open the dialog that makes tickets for the machines at customers (W15)."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_campaign_plan_action"
        )
        return dict(action, context={"default_campaign_id": self.id})

    def _ask(self, decision):
        """Return the dialog that asks for the reason of ``decision`` on the campaign."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_campaign_decide_action"
        )
        context = {"default_campaign_id": self.id, "default_decision": decision}
        labels = {"close": self.env._("Close Campaign"), "cancel": self.env._("Cancel Campaign")}
        return dict(action, name=labels[decision], context=context)

    @api.model
    def _get_running_domain(self):
        """Domain of the campaigns that customers and hotline are told of today."""
        today = fields.Date.context_today(self)
        return Domain("state", "=", "open") & (
            Domain("date_end", "=", False) | Domain("date_end", ">=", today)
        )

    @api.model
    def _get_running(self):
        """Return the campaigns that run today: one query, on an index of the few that are open.

        They are of all companies; units belong to the company of their machine.
        """
        return self.search(self._get_running_domain(), order="id")
