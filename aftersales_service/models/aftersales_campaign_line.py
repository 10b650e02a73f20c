from odoo import api, fields, models
from odoo.exceptions import UserError

# Nothing is left to do on these units.
DONE_STATES = ("done", "exempt")
LINE_STATES = [
    ("open", "To inform"),
    ("informed", "Informed"),
    ("scheduled", "Scheduled"),
    ("done", "Done"),
    ("not_found", "Not found"),
    ("refused", "Refused by customer"),
    ("exempt", "Exempt"),
]


class AftersalesCampaignLine(models.Model):
    """One machine that a campaign affects: a serial, wherever it is, or an asset without one (W15).

    A machine still in stock is known by its serial; when it is delivered its asset is filled in.
    """

    _name = "aftersales.campaign.line"
    _description = "Campaign Unit"
    _inherit = ["aftersales.transition.mixin"]
    _order = "campaign_id desc, serial, id"
    _rec_names_search = ["serial"]
    _check_company_auto = True
    _initial_states = ("open",)
    _guard_readonly = True
    _creatable_fields = {"serial", "product_id"}  # as an import brings them
    _transitions = {
        "open": ("informed", "scheduled", "done", "not_found", "refused", "exempt"),
        "informed": ("open", "scheduled", "done", "not_found", "refused", "exempt"),
        "scheduled": ("open", "informed", "done", "not_found", "refused", "exempt"),
        "not_found": ("open", "informed", "scheduled", "done", "exempt"),
        "refused": ("open", "informed", "scheduled", "done", "exempt"),
        "exempt": ("open", "informed"),
        "done": ("open", "informed", "scheduled"),
    }

    campaign_id = fields.Many2one(
        "aftersales.campaign", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="campaign_id.company_id", store=True, index=True)
    campaign_state = fields.Selection(related="campaign_id.state", string="Campaign Status")
    kind = fields.Selection(related="campaign_id.kind")
    serial = fields.Char(
        required=True, readonly=True, index="trigram", help="The serial, else the asset's number."
    )
    product_id = fields.Many2one("product.product", required=True, readonly=True, index=True)
    tracking = fields.Char(required=True, readonly=True)
    lot_id = fields.Many2one(
        "stock.lot",
        string="Serial / Lot",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
    )
    asset_id = fields.Many2one(
        "aftersales.asset",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
        help="Empty while the machine is not delivered.",
    )
    partner_id = fields.Many2one(
        related="asset_id.partner_id", string="Owner", store=True, index="btree_not_null"
    )
    site_id = fields.Many2one(related="asset_id.site_id")
    state = fields.Selection(
        LINE_STATES, string="Status", required=True, default="open", readonly=True, copy=False
    )
    date_informed = fields.Date(string="Informed on", readonly=True, copy=False)
    date_reminded = fields.Date(string="Reminded on", readonly=True, copy=False)
    reminder_count = fields.Integer(string="Reminders", readonly=True, copy=False)
    date_done = fields.Date(string="Done on", readonly=True, copy=False)
    ticket_id = fields.Many2one(
        "aftersales.ticket", readonly=True, index="btree_not_null", copy=False, check_company=True
    )
    visit_id = fields.Many2one(
        "aftersales.visit", readonly=True, index="btree_not_null", copy=False, check_company=True
    )
    repair_id = fields.Many2one(
        "repair.order", readonly=True, index="btree_not_null", copy=False, check_company=True
    )
    reason = fields.Char(readonly=True, copy=False, help="Why it is exempt, refused, done by hand…")
    user_id = fields.Many2one(
        "res.users", string="Decided by", readonly=True, index="btree_not_null", copy=False
    )
    release_reason = fields.Char(string="Released because", readonly=True, copy=False)
    release_user_id = fields.Many2one(
        "res.users", string="Released by", readonly=True, index="btree_not_null", copy=False
    )
    release_date = fields.Datetime(string="Released for Delivery", readonly=True, copy=False)
    instruction = fields.Html(related="campaign_id.instruction")
    customer_text = fields.Html(related="campaign_id.customer_text")

    _unit_uniq = models.UniqueIndex(
        "(campaign_id, COALESCE(lot_id, 0),"
        " (CASE WHEN tracking = 'serial' THEN 0 ELSE COALESCE(asset_id, 0) END))",
        "This serial is in the campaign already.",
    )
    _state_idx = models.Index("(campaign_id, state)")

    @api.depends("serial", "campaign_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.serial} · {line.campaign_id.name}"

    @api.model_create_multi
    def create(self, vals_list):
        if self._is_readonly_guarded():
            self._check_readonly(set().union(*vals_list) - self._creatable_fields)
        vals_list = [dict(vals) for vals in vals_list]
        self._fill_units([vals for vals in vals_list if not vals.get("tracking")])
        # What is readonly was looked up here, not typed in.
        lines = super(AftersalesCampaignLine, self._past_guard()).create(vals_list)
        return lines.with_env(self.env)

    def _fill_units(self, vals_list):
        """Complete values with a serial only, as an import brings them (J06)."""
        by_campaign = {}
        for vals in vals_list:
            if not vals.get("campaign_id"):
                raise UserError(self.env._("Name the campaign (“Campaign”) of each unit."))
            by_campaign.setdefault(vals["campaign_id"], []).append(vals)
        for campaign_id, own in by_campaign.items():
            campaign = self.env["aftersales.campaign"].browse(campaign_id)
            campaign._fill_imported_units(own)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_opened(self):
        kept = self.filtered(lambda line: line.campaign_id.state != "draft")
        if kept:
            raise UserError(
                self.env._(
                    "%(campaign)s is %(state)s: units are no longer taken off the list. Mark "
                    "%(serial)s as exempt instead.",
                    campaign=kept[0].campaign_id.display_name,
                    state=kept[0].campaign_id._get_state_label(kept[0].campaign_state),
                    serial=kept[0].serial,
                )
            )

    @api.model
    def _get_todo_domain(self):
        """Domain of units on which something is left to do."""
        return [("state", "not in", DONE_STATES)]
