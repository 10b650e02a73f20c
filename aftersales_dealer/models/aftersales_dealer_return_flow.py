from odoo import fields, models
from odoo.exceptions import UserError

USER = "aftersales_dealer.group_aftersales_dealer_user"
MANAGER = "aftersales_dealer.group_aftersales_dealer_manager"


class AftersalesDealerReturn(models.Model):
    """The way of a stock return: requested, decided, received, inspected, paid (D12)."""

    _inherit = "aftersales.dealer.return"

    def action_request(self):
        """Ask the company to take the goods back (D12).

        :raise UserError: naming the first thing that speaks against it; nothing has changed then
        """
        self.check_access("write")
        self._ensure_transition("requested")
        self._ensure_returnable()
        self._set_state("requested", date_requested=fields.Datetime.now())
        return True

    def action_approve(self):
        """Take the goods back: the deliveries are returned by Odoo's own returns (D12).

        :raise AccessError: when the user is no dealer manager
        :raise UserError: when more would come back than was delivered
        """
        self._ensure_group(MANAGER)
        self._ensure_transition("approved")
        self._ensure_returnable()
        self._set_state("approved", **self._prepare_decision_vals(False))
        self._make_transfers()
        self._tell_dealer(
            lambda own: own.env._("Your stock return was approved. Send the goods back.")
        )
        return True

    def action_refuse(self, reason=None):
        """Do not take the goods back (D12).

        :param str reason: told to the dealer; asked for when empty
        """
        if not reason:
            return self.env["aftersales.dealer.reason"]._ask(
                self, "refuse", self.env._("Refuse the Stock Return")
            )
        self._ensure_group(MANAGER)
        self._set_state("refused", **self._prepare_decision_vals(reason.strip()))
        self._tell_dealer(
            lambda own: own.env._("Your stock return was refused: %s", own.decision_reason)
        )
        return True

    def action_cancel(self, reason=None):
        """The goods stay with the dealer; open transfers are cancelled."""
        self.check_access("write")
        self._set_state("cancelled", decision_reason=reason or False)
        # Whoever may cancel the return need not have rights on transfers.
        open_pickings = self.sudo().picking_ids.filtered(lambda p: p.state != "done")
        open_pickings.action_cancel()
        return True

    def action_receive(self):
        """Receive all that was approved; the transfers may be validated in Inventory as well
        (D12).
        """
        self._ensure_group(USER)
        self._ensure_transition("received")
        # Receiving returns is the role's job; it needs no rights on all transfers for it.
        pickings = self.sudo().picking_ids.filtered(lambda p: p.state not in ("done", "cancel"))
        for move in pickings.move_ids:
            move.quantity = move.product_uom_qty
        pickings.move_ids.picked = True
        pickings.with_context(skip_sms=True, cancel_backorder=True)._action_done()
        return True

    def action_complete(self):
        """The inspection is done: charges and credit notes follow from what it found (D12, F06).

        :raise AccessError: when the user is no dealer manager
        """
        self._ensure_group(MANAGER)
        self._ensure_transition("done")
        self._set_state("done")
        self._create_charges()
        self._create_credit_notes()
        return True

    def _ensure_returnable(self):
        """Raise for the first thing that speaks against taking the goods back."""
        for stock_return in self:
            if not stock_return.line_ids:
                raise UserError(
                    self.env._("%(name)s: add what is to go back.", name=stock_return.display_name)
                )
        # Two requests for one delivery at the same moment: the second sees the first.
        self.line_ids.sudo().move_id.lock_for_update()
        self.line_ids._check_own()
        # Two lines of one delivery share what is left of it.
        asked = {
            move: sum(lines.mapped("quantity"))
            for move, lines in self.line_ids.grouped("move_id").items()
        }
        for line, left in self.line_ids._get_returnable().items():
            if line.uom_id.compare(asked[line.move_id], left) > 0:
                raise UserError(
                    self.env._(
                        "%(name)s, %(product)s %(serial)s: %(left)s of what was delivered can "
                        "still be returned, not %(quantity)s.",
                        name=line.return_id.display_name,
                        product=line.product_id.display_name,
                        serial=line.serial or "",
                        left=max(left, 0.0),
                        quantity=asked[line.move_id],
                    )
                )
        self.filtered(lambda r: r.reason == "unsellable")._ensure_seasons_over()

    def _ensure_seasons_over(self):
        """Raise unless unsellable goods saw their seasons and are within the days after them."""
        today = fields.Date.context_today(self)
        agreements = self._get_agreements()
        for line in self.line_ids:
            agreement = agreements[line.return_id]
            names = {"product": line.product_id.display_name, "serial": line.serial or ""}
            if not agreement or not line.date_delivery:
                raise UserError(
                    self.env._(
                        "%(product)s %(serial)s: without a running agreement and a delivery date "
                        "it cannot be returned as unsellable.",
                        **names,
                    )
                )
            problem = agreement.with_env(self.env)._get_season_problem(line.date_delivery, today)
            if problem:
                raise UserError(
                    self.env._("%(product)s %(serial)s: %(problem)s.", problem=problem, **names)
                )

    def _prepare_decision_vals(self, reason):
        return {
            "date_decided": fields.Datetime.now(),
            "decided_by": self.env.uid,
            "decision_reason": reason,
        }

    def _tell_dealer(self, get_sentence):
        """Tell the dealers ``get_sentence(return)``, each in its language."""
        for stock_return in self:
            own = stock_return.with_context(lang=stock_return.dealer_id.lang or self.env.lang)
            own.message_post(
                body=get_sentence(own),
                partner_ids=own.dealer_id.ids,
                subtype_xmlid="mail.mt_comment",
            )

    def action_view_pickings(self):
        """Open the transfers that bring the goods back."""
        return self._open("stock.action_picking_tree_all", self.picking_ids)

    def action_view_credits(self):
        """Open the credit notes of the goods."""
        return self._open("account.action_move_out_refund_type", self.credit_ids)

    def action_view_charges(self):
        """Open the charges for freight and restoration."""
        return self._open("aftersales_dealer.aftersales_dealer_charge_action", self._get_charges())

    def _open(self, action, records):
        action = self.env["ir.actions.act_window"]._for_xml_id(action)
        return dict(action, domain=[("id", "in", records.ids)], context={})
