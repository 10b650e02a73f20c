from odoo import api, fields, models
from odoo.exceptions import ValidationError

from . import aftersales_claim as claim_module


class AftersalesClaim(models.Model):
    """What the dealer promised beyond the policy is its own cost (D04)."""

    _inherit = "aftersales.claim"
    _frozen_fields = {
        state: names | {"dealer_promise"}
        for state, names in claim_module.AftersalesClaim._frozen_fields.items()
    }

    dealer_promise = fields.Text(
        string="Promised by the Dealer",
        compute="_compute_dealer_promise",
        store=True,
        readonly=False,
        help="Beyond the warranty policy, by the ticket or the registration card: at the dealer's "
        "own cost.",
    )

    @api.depends("ticket_id", "registration_id")
    def _compute_dealer_promise(self):
        for claim in self:
            # What was promised is read; the card and the ticket need not be.
            source = claim.sudo()
            promises = [source.ticket_id.dealer_promise, source.registration_id.promise]
            claim.dealer_promise = "\n".join(dict.fromkeys(filter(None, promises))) or False


class AftersalesClaimLine(models.Model):
    _inherit = "aftersales.claim.line"

    beyond_policy = fields.Boolean(
        string="Dealer's Promise",
        help="Done because the dealer promised it beyond the policy: the dealer pays it all.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(
            [
                {**vals, **self._prepare_promise_shares(True)}
                if vals.get("beyond_policy")
                else vals
                for vals in vals_list
            ]
        )
        promised = lines.filtered("beyond_policy")
        if promised:
            # As shares that somebody entered: no cover or goodwill changes them.
            promised._write_past_guard({"payer_source": "manual"})
        return lines

    def write(self, vals):
        if "beyond_policy" in vals:
            vals = {**vals, **self._prepare_promise_shares(vals["beyond_policy"])}
        return super().write(vals)

    def _prepare_promise_shares(self, promised):
        """Return who pays a line that the dealer promised on its own, or did not after all."""
        if promised:
            return {
                "share_dealer": 100.0,
                "share_supplier": 0.0,
                "share_customer": 0.0,
                "share_company": 0.0,
                "payer_reason": self.env._("Promised by the dealer beyond the policy"),
            }
        return {"share_dealer": 0.0, "share_company": 100.0, "payer_reason": False}

    @api.constrains("beyond_policy", "share_dealer")
    def _check_promise(self):
        for line in self:
            if line.beyond_policy and line.share_dealer != 100.0:
                raise ValidationError(
                    self.env._(
                        "%(claim)s, “%(line)s”: what the dealer promised beyond the policy is paid "
                        "by the dealer. Clear “Dealer's Promise” first.",
                        claim=line.claim_id.display_name,
                        line=line.name,
                    )
                )
