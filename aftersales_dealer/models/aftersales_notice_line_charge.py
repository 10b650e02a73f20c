from odoo import api, fields, models
from odoo.exceptions import ValidationError


class AftersalesNoticeLine(models.Model):
    """Charges come into the notice beside the claims (F06)."""

    _inherit = "aftersales.notice.line"

    type = fields.Selection(selection_add=[("charge", "Charge")], ondelete={"charge": "cascade"})
    charge_id = fields.Many2one(
        "aftersales.dealer.charge",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    charge_kind = fields.Selection(related="charge_id.kind", string="Kind of Charge")

    # F04: as for claim lines.
    _live_charge_uniq = models.UniqueIndex(
        "(charge_id) WHERE live IS TRUE AND charge_id IS NOT NULL",
        "A charge can be in one notice at most that is not cancelled or reversed.",
    )

    @api.depends("charge_id.name")
    def _compute_display_name(self):
        charges = self.filtered(lambda line: line.type == "charge")
        for line in charges:
            line.display_name = " · ".join(filter(None, (line.charge_id.name, line.name)))
        return super(AftersalesNoticeLine, self - charges)._compute_display_name()

    @api.constrains("type", "charge_id", "notice_id", "amount", "amount_approved", "amount_claimed")
    def _check_charge(self):
        for line in self.filtered(lambda line: line.type == "charge" and not line.postponed):
            charge, notice = line.charge_id, line.notice_id
            if not charge or line.claim_id or line.claim_line_id:
                raise ValidationError(
                    self.env._(
                        "%(line)s: choose the charge it stands for, and no claim.",
                        line=line.display_name,
                    )
                )
            if (charge.dealer_id, charge.company_id, charge.currency_id) != (
                notice.dealer_id,
                notice.company_id,
                notice.currency_id,
            ):
                raise ValidationError(
                    self.env._(
                        "%(charge)s belongs to another dealer, company or currency than "
                        "%(notice)s.",
                        charge=charge.display_name,
                        notice=notice.display_name,
                    )
                )
            line._check_charge_amount()

    def _check_charge_amount(self):
        """Raise unless the line has the amount of its charge, no more and no less."""
        self.ensure_one()
        amounts = (self.amount, self.amount_approved, self.amount_claimed)
        if any(self.currency_id.compare_amounts(x, self.charge_id.amount) for x in amounts):
            raise ValidationError(
                self.env._(
                    "%(line)s: the amount of a charge is not changed in a notice. Take it out, "
                    "cancel the charge and enter the right one.",
                    line=self.display_name,
                )
            )

    def _enter_notice(self):
        result = super()._enter_notice()
        # As for claims: who prepares notices need not have the right to change charges.
        charges = self.sudo().charge_id
        charges._ensure_noticeable()
        charges._follow_notices()
        return result

    def _follow_notice(self):
        result = super()._follow_notice()
        # As for claims.
        self.sudo().charge_id._follow_notices()
        return result

    def unlink(self):
        charges = self.sudo().charge_id  # as above
        result = super().unlink()
        charges._follow_notices()
        return result
