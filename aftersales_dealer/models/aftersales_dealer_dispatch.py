from datetime import timedelta

from odoo import api, fields, models

LIVE_STATES = ("given", "arranged", "reported")


class AftersalesDealerDispatch(models.Model):
    """A ticket while one dealer has it: given, arranged, reported back or handed back (D03).

    There is one for each time a ticket is given to a dealer, so that what a dealer did not do stays
    on record. Only actions change it: the dealer's on the portal, ours on the ticket.
    """

    _name = "aftersales.dealer.dispatch"
    _description = "Ticket Given to a Dealer"
    _inherit = ["aftersales.transition.mixin"]
    _order = "date_given desc, id desc"
    _check_company_auto = True
    _rec_names_search = ["ticket_id.name", "dealer_id.name"]
    _guard_readonly = True
    _initial_states = ("given",)
    _transitions = {
        "given": ("arranged", "reported", "done", "handed_back", "withdrawn"),
        "arranged": ("reported", "done", "handed_back", "withdrawn"),
        "reported": ("arranged", "done", "handed_back", "withdrawn"),
    }

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    ticket_id = fields.Many2one(
        "aftersales.ticket",
        required=True,
        readonly=True,
        index=True,
        check_company=True,
        ondelete="cascade",
    )
    dealer_id = fields.Many2one(
        "res.partner", required=True, readonly=True, index=True, ondelete="restrict"
    )
    asset_id = fields.Many2one(related="ticket_id.asset_id", string="Machine")
    customer_id = fields.Many2one(
        related="ticket_id.partner_id", string="Customer", groups="base.group_user"
    )
    emergency = fields.Boolean(related="ticket_id.emergency")
    date_given = fields.Datetime(string="Given on", required=True, readonly=True)

    date_arranged = fields.Datetime(string="Arranged on", readonly=True)
    date_planned = fields.Datetime(
        string="Dealer Comes on", readonly=True, help="What the dealer agreed with the customer."
    )
    technician_name = fields.Char(string="Dealer's Technician", readonly=True)
    technician_phone = fields.Char(readonly=True)
    customer_told = fields.Boolean(
        readonly=True,
        help="The customer got the appointment by e-mail; otherwise the dealer calls.",
    )

    date_reported = fields.Datetime(string="Reported on", readonly=True)
    date_repair = fields.Date(string="Repaired on", readonly=True)
    fixed = fields.Boolean(readonly=True)
    work_done = fields.Text(readonly=True)
    meter = fields.Float(string="Meter Reading", readonly=True)
    photo_ids = fields.Many2many(
        "ir.attachment", "aftersales_dealer_dispatch_photo_rel", string="Photos", readonly=True
    )
    promise = fields.Text(
        string="Promised beyond the Policy",
        readonly=True,
        help="What the dealer promised the customer beyond the warranty policy: at its own cost.",
    )

    date_supervise = fields.Datetime(
        string="Supervise by", compute="_compute_date_supervise", store=True
    )
    date_supervised = fields.Datetime(string="Supervised on", readonly=True)
    supervised_by_id = fields.Many2one("res.users", readonly=True, groups="base.group_user")
    supervision = fields.Text(
        readonly=True, groups="base.group_user", help="What we found out when we asked."
    )

    date_ended = fields.Datetime(string="Ended on", readonly=True)
    hand_back_reason = fields.Text(string="Handed Back because", readonly=True)
    state = fields.Selection(
        [
            ("given", "To be arranged"),
            ("arranged", "Arranged"),
            ("reported", "Not fixed yet"),
            ("done", "Fixed"),
            ("handed_back", "Handed back"),
            ("withdrawn", "Taken back by us"),
        ],
        string="Status",
        required=True,
        readonly=True,
        default="given",
        index=True,
        group_expand=True,
    )
    access_url = fields.Char(compute="_compute_access_url")

    _live_uniq = models.UniqueIndex(
        "(ticket_id) WHERE state IN ('given', 'arranged', 'reported')",
        "This ticket is with a dealer already.",
    )
    _supervise_idx = models.Index(
        "(date_supervise) WHERE date_supervised IS NULL"
        " AND state IN ('given', 'arranged', 'reported')"
    )

    @api.depends("ticket_id.name", "dealer_id.name")
    def _compute_display_name(self):
        for dispatch in self:
            # The number only: dealers read this name, the ticket is more than theirs.
            number = dispatch.ticket_id.sudo().name
            dispatch.display_name = f"{number} · {dispatch.dealer_id.name}"

    @api.depends("date_given", "company_id")
    def _compute_date_supervise(self):
        for dispatch in self:
            hours = dispatch.company_id.sudo().dealer_supervise_hours  # a setting, whoever gives it
            dispatch.date_supervise = dispatch.date_given + timedelta(hours=hours)

    @api.model
    def _get_to_supervise_domain(self):
        """Domain of what a dealer has had for so long that we ask how it goes (D03)."""
        return [
            ("state", "in", LIVE_STATES),
            ("date_supervised", "=", False),
            ("date_supervise", "<=", fields.Datetime.now()),
        ]

    def _is_live(self):
        """Whether the dealer still has to do with the ticket."""
        self.ensure_one()
        return self.state in LIVE_STATES

    def _compute_access_url(self):
        for dispatch in self:
            dispatch.access_url = f"/my/dealer/tickets/{dispatch.id}"

    def action_view_ticket(self):
        """Open the ticket."""
        self.ensure_one()
        return self.ticket_id.get_formview_action()
