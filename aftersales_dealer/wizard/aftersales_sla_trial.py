from odoo import api, fields, models


class AftersalesSlaTrial(models.TransientModel):
    """Also tries the policies on machines of dealers, and on dealers' claims (S01, S08)."""

    _inherit = "aftersales.sla.trial"

    applies_to = fields.Selection(
        [("aftersales.ticket", "A ticket"), ("aftersales.claim", "A dealer's claim")],
        string="What Comes In",
        required=True,
        default="aftersales.ticket",
    )
    dealer_id = fields.Many2one(
        "res.partner",
        domain="[('is_dealer', '=', True)]",
        compute="_compute_dealer_id",
        store=True,
        readonly=False,
        help="Of a ticket: the dealer that sold the machine.",
    )
    dispatch_dealer_id = fields.Many2one(
        "res.partner",
        string="Given to Dealer",
        domain="[('is_dealer', '=', True)]",
        help="The dealer that is to do the service.",
    )

    @api.depends("asset_id")
    def _compute_dealer_id(self):
        for trial in self:
            trial.dealer_id = trial.asset_id.dealer_id or trial.dealer_id

    @api.model
    def _get_facts(self):
        return [*super()._get_facts(), "dealer_id", "dispatch_dealer_id"]

    @api.depends("applies_to")
    def _compute_answer(self):
        return super()._compute_answer()

    def _get_document(self):
        if self.applies_to == "aftersales.claim":
            return self._get_claim()
        return super()._get_document()

    def _get_claim(self):
        """Return the claim that is thought of; it exists in memory only."""
        now = fields.Datetime.now()
        return self.env["aftersales.claim"].new(
            {
                "company_id": self.company_id.id or self.env.company.id,
                "dealer_id": self.dealer_id._origin.id,
                "state": "submitted",
                "date_submitted": now,
            }
        )

    def _get_notes(self, document):
        if document._name != "aftersales.claim":
            return super()._get_notes(document)
        # sudo: the setting decides for those who may not read companies' settings.
        days = document.company_id.sudo().aftersales_claim_silence_days
        if not days:
            return []
        return [
            self.env._(
                "What is not refused or returned within %s days counts as approved, when no check "
                "and no old part is in the way.",
                days,
            )
        ]

    @api.model
    def _get_beginnings(self):
        return {
            **super()._get_beginnings(),
            "pay": self.env._("counted from the approval"),
            "arranged": self.env._("counted from when the dealer gets it"),
            "supervised": self.env._("counted from when the dealer gets it"),
        }
