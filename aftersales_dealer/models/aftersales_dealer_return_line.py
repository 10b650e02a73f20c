from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .aftersales_dealer_return import LIVE_STATES


class AftersalesDealerReturnLine(models.Model):
    """A machine or a quantity of parts that a dealer returns, of one delivery (D12)."""

    _name = "aftersales.dealer.return.line"
    _description = "Dealer Stock Return Line"
    _order = "return_id, id"
    _check_company_auto = True
    _rec_name = "product_id"

    return_id = fields.Many2one(
        "aftersales.dealer.return", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="return_id.company_id", store=True, index=True)
    dealer_id = fields.Many2one(related="return_id.dealer_id", store=True, index=True)
    state = fields.Selection(related="return_id.state", store=True, index=True)
    serial = fields.Char(
        compute="_compute_serial",
        store=True,
        readonly=False,
        precompute=True,
        help="Type the serial of a machine in the dealer's stock: product and delivery follow.",
    )
    asset_id = fields.Many2one(
        "aftersales.asset",
        string="Machine",
        index="btree_not_null",
        check_company=True,
        domain="[('dealer_id', '=', dealer_id), ('state', '=', 'in_service'),"
        " ('registration_state', '=', 'open')]",
    )
    move_id = fields.Many2one(
        "stock.move",
        string="Delivery Move",
        compute="_compute_delivery",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        help="What brought the goods to the dealer; nothing when it was before Odoo.",
    )
    lot_id = fields.Many2one(
        "stock.lot",
        compute="_compute_delivery",
        store=True,
        precompute=True,
        index="btree_not_null",
    )
    product_id = fields.Many2one(
        "product.product",
        compute="_compute_delivery",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
        check_company=True,
        domain="[('type', '=', 'consu')]",
    )
    uom_id = fields.Many2one(related="product_id.uom_id")
    quantity = fields.Float(digits="Product Unit", default=1.0, required=True)
    date_delivery = fields.Date(
        string="Delivered on",
        compute="_compute_delivery",
        store=True,
        readonly=False,
        precompute=True,
    )
    quantity_received = fields.Float(
        string="Received", digits="Product Unit", readonly=True, copy=False
    )
    finding = fields.Char(copy=False, help="What the inspection found.")
    return_move_id = fields.Many2one(
        "stock.move", readonly=True, copy=False, index="btree_not_null"
    )

    # The same serial of the same delivery never comes back twice.
    _serial_uniq = models.UniqueIndex(
        "(lot_id, COALESCE(move_id, 0)) WHERE lot_id IS NOT NULL"
        " AND state IN ('draft', 'requested', 'approved', 'received', 'done')",
        "This serial is in a stock return already.",
    )
    _quantity_positive = models.Constraint(
        "CHECK(quantity > 0)", "The quantity of a returned product must be positive."
    )

    @api.depends("asset_id")
    def _compute_serial(self):
        for line in self:
            line.serial = line.asset_id.serial or line.serial

    @api.depends("asset_id", "move_id")
    def _compute_delivery(self):
        for line in self:
            # Serials and deliveries are read for dealers' staff without rights on stock.
            asset, move = line.asset_id.sudo(), line.move_id.sudo()
            move = asset.stock_move_id or move
            line.move_id = move.sudo(False)
            line.lot_id = asset.lot_id.id
            line.product_id = (asset.product_id or move.product_id or line.product_id).id
            day = asset.date_delivery or (move.date and move.date.date()) or line.date_delivery
            line.date_delivery = day

    @api.model_create_multi
    def create(self, vals_list):
        self._find_machines(vals_list)
        lines = super().create(vals_list)
        lines._ensure_open()
        return lines

    def write(self, vals):
        if {"return_id", "asset_id", "serial", "product_id", "quantity", "move_id"} & vals.keys():
            self._ensure_open()
        if {"quantity_received", "return_move_id", "lot_id"} & vals.keys() and not self.env.su:
            raise UserError(
                self.env._("What was received follows from the transfer and is not typed in.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_requested(self):
        self._ensure_open()

    def _ensure_open(self):
        for line in self:
            if line.return_id.state not in ("draft", "requested"):
                raise UserError(
                    self.env._(
                        "%(name)s is decided: its goods can no longer be changed.",
                        name=line.return_id.display_name,
                    )
                )

    @api.model
    def _find_machines(self, vals_list):
        """Put the machine into each values dict that names a serial; in one query.

        :raise ValidationError: for a serial that is not in the dealer's stock; another dealer's
            and an unknown one get the same answer
        """
        asked = [vals for vals in vals_list if vals.get("serial") and not vals.get("asset_id")]
        if not asked:
            return
        returns = self.env["aftersales.dealer.return"]
        assets = self.env["aftersales.asset"].search(
            [
                ("serial", "in", [vals["serial"].strip() for vals in asked]),
                ("dealer_id", "in", returns.browse([v["return_id"] for v in asked]).dealer_id.ids),
                ("state", "=", "in_service"),
            ]
        )
        by_serial = {(asset.serial, asset.dealer_id.id): asset for asset in assets}
        for vals in asked:
            dealer = returns.browse(vals["return_id"]).dealer_id
            asset = by_serial.get((vals["serial"].strip(), dealer.id))
            if not asset:
                raise ValidationError(
                    self.env._(
                        "%(serial)s is not among the machines in the stock of %(dealer)s.",
                        serial=vals["serial"],
                        dealer=dealer.name,
                    )
                )
            vals["asset_id"] = asset.id

    @api.constrains("asset_id", "move_id", "return_id", "quantity")
    def _check_own(self):
        """What is returned was delivered to this dealer and not sold on."""
        for line in self:
            asset = line.asset_id.sudo()  # its dealer and card are looked at, nothing is shown
            problem = False
            if asset and asset.dealer_id != line.dealer_id:
                problem = self.env._("is not among the dealer's machines")
            elif asset.registration_id:
                problem = self.env._("was registered as sold to an end user")
            elif asset and asset.state != "in_service":
                problem = self.env._("came back already")
            elif asset and line.uom_id.compare(line.quantity, asset.quantity) > 0:
                problem = self.env._("was delivered in a smaller quantity")
            elif not asset and not line._is_own_delivery():
                problem = self.env._("was not delivered to this dealer")
            if problem:
                raise ValidationError(
                    self.env._(
                        "%(product)s %(serial)s %(problem)s.",
                        product=line.product_id.display_name,
                        serial=line.serial or "",
                        problem=problem,
                    )
                )

    def _is_own_delivery(self):
        """Whether the delivery named on the line went to the line's dealer."""
        self.ensure_one()
        move = self.move_id.sudo()  # as in ``_check_own``
        if not move:
            return True  # before Odoo: a dealer manager decides
        partner = move.picking_id.partner_id or move.sale_line_id.order_id.partner_id
        return move.state == "done" and partner.commercial_partner_id == self.dealer_id

    def _get_returnable(self):
        """Return {line: quantity of its delivery that is not returned or asked for elsewhere}, for
        lines with a delivery; a constant number of queries.
        """
        own = self.filtered("move_id")
        moves = own.move_id.sudo()  # as in ``_check_own``
        others = dict(
            # sudo: quantities only; what colleagues asked back of these deliveries counts, too.
            self.sudo()._read_group(
                [
                    ("move_id", "in", moves.ids),
                    ("id", "not in", self.ids),
                    ("state", "in", [s for s in LIVE_STATES if s not in ("received", "done")]),
                    ("return_move_id", "=", False),
                ],
                ["move_id"],
                ["quantity:sum"],
            )
        )
        back = {
            move: sum(
                returned.product_uom._compute_quantity(
                    returned.quantity if returned.state == "done" else returned.product_uom_qty,
                    move.product_id.uom_id,
                )
                for returned in move.returned_move_ids
                if returned.state != "cancel" and returned not in own.return_move_id
            )
            for move in moves
        }
        return {
            # sudo: as for ``moves``; quantity and unit only.
            line: line.move_id.sudo().product_uom._compute_quantity(
                line.move_id.sudo().quantity, line.product_id.uom_id
            )
            - back[line.move_id]
            - others.get(line.move_id, 0.0)
            for line in own
        }
