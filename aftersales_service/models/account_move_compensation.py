from odoo import api, fields, models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    """Credit notes that pay compensations: one each, to the cent what was approved (X05)."""

    _inherit = "account.move"

    aftersales_compensation_id = fields.Many2one(
        "aftersales.compensation",
        string="Compensation",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )

    _aftersales_compensation_uniq = models.UniqueIndex(
        "(aftersales_compensation_id) WHERE state != 'cancel' "
        "AND aftersales_compensation_id IS NOT NULL",
        "This compensation has a credit note already: open that one.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        defaults = {name.removeprefix("default_") for name in self.env.context}
        self._check_compensation_is_ours(defaults.union(*vals_list))
        return super().create(vals_list)

    def write(self, vals):
        self._check_compensation_is_ours(vals.keys())
        return super().write(vals)

    def _check_compensation_is_ours(self, names):
        """Raise when a client links a document to a compensation."""
        if "aftersales_compensation_id" in names and not self.env.su:
            raise UserError(
                self.env._(
                    "The credit note of a compensation is made by its button and not linked by "
                    "hand."
                )
            )

    def _post(self, soft=True):
        self._check_compensation_amount()
        posted = super()._post(soft=soft)
        posted._get_compensations()._on_credit_posted()
        posted.reversed_entry_id._get_compensations()._on_credit_reversed()
        return posted

    def _check_compensation_amount(self):
        """What was approved is posted to whom it was granted, nothing else."""
        for move in self.filtered("aftersales_compensation_id"):
            # sudo: the accountant posts what was approved, whatever its company.
            compensation = move.sudo().aftersales_compensation_id
            approved = compensation.amount_approved
            amounts = (move.amount_untaxed, move.amount_total)
            same = move.currency_id == compensation.currency_id and any(
                move.currency_id.compare_amounts(amount, approved) == 0 for amount in amounts
            )
            customer = compensation.partner_id.commercial_partner_id
            same = same and move.commercial_partner_id == customer
            if compensation.state != "approved" or not same or move.move_type != "out_refund":
                raise UserError(
                    self.env._(
                        "%(compensation)s: %(amount)s was approved for %(customer)s, and the "
                        "credit note is about something else. Correct its customer and amount, or "
                        "have the compensation decided anew.",
                        compensation=compensation.name,
                        amount=compensation.currency_id.format(approved),
                        customer=customer.display_name,
                    )
                )

    def button_draft(self):
        """Compensations that these paid or took back are as before, too (X05)."""
        result = super().button_draft()
        self._get_compensations()._on_credit_withdrawn()
        self.reversed_entry_id._get_compensations()._on_reversal_withdrawn()
        return result

    def button_cancel(self):
        """As ``button_draft``, for credit notes that were posted (X05)."""
        credited = self.filtered(lambda move: move.state == "posted")
        result = super().button_cancel()
        credited._get_compensations()._on_credit_withdrawn()
        credited.reversed_entry_id._get_compensations()._on_reversal_withdrawn()
        return result

    def _get_compensations(self):
        """Return the compensations that these credit notes pay."""
        # sudo: accountants decide on their entries; compensations follow.
        return self.sudo().aftersales_compensation_id

    def action_view_aftersales_compensation(self):
        """Open the compensation that the credit note pays."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "aftersales.compensation",
            "res_id": self.aftersales_compensation_id.id,
            "views": [(False, "form")],
        }
