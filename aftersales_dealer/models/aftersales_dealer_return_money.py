from odoo import fields, models
from odoo.fields import Command
from odoo.tools import format_amount


class AftersalesDealerReturn(models.Model):
    """Who pays what for goods that came back: freight, restoration, credit note (D12, F06)."""

    _inherit = "aftersales.dealer.return"

    def _get_charges(self):
        """Return the charges that came of these returns and were not cancelled."""
        return self.env["aftersales.dealer.charge"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("state", "!=", "cancelled"),
            ]
        )

    def _get_freight_charge(self):
        """Return the signed amount that freight makes between company and dealer: positive, the
        company owes it; zero when who laid it out also bears it.
        """
        self.ensure_one()
        if self.freight_payer == self.freight_paid_by:
            return 0.0
        return self.freight_amount if self.freight_payer == "company" else -self.freight_amount

    def _get_restoration_charge(self):
        """Return what the dealer owes for parts and labour: of what it dismantled only."""
        self.ensure_one()
        return -self.amount_work if self.found_reason == "dismantled" else 0.0

    def _get_sentences(self):
        """Return the sentences that say who pays what, in the reader's language."""
        self.ensure_one()
        reasons = dict(self._fields["found_reason"]._description_selection(self.env))
        parties = dict(self._fields["freight_payer"]._description_selection(self.env))
        amount = format_amount(self.env, self.freight_amount, self.currency_id)
        sentences = []
        if self.freight_amount:
            sentences.append(
                self.env._(
                    "%(reason)s: freight of %(amount)s borne by %(payer)s, laid out by %(laid)s.",
                    reason=reasons.get(self.found_reason, ""),
                    amount=amount,
                    payer=parties.get(self.freight_payer, "").lower(),
                    laid=parties.get(self.freight_paid_by, "").lower(),
                )
            )
        if self.work_ids:
            work = format_amount(self.env, self.amount_work, self.currency_id)
            if self._get_restoration_charge():
                sentences.append(
                    self.env._(
                        "Restoration of %s is charged to the dealer who dismantled it.", work
                    )
                )
            else:
                sentences.append(self.env._("Restoration of %s is the company's own cost.", work))
        return sentences

    def _create_charges(self):
        """Charge freight and restoration; a second call makes nothing twice (F06)."""
        vals_list = []
        for stock_return in self:
            for kind, amount, text in (
                (
                    "freight",
                    stock_return._get_freight_charge(),
                    self.env._("Freight of the stock return %s", stock_return.name),
                ),
                (
                    "restoration",
                    stock_return._get_restoration_charge(),
                    self.env._("Parts and labour to restore, %s", stock_return.name),
                ),
            ):
                if not stock_return.currency_id.is_zero(amount):
                    vals_list.append(stock_return._prepare_charge_vals(kind, amount, text))
        return self.env["aftersales.dealer.charge"]._create_charges(vals_list)

    def _prepare_charge_vals(self, kind, amount, text):
        self.ensure_one()
        return {
            "res_model": self._name,
            "res_id": self.id,
            "kind": kind,
            "dealer_id": self.dealer_id.id,
            "company_id": self.company_id.id,
            "currency_id": self.currency_id.id,
            "date": fields.Date.context_today(self),
            "amount": amount,
            "description": text,
        }

    def _create_credit_notes(self):
        """Make a draft credit note of each invoice of the goods: the accountant posts it (D12)."""
        vals_list = []
        # The manager's decision makes drafts; posting stays the accountant's right.
        for stock_return in self.sudo():
            if stock_return.credit_ids:
                continue
            by_invoice = {}
            for line in stock_return.line_ids:
                for invoiced, quantity in line._get_invoiced():
                    by_invoice.setdefault(invoiced.move_id, []).append((invoiced, quantity))
            vals_list += [
                stock_return._prepare_credit_vals(invoice, lines)
                for invoice, lines in by_invoice.items()
            ]
        return self.env["account.move"].sudo().create(vals_list)  # as above

    def _prepare_credit_vals(self, invoice, lines):
        """Return the values of the credit note of ``lines`` [(invoice line, quantity)]."""
        self.ensure_one()
        return {
            "move_type": "out_refund",
            "partner_id": invoice.partner_id.id,
            "partner_shipping_id": invoice.partner_shipping_id.id,
            "currency_id": invoice.currency_id.id,
            "company_id": invoice.company_id.id,
            "fiscal_position_id": invoice.fiscal_position_id.id,
            "journal_id": invoice.journal_id.id,
            "reversed_entry_id": invoice.id,
            "invoice_origin": self.name,
            "ref": self.env._(
                "Stock return %(name)s, %(invoice)s", name=self.name, invoice=invoice.name
            ),
            "aftersales_dealer_return_id": self.id,
            "invoice_line_ids": [
                Command.create(
                    {
                        "product_id": line.product_id.id,
                        "name": line.name,
                        "quantity": quantity,
                        "product_uom_id": line.product_uom_id.id,
                        "price_unit": line.price_unit,
                        "discount": line.discount,
                        "tax_ids": [Command.set(line.tax_ids.ids)],
                        "account_id": line.account_id.id,
                        "analytic_distribution": line.analytic_distribution,
                        "sale_line_ids": [Command.set(line.sale_line_ids.ids)],
                    }
                )
                for line, quantity in lines
            ],
        }


class AftersalesDealerReturnLine(models.Model):
    _inherit = "aftersales.dealer.return.line"

    def _get_invoiced(self):
        """Return [(invoice line, quantity in its unit)] that this line's goods were invoiced on
        and that no credit note took back yet.
        """
        self.ensure_one()
        left, found = self.quantity_received, []
        lines = self.move_id.sale_line_id.invoice_lines.filtered(
            lambda line: line.parent_state == "posted"
        )
        credited = sum(
            line.product_uom_id._compute_quantity(line.quantity, self.uom_id)
            for line in lines
            if line.move_id.move_type == "out_refund"
        )
        for line in lines.filtered(lambda line: line.move_id.move_type == "out_invoice"):
            quantity = line.product_uom_id._compute_quantity(line.quantity, self.uom_id)
            taken = min(quantity, credited)
            credited -= taken
            quantity = min(quantity - taken, left)
            if self.uom_id.compare(quantity, 0.0) > 0:
                found.append((line, self.uom_id._compute_quantity(quantity, line.product_uom_id)))
                left -= quantity
        return found
