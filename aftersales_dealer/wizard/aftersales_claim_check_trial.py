from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class AftersalesClaimCheckTrial(models.TransientModel):
    """Asks which rules are tried on which past claims: what would they have blocked, cut, flagged?
    Nothing changes (D08).
    """

    _name = "aftersales.claim.check.trial"
    _description = "Trial of Claim Rules"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    date_from = fields.Date(
        string="Claims submitted from",
        required=True,
        default=lambda self: fields.Date.subtract(fields.Date.context_today(self), months=3),
    )
    date_to = fields.Date(
        string="Until", required=True, default=lambda self: fields.Date.context_today(self)
    )
    setting_ids = fields.Many2many(
        "aftersales.claim.check.setting",
        string="Rules",
        compute="_compute_setting_ids",
        store=True,
        readonly=False,
        context={"active_test": False},
        help="All rules in use; take out what you would switch off, add archived ones that you "
        "want to try.",
    )
    claim_count = fields.Integer(string="Claims", compute="_compute_claim_count")

    @api.depends("company_id")
    def _compute_setting_ids(self):
        for trial in self:
            trial.setting_ids = self.env["aftersales.claim.check.setting"].search(
                [("company_id", "=", trial.company_id.id)]
            )

    @api.depends("company_id", "date_from", "date_to")
    def _compute_claim_count(self):
        runs = self.env["aftersales.claim.check.run"]
        for trial in self:
            run = runs.new(trial._prepare_run_vals())
            trial.claim_count = self.env["aftersales.claim"].search_count(run._get_domain())

    def _prepare_run_vals(self):
        return {
            "kind": "trial",
            "company_id": self.company_id.id,
            "date_from": self.date_from,
            "date_to": self.date_to,
        }

    def action_try(self):
        """Try the rules and show the claims that would come out differently.

        :raise AccessError: unless the user is a dealer manager
        :raise UserError: when the period is upside down, no rule is chosen, or one is of another
            company
        """
        self.ensure_one()
        if not self.env.user.has_group("aftersales_dealer.group_aftersales_dealer_manager"):
            raise AccessError(self.env._("Only a dealer manager tries rules. Ask one."))
        if self.date_to < self.date_from:
            raise UserError(
                self.env._("“Until” is before “Claims submitted from”. Correct one of them.")
            )
        if not self.setting_ids:
            raise UserError(self.env._("No rule is chosen. Choose the rules to try."))
        if self.setting_ids.company_id != self.company_id:
            raise UserError(
                self.env._(
                    "Not all rules are of %(company)s. Choose those of this company.",
                    company=self.company_id.name,
                )
            )
        run = self.env["aftersales.claim.check.run"]._start(
            **self._prepare_run_vals(), setting_ids=self.setting_ids.ids
        )
        return run._get_action()
