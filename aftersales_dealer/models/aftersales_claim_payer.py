from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import float_compare

from ..tools import payer_shares

SHARE_FIELDS = tuple(f"share_{payer}" for payer in payer_shares.PAYERS)


class AftersalesClaimLine(models.Model):
    """Who pays a line, in shares; the dealer is paid what company and supplier pay (D17)."""

    _inherit = "aftersales.claim.line"

    share_company = fields.Float(
        string="Company %",
        digits=(5, 2),
        compute="_compute_share_company",
        store=True,
        readonly=False,
        precompute=True,
        aggregator=None,
        help="What the others do not pay.",
    )
    share_supplier = fields.Float(
        string="Supplier %",
        digits=(5, 2),
        aggregator=None,
        help="The company pays it to the dealer and recovers it from the supplier.",
    )
    share_dealer = fields.Float(string="Dealer %", digits=(5, 2), aggregator=None)
    share_customer = fields.Float(string="Customer %", digits=(5, 2), aggregator=None)
    supplier_id = fields.Many2one(
        "res.partner",
        index="btree_not_null",
        check_company=True,
        groups="base.group_user",  # from whom we buy is not told to dealers
    )
    payer_source = fields.Selection(
        [
            ("standard", "Standard"),
            ("cover", "Cover"),
            ("goodwill", "Goodwill"),
            ("verdict", "Verdict on the old part"),
            ("manual", "By hand"),
        ],
        string="Payers Set by",
        default="standard",
        required=True,
        readonly=True,
        copy=False,
    )
    payer_reason = fields.Char(string="Why These Payers", copy=False)
    payers = fields.Char(compute="_compute_payers", help="Who pays which part of the line.")
    amount_payable = fields.Monetary(
        string="To the Dealer",
        compute="_compute_amount_payable",
        store=True,
        help="The company's and the supplier's share of the approved amount.",
    )

    @api.depends("share_supplier", "share_dealer", "share_customer")
    def _compute_share_company(self):
        for line in self:
            others = line.share_supplier + line.share_dealer + line.share_customer
            line.share_company = 100.0 - others

    @api.depends("amount_approved", *SHARE_FIELDS)
    def _compute_amount_payable(self):
        for line, parts in self._get_payer_amounts().items():
            line.amount_payable = line.currency_id.round(payer_shares.paid_to_dealer(parts))

    @api.depends(*SHARE_FIELDS, "supplier_id")
    @api.depends_context("lang")
    def _compute_payers(self):
        for line in self:
            line.payers = line._get_payers_text()

    def _get_payers_text(self):
        """Return who pays the line, e.g. “Company 70 %, Customer 30 %”; empty when the company
        pays it all.
        """
        self.ensure_one()
        # Portal dealers read who pays; the supplier's name is the company's own business.
        names = {
            "company": self.env._("Company"),
            "supplier": self.env._("Supplier"),
            "dealer": self.env._("Dealer"),
            "customer": self.env._("Customer"),
        }
        shares = [(names[payer], self[f"share_{payer}"]) for payer in payer_shares.PAYERS]
        if self.share_company == 100.0:
            return ""
        return ", ".join(f"{name} {share:g} %" for name, share in shares if share)

    @api.constrains(*SHARE_FIELDS)
    def _check_shares(self):
        for line in self:
            shares = [line[name] for name in SHARE_FIELDS]
            if min(shares) < 0 or float_compare(sum(shares), 100.0, precision_digits=2):
                raise ValidationError(
                    self.env._(
                        "%(claim)s, “%(line)s”: the shares of the payers are between 0 and 100 %% "
                        "and add up to 100 %%. Correct them.",
                        claim=line.claim_id.display_name,
                        line=line.name,
                    )
                )

    def _get_payer_amounts(self, amount="amount_approved"):
        """Return {line: {payer: amount}} for the payers company, supplier, dealer and customer;
        the parts of a line add up to the amount exactly (D17).

        :param amount: name of the lines' field whose amount is shared, or one amount (float) that
            is shared as each of the lines is
        """
        return {
            line: payer_shares.split(
                line[amount] if isinstance(amount, str) else amount,
                {payer: line[f"share_{payer}"] for payer in payer_shares.PAYERS},
                (line.currency_id or self.env.company.currency_id).rounding,
            )
            for line in self
        }

    def _set_payers(self, source, reason, supplier=None, shares=()):
        """Give the lines the shares that a decision of the system says; what somebody set by hand
        stays.

        :param str source: value of ``payer_source``
        :param str reason: the sentence that explains it
        :param supplier: res.partner who answers for a supplier's share
        :param dict shares: percent by payer; the company pays the rest
        """
        shares = dict(shares)
        lines = self.filtered(lambda line: line.payer_source != "manual")
        vals = {
            "payer_source": source,
            "payer_reason": reason,
            "supplier_id": supplier.id if supplier else False,
            **{f"share_{payer}": shares.get(payer, 0.0) for payer in payer_shares.PAYERS[1:]},
        }
        vals["share_company"] = 100.0 - sum(vals[name] for name in SHARE_FIELDS[1:])
        changed = lines.filtered(
            lambda line: any(
                (line[name].id if name == "supplier_id" else line[name]) != value
                for name, value in vals.items()
            )
        )
        if changed:
            changed._write_past_guard(vals)
