from odoo import api, fields, models


class AftersalesTicket(models.Model):
    """Customers find what became of a merged ticket: by mail, portal and link (T09, T15, T17)."""

    _inherit = "aftersales.ticket"

    def _get_mail_target(self):
        """Mail on a merged ticket goes to the one that it was merged into."""
        return super()._get_mail_target()._get_survivor()

    def _get_customer_survivor(self):
        """Return the ticket that this one's customer is shown: the one that it was merged into,
        when that is theirs too.
        """
        self.ensure_one()
        survivor = self._get_survivor()
        return survivor if self._is_shown_with(survivor) else self

    def _is_shown_with(self, survivor):
        """Whether the customer of this ticket may see ``survivor``."""
        # sudo: contacts of the same company, which neither side need be able to read.
        tickets = (self | survivor).sudo()
        return bool(survivor.sudo().partner_id) and tickets._has_one_customer()

    def _is_link_live(self):
        """The link of a merged ticket lives its days while the one that it leads to is open: it is
        a stub, and its closing no end for the customer.
        """
        survivor = self._get_survivor()
        # sudo: only whether it is closed.
        if survivor != self and self.link_date and not survivor.sudo().is_closed:
            return fields.Datetime.now() < self._get_link_date_last()
        return super()._is_link_live()

    def action_revoke_customer_link(self):
        """Also the links of the tickets that were merged into these: they lead here (T09)."""
        # sudo: merged tickets take nothing but this; the user is checked for these.
        self._check_may_handle_link()
        merged = self.sudo().merged_ids.filtered("link_date")
        merged._write_past_guard({"link_date": False})
        return super().action_revoke_customer_link()

    def _get_customer_page(self):
        """Also the quotations that went to the customer, with what became of them (T11)."""
        shown = self._get_customer_quotations().filtered(
            lambda o: o.state in ("sent", "sale") or (o.state == "cancel" and o.aftersales_refusal)
        )
        return {**super()._get_customer_page(), "quotations": shown}

    def _get_customer_quotations(self):
        """Return the quotations (sudo) for this customer, oldest first: a ticket of another one may
        have been merged into this one.
        """
        # sudo: whoever may open the ticket's page may see its customer's quotations.
        orders = self.sudo().quotation_ids.sorted("id")
        return orders.filtered(lambda o: self._is_of_customer(o.partner_id))


class SaleOrder(models.Model):
    _inherit = "sale.order"

    aftersales_answer = fields.Char(compute="_compute_aftersales_answer")

    @api.depends("state", "is_expired", "invoice_status")
    def _compute_aftersales_answer(self):
        for order in self:
            if order.state == "sale":
                order.aftersales_answer = self.env._("Accepted")
            elif order.state == "cancel":
                order.aftersales_answer = self.env._("Declined")
            elif order.is_expired:
                order.aftersales_answer = self.env._("No longer valid")
            else:
                order.aftersales_answer = self.env._("Waits for your answer")
