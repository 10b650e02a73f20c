from odoo import api, models
from odoo.tools import format_date, formatLang

from odoo.addons.aftersales_service.tools import coverage

MONEY = {"price", "tariff", "amount", "limit", "median", "spread"}
NUMBERS = {"claimed", "allowed", "straight", "most", "km", "factor", "times", "rate", "others"}


class AftersalesClaimCheck(models.Model):
    """The words of the checks: a sentence for each code of ``tools/claim_checks.py`` (D08, rule
    6).
    """

    _inherit = "aftersales.claim.check"

    def _format_sentence(self, code, arguments):
        """Return the sentence for ``code`` in the reader's language.

        :param str code: from ``tools/claim_checks.py``
        :param dict arguments: JSON values: numbers, ISO dates, names
        """
        self.ensure_one()
        words = self._get_sentences(self._format_arguments(arguments)).get(code)
        return words() if words else code

    def _format_arguments(self, arguments):
        """Return ``arguments`` as text: dates, money and numbers as the reader writes them."""
        # Checks of before a sentence had a value have none for it.
        values = {"days": "?", **arguments}
        currency = self.currency_id or self.env.company.currency_id
        for name in {"date", "last", "repair"} & values.keys():
            values[name] = format_date(self.env, values[name])
        for name in MONEY & values.keys():
            values[name] = formatLang(self.env, values[name], currency_obj=currency)
        for name in {"hours", "standard"} & values.keys():
            values[name] = formatLang(self.env, values[name], digits=2)
        for name in NUMBERS & values.keys():
            values[name] = formatLang(self.env, values[name], digits=1)
        if "reasons" in values:
            values["reasons"] = " ".join(
                self._format_cover_reason(*reason) for reason in values["reasons"]
            )
        return values

    @api.model
    def _format_cover_reason(self, code, arguments):
        """Return the resolver's sentence for a stored reason of ``tools/coverage.py``."""
        code, values = coverage.unpack(code, arguments)
        return self.env["aftersales.asset"]._format_reason(code, **values)

    def _get_sentences(self, values):
        """Return {code: callable that gives its sentence}; addons add those of their checks."""
        return {**self._get_claim_sentences(values), **self._get_line_sentences(values)}

    def _get_claim_sentences(self, v):
        return {
            "agreement_ok": lambda: self.env._(
                "The agreement “%(agreement)s” was in force on the day of the repair.", **v
            ),
            "agreement_none": lambda: self.env._(
                "The dealer had no agreement in force on %(date)s that covers repairs of this "
                "machine.",
                **v,
            ),
            "registered_in_time": lambda: self.env._(
                "The sale was registered in time (%(registration)s).", **v
            ),
            "registered_late": lambda: self.env._(
                "The sale was registered late (%(registration)s).", **v
            ),
            "registered_overridden": lambda: self.env._(
                "Registered late (%(registration)s), accepted all the same: %(reason)s", **v
            ),
            "registered_none": lambda: self.env._(
                "The machine has no registration card of this dealer."
            ),
            "deadline_open": lambda: self.env._("The agreement sets no deadline for claims."),
            "deadline_kept": lambda: self.env._(
                "Submitted within %(days)s days of the repair of %(repair)s (until %(last)s).", **v
            ),
            "deadline_missed": lambda: self.env._(
                "Due by %(last)s (%(days)s days after the repair of %(repair)s), submitted "
                "%(late)s days late.",
                **v,
            ),
            "signature_ok": lambda: self.env._("Signed by %(name)s.", **v),
            "signature_none": lambda: self.env._("The user has not signed for the repair."),
            "auto_limit_below": lambda: self.env._(
                "The claim of %(amount)s is within the limit of %(limit)s for automatic approval.",
                **v,
            ),
            "auto_limit_drawn": lambda: self.env._(
                "The claim of %(amount)s is within the limit of %(limit)s; it was drawn by lot for "
                "a person's look.",
                **v,
            ),
            "auto_limit_above": lambda: self.env._(
                "The claim of %(amount)s is above the limit of %(limit)s: an appraiser decides.",
                **v,
            ),
        }

    def _get_line_sentences(self, v):
        return {
            "covered_line": lambda: self.env._("%(line)s: %(reasons)s", **v),
            "not_covered_line": lambda: self.env._("%(line)s is not covered. %(reasons)s", **v),
            "duplicate_none": lambda: self.env._("Nothing on this machine was claimed twice."),
            "duplicate_line": lambda: self.env._(
                "%(line)s was claimed for this machine within %(days)s days already: %(claims)s.",
                **v,
            ),
            "serial_ok": lambda: self.env._("All serials of the parts are known."),
            "serial_not_needed": lambda: self.env._("No part with a serial is claimed."),
            "serial_missing": lambda: self.env._(
                "%(line)s: the serial of the fitted part is missing.", **v
            ),
            "time_none": lambda: self.env._("No standard time is set for the labour claimed."),
            "time_ok": lambda: self.env._("The hours are within the standard times."),
            "time_above": lambda: self.env._(
                "%(line)s: %(hours)s h claimed, the standard time is %(standard)s h.", **v
            ),
            "price_ok": lambda: self.env._("No price is above the agreement."),
            "price_above": lambda: self.env._(
                "%(line)s: %(price)s claimed, the agreement grants %(tariff)s.", **v
            ),
        }
