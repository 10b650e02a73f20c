from odoo import models
from odoo.tools import format_amount, format_date, html2plaintext


class AftersalesDealerAgreement(models.Model):
    """The terms in words, in the reader's language: print-out, portal, and what a renewal
    changed (D01).
    """

    _inherit = ["aftersales.dealer.agreement", "portal.mixin"]
    _name = "aftersales.dealer.agreement"

    def _compute_access_url(self):
        result = super()._compute_access_url()
        for agreement in self:
            agreement.access_url = f"/my/agreements/{agreement.id}"
        return result

    def _get_report_base_filename(self):
        """Return the file name of the print-out."""
        self.ensure_one()
        return self.env._("Agreement %s", self.name).replace("/", "-")

    def _get_term_sections(self):
        """Return [(title, [(label, value)])] of all terms, worded for a reader (D01).

        Terms that other features add join here: they are printed, shown on the portal and
        compared on renewal with the others.
        """
        self.ensure_one()
        sections = [
            (self.env._("Scope"), self._get_scope_rows()),
            (self.env._("What is refunded"), self._get_refund_rows()),
            (self.env._("Deadlines"), self._get_deadline_rows()),
            (self.env._("Settlement"), self._get_settlement_rows()),
        ]
        if self.terms and html2plaintext(self.terms).strip():
            further = html2plaintext(self.terms).strip()
            sections.append((self.env._("Further Terms"), [(self.env._("Further Terms"), further)]))
        return sections

    def _get_label(self, name):
        """Return the label of the chosen value of selection field ``name``."""
        options = dict(self._fields[name]._description_selection(self.env))
        return options.get(self[name], "")

    def _get_scope_rows(self):
        rights = (
            ("may_sell", self.env._("sells")),
            ("may_install", self.env._("installs and commissions")),
            ("may_repair", self.env._("repairs under warranty")),
            ("may_repair_foreign", self.env._("repairs what other dealers sold")),
        )
        regions = self.state_ids or self.country_ids
        return [
            (self.env._("Region"), ", ".join(regions.mapped("name")) or self.env._("everywhere")),
            (
                self.env._("Products"),
                ", ".join(self.product_category_ids.mapped("name")) or self.env._("all products"),
            ),
            (
                self.env._("The dealer"),
                ", ".join(label for name, label in rights if self[name]) or "–",
            ),
        ]

    def _get_refund_rows(self):
        by_grade = self.env._("by grade")
        labour = self.env._(
            "%s per hour", format_amount(self.env, self.labour_rate, self.currency_id)
        )
        rate = format_amount(self.env, self.travel_rate, self.currency_id)
        travel = f"{rate} {self._get_label('travel_basis').lower()}"
        if self.travel_limit:
            travel += ", " + self.env._(
                "up to %(limit)g %(unit)s a claim",
                limit=self.travel_limit,
                unit=self._get_travel_unit(),
            )
        parts = self._get_label("part_price_basis")
        if self.part_price_basis == "cost_markup":
            parts += f" ({self.part_price_markup:g} %)"
        return [
            (self.env._("Labour"), f"{labour}, {by_grade}" if self.labour_by_grade else labour),
            (self.env._("Travel"), f"{travel}, {by_grade}" if self.travel_by_grade else travel),
            (self.env._("Parts"), parts),
        ]

    def _get_deadline_rows(self):
        return [
            (
                self.env._("Register a sale to an end user"),
                self.env._("within %s days after the sale", self.registration_days),
            ),
            (
                self.env._("Claim a repair"),
                self.env._("within %s days after the repair", self.claim_deadline_days),
            ),
            (self.env._("Old parts come back"), self._get_part_return_text()),
            (self.env._("Unsellable goods come back"), self._get_season_text()),
        ]

    def _get_part_return_text(self):
        """Return when old parts come back, in words."""
        if self.part_return_mode == "truck":
            return self.env._(
                "with any delivery truck, at the latest %s days after the repair",
                self.part_return_days,
            )
        if self.part_return_mode == "days":
            return self.env._("within %s days after the repair", self.part_return_days)
        dates = [f"{self.part_return_day_1} {self._get_label('part_return_month_1')}"]
        if self.part_return_month_2:
            dates.append(f"{self.part_return_day_2} {self._get_label('part_return_month_2')}")
        return self.env._("by these days of each year: %s", ", ".join(dates))

    def _get_season_text(self):
        """Return when unsellable goods come back, in words (D12)."""
        return self.env._(
            "after %(count)s seasons (end: %(day)s %(month)s), within %(days)s days; later they "
            "are deemed sold",
            count=self.season_count,
            day=self.season_end_day,
            month=self._get_label("season_end_month"),
            days=self.season_return_days,
        )

    def _get_settlement_rows(self):
        answer = self.env._("within %s days", self.confirmation_days)
        if self.confirmation_by_grade:
            answer += ", " + self.env._("by grade")
        if self.silence_confirms:
            answer += "; " + self.env._("silence counts as confirmation")
        rows = [
            (self.env._("Confirm or dispute a fee notice"), answer),
            (self.env._("Method"), self._get_label("settlement_method")),
            (self.env._("Currency"), self.currency_id.name),
            (
                self.env._("Deposit"),
                format_amount(self.env, self.deposit_required, self.currency_id)
                if self.deposit_required
                else self.env._("none"),
            ),
        ]
        if self.auto_limit_by_grade:
            rows.append(
                (
                    self.env._("Clean claims approved at once"),
                    self.env._("up to the company's limit, by grade"),
                )
            )
        return rows

    def _get_validity_text(self):
        """Return from when until when the agreement is valid, in words."""
        self.ensure_one()
        start = format_date(self.env, self.date_start)
        if not self.date_end:
            return self.env._("from %s until it is cancelled", start)
        end = format_date(self.env, self.date_end)
        return self.env._("from %(start)s until %(end)s", start=start, end=end)
