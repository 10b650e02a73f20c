from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import format_date


class AftersalesWarranty(models.Model):
    """Warranties whose dates are given, not worked out: promised before this system was used (J06).

    ``date_start`` and ``date_end`` stay what the system works out and guards. What was promised
    elsewhere is entered in fields of its own, by managers, and goes before events and durations.
    """

    _inherit = "aftersales.warranty"

    given_start = fields.Date(
        copy=False,
        tracking=True,
        help="Promised elsewhere: it starts on this day, whatever is recorded on the asset.",
    )
    given_end = fields.Date(
        copy=False,
        tracking=True,
        help="Promised elsewhere: the last day, instead of the one that the duration gives.",
    )

    @api.constrains("given_start", "given_end")
    def _check_given_dates(self):
        for warranty in self:
            if warranty.given_end and not warranty.given_start:
                raise ValidationError(
                    self.env._(
                        "%(asset)s: “Given End” needs “Given Start”. Enter both.",
                        asset=warranty.asset_id.display_name,
                    )
                )
            if warranty.given_end and warranty.given_end < warranty.given_start:
                raise ValidationError(
                    self.env._(
                        "%(asset)s: the end of its warranty (%(end)s) is before the start "
                        "(%(start)s). Correct one of the dates.",
                        asset=warranty.asset_id.display_name,
                        end=format_date(self.env, warranty.given_end),
                        start=format_date(self.env, warranty.given_start),
                    )
                )

    @api.model
    def get_import_templates(self):
        """Return the spreadsheet that Odoo's import offers for download."""
        return [
            {
                "label": self.env._("Import Template for Warranties"),
                "template": "/aftersales_service/static/xls/aftersales_warranty.xlsx",
            }
        ]

    @api.model_create_multi
    def create(self, vals_list):
        warranties = super().create(vals_list)
        # What the warranties hold now, as defaults of the context count, too.
        if warranties.filtered(lambda w: w.given_start or w.given_end):
            self._check_may_give_dates()
        given = warranties.filtered("given_start")
        given._copy_missing_terms()
        given._start_when_due()
        return warranties

    def write(self, vals):
        dates = {"given_start", "given_end"} & vals.keys()
        if dates:
            self._check_may_give_dates()
        result = super().write(vals)
        if dates:
            self._copy_missing_terms()
            self._start_when_due()
            # The start may be the same while the end is another.
            started = self.filtered(lambda w: w.date_start and w.state != "void")
            for start, warranties in started.grouped("date_start").items():
                # Terms have no rights of their own for importers; they follow the warranty.
                warranties.sudo().term_ids._start(start)
                warranties._set_state_by_dates()
        return result

    @api.model
    def _check_may_give_dates(self):
        if not self.env.su and not self.env.user.has_group(
            "aftersales_service.group_aftersales_manager"
        ):
            raise AccessError(
                self.env._(
                    "Only a service manager gives the dates of a warranty. Leave “Given Start” and "
                    "“Given End” empty: they follow from the policy."
                )
            )

    def _copy_missing_terms(self):
        """Warranties that came without terms get those of their policy."""
        # sudo: the terms are the policy's, nobody types them in.
        self.env["aftersales.warranty.term"].sudo().create(
            [
                dict(term._prepare_warranty_term_vals(), warranty_id=warranty.id)
                for warranty in self
                if not warranty.term_ids
                for term in warranty.policy_id.term_ids
            ]
        )

    def _get_start(self, today):
        """A given start goes before every event (W04)."""
        if self.given_start:
            return self.given_start, False
        return super()._get_start(today)


class AftersalesWarrantyTerm(models.Model):
    _inherit = "aftersales.warranty.term"

    given_end = fields.Date(
        copy=False,
        help="Promised elsewhere: the last day of this term, instead of the one by its duration.",
    )

    def _start(self, date_start):
        """Given ends stay: the term's own, else the warranty's for the whole product."""
        result = super()._start(date_start)
        if date_start:
            by_end = {}
            for warranty, terms in self.grouped("warranty_id").items():
                whole = warranty._get_whole_terms()
                for term in terms:
                    end = term.given_end or (term in whole and warranty.given_end)
                    if end:
                        by_end.setdefault(end, self.browse())
                        by_end[end] |= term
            for end, terms in by_end.items():
                terms.write({"date_end": end})
        return result
