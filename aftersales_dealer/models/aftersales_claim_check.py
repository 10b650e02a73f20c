from odoo import api, fields, models
from odoo.exceptions import UserError

CHECK_CODES = [
    ("agreement", "Dealer agreement in force"),
    ("registered", "Registered in time"),
    ("covered", "Covered by the warranty"),
    ("campaign", "Scope of the campaign"),
    ("deadline", "Claim deadline kept"),
    ("duplicate", "Not claimed before"),
    ("signature", "User's signature"),
    ("serial", "Serial known"),
    ("standard_time", "Standard time"),
    ("price", "Agreed prices"),
    ("authorisation", "Prior authorisation"),
    ("authorised", "Within the authorisation"),
    ("auto_limit", "Limit for automatic approval"),
    ("distance", "Distance"),
    ("genuine", "Genuine part"),
    ("outlier", "Amount of other dealers"),
    ("signal_photo", "Same photo on another claim"),
    ("signal_hours", "Hours far above others"),
    ("signal_expiry", "Just before the end of the warranty"),
    ("signal_limit", "Just under the limit"),
    ("signal_contact", "User reached at the dealer"),
    ("signal_found", "Signals of the nightly job"),
]


class AftersalesClaimCheck(models.Model):
    """What one automatic check found on one version of a claim, and why (D08)."""

    _name = "aftersales.claim.check"
    _description = "Claim Check"
    _inherit = ["aftersales.bulk.mixin"]
    _order = "claim_id, version desc, sequence, id"

    claim_id = fields.Many2one(
        "aftersales.claim", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(related="claim_id.company_id", store=True, index=True)
    dealer_id = fields.Many2one(related="claim_id.dealer_id", store=True, index=True)
    currency_id = fields.Many2one(related="claim_id.currency_id")
    active = fields.Boolean(
        default=True, readonly=True, help="Checks of earlier versions are kept, archived."
    )
    sequence = fields.Integer(readonly=True)
    version = fields.Integer(required=True, readonly=True)
    code = fields.Selection(CHECK_CODES, string="Check", required=True, readonly=True)
    setting_id = fields.Many2one(
        "aftersales.claim.check.setting",
        string="Rule",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    internal = fields.Boolean(readonly=True, help="Not shown to the dealer.")
    result = fields.Selection(
        [
            ("ok", "In order"),
            ("list", "Signal"),
            ("flag", "To look at"),
            ("cut", "Cut"),
            ("block", "Blocked"),
        ],
        required=True,
        readonly=True,
    )
    details = fields.Json(
        readonly=True, help="Codes and values of the explanation, worded in the reader's language."
    )
    explanation = fields.Text(compute="_compute_explanation")
    effect = fields.Text(compute="_compute_effect")
    amount = fields.Monetary(string="Cut by", readonly=True)
    overridden = fields.Boolean(readonly=True)
    override_reason = fields.Char(readonly=True)
    override_user_id = fields.Many2one(
        "res.users", string="Overridden by", readonly=True, index="btree_not_null"
    )
    override_date = fields.Datetime(string="Overridden on", readonly=True)

    _code_uniq = models.UniqueIndex(
        "(claim_id, version, code, COALESCE(setting_id, 0))",
        "A rule checks a version of a claim once: run the checks again instead.",
    )

    @api.depends("code")
    def _compute_display_name(self):
        labels = dict(self._fields["code"]._description_selection(self.env))
        for check in self:
            check.display_name = labels.get(check.code, check.code)

    @api.depends("details")
    @api.depends_context("lang")
    def _compute_explanation(self):
        for check in self:
            sentences = [
                check._format_sentence(code, arguments) for code, arguments in check.details or []
            ]
            check.explanation = "\n".join(sentences)

    @api.depends("result", "overridden", "amount", "override_reason")
    @api.depends_context("lang")
    def _compute_effect(self):
        for check in self:
            check.effect = check._get_effect()

    def _get_effect(self):
        self.ensure_one()
        if self.overridden:
            return self.env._(
                "Overridden by %(user)s: %(reason)s",
                # portal dealers see who decided, not the user record
                user=self.override_user_id.sudo().name,
                reason=self.override_reason,
            )
        if self.result == "block":
            return self.env._("Cannot be approved unless a dealer manager overrides it.")
        if self.result == "cut":
            return self.env._("%s less is proposed.", self.currency_id.format(self.amount))
        if self.result == "flag":
            return self.env._("An appraiser looks at it.")
        return ""

    def action_override(self, reason=None):
        """Lift blocking checks for ``reason`` (str): the claim may be approved all the same (D02,
        D08).

        :raise AccessError: when the user is not a dealer manager
        :raise UserError: without a reason, for a check that does not block, or a claim not under
            review
        """
        if not reason:
            action = self.env["ir.actions.act_window"]._for_xml_id(
                "aftersales_dealer.aftersales_claim_reason_action"
            )
            context = {"default_check_ids": self.ids, "default_claim_ids": self.claim_id.ids}
            label = self.env["aftersales.claim.reason"]._get_decision_label("override")
            return dict(action, name=label, context=dict(context, default_decision="override"))
        self.claim_id._ensure_group("aftersales_dealer.group_aftersales_dealer_manager")
        reason = self.env["aftersales.claim"]._clean_reason(reason)
        for check in self:
            if check.result != "block" or check.overridden or not check.active:
                raise UserError(self.env._("“%(check)s” blocks nothing.", check=check.display_name))
            if check.claim_id.state not in self.env["aftersales.claim"]._get_review_states():
                raise UserError(
                    self.env._("%(claim)s is not under review.", claim=check.claim_id.display_name)
                )
        # Nobody writes checks but this method and the checks themselves.
        self.sudo().write(
            {
                "overridden": True,
                "override_reason": reason,
                "override_user_id": self.env.uid,
                "override_date": fields.Datetime.now(),
            }
        )
        self.claim_id._message_log_batch(
            bodies={
                claim.id: self.env._(
                    "Overridden: %(checks)s. %(reason)s",
                    checks=", ".join(checks.mapped("display_name")),
                    reason=reason,
                )
                for claim, checks in self.grouped("claim_id").items()
            }
        )
        return True
