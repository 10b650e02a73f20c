from odoo import api, models

from ..tools.settlement import to_units


class DeductionLimits(dict):
    """{(credit line id, receivable line id): amount in their currency}: how much of an open item
    is deducted when the accountant chose less than all of it.

    Only code in this process can hold one, so no client can pass it with a context.
    """


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _get_aftersales_proposed(self):
        """Return the open items that a settlement takes by itself: what is owed, and of credits the
        documents, credit notes and settlements. What a dealer paid, and what waits to be paid in or
        out as its deposit, is meant for something: only a person chooses it (F03, F05, F06).
        """
        # Whether an entry belongs to a deposit, whatever rights on deposits.
        deposits = self.env["aftersales.deposit.move"].sudo()
        of_deposits = deposits.search([("move_id", "in", self.move_id.ids)]).move_id
        return self.filtered(
            lambda line: (
                line.move_id not in of_deposits
                and (
                    line.amount_residual_currency > 0
                    or line.move_id.move_type == "out_refund"
                    or line.move_id.aftersales_notice_id
                )
            )
        )

    def _pair_aftersales(self, taken):
        """Return (own line, open item, amount to match) for what is ``taken``: a list of (open
        item, units). Own lines, in their order, may be several: instalments of an invoice.
        """
        own_left = {
            line: to_units(abs(line.amount_residual_currency), line.currency_id.rounding)
            for line in self
        }
        pairs = []
        for item, units in taken:
            for own, left in own_left.items():
                share = min(left, units)
                if share:
                    pairs.append((own, item, share * own.currency_id.rounding))
                    own_left[own], units = left - share, units - share
        return pairs

    @api.model
    def _prepare_reconciliation_plan(self, plan, amls_values_map, shadowed_aml_values=None):
        """Reconcile no more of an open item than what was chosen on its notice (F03).

        Odoo matches two lines as far as both go. The open item is shown to it as if only the
        chosen part of it were open, in both currencies; what is left is given back afterwards.
        """
        limits = self.env.context.get("aftersales_limits")
        lines = plan["amls"]
        if not isinstance(limits, DeductionLimits) or len(lines) != 2:
            return super()._prepare_reconciliation_plan(plan, amls_values_map, shadowed_aml_values)
        debit = lines.sorted("balance")[1]
        limit = limits.get(((lines - debit).id, debit.id))
        own = amls_values_map[debit]
        open_amount = own["amount_residual_currency"]
        if limit is None or debit.currency_id.compare_amounts(limit, open_amount) >= 0:
            return super()._prepare_reconciliation_plan(plan, amls_values_map, shadowed_aml_values)
        share = debit.company_currency_id.round(own["amount_residual"] * limit / open_amount)
        part = dict(own, amount_residual_currency=limit, amount_residual=share)
        results = super()._prepare_reconciliation_plan(
            plan, {**amls_values_map, debit: part}, shadowed_aml_values
        )
        own["amount_residual_currency"] -= limit - part["amount_residual_currency"]
        own["amount_residual"] -= share - part["amount_residual"]
        return results
