import logging

import psycopg2

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

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
                ("line_ids", "any", [("notice_line_ids", "not any", [("live", "=", True)])]),
            ]
        )
        if dealers:
            domain &= Domain("dealer_id", "in", dealers.ids)
        return domain

    @api.model
    def _prepare_for_claims(
        self, period_start, period_end, dealers=None, companies=None, currencies=None
    ):
        """Make a draft notice per dealer, company and currency of all claims and charges that wait
        for one.

        Running it again makes nothing twice: what is in a live notice is left out, and the unique
        indexes on live lines stand behind it. One dealer's failure never loses the others (F09).

        :param currencies: res.currency records, empty for all
        :return: (notices, list of str: what failed and why)
        """
        vals_list = self._prepare_notices_vals(
            period_start, period_end, dealers, companies, currencies
        )
        try:
            with self.env.cr.savepoint():
                return self._create_prepared(vals_list), []
        except psycopg2.OperationalError:
            raise  # somebody else was faster: Odoo does the whole request again
        except Exception:  # pylint: disable=broad-except  # the loop below finds and tells which dealer it was
            self.env.invalidate_all(flush=False)
        notices, failures = self.browse(), []
        for vals in vals_list:
            try:
                with self.env.cr.savepoint():
                    notices |= self._create_prepared([vals])
            except psycopg2.OperationalError:
                raise
            except Exception as error:  # pylint: disable=broad-except  # told to whoever prepares
                self.env.invalidate_all(flush=False)
                dealer = self.env["res.partner"].browse(vals["dealer_id"])
                failures.append(f"{dealer.display_name}: {self._get_failure(error)}")
        return notices, failures

    @api.model
    def _get_failure(self, error):
        """Return what is told of ``error`` in the work for one dealer: its own words when they are
        meant for people; else it is logged, too.
        """
        if isinstance(error, UserError):
            return str(error)
        _logger.error("Fee notices: the work for a dealer failed", exc_info=error)
        return self.env._("Unexpected error: %(error)s", error=error)

    @api.model
    def _prepare_notices_vals(self, period_start, period_end, dealers, companies, currencies=None):
        """Return the values of the notices to make, ``line_vals`` among them: values of lines."""
        scope = (period_end, dealers, companies)
        waiting = {}
        for name, domain in (
            ("claims", self._get_claims_to_notice_domain(*scope)),
            ("charges", self.env["aftersales.dealer.charge"]._get_charges_to_notice_domain(*scope)),
        ):
            model = "aftersales.claim" if name == "claims" else "aftersales.dealer.charge"
            if currencies:
                domain &= Domain("currency_id", "in", currencies.ids)
            # What somebody else is noticing at this moment is theirs.
            found = self.env[model].search(domain, order="id").sudo()
            for document in found.try_lock_for_update(allow_referencing=True).sorted("id"):
                key = (document.company_id, document.dealer_id, document.currency_id)
                waiting.setdefault(key, {}).setdefault(name, []).append(document.id)
        agreements = self.env["aftersales.dealer.agreement"]._get_for(
            (dealer, company, period_end) for company, dealer, __ in waiting
        )
        vals_list = []
        for key, found in waiting.items():
            company, dealer, currency = key
            # Found above as the user; their lines and authorisations are copied whoever prepares.
            claims = self.env["aftersales.claim"].sudo().browse(found.get("claims", ()))
            # As for claims.
            charges = self.env["aftersales.dealer.charge"].sudo().browse(found.get("charges", ()))
            method = agreements[dealer, company, period_end].settlement_method or "credit_note"
            vals_list.append(
                {
                    "dealer_id": dealer.id,
                    "company_id": company.id,
                    "currency_id": currency.id,
                    "period_start": period_start,
                    "period_end": period_end,
                    "settlement_method": method,
                    "line_vals": self._prepare_lines_vals(claims, charges),
                }
            )
        return vals_list

    @api.model
    def _create_prepared(self, vals_list):
        """Create the notices; their lines put claims and charges “in a notice”."""
        notices = self.create(
            [{key: vals[key] for key in vals if key != "line_vals"} for vals in vals_list]
        )
        line_vals = dict(zip(notices, (vals["line_vals"] for vals in vals_list), strict=True))
        # The right to make notices was checked; lines are inserted by the thousand.
        lines = self.env["aftersales.notice.line"].sudo()
        for same_currency in notices.grouped("currency_id").values():
            lines += lines._insert_rows(
                [
                    dict(vals, notice_id=notice.id, live=True)
                    for notice in same_currency
                    for vals in line_vals[notice]
                ]
            )
        lines._enter_notice()
        return notices

    @api.model
    def _prepare_lines_vals(self, claims, charges):
        """Return the values of the notice lines of claims and charges, all with the same keys."""
        claim_lines = claims.line_ids.filtered(
            lambda line: not any(line.notice_line_ids.mapped("live"))
        )
        amounts = claim_lines._get_notice_amounts()
        empty = dict.fromkeys(
            ("claim_id", "claim_line_id", "charge_id", "carried_from_id", "product_id"), False
        )
        return [
            *(
                {**empty, **self._prepare_claim_line_vals(line, amounts[line])}
                for line in claim_lines
            ),
            *({**empty, **charge._prepare_notice_line_vals()} for charge in charges),
        ]

    @api.model
    def _prepare_claim_line_vals(self, claim_line, amount):
        """Return the values of the notice line of ``claim_line``; figures are copied, not linked
        (D15).

        :param float amount: what the dealer is paid of it
        """
        before = claim_line.notice_line_ids.filtered("postponed").sorted("id")[-1:]
        return {
            "type": "claim",
            "claim_id": claim_line.claim_id.id,
            "claim_line_id": claim_line.id,
            "carried_from_id": before.id,
            "product_id": claim_line.product_id.id,
            "name": claim_line.name,
            "amount_claimed": claim_line.amount_claimed,
            "amount_approved": amount,
            "amount": amount,
        }
