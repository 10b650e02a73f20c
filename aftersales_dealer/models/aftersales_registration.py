from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import email_normalize, format_date

from ..tools.contact_key import phone_key

# What this module works out or authorised actions set: never taken from clients.
DECIDED_FIELDS = {
    "lot_id",
    "product_id",
    "agreement_id",
    "registration_days",
    "date_deadline",
    "late",
    "days_late",
    "counts_for_claims",
    "override_reason",
    "override_user_id",
    "override_date",
    "cancel_reason",
}
# What the card says once it is handed in (J04).
CARD_FIELDS = {
    "company_id",
    "dealer_id",
    "asset_id",
    "serial",
    "end_user_id",
    "end_user_name",
    "end_user_phone",
    "end_user_email",
    "end_user_street",
    "end_user_city",
    "end_user_zip",
    "end_user_state_id",
    "end_user_country_id",
    "date_sale",
    "date_registered",
    "meter",
    "promise",
}


class AftersalesRegistration(models.Model):
    """The registration card (三包回执卡): to whom and when a dealer sold a machine (D02)."""

    _name = "aftersales.registration"
    _description = "Registration Card"
    _inherit = [
        "aftersales.number.mixin",
        "aftersales.bulk.mixin",
        "aftersales.transition.mixin",
        "portal.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True
    _rec_names_search = ["name", "serial", "end_user_name"]
    _number_sequence = "aftersales.registration"
    _guard_readonly = True
    _transitions = {
        "draft": ("registered", "cancelled"),
        "registered": ("cancelled",),
    }
    _frozen_fields = {
        "draft": DECIDED_FIELDS,
        "registered": CARD_FIELDS | DECIDED_FIELDS,
        "cancelled": CARD_FIELDS | DECIDED_FIELDS,
    }

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    dealer_id = fields.Many2one(
        "res.partner",
        required=True,
        index=True,
        check_company=True,
        domain="[('is_dealer', '=', True)]",
        tracking=True,
        ondelete="restrict",
    )
    serial = fields.Char(
        string="Serial / Asset Number",
        compute="_compute_serial",
        store=True,
        readonly=False,
        index="trigram",
        help="As on the name plate. Finds the machine, also of imported cards.",
    )
    asset_id = fields.Many2one(
        "aftersales.asset",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        domain="[('dealer_id', '=?', dealer_id), ('registration_state', '=', 'open'),"
        " ('state', '=', 'in_service')]",
    )
    lot_id = fields.Many2one(
        related="asset_id.lot_id", store=True, index="btree_not_null", string="Serial / Lot"
    )
    product_id = fields.Many2one(related="asset_id.product_id", store=True, index="btree_not_null")
    date_delivery = fields.Date(related="asset_id.date_delivery", string="Delivered to the Dealer")
    warranty_date_end = fields.Date(related="asset_id.warranty_date_end")

    end_user_id = fields.Many2one(
        "res.partner",
        index="btree_not_null",
        check_company=True,
        tracking=True,
        ondelete="restrict",
        help="Found among the dealer's earlier end users, or made from the card.",
    )
    end_user_name = fields.Char(string="End User's Name")
    end_user_phone = fields.Char(string="Phone")
    end_user_email = fields.Char(string="E-mail")
    end_user_street = fields.Char(string="Street")
    end_user_city = fields.Char(string="City")
    end_user_zip = fields.Char(string="ZIP")
    end_user_state_id = fields.Many2one(
        "res.country.state", string="Province", domain="[('country_id', '=?', end_user_country_id)]"
    )
    end_user_country_id = fields.Many2one("res.country", string="Country")
    end_user_email_key = fields.Char(
        compute="_compute_end_user_keys", store=True, index="btree_not_null"
    )
    end_user_phone_key = fields.Char(
        compute="_compute_end_user_keys", store=True, index="btree_not_null"
    )

    date_sale = fields.Date(
        string="Sold on", required=True, default=fields.Date.context_today, tracking=True
    )
    date_registered = fields.Date(
        string="Registered on",
        copy=False,
        tracking=True,
        help="The day the card came in; today when empty.",
    )
    meter = fields.Float(
        string="Meter at Sale", help="Hours or kilometres when it was handed over."
    )
    promise = fields.Text(
        string="Promised by the Dealer",
        help="What the dealer promised beyond the warranty policy: at the dealer's own cost.",
    )
    note = fields.Html(string="Notes", groups="base.group_user")
    channel = fields.Selection(
        [("office", "Office"), ("portal", "Dealer portal")],
        string="Entered by",
        required=True,
        default="office",
        readonly=True,
    )

    state = fields.Selection(
        [("draft", "Draft"), ("registered", "Registered"), ("cancelled", "Cancelled")],
        string="Status",
        required=True,
        default="draft",
        index=True,
        tracking=True,
        group_expand=True,
    )
    cancel_reason = fields.Char(readonly=True, copy=False, tracking=True)

    # The newest of one dealer are not looked for among the newest of all.
    _dealer_newest_idx = models.Index("(dealer_id, id)")
    _name_uniq = models.UniqueIndex(
        # Drafts have no number yet: one that is refused uses none up.
        "(name, company_id) WHERE name != '/'",
        "The registration number must be unique per company.",
    )
    _asset_uniq = models.UniqueIndex(
        "(asset_id) WHERE state IN ('draft', 'registered')",
        "This machine is registered already: open that card, or cancel it first.",
    )
    _meter_positive = models.Constraint(
        "CHECK(meter >= 0 AND meter < 1000000000)",
        "A meter reading is a number from zero to a thousand million.",
    )

    @api.depends("name", "serial")
    def _compute_display_name(self):
        for registration in self:
            name = self.env._("New") if registration.name == "/" else registration.name
            registration.display_name = f"{name} · {registration.serial or ''}".rstrip(" ·")

    def _compute_access_url(self):
        result = super()._compute_access_url()
        for registration in self:
            registration.access_url = f"/my/registrations/{registration.id}"
        return result

    @api.depends("asset_id")
    def _compute_serial(self):
        for registration in self:
            asset = registration.asset_id
            registration.serial = (asset.serial or asset.name) if asset else registration.serial

    @api.depends("end_user_email", "end_user_phone")
    def _compute_end_user_keys(self):
        for registration in self:
            registration.end_user_email_key = email_normalize(registration.end_user_email) or False
            registration.end_user_phone_key = phone_key(registration.end_user_phone) or False

    @api.onchange("asset_id")
    def _onchange_asset_id(self):
        if self.asset_id.dealer_id:
            self.dealer_id = self.asset_id.dealer_id

    @api.onchange("end_user_id")
    def _onchange_end_user_id(self):
        if self.end_user_id:
            self.update(self._prepare_end_user_data(self.end_user_id))

    @api.constrains("date_sale", "date_registered", "asset_id")
    def _check_dates(self):
        for registration in self:
            problem = self._get_date_problem(
                registration.serial,
                registration.date_sale,
                registration.asset_id.date_delivery,
                registration.date_registered,
            )
            if problem:
                raise ValidationError(problem)

    @api.model
    def _get_date_problem(self, serial, sold, delivered, registered=None):
        """Return what is wrong with the dates of a card, or an empty string.

        :param str serial: of the machine
        :param sold, delivered, registered: ``datetime.date``, the last two may be empty
        """
        today = fields.Date.context_today(self)
        if sold <= today and not (delivered and sold < delivered) and not registered:
            return ""
        values = {
            "serial": serial,
            "sale": format_date(self.env, sold),
            "delivery": format_date(self.env, delivered),
            "registered": format_date(self.env, registered),
        }
        if sold > today:
            return self.env._(
                "%(serial)s: the sale date %(sale)s is in the future. Enter the day it was sold.",
                **values,
            )
        if delivered and sold < delivered:
            return self.env._(
                "%(serial)s: the sale date %(sale)s is before the delivery to the dealer "
                "on %(delivery)s. Correct the sale date.",
                **values,
            )
        if registered and not sold <= registered <= today:
            return self.env._(
                "%(serial)s: the card cannot have come in on %(registered)s; it was sold "
                "on %(sale)s. Enter a day between the sale and today.",
                **values,
            )
        return ""

    @api.constrains("asset_id", "dealer_id")
    def _check_asset_dealer(self):
        for registration in self:
            asset, dealer = registration.asset_id, registration.dealer_id
            if asset.dealer_id == dealer:
                continue
            if asset.dealer_id:
                raise ValidationError(
                    self.env._(
                        "%(serial)s was delivered to %(owner)s, not to %(dealer)s. Choose the "
                        "dealer it was delivered to, or correct the serial.",
                        serial=registration.serial,
                        owner=asset.dealer_id.display_name,
                        dealer=dealer.display_name,
                    )
                )
            raise ValidationError(
                self.env._(
                    "%(serial)s was not delivered to a dealer. Set the dealer on the asset first, "
                    "or correct the serial.",
                    serial=registration.serial,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_registered(self):
        kept = self.filtered(lambda r: r.state != "draft")
        if kept:
            raise UserError(
                self.env._(
                    "%(card)s was handed in and is kept. Cancel it instead of deleting it.",
                    card=kept[0].display_name,
                )
            )

    def _get_report_base_filename(self):
        self.ensure_one()
        return f"{self.env._('Registration card')} {self.name}"

    def action_view_asset(self):
        """Open the registered machine."""
        self.ensure_one()
        return self.asset_id.get_formview_action()
