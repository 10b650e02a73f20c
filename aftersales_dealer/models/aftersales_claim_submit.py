from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date


class AftersalesClaim(models.Model):
    """What a claim must have before it is submitted, and what its decision must explain (D07,
    J03).
    """

    _inherit = "aftersales.claim"

    def _ensure_submittable(self):
        """Raise UserError listing all that is wrong with the first claim that cannot be
        submitted.
        """
        for claim in self:
            problems = claim._get_submit_problems()
            if problems:
                raise UserError(
                    self.env._("%(claim)s cannot be submitted:", claim=claim.display_name)
                    + "".join(f"\n• {problem}" for problem in problems)
                )

    def _get_submit_problems(self):
        """Return sentences that name what to correct; addons add theirs."""
        self.ensure_one()
        return (
            self._get_party_problems()
            + self._get_asset_problems()
            + self._get_date_problems()
            + self._get_line_problems()
            + self._get_part_problems()
            + self._get_photo_problems()
        )

    def _get_party_problems(self):
        problems = []
        if not self.dealer_id.active:
            problems.append(
                self.env._(
                    "“%(name)s” is archived. Restore the dealer first.",
                    name=self.dealer_id.display_name,
                )
            )
        if not self.dealer_id.commercial_partner_id.is_dealer:
            problems.append(
                self.env._("“%(name)s” is not a dealer.", name=self.dealer_id.display_name)
            )
        if not self.signature or not (self.signed_by or "").strip():
            problems.append(
                self.env._(
                    "The user's signature or the name of who signed is missing. Let the user sign."
                )
            )
        return problems

    def _get_asset_problems(self):
        asset = self.asset_id
        if not asset:
            return [self.env._("The machine is missing. Choose it by its serial.")]
        own = asset.dealer_id.commercial_partner_id == self.dealer_id.commercial_partner_id
        if not own and not self.agreement_id.sudo().may_repair_foreign:  # the one term that decides
            return [
                self.env._(
                    "This machine was not sold by this dealer. Choose a machine of the dealer."
                )
            ]
        if not asset.registration_id:
            return [
                self.env._(
                    "%(asset)s is not registered. Register its sale to the end user first.",
                    asset=asset.display_name,
                )
            ]
        return []

    def _get_date_problems(self):
        today = fields.Date.context_today(self)
        if not self.date_failure or not self.date_repair:
            return [self.env._("Enter the day of the failure and the day of the repair.")]
        problems = []
        if self.date_repair < self.date_failure:
            problems.append(
                self.env._(
                    "The repair (%(repair)s) is before the failure (%(failure)s). Correct one of "
                    "the dates.",
                    repair=format_date(self.env, self.date_repair),
                    failure=format_date(self.env, self.date_failure),
                )
            )
        if max(self.date_failure, self.date_repair) > today:
            problems.append(self.env._("A date of failure or repair is in the future. Correct it."))
        sold = self.registration_id.sudo().date_sale  # the card decides, whoever may read it
        if sold and self.date_failure < sold and not self.campaign_id:
            problems.append(
                self.env._(
                    "The failure (%(failure)s) is before the sale to the user (%(sale)s). Correct "
                    "the date of failure.",
                    failure=format_date(self.env, self.date_failure),
                    sale=format_date(self.env, sold),
                )
            )
        delivery = self.asset_id.date_delivery
        if delivery and self.date_failure < delivery:
            problems.append(
                self.env._(
                    "The failure (%(failure)s) is before the delivery of the machine "
                    "(%(delivery)s). Correct the date of failure.",
                    failure=format_date(self.env, self.date_failure),
                    delivery=format_date(self.env, delivery),
                )
            )
        return problems

    def _get_part_problems(self):
        """A part that its machine's parts list does not name was never fitted to it (N01)."""
        # The parts list decides, whoever may read it; a machine without one takes any part.
        asset = self.asset_id.sudo()
        fitted = self.line_ids.filtered(lambda line: line.kind == "part").product_id.sudo()
        unfit = asset._get_unfit_parts(fitted) if asset and fitted else fitted.browse()
        return [
            self.env._(
                "“%(part)s” does not fit %(machine)s: it is not in its parts list. Choose the part "
                "that was fitted.",
                part=part.display_name,
                machine=asset.product_id.display_name,
            )
            for part in unfit
        ]

    def _get_photo_problems(self):
        needed = self.company_id.sudo().aftersales_claim_photo_kinds  # whoever may read settings
        kinds = self.line_ids.mapped("kind")
        if self.photo_ids or needed == "none" or (needed == "part" and "part" not in kinds):
            return []
        return [self.env._("Photos are missing. Add at least one of the fault.")]

    def _get_line_problems(self):
        if not self.line_ids:
            return [self.env._("There are no lines. Enter what is claimed.")]
        problems = [
            self.env._(
                "“%(line)s”: the amount must be above zero. Correct quantity or price.",
                line=line.name,
            )
            for line in self.line_ids
            if self.currency_id.compare_amounts(line.amount_claimed, 0.0) <= 0
        ]
        problems += [
            self.env._("“%(line)s”: choose which part was fitted.", line=line.name)
            for line in self.line_ids
            if line.kind == "part" and not line.product_id
        ]
        return problems


class AftersalesClaimLine(models.Model):
    _inherit = "aftersales.claim.line"

    def _ensure_amount_allowed(self, may_exceed):
        """Raise unless the approved amount is not negative, not above the claimed one without the
        right, and explained.

        :param bool may_exceed: whether the user may approve more than claimed
        """
        self.ensure_one()
        names = {"claim": self.claim_id.display_name, "line": self.name}
        if self.currency_id.compare_amounts(self.amount_approved, 0.0) < 0:
            raise UserError(
                self.env._(
                    "%(claim)s, “%(line)s”: the approved amount cannot be negative.", **names
                )
            )
        difference = self.currency_id.compare_amounts(self.amount_approved, self.amount_claimed)
        if difference > 0 and not may_exceed:
            raise AccessError(
                self.env._(
                    "%(claim)s, “%(line)s”: only a dealer manager may approve more than was "
                    "claimed. Reduce the amount or ask one.",
                    **names,
                )
            )
        explained = self.reason or (difference < 0 and self._is_proposal_explained())
        if difference and not explained:
            raise UserError(
                self.env._(
                    "%(claim)s, “%(line)s”: the approved amount differs from the claimed one. "
                    "Enter the reason on the line.",
                    **names,
                )
            )

    def _is_proposal_explained(self):
        """Whether the approved amount is the appraised one and that one has its reason."""
        same = self.currency_id.compare_amounts(self.amount_approved, self.amount_appraised) == 0
        return same and bool(self.appraisal_reason)
