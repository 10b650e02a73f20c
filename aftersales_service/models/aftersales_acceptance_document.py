from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools import format_date

CONTENT = {"partner_id", "company_id", "date", "remarks", "customer_remarks", "line_ids"}


class AftersalesAcceptanceDocument(models.Model):
    """One acceptance of one or several machines, signed by the customer and by us (W06).

    Either side signs first, in the browser or, the customer, on the portal. What one side has
    signed does not change; with the second signature the machines are accepted.
    """

    _name = "aftersales.acceptance.document"
    _description = "Acceptance"
    _inherit = [
        "aftersales.number.mixin",
        "aftersales.transition.mixin",
        "portal.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True
    _number_sequence = "aftersales.acceptance.document"
    _guard_readonly = True
    _transitions = {
        "draft": ("to_sign", "to_countersign", "signed", "cancelled"),
        "to_sign": ("draft", "to_countersign", "signed", "cancelled"),
        "to_countersign": ("signed", "cancelled"),
        "cancelled": ("draft",),
    }

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, index=True, tracking=True
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        default=lambda self: self.env.user,
        index="btree_not_null",
        help="Told when the customer has signed and we have not.",
    )
    line_ids = fields.One2many(
        "aftersales.acceptance.line", "document_id", string="Machines", copy=False
    )
    asset_count = fields.Integer(compute="_compute_asset_count", string="Number of Machines")
    date = fields.Date(
        string="Accepted on",
        copy=False,
        tracking=True,
        help="The day of the customer's signature when empty.",
    )
    remarks = fields.Text(
        string="Remarks and Defects", help="What is missing or has to be put right, and by when."
    )
    customer_remarks = fields.Text(string="Customer's Remarks", copy=False)
    signature = fields.Image(
        string="Customer's Signature",
        copy=False,
        readonly=True,
        max_width=1024,
        max_height=1024,
    )
    signed_by = fields.Char(string="Signed by", copy=False, readonly=True, tracking=True)
    signed_on = fields.Datetime(copy=False, readonly=True)
    company_signature = fields.Image(
        string="Our Signature", copy=False, readonly=True, max_width=1024, max_height=1024
    )
    company_user_id = fields.Many2one(
        "res.users", string="Signed for Us by", copy=False, readonly=True, tracking=True
    )
    company_signed_on = fields.Datetime(string="Signed for Us on", copy=False, readonly=True)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("to_sign", "To sign by customer"),
            ("to_countersign", "To countersign"),
            ("signed", "Signed"),
            ("cancelled", "Cancelled"),
        ],
        string="Status",
        required=True,
        default="draft",
        tracking=True,
        group_expand=True,
    )

    _name_uniq = models.UniqueIndex(
        "(name, company_id)", "The number of an acceptance must be unique per company."
    )

    @api.depends("line_ids")
    def _compute_asset_count(self):
        for document in self:
            document.asset_count = len(document.line_ids)

    def _compute_access_url(self):
        result = super()._compute_access_url()
        for document in self:
            document.access_url = f"/my/acceptances/{document.id}"
        return result

    @api.constrains("date")
    def _check_date(self):
        for document in self:
            if document.date and document.date > document.company_id._get_aftersales_today():
                raise ValidationError(
                    self.env._(
                        "%(document)s: “Accepted on” (%(date)s) is in the future. Enter the day "
                        "on which the customer accepted, or leave it empty.",
                        document=document.display_name,
                        date=format_date(self.env, document.date),
                    )
                )

    @api.constrains("partner_id", "company_id", "line_ids")
    def _check_lines(self):
        self.line_ids._check_asset()

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        self.line_ids = [
            Command.unlink(line.id)
            for line in self.line_ids
            if line.asset_id.partner_id.commercial_partner_id
            != self.partner_id.commercial_partner_id
        ]

    def copy_data(self, default=None):
        # The machines of the screen's context are those of the original.
        return [
            {"line_ids": [], "date": False, **vals} for vals in super().copy_data(default=default)
        ]

    def _check_frozen(self, vals):
        """What one side has signed does not change any more (J04)."""
        if CONTENT & vals.keys():
            self._check_unsigned()
        return super()._check_frozen(vals)

    def _check_unsigned(self):
        """Raise UserError for the first document that somebody has signed."""
        for document in self:
            if document.signed_on or document.company_signed_on:
                raise UserError(
                    self.env._(
                        "%(document)s is signed by %(name)s: it can no longer be changed. Cancel "
                        "it, or take our signature back, and begin anew.",
                        document=document.display_name,
                        name=document.signed_by or document.company_user_id.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_signed(self):
        self._check_unsigned()

    def action_view_assets(self):
        """Open the machines of the document."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_asset_action"
        )
        return dict(action, domain=[("id", "in", self.line_ids.asset_id.ids)], context={})
