from dataclasses import replace

from odoo import fields, models

from ..tools.claim_checks_authorisation import AuthorisationFacts, allocate

# A claim in one of these states uses nothing of its authorisation.
_DEAD = ("draft", "refused", "cancelled")
_HOLDING = ("granted", "expired", "used")


class AftersalesClaim(models.Model):
    """A claim for a job that the company had authorised before, and is held to it (D16)."""

    _inherit = "aftersales.claim"

    authorisation_id = fields.Many2one(
        "aftersales.claim.authorisation",
        index="btree_not_null",
        check_company=True,
        copy=False,
        tracking=True,
        help="The company's word on this repair before it was made.",
    )

    def _filter_authorised(self):
        """Return the claims that use their authorisation: sent, and neither refused nor
        withdrawn.
        """
        return self.filtered(lambda claim: claim.state not in _DEAD)

    def _submit(self, kinds, reason):
        # Two claims sent with one authorisation at the same moment: the later sees the earlier.
        # Dealers send claims, and have no right to write what was granted to them.
        authorisations = self.sudo().authorisation_id
        if authorisations:
            authorisations.lock_for_update()
        result = super()._submit(kinds, reason)
        authorisations._follow_claims()
        return result

    def _set_state(self, new_state, **values):
        result = super()._set_state(new_state, **values)
        if new_state in _DEAD:
            self.sudo().authorisation_id._follow_claims()  # as above
        return result

    def _get_check_facts(self):
        facts = super()._get_check_facts()
        for claim, authorisation in self._get_authorisation_facts().items():
            facts[claim] = replace(facts[claim], authorisation=authorisation)
        return facts

    def _get_authorisation_facts(self):
        """Return {claim: ``AuthorisationFacts``} in a constant number of queries."""
        return {
            claim: AuthorisationFacts(
                needed_from=claim._get_authorisation_threshold(),
                **(claim._prepare_authorisation_facts() if claim.authorisation_id else {}),
            )
            for claim in self
        }

    def _get_authorisation_threshold(self):
        """Return the amount from which a claim needs an authorisation, in its currency: the
        agreement's, else the company's; 0 when none is needed.
        """
        self.ensure_one()
        # The one term that decides, whoever may read agreements and settings.
        agreed = self.agreement_id.sudo().authorisation_threshold
        if agreed:
            return agreed
        # sudo: as above; one setting of the company.
        general = self.company_id.sudo().aftersales_authorisation_threshold
        return self.currency_id.round(general * self._get_company_rate()) if general else 0.0

    def _prepare_authorisation_facts(self):
        """Return the facts about the authorisation that the claim refers to."""
        self.ensure_one()
        known = self.authorisation_id.sudo()  # as above
        return {
            "label": known.name,
            "problem": self._get_authorisation_problem(known),
            "last": str(known.valid_until or ""),
            "limit": known.amount_limit,
            "allowed": allocate(
                [
                    (line.id, line._get_limit_key(known), line.amount_claimed)
                    for line in self.line_ids
                ],
                known._get_limits(but=self),
                self.currency_id.round,
            ),
        }

    def _get_authorisation_problem(self, known):
        """Return the code of what is wrong with the authorisation ``known``, or an empty text."""
        self.ensure_one()
        if known.state not in _HOLDING:
            return "not_granted"
        if known.dealer_id != self.dealer_id or known.asset_id != self.asset_id:
            return "other"
        if self.date_repair and known.valid_until and self.date_repair > known.valid_until:
            return "expired"
        if known.single_use and (known.claim_ids._filter_authorised() - self):
            return "used"
        return ""


class AftersalesClaimLine(models.Model):
    _inherit = "aftersales.claim.line"

    def _get_used_amount(self):
        """Return what the line takes of an authorisation: approved once decided, else claimed."""
        self.ensure_one()
        decided = self.claim_id.state in self.claim_id._get_decided_states()
        return self.amount_approved if decided else self.amount_claimed

    def _get_limit_key(self, known):
        """Return under which limit of the authorisation ``known`` the line falls."""
        self.ensure_one()
        if known.limit_kind == "total":
            return "total"
        if known.limit_kind == "kind":
            return self.kind
        item = self.operation_id if self.kind == "labour" else self.product_id
        return (self.kind, item.id)


class AftersalesClaimAuthorisation(models.Model):
    _inherit = "aftersales.claim.authorisation"

    def _get_limits(self, but):
        """Return {limit key: what is left} for a claim ``but``, after all others that use it."""
        self.ensure_one()
        others = (self.claim_ids._filter_authorised() - but).line_ids
        if self.limit_kind == "total":
            limits = {"total": self.amount_limit}
        else:
            limits = {}
            for line in self.line_ids:
                key = line._get_limit_key()
                limits[key] = limits.get(key, 0.0) + line.amount_granted
        for line in others:
            key = line._get_limit_key(self)
            if key in limits:
                limits[key] -= line._get_used_amount()
        return limits

    def _follow_claims(self):
        """Used up by its claims, or open again when they were refused or withdrawn."""
        for authorisation in self:
            live = authorisation.claim_ids._filter_authorised()
            left = authorisation.currency_id.compare_amounts(authorisation.amount_left, 0.0) > 0
            used_up = bool(live) and (authorisation.single_use or not left)
            if used_up and authorisation.state in ("granted", "expired"):
                authorisation._set_state("used")
            elif not used_up and authorisation.state == "used":
                authorisation._set_state("granted")


class AftersalesClaimAuthorisationLine(models.Model):
    _inherit = "aftersales.claim.authorisation.line"

    def _get_limit_key(self):
        """Return the limit that the line sets, as for the lines of claims."""
        self.ensure_one()
        if self.authorisation_id.limit_kind == "kind":
            return self.kind
        item = self.operation_id if self.kind == "labour" else self.product_id
        return (self.kind, item.id)


class AftersalesClaimCheck(models.Model):
    _inherit = "aftersales.claim.check"

    def _get_sentences(self, values):
        v = values
        return {
            **super()._get_sentences(values),
            "authorisation_ok": lambda: self.env._(
                "Authorised before under the number %(authorisation)s (until %(last)s).", **v
            ),
            "authorisation_not_needed": lambda: self.env._(
                "The claim of %(amount)s is below %(limit)s: no authorisation is needed.", **v
            ),
            "authorisation_none": lambda: self.env._(
                "Claims from %(limit)s need an authorisation before the repair; this claim of "
                "%(amount)s names none.",
                **v,
            ),
            "authorisation_not_granted": lambda: self.env._(
                "The authorisation %(authorisation)s was not granted.", **v
            ),
            "authorisation_other": lambda: self.env._(
                "The authorisation %(authorisation)s is for another machine or dealer.", **v
            ),
            "authorisation_expired": lambda: self.env._(
                "The authorisation %(authorisation)s was valid for repairs until %(last)s.", **v
            ),
            "authorisation_used": lambda: self.env._(
                "The authorisation %(authorisation)s is for one claim, and another claim used it.",
                **v,
            ),
            "authorised_ok": lambda: self.env._(
                "Within the %(limit)s granted by %(authorisation)s.", **v
            ),
            "authorised_above": lambda: self.env._(
                "%(line)s: %(amount)s claimed, %(authorisation)s leaves %(limit)s for it.", **v
            ),
        }
