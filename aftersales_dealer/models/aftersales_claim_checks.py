import random
from collections import defaultdict

from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.aftersales_service.tools import coverage
from odoo.addons.aftersales_service.tools.snapshot import touch

from ..tools import claim_checks, claim_rules

# What a covered claim line is paid from: which promise of the entitlement covers which kind of
# line.
COVERED_BY = {
    "labour": "labour",
    "travel": "travel",
    "part": "parts",
    "freight": "parts",
    "other": "parts",
}


class AftersalesClaim(models.Model):
    """Gathers the facts of claims in batch, runs the checks and stores what they found (D08)."""

    _inherit = "aftersales.claim"

    check_draw = fields.Float(
        groups="base.group_user",  # dealers do not reckon who is looked at
        readonly=True,
        copy=False,
        aggregator=None,
        default=lambda self: random.SystemRandom().uniform(0.0, 100.0),
        help="Drawn once, between 0 and 100: decides who looks at a claim that would be approved "
        "at once.",
    )

    def action_run_checks(self):
        """Run the automatic checks of claims under review again, e.g. after a registration was
        corrected.

        Overrides of checks that block as before are kept.

        :raise UserError: when a claim is not under review
        :raise AccessError: when an appraiser's amounts would be replaced by somebody else
        """
        self.check_access("write")
        for claim in self:
            if claim.state not in self._get_review_states():
                raise UserError(
                    self.env._(
                        "%(claim)s is %(state)s: only claims under review are checked.",
                        claim=claim.display_name,
                        state=claim._get_state_label(claim.state),
                    )
                )
        if "appraised" in self.mapped("state"):
            self._ensure_group("aftersales_dealer.group_aftersales_appraiser")
        self._run_checks(version_offset=0)
        return True

    def _run_checks(self, version_offset=1):
        """Check the claims and propose amounts; the number of queries does not grow with the
        claims.

        :param int version_offset: 1 when the checks belong to the version that is about to be
            opened
        """
        # Two claims for one machine at the same moment: the later one has to see the earlier.
        touch(self.asset_id)
        # A card may have been registered or cancelled since the claim was drafted.
        self.env.add_to_compute(self._fields["registration_id"], self)
        self._decide_entitlement()
        vals_list, signals = [], []
        for company, claims in self.grouped("company_id").items():
            rules = self.env["aftersales.claim.check.setting"]._get_rules(company)
            for claim, facts in claims._get_check_facts().items():
                findings = claim_rules.run(facts, rules)
                version = claim.version + version_offset
                vals_list += [
                    claim._prepare_check_vals(finding, version, number)
                    for number, finding in enumerate(findings)
                    if not finding.is_silent
                ]
                signals += [
                    claim._prepare_signal_vals(finding) for finding in findings if finding.is_signal
                ]
                claim._propose_amounts(facts, findings)
        self._replace_checks(vals_list)
        # Dealers who submit neither see nor make signals.
        self.env["aftersales.claim.signal"].sudo()._record(signals)
        # The checks proposed amounts anew; verdicts on old parts that are in hold all the same.
        self.line_ids.sudo().return_line_ids._reapply_verdicts()

    def _replace_checks(self, vals_list):
        """Store new check rows; those of earlier versions are archived, of the same version
        replaced.
        """
        # Checks are the system's: neither dealer nor appraiser may write them.
        checks = self.env["aftersales.claim.check"].sudo().with_context(active_test=False)
        known = checks.search([("claim_id", "in", self.ids)])
        versions = {(vals["claim_id"], vals["version"]) for vals in vals_list}
        replaced = known.filtered(lambda check: (check.claim_id.id, check.version) in versions)
        overrides = {
            (check.claim_id.id, check.code, check.setting_id.id): check
            for check in replaced
            if check.overridden
        }
        for vals in vals_list:
            before = overrides.get((vals["claim_id"], vals["code"], vals["setting_id"]))
            if before and before.result == vals["result"]:
                vals.update(
                    overridden=True,
                    override_reason=before.override_reason,
                    override_user_id=before.override_user_id.id,
                    override_date=before.override_date,
                )
        replaced.unlink()
        (known - replaced).filtered("active").write({"active": False})
        # The deletion emptied the cache: one query instead of one a claim.
        self.fetch(["currency_id", "company_id", "dealer_id"])
        checks._insert_rows(vals_list)

    def _prepare_check_vals(self, finding, version, number):
        self.ensure_one()
        return {
            "claim_id": self.id,
            "version": version,
            "sequence": number,
            "code": finding.code,
            "setting_id": finding.rule.key or False,
            "internal": claim_rules.CHECKS[finding.code].internal,
            "result": finding.result,
            "details": finding.sentences,
            "amount": finding.amount,
            "active": True,
            "overridden": False,
            "override_reason": False,
            "override_user_id": False,
            "override_date": False,
        }

    def _propose_amounts(self, facts, findings):
        """Write what the cutting checks leave of each line as the appraised and proposed amount."""
        self.ensure_one()
        labels = dict(
            self.env["aftersales.claim.check"]._fields["code"]._description_selection(self.env)
        )
        cutting = [finding for finding in findings if finding.result == claim_rules.CUT]
        proposal = claim_rules.propose(facts, findings)
        for line in self.line_ids:
            amount = proposal[line.id]
            cut = line.currency_id.compare_amounts(amount, line.amount_claimed) < 0
            codes = [labels[finding.code] for finding in cutting if line.id in finding.limits]
            line._write_past_guard(
                {
                    "amount_appraised": amount,
                    "amount_approved": amount,
                    "appraisal_reason": self.env._("Cut by: %s", ", ".join(codes))
                    if cut
                    else False,
                    "reason": False,
                }
            )

    def _get_check_facts(self):
        """Return {claim: ``claim_checks.ClaimFacts``} for claims of one company, in a constant
        number of queries.
        """
        answers = self.line_ids._get_cover_answers()
        duplicates = self._get_duplicates()
        tariffs = self.line_ids._get_tariffs()
        facts = {}
        for claim in self:
            lines = tuple(
                line._get_check_facts(answers[line], duplicates.get(line.id, ()), tariffs.get(line))
                for line in claim.line_ids
            )
            facts[claim] = claim_checks.ClaimFacts(lines=lines, **claim._prepare_check_facts())
        return facts

    def _prepare_check_facts(self):
        """Return the facts of the claim as a whole, without its lines."""
        self.ensure_one()
        agreement = self._get_repair_agreement()
        card = self.registration_id
        submitted = self.date_submitted or fields.Datetime.now()
        return {
            "date_repair": self.date_repair,
            "date_submitted": fields.Datetime.context_timestamp(self, submitted).date(),
            "round": self.currency_id.round,
            "registration": self._get_registration_fact(),
            "registration_label": card.display_name or "",
            "registration_reason": card.override_reason or "",
            "agreement": agreement.display_name or "",
            "deadline_days": agreement.claim_deadline_days,
            "signed_by": self.signed_by if self.signature else "",
            "auto_limit": self._get_auto_limit(),
            "duplicate_days": self.company_id.aftersales_claim_duplicate_days,
            "draw": self.check_draw,
            "total": self.amount_claimed,
            "scope": self._get_rule_scope(),
            "rate": self._get_company_rate(),
        }

    def _get_auto_limit(self):
        """Return the company's limit of automatic approval, in the claim's currency."""
        self.ensure_one()
        limit = self.company_id.aftersales_claim_auto_limit
        return self.currency_id.round(limit * self._get_company_rate())

    def _get_company_rate(self):
        """Return what one unit of the company's currency was in the claim's at the repair."""
        self.ensure_one()
        company = self.company_id
        if company.currency_id == self.currency_id:
            return 1.0
        day = self.date_repair or fields.Date.context_today(self)
        return self.env["res.currency"]._get_conversion_rate(
            company.currency_id, self.currency_id, company, day
        )

    def _get_rule_scope(self):
        """Return the ``claim_rules.Scope`` that rules ask of the claim."""
        self.ensure_one()
        submitted = self.date_submitted or fields.Datetime.now()
        # Which rules hold depends on what not every reader of claims may see.
        dealer = self.dealer_id.sudo().commercial_partner_id
        path = self.product_id.sudo().categ_id.parent_path or ""
        return claim_rules.Scope(
            dealer=dealer.id,
            grade=self.dealer_grade_id.id or 0,
            categories=frozenset(int(part) for part in path.split("/") if part),
            amount=self.amount_claimed / (self._get_company_rate() or 1.0),
            day=fields.Datetime.context_timestamp(self, submitted).date(),
        )

    def _get_registration_fact(self):
        """Return ``none``, ``in_time``, ``late`` or ``overridden``."""
        self.ensure_one()
        card = self.registration_id
        if not card:
            return "none"
        if not card.late:
            return "in_time"
        return "overridden" if card.counts_for_claims else "late"

    def _get_repair_agreement(self):
        """Return the agreement, empty when it does not let the dealer repair this machine under
        warranty.
        """
        self.ensure_one()
        # Its terms decide on claims of users who need not see agreements.
        agreement = self.agreement_id.sudo()
        allowed = agreement.may_repair and agreement._covers_product(self.product_id)
        return agreement if allowed else agreement.browse()

    def _get_duplicates(self):
        """Return {line id: (number, days between the repairs) of earlier live claims for the same
        asset and part} (D08).
        """
        lines = self.line_ids.filtered(
            lambda line: line.kind == "part" and line.product_id and line.asset_id
        )
        others = self.env["aftersales.claim.line"].search(
            [
                ("asset_id", "in", lines.asset_id.ids),
                ("product_id", "in", lines.product_id.ids),
                ("kind", "=", "part"),
                ("claim_state", "not in", ("draft", "returned", "refused", "cancelled")),
            ]
        )
        by_part = defaultdict(list)
        for other in others:
            by_part[other.asset_id, other.product_id].append(other)
        return {
            line.id: line._filter_duplicates(by_part[line.asset_id, line.product_id])
            for line in lines
        }


class AftersalesClaimLine(models.Model):
    _inherit = "aftersales.claim.line"

    def _filter_duplicates(self, others):
        """Return (number, days between the repairs) of the claims of ``others`` that came before
        this line's.
        """
        self.ensure_one()
        return tuple(
            sorted(
                {
                    (other.claim_id.name, abs((other.date_repair - self.date_repair).days))
                    for other in others
                    if other.claim_id != self.claim_id
                    and (other.claim_id.date_submitted, other.claim_id.id)
                    <= (self.claim_id.date_submitted, self.claim_id.id)
                }
            )
        )

    def _get_cover_answers(self):
        """Return {line: ``coverage.Answer``}: each line is asked with its own part, and what is
        not a part with the part that caused it all; in a constant number of queries (W07, D08).
        """
        asked = self.filtered("asset_id")
        # Whoever claims for a machine need not have rights on it: they see the reasons only.
        assets = self.env["aftersales.asset"].sudo()
        questions = assets._prepare_questions([line._prepare_cover_question() for line in asked])
        pairs = [
            (line.asset_id.id, question) for line, question in zip(asked, questions, strict=True)
        ]
        nowhere = coverage.Answer(coverage.PAID, reasons=[("no_asset", {})])
        answers = assets._iter_answers(pairs)
        return {**dict.fromkeys(self - asked, nowhere), **dict(zip(asked, answers, strict=True))}

    def _prepare_cover_question(self):
        self.ensure_one()
        question = self.claim_id._prepare_entitlement_question()
        return {**question, "part": self.product_id} if self.kind == "part" else question

    def _get_check_facts(self, answer, duplicates, tariff):
        """Return the ``claim_checks.LineFacts`` of the line.

        :param answer: the ``coverage.Answer`` for its machine and part
        :param tuple duplicates: (number, days between the repairs) of claims for the same part
        :param tariff: the unit price that the agreement grants (float), None when it says nothing
        """
        self.ensure_one()
        return claim_checks.LineFacts(
            key=self.id,
            kind=self.kind,
            label=self.name,
            quantity=self.quantity,
            price_unit=self.price_unit,
            amount=self.amount_claimed,
            tariff=tariff,
            standard_hours=self.standard_hours or None,
            covered=COVERED_BY[self.kind] in answer.by,
            cover_reasons=tuple(coverage.pack(*reason) for reason in answer.reasons),
            serial_needed=self.kind == "part" and self.product_id.tracking == "serial",
            serial_known=bool(self.lot_id),
            duplicates=duplicates,
        )
