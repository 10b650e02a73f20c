from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount, format_date


class AftersalesClaim(models.Model):
    """What spot checks found out about a claim (D10)."""

    _inherit = "aftersales.claim"

    spot_check_ids = fields.One2many(
        "aftersales.spot.check", "claim_id", string="Spot Checks", groups="base.group_user"
    )
    # Dealers do not read that they were checked, nor that fraud was found.
    spot_check_result = fields.Selection(
        [
            ("planned", "To check"),
            ("confirmed", "Confirmed"),
            ("deviation", "Deviations"),
            ("fraud", "Fraud"),
        ],
        string="Spot Check",
        compute="_compute_spot_check_result",
        compute_sudo=True,
        store=True,
        groups="base.group_user",
    )

    @api.depends("spot_check_ids.state", "spot_check_ids.result")
    def _compute_spot_check_result(self):
        for claim in self:
            checks = claim.spot_check_ids.filtered(lambda c: c.state in ("planned", "done"))
            check = checks[:1]
            claim.spot_check_result = check.result if check.state == "done" else check.state

    @api.depends("spot_check_result")
    def _compute_is_blocked(self):
        result = super()._compute_is_blocked()
        # Neither silence nor the limit approves what was found to be false.
        for claim in self:
            claim.is_blocked = claim.is_blocked or claim.spot_check_result == "fraud"
        return result

    def _is_auto_approvable(self):
        found = self.spot_check_result in ("deviation", "fraud")
        return not found and super()._is_auto_approvable()

    def _ensure_not_blocked(self):
        result = super()._ensure_not_blocked()
        if not self.env.user.has_group("aftersales_dealer.group_aftersales_dealer_manager"):
            for claim in self.filtered(lambda c: c.spot_check_result == "fraud"):
                raise UserError(
                    self.env._(
                        "%(claim)s: a spot check found fraud. Only a dealer manager approves it; "
                        "else refuse it.",
                        claim=claim.display_name,
                    )
                )
        return result

    def _get_spot_check_facts(self):
        """Return what the dealer claims, in lines that a sales rep can ask about (D10)."""
        self.ensure_one()
        facts = []
        if self.date_repair:
            facts.append(self.env._("Repaired on %s", format_date(self.env, self.date_repair)))
        if self.description:
            facts.append(self.description)
        if self.signed_by:
            facts.append(self.env._("Signed by %s", self.signed_by))
        facts += [
            f"{line.quantity:g} × {line.name}: "
            f"{format_amount(self.env, line.amount_claimed, self.currency_id)}"
            for line in self.line_ids
        ]
        return facts


class AftersalesRegistration(models.Model):
    _inherit = "aftersales.registration"

    spot_check_ids = fields.One2many(
        "aftersales.spot.check",
        "registration_id",
        string="Spot Checks",
        groups="base.group_user",
    )

    def _get_spot_check_facts(self):
        """Return what the dealer registered, in lines that a sales rep can ask about (D10)."""
        if not self:
            return []
        self.ensure_one()
        facts = [
            self.env._("Sold on %s", format_date(self.env, self.date_sale)),
            self.env._("Serial %s", self.serial or "–"),
        ]
        if self.meter:
            facts.append(self.env._("Meter at sale %g", self.meter))
        return facts


class AftersalesClaimVersion(models.Model):
    _inherit = "aftersales.claim.version"

    kind = fields.Selection(
        selection_add=[("spot_check", "Review after a spot check")],
        ondelete={"spot_check": "cascade"},
    )
