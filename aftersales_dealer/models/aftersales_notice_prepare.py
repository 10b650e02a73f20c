import logging

from odoo import api, models
from odoo.fields import Command, Domain

_logger = logging.getLogger(__name__)


class AftersalesNotice(models.Model):
    """How approved claims become notices (F02, F09)."""

    _inherit = "aftersales.notice"

    @api.model
    def _get_claims_to_notice_domain(self, period_end, dealers=None, companies=None):
        """Return the domain of approved claims that no live notice has yet.

        :param date period_end: claims with a repair date up to this day
        :param dealers: res.partner records, empty for all
        :param companies: res.company records, default the user's current companies
        """
        domain = Domain(
            [
                ("state", "=", "approved"),
                ("company_id", "in", (companies or self.env.companies).ids),
                ("date_repair", "<=", period_end),
                ("line_ids", "!=", False),
                ("notice_line_ids", "not any", [("live", "=", True)]),
            ]
        )
        if dealers:
            domain &= Domain("dealer_id", "in", dealers.ids)
        return domain

    @api.model
    def _prepare_for_claims(self, period_start, period_end, dealers=None, companies=None):
        """Make a draft notice per dealer, company and currency of all claims that wait for one.

        Running it again makes nothing twice: claims in a live notice are left out, and the unique
        index on live claim lines stands behind it. One dealer's failure never loses the others
        (F09).

        :return: (notices, list of str: what failed and why)
        """
        domain = self._get_claims_to_notice_domain(period_end, dealers, companies)
        groups = self.env["aftersales.claim"]._read_group(
            domain, ["company_id", "dealer_id", "currency_id"], ["id:recordset"]
        )
        agreements = self.env["aftersales.dealer.agreement"]._get_for(
            (dealer, company, period_end) for company, dealer, __, __ in groups
        )
        vals_list = []
        for company, dealer, currency, claims in groups:
            # Claims that somebody else is noticing at this moment are theirs.
            claims = claims.sudo().try_lock_for_update(allow_referencing=True)
            method = agreements[dealer, company, period_end].settlement_method or "credit_note"
            if claims:
                vals = self._prepare_notice_vals(company, dealer, currency, claims)
                vals_list.append(
                    dict(
                        vals,
                        period_start=period_start,
                        period_end=period_end,
                        settlement_method=method,
                    )
                )
        try:
            with self.env.cr.savepoint():
                return self._create_prepared(vals_list), []
        except Exception:  # pylint: disable=broad-except  # the loop below finds and tells which dealer it was
            _logger.info(
                "Fee notices could not be made in one batch, trying dealer by dealer", exc_info=True
            )
        notices, failures = self.browse(), []
        for vals in vals_list:
            try:
                with self.env.cr.savepoint():
                    notices |= self._create_prepared([vals])
            except Exception as error:  # pylint: disable=broad-except
                dealer = self.env["res.partner"].browse(vals["dealer_id"])
                failures.append(f"{dealer.display_name}: {error}")
        return notices, failures

    @api.model
    def _create_prepared(self, vals_list):
        """Create the notices; their lines put the claims “in a notice”."""
        return self.create(vals_list)

    @api.model
    def _prepare_notice_vals(self, company, dealer, currency, claims):
        """Return the values of one notice over ``claims``."""
        return {
            "dealer_id": dealer.id,
            "company_id": company.id,
            "currency_id": currency.id,
            "line_ids": [
                Command.create(self._prepare_claim_line_vals(line))
                for line in claims.sorted("id").line_ids
            ],
        }

    @api.model
    def _prepare_claim_line_vals(self, claim_line):
        """Return the values of the notice line of ``claim_line``; figures are copied, not linked
        (D15).
        """
        return {
            "type": "claim",
            "claim_id": claim_line.claim_id.id,
            "claim_line_id": claim_line.id,
            "product_id": claim_line.product_id.id,
            "name": claim_line.name,
            "amount_claimed": claim_line.amount_claimed,
            "amount_approved": claim_line.amount_approved,
            "amount": claim_line.amount_approved,
        }
