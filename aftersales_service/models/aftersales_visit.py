from urllib.parse import quote_plus

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

# What the customer signs. It no longer changes once signed, and not at all once done (J04).
VOUCHER_FIELDS = {
    "failure_note",
    "work_done",
    "line_ids",
    "hours",
    "meter",
    "fixed",
    "charge_amount",
    "customer_opinion",
    "customer_rating",
    "refusal_reason",
}
PLANNING_FIELDS = {
    "type_id",
    "ticket_id",
    "partner_id",
    "site_id",
    "asset_ids",
    "date_start",
    "date_end",
    "technician_id",
    "overlap_reason",
    "task_list_id",
}
TIME_FIELDS = {"date_departed", "date_arrived", "date_done"}
SIGNATURE_FIELDS = {"signature", "signed_by", "signed_on"}


class AftersalesVisit(models.Model):
    """A technician goes to the customer: planned, travelled, executed, signed (V01, V05, V07)."""

    _name = "aftersales.visit"
    _description = "Visit"
    _inherit = [
        "aftersales.number.mixin",
        "aftersales.transition.mixin",
        "rating.mixin",
        "mail.activity.mixin",
    ]
    _order = "date_start desc, id desc"
    _check_company_auto = True
    _rec_names_search = ["name", "partner_id.name"]
    _number_sequence = "aftersales.visit"
    _guard_readonly = True
    _mail_post_access = "read"
    _transitions = {
        "draft": ("scheduled", "cancelled"),
        "scheduled": ("draft", "confirmed", "travelling", "cancelled"),
        "confirmed": ("draft", "travelling", "cancelled"),
        "travelling": ("draft", "on_site", "cancelled"),
        "on_site": ("draft", "done", "cancelled"),
        "cancelled": ("draft",),
    }
    _frozen_fields = {
        "done": VOUCHER_FIELDS | PLANNING_FIELDS | TIME_FIELDS | SIGNATURE_FIELDS,
        "cancelled": VOUCHER_FIELDS | PLANNING_FIELDS | TIME_FIELDS | SIGNATURE_FIELDS,
    }

    # What, where, for whom
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    type_id = fields.Many2one(
        "aftersales.visit.type",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
        default=lambda self: self.env["aftersales.visit.type"]._get_default_types()[False],
    )
    ticket_id = fields.Many2one(
        "aftersales.ticket",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, index=True, tracking=True
    )
    site_id = fields.Many2one(
        "res.partner",
        compute="_compute_site_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        help="The address where the technician goes.",
    )
    asset_ids = fields.Many2many(
        "aftersales.asset",
        "aftersales_asset_visit_rel",
        "visit_id",
        "asset_id",
        string="Assets",
        check_company=True,
    )
    instructions = fields.Text(help="What the technician should know and bring.")
    contact_name = fields.Char(compute="_compute_contact")
    contact_phone = fields.Char(compute="_compute_contact")
    site_address = fields.Char(related="site_id.contact_address_inline", string="Address")
    map_url = fields.Char(compute="_compute_map_url", string="Map")

    # When and who
    date_start = fields.Datetime(string="Appointment", index=True, copy=False, tracking=True)
    date_end = fields.Datetime(
        string="End",
        compute="_compute_date_end",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
    )
    technician_id = fields.Many2one(
        "hr.employee", index="btree_not_null", check_company=True, tracking=True
    )
    technician_user_id = fields.Many2one(
        related="technician_id.user_id",
        store=True,
        index="btree_not_null",
        string="Technician's User",
    )
    overlap_reason = fields.Char(
        copy=False,
        tracking=True,
        help="Why the visit may overlap with another appointment or leave of the technician.",
    )
    state = fields.Selection(
        [
            ("draft", "To schedule"),
            ("scheduled", "Scheduled"),
            ("confirmed", "Confirmed"),
            ("travelling", "Travelling"),
            ("on_site", "On site"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        string="Status",
        required=True,
        default="draft",
        index=True,
        copy=False,
        tracking=True,
        group_expand=True,
    )
    date_departed = fields.Datetime(string="Set off", copy=False, tracking=True)
    date_arrived = fields.Datetime(string="Arrived", copy=False, tracking=True)
    date_done = fields.Datetime(string="Finished", copy=False, tracking=True)
    nobody_home_count = fields.Integer(string="Nobody Home", readonly=True, copy=False)
    cancel_reason = fields.Char(copy=False, tracking=True)
    previous_visit_id = fields.Many2one(
        "aftersales.visit",
        string="Continues",
        index="btree_not_null",
        readonly=True,
        copy=False,
        check_company=True,
    )

    _name_uniq = models.UniqueIndex(
        "(name, company_id)", "The visit number must be unique per company."
    )
    _technician_time_idx = models.Index(
        "(technician_id, date_start) WHERE state IN ('scheduled', 'confirmed', 'travelling', "
        "'on_site')"
    )

    @api.depends("name", "partner_id", "type_id")
    def _compute_display_name(self):
        for visit in self:
            parts = [visit.name, visit.type_id.name, visit.partner_id.name]
            visit.display_name = " · ".join(part for part in parts if part)

    @api.depends("asset_ids", "ticket_id", "partner_id")
    def _compute_site_id(self):
        for visit in self:
            visit.site_id = (
                visit.ticket_id.site_id or visit.asset_ids[:1].site_id or visit.partner_id
            )

    @api.depends("date_start", "type_id")
    def _compute_date_end(self):
        for visit in self:
            visit.date_end = visit.date_start and visit.date_start + relativedelta(
                minutes=round(visit.type_id.duration * 60)
            )

    @api.depends("ticket_id.caller_name", "ticket_id.caller_phone", "site_id", "partner_id")
    def _compute_contact(self):
        for visit in self:
            ticket, site, partner = visit.ticket_id, visit.site_id, visit.partner_id
            visit.contact_name = ticket.caller_name or site.name or partner.name
            visit.contact_phone = ticket.caller_phone or site.phone or partner.phone

    @api.depends(
        "site_id.contact_address_inline", "site_id.partner_latitude", "site_id.partner_longitude"
    )
    def _compute_map_url(self):
        for visit in self:
            site = visit.site_id
            if site.partner_latitude or site.partner_longitude:
                query = f"{site.partner_latitude},{site.partner_longitude}"
            else:
                query = site.contact_address_inline
            base = "https://www.google.com/maps/search/?api=1&query="
            visit.map_url = base + quote_plus(query) if query else False

    @api.constrains("date_start", "date_end", "date_departed", "date_arrived", "date_done")
    def _check_dates(self):
        order = (
            ("date_start", "date_end"),
            ("date_departed", "date_arrived"),
            ("date_arrived", "date_done"),
        )
        for visit in self:
            for first, second in order:
                if not visit[first] or not visit[second]:
                    continue
                if visit[second] < visit[first] or (
                    second == "date_end" and visit[second] == visit[first]
                ):
                    raise ValidationError(
                        self.env._(
                            "%(visit)s: “%(second)s” is before “%(first)s”. Correct one of the two "
                            "times.",
                            visit=visit.display_name,
                            first=visit._get_field_label(first),
                            second=visit._get_field_label(second),
                        )
                    )

    @api.constrains("asset_ids", "partner_id")
    def _check_assets(self):
        for visit in self.filtered("partner_id"):
            # A customer may report what another owns (a dealer for its customer): the ticket says
            # so.
            known = (
                visit.partner_id | visit.ticket_id.partner_id | visit.ticket_id.asset_id.partner_id
            )
            foreign = visit.asset_ids.partner_id.commercial_partner_id - known.commercial_partner_id
            if foreign:
                raise ValidationError(
                    self.env._(
                        "%(visit)s: one of the assets belongs to %(owner)s, not to %(customer)s. "
                        "Choose assets of the customer.",
                        visit=visit.name,
                        owner=foreign[0].display_name,
                        customer=visit.partner_id.display_name,
                    )
                )

    def _get_field_label(self, name):
        """Return the label of the field ``name`` in the user's language."""
        return self._fields[name].get_description(self.env)["string"]

    @api.onchange("ticket_id")
    def _onchange_ticket_id(self):
        if self.ticket_id:
            for name, value in self.ticket_id._prepare_visit_vals().items():
                if name not in ("ticket_id", "company_id"):
                    self[name] = value

    @api.ondelete(at_uninstall=False)
    def _unlink_except_executed(self):
        kept = self.filtered(lambda v: v.state not in ("draft", "cancelled") or v.date_departed)
        if kept:
            raise UserError(
                self.env._(
                    "%(visit)s is %(state)s and kept as a record. Cancel it instead of deleting "
                    "it.",
                    visit=kept[0].display_name,
                    state=kept[0]._get_state_label(kept[0].state),
                )
            )
