from odoo import fields, models
from odoo.exceptions import UserError


class AftersalesAcceptance(models.TransientModel):
    """The acceptance document on the screen: the customer signs, we countersign (W06)."""

    _name = "aftersales.acceptance"
    _description = "Sign Acceptance"

    asset_id = fields.Many2one("aftersales.asset", required=True, readonly=True)
    date = fields.Date(required=True, default=fields.Date.context_today)
    signed_by = fields.Char(string="Customer's Name")
    signature = fields.Image(string="Customer's Signature")

    def action_sign(self):
        """Record the signed acceptance on the asset, which starts what its policy says.

        :raise UserError: without name or signature, or when the asset was accepted before
        """
        self.ensure_one()
        asset = self.asset_id
        asset.lock_for_update()
        if asset.acceptance_signed_on:
            asset.action_sign_acceptance()  # raises, saying by whom and when
        if not self.signed_by or not self.signature:
            raise UserError(
                self.env._(
                    "%(asset)s: the customer's name and signature are needed for the acceptance.",
                    asset=asset.display_name,
                )
            )
        asset._write_past_guard(
            {
                "date_acceptance": self.date,
                "acceptance_signature": self.signature,
                "acceptance_signed_by": self.signed_by,
                "acceptance_signed_on": fields.Datetime.now(),
                "acceptance_user_id": self.env.uid,
            }
        )
        asset.message_post(body=self.env._("Acceptance signed by %s.", self.signed_by))
        return {"type": "ir.actions.act_window_close"}
