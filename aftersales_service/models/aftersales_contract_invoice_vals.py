from odoo import models
from odoo.fields import Command
from odoo.tools import format_date

NAMED_SERIALS = 30


class AftersalesContract(models.Model):
    """What stands on the invoices of contracts (W11)."""

    _inherit = "aftersales.contract"

    def _prepare_invoice_vals(self, groups):
        """Return the values of the invoice of ``groups``; other addons may add theirs."""
        self.ensure_one()
        lang = self._get_invoice_partner().lang or self.env.lang
        contract = self.with_context(lang=lang).with_company(self.company_id)
        return {
            **contract._prepare_move_vals(),
            "move_type": "out_invoice",
            "invoice_line_ids": [
                Command.create(contract._prepare_invoice_line_vals(group, number))
                for number, group in enumerate(groups)
            ],
        }

    def _get_invoice_partner(self):
        """Return who gets the invoices."""
        self.ensure_one()
        order = self.sale_order_id
        return order.partner_invoice_id or self.partner_id.browse(
            self.partner_id.address_get(["invoice"])["invoice"]
        )

    def _prepare_move_vals(self):
        """Return what invoices and credit notes of the contract share; from the order if any."""
        self.ensure_one()
        if self.sale_order_id:
            vals = self.sale_order_id._prepare_invoice()
            vals.pop("transaction_ids", None)  # payments of the order are for its own invoices
            origin = f"{self.sale_order_id.name}, {self.name}"
        else:
            vals = {
                "partner_id": self._get_invoice_partner().id,
                "currency_id": self.currency_id.id,
                "company_id": self.company_id.id,
                "invoice_user_id": self.user_id.id,
            }
            origin = self.name
        return dict(vals, invoice_origin=origin, ref=vals.get("ref") or self.name)

    def _prepare_invoice_line_vals(self, group, sequence):
        """Return the values of the invoice line for the assets and the period of ``group``."""
        self.ensure_one()
        line, window, __ = group[0]
        amount = self.currency_id.round(sum(amount for __, __, amount in group))
        vals = {
            "name": self._describe_period(window, [line for line, __, __ in group]),
            "quantity": 1.0,
            "price_unit": amount,
            "discount": 0.0,
            "sequence": sequence,
        }
        if line.sale_line_id:
            return line.sale_line_id._prepare_invoice_line(**vals, extra_tax_data=False)
        return dict(vals, product_id=self.product_id.id, product_uom_id=self.product_id.uom_id.id)

    def _describe_period(self, window, lines):
        """Return the text of an invoice line: contract, period, assets."""
        names = [line.serial or line.asset_id.name for line in lines]
        named = ", ".join(names[:NAMED_SERIALS])
        if len(names) > NAMED_SERIALS:
            named = self.env._(
                "%(names)s and %(count)s more", names=named, count=len(names) - NAMED_SERIALS
            )
        return self.env._(
            "%(product)s\nContract %(contract)s, %(start)s – %(end)s\nAssets: %(names)s",
            product=self.product_id.display_name,
            contract=self.name,
            start=format_date(self.env, window.start),
            end=format_date(self.env, window.end),
            names=named,
        )
