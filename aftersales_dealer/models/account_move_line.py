from odoo import api, models


class DeductionLimits(dict):
    """{(credit line id, receivable line id): amount in their currency}: how much of an open item
    is deducted when the accountant chose less than all of it.

    Only code in this process can hold one, so no client can pass it with a context.
    """


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

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
