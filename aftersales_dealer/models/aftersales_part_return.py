from odoo import api, fields, models
from odoo.exceptions import UserError


class AftersalesPartReturn(models.Model):
    """A shipment of old parts on its way back to be appraised (旧件, D09)."""

    _name = "aftersales.part.return"
    _description = "Old Part Return"
    _inherit = ["aftersales.dealer.document.mixin"]
    _portal_path = "/my/part-returns"
    _mail_post_access = "read"
    _rec_names_search = ["name", "tracking_ref", "dealer_id.name"]
    _number_sequence = "aftersales.part.return"
    _transitions = {
        "draft": ("shipped", "cancelled"),
        "shipped": ("received", "cancelled"),
        "received": ("appraised",),
    }
    _frozen_fields = {
        "shipped": {"dealer_id", "company_id"},
        "received": {"dealer_id", "company_id", "carrier", "tracking_ref", "date_shipped"},
        "appraised": {
            "dealer_id",
            "company_id",
            "carrier",
            "tracking_ref",
            "date_shipped",
            "date_received",
        },
        "cancelled": {"dealer_id", "company_id"},
    }

    line_ids = fields.One2many(
        "aftersales.part.return.line", "return_id", string="Parts", copy=False
    )
    claim_ids = fields.Many2many("aftersales.claim", string="Claims", compute="_compute_claim_ids")
    claim_count = fields.Integer(compute="_compute_claim_ids")
    carrier = fields.Char(help="Freight company, or the number plate of our delivery truck.")
    tracking_ref = fields.Char(string="Waybill", index="trigram")
    picking_id = fields.Many2one(
        "stock.picking",
        string="Transfer",
        readonly=True,
        copy=False,
        index="btree_not_null",
        check_company=True,
    )
    date_shipped = fields.Date(string="Shipped on", readonly=True, copy=False, tracking=True)
    date_received = fields.Datetime(string="Received on", readonly=True, copy=False, tracking=True)
    received_by = fields.Many2one("res.users", readonly=True, copy=False, index="btree_not_null")
    date_appraised = fields.Datetime(string="Appraised on", readonly=True, copy=False)
    appraised_by = fields.Many2one("res.users", readonly=True, copy=False, index="btree_not_null")
    has_discrepancy = fields.Boolean(
        string="Discrepancy", compute="_compute_has_discrepancy", store=True
    )
    note = fields.Text()
    state = fields.Selection(
        [
            ("draft", "To ship"),
            ("shipped", "In transit"),
            ("received", "To appraise"),
            ("appraised", "Appraised"),
            ("cancelled", "Cancelled"),
        ],
        string="Status",
        required=True,
        default="draft",
        index=True,
        tracking=True,
        group_expand=True,
    )

    _name_uniq = models.UniqueIndex(
        "(name, company_id)", "The return number must be unique per company."
    )

    @api.depends("line_ids.claim_id")
    def _compute_claim_ids(self):
        for part_return in self:
            part_return.claim_ids = part_return.line_ids.claim_id
            part_return.claim_count = len(part_return.claim_ids)

    @api.depends("state", "line_ids.quantity", "line_ids.quantity_received")
    def _compute_has_discrepancy(self):
        for part_return in self:
            arrived = part_return.state in ("received", "appraised")
            part_return.has_discrepancy = arrived and any(
                line.uom_id.compare(line.quantity_received, line.quantity)
                for line in part_return.line_ids
            )

    @api.constrains("dealer_id")
    def _check_dealer(self):
        self.line_ids._check_claim_line()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_shipped(self):
        for part_return in self:
            if part_return.state not in ("draft", "cancelled"):
                raise UserError(
                    self.env._(
                        "%(part_return)s was shipped and is kept.",
                        part_return=part_return.display_name,
                    )
                )

    def action_ship(self):
        """The parts are handed to the carrier: an incoming transfer waits for them (D09)."""
        self.check_access("write")
        for part_return in self:
            if not part_return.line_ids:
                raise UserError(
                    self.env._(
                        "%(part_return)s has no parts. Add them.",
                        part_return=part_return.display_name,
                    )
                )
        self._set_state("shipped", date_shipped=fields.Date.context_today(self))
        self._create_transfers()
        # As for the transfers: a dealer's clerk ships, and writes no old parts.
        self.sudo().line_ids._move_on("shipped", "shipped")
        return True

    def action_receive(self):
        """The parts arrived in the quantities entered on the lines; what is less is missing (D09,
        D18).

        :raise UserError: when they are not in transit, or a serial is missing
        """
        self._ensure_internal()
        self._ensure_transition("received")
        self.line_ids._ensure_serials()
        self._receive_transfers()
        return True

    def action_appraise(self):
        """The appraiser has judged the parts: usable and unusable ones part ways, the claims go
        on (D09).

        :raise AccessError: when the user is no appraiser
        :raise UserError: when a part has no verdict yet
        """
        self._ensure_group("aftersales_dealer.group_aftersales_appraiser")
        self._ensure_transition("appraised")
        arrived = self.line_ids.filtered(lambda part: part.state == "received")
        arrived.filtered(lambda part: part.sampling != "rest")._ensure_verdicts()
        recalled = arrived._extend_samples()
        if recalled:
            return recalled._tell_recalled()
        now = fields.Datetime.now()
        self._set_state("appraised", date_appraised=now, appraised_by=self.env.uid)
        arrived._move_appraised()
        arrived._release_amounts()
        for verdict, parts in arrived.grouped("appraisal").items():
            parts._move_on("appraised", verdict, date_appraised=now)
        arrived.claim_line_id._filter_under_review().claim_id._default_payers()
        arrived.claim_id._on_parts_appraised()
        return True

    def action_cancel(self):
        """The parts do not come this way: they are awaited again."""
        self.check_access("write")
        self._set_state("cancelled")
        # As in ``action_ship``: dealers have no rights on transfers.
        self.sudo().picking_id.filtered(lambda picking: picking.state != "done").action_cancel()
        labels = {part_return: part_return.line_ids.mapped("label") for part_return in self}
        self.sudo().line_ids._put_back()  # as above
        for part_return, names in labels.items():
            part_return.message_post(body=self.env._("Awaited again: %s", ", ".join(names) or "-"))
        return True

    def unlink(self):
        """The parts of a shipment that is deleted are awaited again."""
        self.line_ids._put_back()
        return super().unlink()

    def action_view_claims(self):
        """Open the claims that the parts belong to."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_dealer.aftersales_claim_action"
        )
        return dict(action, domain=[("id", "in", self.claim_ids.ids)], context={})

    def action_view_picking(self):
        """Open the stock transfer of the parts."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("stock.action_picking_tree_all")
        return dict(action, res_id=self.picking_id.id, views=[(False, "form")], view_mode="form")

    def _get_sender(self):
        """Return who sends the parts: the dealer."""
        self.ensure_one()
        return self.dealer_id

    def _ensure_open(self):
        """Raise when the shipment has left: parts no longer come to it or leave it."""
        for part_return in self:
            if part_return.state != "draft":
                raise UserError(
                    self.env._(
                        "%(part_return)s is %(state)s: its parts can no longer be changed.",
                        part_return=part_return.display_name,
                        state=part_return._get_state_label(part_return.state),
                    )
                )

    def _ensure_internal(self):
        """Raise unless the user is one of the company's own: a dealer cannot confirm its own
        delivery.
        """
        self._ensure_group("aftersales_dealer.group_aftersales_dealer_user")
