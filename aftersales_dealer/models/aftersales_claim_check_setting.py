from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import formatLang

# Their checks register themselves, in the order in which they are shown.
from ..tools import (  # noqa: F401
    claim_checks,
    claim_checks_authorisation,
    claim_checks_work,
    claim_signals,
)
from ..tools.claim_rules import CHECKS, Rule
from .aftersales_claim_check import CHECK_CODES

PARAMETERS = ("days", "km", "factor", "percent", "count")


class AftersalesClaimCheckSetting(models.Model):
    """A rule: for which claims a check is asked, and what happens when it fails (D08).

    Of the rules of one check, the narrowest that fit hold; see ``tools/claim_rules.py``.
    """

    _name = "aftersales.claim.check.setting"
    _description = "Claim Check Rule"
    _order = "company_id, sequence, id"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10, aggregator=None)
    code = fields.Selection(CHECK_CODES, string="Check", required=True)
    severity = fields.Selection(
        [
            ("block", "Block: only a manager may approve"),
            ("cut", "Cut: propose less"),
            ("flag", "Flag: an appraiser looks at it"),
            ("list", "Signal: listed, nothing else"),
            ("off", "Off"),
        ],
        string="When it fails",
        required=True,
        default="flag",
    )
    cut_to = fields.Selection(
        [
            ("check", "What the check allows"),
            ("standard_time", "The standard time"),
            ("tariff", "The agreed price"),
            ("share", "A share of the line"),
            ("maximum", "A fixed amount"),
        ],
        required=True,
        default="check",
        help="What is left of each line that failed.",
    )
    share = fields.Float(string="Share left (%)", digits=(16, 2), aggregator=None)
    maximum = fields.Monetary(
        string="At most per Line", help="In another currency at the rate of the day of repair."
    )
    note = fields.Char(help="Why the rule is as it is.")

    dealer_ids = fields.Many2many(
        "res.partner", string="Dealers", domain="[('is_dealer', '=', True)]"
    )
    grade_ids = fields.Many2many("aftersales.dealer.grade", string="Grades", check_company=True)
    category_ids = fields.Many2many(
        "product.category", string="Categories of Machines", help="With their subcategories."
    )
    kind = fields.Selection(
        selection=lambda self: (
            self.env["aftersales.claim.line"]._fields["kind"]._description_selection(self.env)
        ),
        string="Kind of Line",
        help="Empty: all lines of the claim.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount_from = fields.Monetary(string="Claims from", help="Smaller claims are not asked.")
    date_from = fields.Date(string="Valid from", help="For claims submitted from this day.")
    date_to = fields.Date(string="Valid until", help="For claims submitted until this day.")

    days = fields.Integer(aggregator=None)
    km = fields.Float(string="Kilometres", digits=(16, 1), aggregator=None)
    factor = fields.Float(digits=(16, 2), aggregator=None)
    percent = fields.Float(digits=(16, 2), aggregator=None)
    count = fields.Integer(string="Least Number", aggregator=None)
    parameters = fields.Char(
        string="Parameters of the Check",
        compute="_compute_parameters",
        help="Which parameters the check reads.",
    )
    parameter_help = fields.Char(compute="_compute_parameter_help")
    parameter_text = fields.Char(string="Parameters", compute="_compute_parameter_text")
    scope_text = fields.Char(string="Holds for", compute="_compute_scope_text")

    _share_range = models.Constraint(
        "CHECK(share >= 0 AND share <= 100)", "The share left of a line is between 0 and 100 %."
    )
    _numbers_positive = models.Constraint(
        "CHECK(maximum >= 0 AND amount_from >= 0 AND days >= 0 AND km >= 0 AND factor >= 0"
        " AND percent >= 0 AND count >= 0)",
        "The amounts and parameters of a rule cannot be negative.",
    )

    @api.depends("code", "scope_text")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["code"]._description_selection(self.env))
        for rule in self:
            label = labels.get(rule.code, rule.code or "")
            rule.display_name = f"{label} ({rule.scope_text})" if rule._is_scoped() else label

    @api.depends("code")
    def _compute_parameters(self):
        for rule in self:
            used = CHECKS[rule.code].parameters if rule.code in CHECKS else {}
            rule.parameters = ",".join(used)

    @api.depends("parameters", *PARAMETERS)
    @api.depends_context("lang")
    def _compute_parameter_text(self):
        labels = {name: self._fields[name]._description_string(self.env) for name in PARAMETERS}
        for rule in self:
            used = (rule.parameters or "").split(",")
            rule.parameter_text = ", ".join(
                f"{labels[name]} {formatLang(self.env, rule[name], digits=_digits(rule[name]))}"
                for name in PARAMETERS
                if name in used and rule[name]
            )

    @api.depends("code")
    @api.depends_context("lang")
    def _compute_parameter_help(self):
        texts = self._get_parameter_texts()
        for rule in self:
            rule.parameter_help = texts.get(rule.code, "")

    @api.model
    def _get_parameter_texts(self):
        """Return {code: what the parameters of its rules mean}."""
        return {
            "deadline": self.env._("Days: grace after the deadline of the agreement."),
            "duplicate": self.env._(
                "Days: between two repairs with the same part on the same machine; zero: as in the "
                "settings."
            ),
            "standard_time": self.env._("Percent: tolerated above the standard time."),
            "price": self.env._("Percent: tolerated above the agreed price."),
            "distance": self.env._(
                "Factor: how much longer the road is than the straight line. Kilometres: added to "
                "each journey, there and back."
            ),
            "outlier": self._get_peer_text(),
            "signal_hours": self._get_peer_text(),
            "signal_expiry": self.env._("Days: before the end of the warranty."),
            "signal_limit": self.env._("Percent: below the limit of automatic approval."),
            "auto_limit": self.env._(
                "Percent: the share of clean claims within the limit that is drawn by lot for a "
                "person's look."
            ),
        }

    @api.model
    def _get_peer_text(self):
        return self.env._(
            "Factor: how many times the usual deviation of other dealers is usual. Percent: above "
            "their median is usual in any case. Least number: of claims of others to compare with."
        )

    @api.depends("dealer_ids", "grade_ids", "category_ids", "kind", "amount_from")
    @api.depends_context("lang")
    def _compute_scope_text(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for rule in self:
            parts = [
                *rule.dealer_ids.mapped("name"),
                *rule.grade_ids.mapped("name"),
                *rule.category_ids.mapped("name"),
            ]
            if rule.kind:
                parts.append(kinds[rule.kind])
            if rule.amount_from:
                parts.append(self.env._("from %s", rule.currency_id.format(rule.amount_from)))
            rule.scope_text = ", ".join(parts) or self.env._("all claims")

    def _is_scoped(self):
        self.ensure_one()
        scopes = (self.dealer_ids, self.grade_ids, self.category_ids, self.kind, self.amount_from)
        return any(scopes)

    @api.onchange("code")
    def _onchange_code(self):
        """A new rule starts with what is shipped for its check."""
        if self.code in CHECKS:
            self.severity = CHECKS[self.code].severity
            self.update({**dict.fromkeys(PARAMETERS, 0), **CHECKS[self.code].parameters})

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        for rule in self:
            if rule.date_from and rule.date_to and rule.date_to < rule.date_from:
                raise ValidationError(
                    self.env._(
                        "%(rule)s: “Valid until” is before “Valid from”. Correct one of them.",
                        rule=rule.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        settings = super().create(vals_list)
        if not self.env.su:
            settings._check_claims_again()
        return settings

    def write(self, vals):
        result = super().write(vals)
        if not vals.keys() <= {"sequence", "note"}:
            self._check_claims_again()
        return result

    def unlink(self):
        companies = self.company_id
        result = super().unlink()
        self.env["aftersales.claim.check.run"]._run_after_change(companies)
        return result

    def _check_claims_again(self):
        """Claims under review are to be held to the rules as they are now."""
        self.env["aftersales.claim.check.run"]._run_after_change(self.company_id)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_last(self):
        """A check without a rule would get its shipped one back with the next update."""
        others = self.with_context(active_test=False).search(
            [
                ("company_id", "in", self.company_id.ids),
                ("code", "in", self.mapped("code")),
                ("id", "not in", self.ids),
            ]
        )
        kept = {(rule.company_id, rule.code) for rule in others}
        for rule in self:
            if (rule.company_id, rule.code) not in kept:
                raise UserError(
                    self.env._(
                        "“%(rule)s” is the only rule of its check. Archive it, or set it to “Off”, "
                        "instead of deleting it.",
                        rule=rule.display_name,
                    )
                )

    @api.model
    def _create_missing(self, companies=None):
        """Give ``companies`` (all by default) the rules of the checks they have none of, as they
        are shipped. Runs with every installation and update.
        """
        if companies is None:
            companies = self.env["res.company"].search([])  # pylint: disable=no-search-all
        known = {
            (rule.company_id.id, rule.code)
            for rule in self.with_context(active_test=False).search(
                [("company_id", "in", companies.ids)]
            )
        }
        return self.create(
            [
                self._prepare_shipped_vals(company, code, number)
                for company in companies
                for number, (code, __) in enumerate(CHECK_CODES, start=1)
                if (company.id, code) not in known
            ]
        )

    @api.model
    def _prepare_shipped_vals(self, company, code, number):
        check = CHECKS[code]
        return {
            "company_id": company.id,
            "code": code,
            "severity": check.severity,
            "sequence": number * 10,
            **check.parameters,
        }

    @api.model
    def _get_rules(self, company):
        """Return the ``claim_rules.Rule`` objects that hold in ``company``, in a constant number
        of queries.
        """
        # Dealers' submissions are checked by the rules, which dealers may not read.
        settings = self.sudo().search([("company_id", "=", company.id)])
        return [setting._prepare_rule() for setting in settings]

    def _prepare_rule(self):
        self.ensure_one()
        return Rule(
            code=self.code,
            severity=self.severity,
            key=self.id,
            cut_to=self.cut_to,
            share=self.share,
            maximum=self.maximum,
            dealers=frozenset(self.dealer_ids.commercial_partner_id.ids),
            grades=frozenset(self.grade_ids.ids),
            categories=frozenset(self.category_ids.ids),
            kind=self.kind or "",
            amount_from=self.amount_from,
            date_from=self.date_from or None,
            date_to=self.date_to or None,
            **{name: self[name] for name in PARAMETERS},
        )


def _digits(value):
    return 0 if float(value).is_integer() else 2
