from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command

MAX_LISTED = 100


class AftersalesDealerReturn(models.Model):
    """Stock returns that a dealer asks for on the portal (D12, D14)."""

    _inherit = "aftersales.dealer.return"

    @api.model
    def _get_portal_machines(self, dealer):
        """Return the machines in the stock of ``dealer``, oldest first, for its portal users."""
        assets = self.env["aftersales.asset"]
        # The dealer's own by this domain; sudo, because serials and products are shown.
        return assets.sudo().search(
            assets._get_to_register_domain(dealer), order="date_delivery, id", limit=MAX_LISTED
        )

    @api.model
    def _get_portal_deliveries(self, dealer):
        """Return {delivery move: quantity that may go back} of parts delivered to ``dealer``."""
        # As above: deliveries of the dealer itself; machines are listed by their serials.
        moves = (
            self.env["stock.move"]
            .sudo()
            .search(
                [
                    ("picking_id.partner_id", "child_of", dealer.id),
                    ("state", "=", "done"),
                    ("location_dest_id.usage", "=", "customer"),
                    ("product_id.is_asset", "=", False),
                    ("product_id.tracking", "=", "none"),
                ],
                order="date desc, id desc",
                limit=MAX_LISTED,
            )
        )
        # sudo: lines that are never stored, of the deliveries found above.
        lines = self.env["aftersales.dealer.return.line"].sudo()
        asked = [
            lines.new({"move_id": move.id, "product_id": move.product_id.id}) for move in moves
        ]
        left = lines.concat(*asked)._get_returnable()
        return {
            line.move_id._origin or line.move_id: quantity
            for line, quantity in left.items()
            if line.uom_id.compare(quantity, 0.0) > 0
        }

    @api.model
    def _request_for_portal(self, dealer, reason, description, asset_ids, quantities):
        """Make and send the request of a portal user of ``dealer``; looks at the dealer's own
        machines and deliveries only.

        :param list asset_ids: ids of machines
        :param dict quantities: id of a delivery move → quantity
        :return: the return
        :raise UserError: when nothing is chosen or something cannot go back
        """
        machines = self._get_portal_machines(dealer).filtered(lambda a: a.id in set(asset_ids))
        deliveries = self._get_portal_deliveries(dealer) if quantities else {}
        lines = [Command.create({"asset_id": asset.id}) for asset in machines]
        lines += [
            Command.create(
                {
                    "move_id": move.id,
                    "product_id": move.product_id.id,
                    "quantity": quantities[move.id],
                }
            )
            for move in deliveries
            if quantities.get(move.id, 0.0) > 0
        ]
        if not lines:
            raise UserError(self.env._("Choose at least one machine or part of your stock."))
        if reason not in dict(self._fields["reason"].selection):
            raise UserError(self.env._("Choose why the goods are to go back."))
        company = (machines.company_id or next(iter(deliveries)).company_id)[:1]
        # Portal users write nothing themselves; what is written was looked up for their dealer.
        stock_return = self.sudo().create(
            {
                "dealer_id": dealer.id,
                "company_id": company.id,
                "reason": reason,
                "description": (description or "").strip()[:4000],
                "line_ids": lines,
            }
        )
        stock_return.action_request()
        return stock_return

    def _cancel_for_portal(self):
        """The dealer takes its request back, until it is decided."""
        for stock_return in self:
            if stock_return.state != "requested":
                raise UserError(
                    self.env._(
                        "%(name)s is decided and can no longer be taken back.",
                        name=stock_return.name,
                    )
                )
        self.action_cancel(reason=self.env._("Taken back by the dealer"))
