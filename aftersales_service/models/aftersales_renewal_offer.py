from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command


class AftersalesRenewal(models.Model):
    """Quotations for more cover, one a customer, never twice (W10)."""

    _inherit = "aftersales.renewal"

    def action_make_quotations(self):
        """Make one quotation a customer for these assets, or open those there are (W10).

        :return: action that opens the quotations
        :raise AccessError: when the user may not sell
        :raise UserError: when an asset is no longer with its customer, or the offer is decided
        """
        orders = self._make_quotations()
        action = self.env["ir.actions.act_window"]._for_xml_id("sale.action_quotations")
        if len(orders) == 1:
            return dict(action, res_id=orders.id, views=[(False, "form")], view_mode="form")
        return dict(action, domain=[("id", "in", orders.ids)], context={})

    def _make_quotations(self):
        """Return the quotations of these renewals, made where there is none."""
        self._check_may_sell()
        self.lock_for_update()
        for renewal in self:
            renewal._check_offerable()
        missing = self.filtered(lambda renewal: renewal.state == "open")
        offers = missing._get_offers()
        for (company, partner), renewals in missing.grouped(
            lambda renewal: (renewal.company_id, renewal.partner_id)
        ).items():
            order = renewals._get_open_order(company, partner)
            lines = renewals._prepare_order_lines(offers)
            if order:
                order.order_line = lines
            else:
                vals = renewals._prepare_order_vals(company, partner)
                order = self.env["sale.order"].create(dict(vals, order_line=lines))
            # The salesperson sells; that the chance is taken is recorded by the system.
            renewals.sudo().sale_order_id = order
        return self.sale_order_id

    def _get_of_same_customer(self):
        """Return what can be offered to the same customer, of those that the user sells."""
        self.ensure_one()
        return self | self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("partner_id", "=", self.partner_id.id),
                ("user_id", "=", self.user_id.id),
                ("state", "in", ("open", "offered")),
            ]
        )

    def _check_may_sell(self):
        """Raise AccessError when the user may not make quotations."""
        self.check_access("read")
        if not self.env["sale.order"].has_access("create"):
            raise AccessError(
                self.env._("You may not make quotations: ask a salesperson to offer the renewal.")
            )

    def _check_offerable(self):
        """Raise UserError when there is nothing to offer any more."""
        self.ensure_one()
        if self.state in ("won", "lost"):
            raise UserError(
                self.env._(
                    "%(renewal)s is %(state)s already. Use “Offer Extension” on the asset to start "
                    "again.",
                    renewal=self.display_name,
                    state=self._get_state_label(self.state),
                )
            )
        if self.asset_id.state != "in_service" or not self.partner_id:
            raise UserError(
                self.env._(
                    "%(asset)s is %(state)s: there is nobody to offer more cover to.",
                    asset=self.asset_id.display_name,
                    state=self.asset_id._get_state_label(self.asset_id.state),
                )
            )

    @api.model
    def _get_open_order(self, company, partner):
        """Return the draft quotation for more cover that ``partner`` has already; may be empty."""
        return self.env["sale.order"].search(
            [
                ("company_id", "=", company.id),
                ("partner_id", "=", partner.id),
                ("state", "=", "draft"),
                ("aftersales_renewal_ids", "!=", False),
            ],
            limit=1,
        )

    def _prepare_order_vals(self, company, partner):
        """Return the values of the quotation for ``partner``."""
        return {
            "company_id": company.id,
            "partner_id": partner.id,
            "user_id": (self.user_id[:1] or self.env.user).id,
            "origin": self.env._("Ending cover"),
        }

    def _prepare_order_lines(self, offers):
        """Return the commands of the order lines: one a product, for all its assets."""
        by_product = self.grouped(
            lambda renewal: renewal.product_id or offers[renewal.asset_id][:1]
        )
        commands = []
        for product, renewals in by_product.items():
            if product:
                commands.append(Command.create(renewals._prepare_order_line_vals(product)))
            note = self.env._("For: %s", ", ".join(renewals.asset_id.mapped("display_name")))
            commands.append(Command.create({"display_type": "line_note", "name": note}))
        return commands

    def _prepare_order_line_vals(self, product):
        """Return the values of the line that offers ``product`` for these renewals' assets."""
        vals = {"product_id": product.id, "product_uom_qty": len(self)}
        # Contracts and extended warranties are for the assets named on the line.
        if "aftersales_asset_ids" in self.env["sale.order.line"]._fields:
            vals["aftersales_asset_ids"] = [Command.set(self.asset_id.ids)]
        return vals

    def action_lose(self):
        """Open the dialog that asks why nothing is sold."""
        self._check_may_sell()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_renewal_lose_action"
        )
        return dict(action, context={"default_renewal_ids": self.ids})

    def _lose(self, reason):
        """Nothing is sold, for ``reason`` (str).

        :raise UserError: without a reason, or when it was sold
        """
        self._check_may_sell()
        won = self.filtered(lambda renewal: renewal.state == "won")
        if won or not (reason or "").strip():
            raise UserError(
                self.env._(
                    "%(renewal)s: it was sold already, or the reason is missing. Write down why "
                    "nothing was sold.",
                    renewal=(won or self)[0].display_name,
                )
            )
        self._write_past_guard({"lost_reason": reason.strip(), "date_next": False})

    def action_reopen(self):
        """Offer again what was lost."""
        self._check_may_sell()
        self._write_past_guard({"lost_reason": False})
