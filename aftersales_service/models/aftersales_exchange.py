from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date


class AftersalesExchange(models.Model):
    """A free replacement of an asset: proposed, decided, carried out through stock (W09, W16)."""

    _name = "aftersales.exchange"
    _description = "Free Replacement"
    _inherit = [
        "aftersales.number.mixin",
        "aftersales.transition.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True
    _rec_names_search = ["name", "serial"]
    _number_sequence = "aftersales.exchange"
    _initial_states = ("proposed",)
    _guard_readonly = True
    _transitions = {
        "proposed": ("approved", "refused", "cancelled"),
        "approved": ("done", "cancelled"),
    }
    _decided_fields = {
        "asset_id",
        "product_id",
        "reason",
        "replacement_cover",
        "return_defective",
        "warehouse_id",
        "company_id",
    }
    _frozen_fields = dict.fromkeys(("approved", "done", "refused", "cancelled"), _decided_fields)

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    asset_id = fields.Many2one(
        "aftersales.asset",
        string="Defective Asset",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        tracking=True,
        domain="[('state', '=', 'in_service'), ('company_id', '=', company_id)]",
    )
    serial = fields.Char(related="asset_id.serial", store=True, index="trigram")
    partner_id = fields.Many2one(
        related="asset_id.partner_id", string="Owner", store=True, index="btree_not_null"
    )
    ticket_id = fields.Many2one(
        "aftersales.ticket", index="btree_not_null", check_company=True, ondelete="set null"
    )
    ticket_ids = fields.One2many(
        "aftersales.ticket", "exchange_id", string="Repeated Faults", readonly=True
    )
    symptom_id = fields.Many2one(
        "aftersales.symptom", index="btree_not_null", readonly=True, ondelete="restrict"
    )
    origin = fields.Selection(
        [("repeat", "Repeated fault"), ("manual", "Proposed by hand")],
        string="Proposed because of",
        required=True,
        default="manual",
        readonly=True,
    )
    repeat_count = fields.Integer(readonly=True)
    repeat_days = fields.Integer(readonly=True)
    reason = fields.Text(help="Why a replacement, not another repair.")
    explanation = fields.Text(string="Why", compute="_compute_explanation")
    user_id = fields.Many2one(
        "res.users",
        string="Decided by",
        index="btree_not_null",
        tracking=True,
        domain="[('share', '=', False)]",
        help="The service manager who is asked to decide.",
    )

    product_id = fields.Many2one(
        "product.product",
        string="Replacement Product",
        compute="_compute_product_id",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        index=True,
        check_company=True,
        tracking=True,
        domain="[('is_asset', '=', True), ('type', '=', 'consu')]",
        help="A product of the same grade: the same one, or its successor.",
    )
    replacement_cover = fields.Selection(
        [
            ("remaining", "The remaining cover of the replaced asset"),
            ("full", "A new warranty of its own"),
        ],
        string="Replacement Gets",
        compute="_compute_replacement_cover",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        tracking=True,
    )
    return_defective = fields.Boolean(
        string="Defective Asset Comes Back",
        default=True,
        help="Otherwise it is scrapped where it stands when the replacement is delivered.",
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        compute="_compute_warehouse_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        check_company=True,
        help="Delivers the replacement and takes the defective asset back.",
    )

    return_picking_id = fields.Many2one(
        "stock.picking", string="Return", readonly=True, copy=False, index="btree_not_null"
    )
    move_ids = fields.One2many("stock.move", "aftersales_exchange_id", string="Replacement Moves")
    replacement_id = fields.Many2one(
        "aftersales.asset",
        string="Replaced by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        tracking=True,
    )
    date_replaced = fields.Date(string="Replaced on", readonly=True, copy=False)
    date_returned = fields.Date(string="Came Back on", readonly=True, copy=False)
    approved_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    date_approved = fields.Datetime(string="Approved on", readonly=True, copy=False)
    refuse_reason = fields.Char(readonly=True, copy=False, tracking=True)
    state = fields.Selection(
        [
            ("proposed", "Proposed"),
            ("approved", "Approved"),
            ("done", "Replaced"),
            ("refused", "Refused"),
            ("cancelled", "Cancelled"),
        ],
        string="Status",
        required=True,
        default="proposed",
        index=True,
        tracking=True,
        group_expand=True,
    )

    _name_uniq = models.UniqueIndex(
        "(name, company_id)", "The number of a replacement must be unique per company."
    )
    _open_uniq = models.UniqueIndex(
        "(asset_id) WHERE state IN ('proposed', 'approved')",
        "There is an open replacement of this asset already: open that one.",
    )
    _series_uniq = models.UniqueIndex(
        "(ticket_id) WHERE origin = 'repeat' AND state != 'cancelled'",
        "A fault proposes a replacement once only.",
    )

    @api.depends("asset_id")
    def _compute_product_id(self):
        for exchange in self:
            exchange.product_id = exchange.asset_id.product_id

    @api.depends("asset_id")
    def _compute_replacement_cover(self):
        for exchange in self:
            policy = exchange.asset_id.warranty_policy_id
            exchange.replacement_cover = policy.replacement_cover or "remaining"

    @api.depends("asset_id", "company_id")
    def _compute_warehouse_id(self):
        # The agent who proposes need not have rights on stock.
        first = self.env["stock.warehouse"].sudo()
        firsts = {
            company: first.search([("company_id", "=", company.id)], limit=1)
            for company in self.company_id
        }
        for exchange in self:
            # As above.
            delivery = exchange.sudo().asset_id.stock_move_id.picking_id
            exchange.warehouse_id = (
                delivery.picking_type_id.warehouse_id or firsts.get(exchange.company_id) or False
            )

    @api.depends("reason", "ticket_ids.date_failure", "symptom_id", "repeat_count", "asset_id")
    @api.depends_context("lang")
    def _compute_explanation(self):
        for exchange in self:
            sentences = [exchange._explain_series()] if exchange.origin == "repeat" else []
            if exchange.reason:
                sentences.append(exchange.reason)
            exchange.explanation = "\n".join(sentences)

    def _explain_series(self):
        """Return the sentence that lists the repeated faults, in the user's language."""
        # The reasons name tickets of other technicians, too.
        tickets = self.sudo().ticket_ids.sorted(lambda t: (t._get_fault_day(), t.id))
        faults = ", ".join(
            self.env._(
                "%(ticket)s of %(date)s",
                ticket=ticket.name,
                date=format_date(self.env, ticket._get_fault_day()),
            )
            for ticket in tickets
        )
        return self.env._(
            "%(asset)s: the fault “%(symptom)s” was reported %(number)s times (%(faults)s). After "
            "%(count)s times within %(days)s days the policy promises a free replacement of the "
            "same grade.",
            asset=self.asset_id.display_name,
            symptom=self.symptom_id.display_name,
            number=len(tickets),
            faults=faults,
            count=self.repeat_count,
            days=self.repeat_days,
        )

    @api.constrains("origin", "reason")
    def _check_reason(self):
        for exchange in self:
            if exchange.origin == "manual" and not (exchange.reason or "").strip():
                raise ValidationError(
                    self.env._(
                        "%(asset)s: write under “Reason” why it is to be replaced.",
                        asset=exchange.asset_id.display_name,
                    )
                )

    @api.constrains("asset_id", "ticket_id")
    def _check_ticket_asset(self):
        for exchange in self:
            if exchange.ticket_id.asset_id and exchange.ticket_id.asset_id != exchange.asset_id:
                raise ValidationError(
                    self.env._(
                        "%(ticket)s is about %(other)s, not about %(asset)s. Choose a ticket of "
                        "the asset that is replaced.",
                        ticket=exchange.ticket_id.display_name,
                        other=exchange.ticket_id.asset_id.display_name,
                        asset=exchange.asset_id.display_name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        self._ensure_proposed(self.env._("Only a proposal can be deleted"))
