from odoo import fields, models

from odoo.addons.aftersales_service.models import aftersales_goodwill as goodwill_module


class AftersalesGoodwill(models.Model):
    """Goodwill granted in part: the user pays the rest of what a dealer claims (D17, W18)."""

    _inherit = "aftersales.goodwill"
    # Asked for and granted as a whole.
    _frozen_fields = {
        state: names | {"company_share"}
        for state, names in goodwill_module.AftersalesGoodwill._frozen_fields.items()
    }

    company_share = fields.Float(
        string="Our Share (%)",
        digits=(5, 2),
        default=100.0,
        aggregator=None,
        help="What we pay of a dealer's claim under this goodwill; the customer pays the rest.",
    )

    _company_share_range = models.Constraint(
        "CHECK(company_share > 0 AND company_share <= 100)",
        "Our share of a goodwill is above 0 and at most 100 %.",
    )


class AftersalesClaim(models.Model):
    _inherit = "aftersales.claim"

    def _run_checks(self, *args, **kwargs):
        result = super()._run_checks(*args, **kwargs)
        self._default_payers()
        return result

    def _default_payers(self):
        """Say who pays, as cover, goodwill and verdicts on old parts have it; what somebody
        entered by hand stays (D17).
        """
        by_verdict = self.line_ids._get_supplier_verdicts()
        verdicts = self.env["aftersales.claim.line"].browse([line.id for line in by_verdict])
        shared = self._get_shared_goodwill()
        for claim, goodwill in shared.items():
            (claim.line_ids - verdicts)._set_payers(
                "goodwill",
                self.env._(
                    "%(goodwill)s: the company pays %(share)g %%.",
                    goodwill=goodwill.name,
                    share=goodwill.company_share,
                ),
                shares={"customer": 100.0 - goodwill.company_share},
            )
        for line, part in by_verdict.items():
            line._set_payers(
                "verdict",
                self.env._("Old part %(label)s: the supplier answers for it.", label=part.label),
                supplier=part.supplier_id,
                shares={"supplier": 100.0},
            )
        rest = self.line_ids - verdicts - self._get_lines_of(shared)
        # A verdict or goodwill of before that no longer holds.
        rest.filtered(lambda line: line.payer_source in ("goodwill", "verdict"))._set_payers(
            "standard", False
        )

    def _get_lines_of(self, claims):
        return self.browse([claim.id for claim in claims]).line_ids

    def _get_shared_goodwill(self):
        """Return {claim: the goodwill that covers it in part}."""
        prefix = "aftersales.goodwill,"
        ids = {
            claim: int(claim.entitlement_source.removeprefix(prefix))
            for claim in self
            if (claim.entitlement_source or "").startswith(prefix)
        }
        # Whoever sends the claim need not see the goodwill that pays it.
        goodwill = self.env["aftersales.goodwill"].sudo().browse(set(ids.values())).exists()
        by_id = {record.id: record for record in goodwill}
        return {
            claim: by_id[key]
            for claim, key in ids.items()
            if key in by_id and by_id[key].company_share < 100.0
        }


class AftersalesClaimLine(models.Model):
    _inherit = "aftersales.claim.line"

    def _get_supplier_verdicts(self):
        """Return {line: the old part for which the supplier answers}: the part's own line, and all
        of the claim when it is the part that caused the failure.
        """
        # As above: the verdict decides, whoever may see old parts.
        judged = self.sudo().return_line_ids.filtered(
            lambda part: part.state == "appraised" and part.responsible == "supplier"
        )
        result = {}
        for part in judged:
            line = part.claim_line_id
            claim = line.claim_id
            causal = line.product_id and line.product_id == claim.causal_part_id
            for paid in claim.line_ids if causal else line:
                result.setdefault(self.browse(paid.id), part)
        return result
