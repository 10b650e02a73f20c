from odoo import api, models
from odoo.tools import format_date, formatLang

from ..tools import coverage


class AftersalesAsset(models.Model):
    """The words of the resolver: a sentence for each reason of ``tools/coverage.py`` (rule 6)."""

    _inherit = "aftersales.asset"

    @api.model
    def _get_words(self):
        """Return an ``EntitlementWords`` in the user's language. Keep it for a whole batch."""
        return EntitlementWords(self.env)

    @api.model
    def _format_reason(self, code, **arguments):
        """Return the sentence for a reason code of ``tools/coverage.py``."""
        return self._get_words().format_reason(code, **arguments)

    @api.model
    def _get_reason_templates(self):
        """Return {code: sentence} with the placeholders that ``EntitlementWords`` fills in."""
        return {
            "no_asset": self.env._("No asset is named: paid until one is."),
            "internal": self.env._("The asset is our own: internal work."),
            "excluded": self.env._("Not covered: %(exclusion)s."),
            "would_cover": self.env._(
                "Without that it would be covered by %(cover)s until %(end)s."
            ),
            "no_cover": self.env._("The asset has no warranty or contract."),
            "not_about": self.env._(
                "No warranty or contract of the asset is for what is asked here."
            ),
            "covered": self.env._("Covered by %(cover)s until %(end)s."),
            "also_covered": self.env._("%(what)s: covered by %(cover)s until %(end)s."),
            "not_started": self.env._(
                "%(cover)s has not started: its start event is not recorded yet."
            ),
            "starts_later": self.env._("%(cover)s starts on %(start)s only."),
            "expired": self.env._("%(cover)s ended on %(end)s."),
            "meter_exceeded": self.env._(
                "%(cover)s ends at a meter reading of %(limit)s; it is at %(meter)s."
            ),
            "meter_ended": self.env._(
                "%(cover)s ended on %(date)s, when the meter was read above its limit."
            ),
            "component_only": self.env._("%(cover)s runs until %(end)s, for that component only."),
            "nothing_included": self.env._(
                "%(cover)s includes neither parts nor labour nor travel."
            ),
            "not_included": self.env._("%(what)s is not included in %(cover)s."),
        }

    @api.model
    def _get_cover_templates(self):
        """Return {kind: how a cover is called within a sentence}, with its label as %s."""
        return {
            "campaign": self.env._("campaign %s"),
            "warranty": self.env._("warranty %s"),
            "part": self.env._("the part's own warranty %s"),
            "contract": self.env._("contract %s"),
            "abnormal": self.env._("the finding of abnormally short life %s"),
            "goodwill": self.env._("goodwill %s"),
        }

    @api.model
    def _get_aspect_labels(self):
        """Return {aspect: its name} in the user's language."""
        return {
            "parts": self.env._("Parts"),
            "labour": self.env._("Labour"),
            "travel": self.env._("Travel"),
        }


class EntitlementWords:
    """Words answers in one language. Translations and dates are looked up once, not once an
    asset: ten thousand answers differ in little but their numbers.
    """

    def __init__(self, env):
        assets = env["aftersales.asset"]
        exclusion = env["aftersales.ticket"]._fields["exclusion"]
        self.env = env
        self.reasons = assets._get_reason_templates()
        self.covers = assets._get_cover_templates()
        self.aspects = assets._get_aspect_labels()
        self.exclusions = dict(exclusion._description_selection(env))
        self.open_end = env._("open end")
        self._dates = {}

    def format_answer(self, answer):
        """Return the public dict of a ``coverage.Answer`` with its reasons as sentences."""
        cover = answer.cover
        return {
            "category": answer.category,
            **{aspect: aspect in answer.by for aspect in coverage.ASPECTS},
            "source": cover.source if cover else False,
            "kind": cover.kind if cover else False,
            "date_end": cover and cover.date_end or False,
            "by": self._format_payers(answer.by),
            "reasons": [self.format_reason(code, **values) for code, values in answer.reasons],
        }

    def format_reason(self, code, cover=None, date=None, meter=None, what=None, exclusion=None):
        """Return the sentence for a reason code of ``tools/coverage.py``."""
        values = {"what": self.aspects.get(what), "date": date and self.format_day(date)}
        if cover:
            values["cover"] = self.covers[cover.kind] % cover.label
            values["start"] = self.format_day(cover.date_start) if cover.date_start else ""
            values["end"] = self.format_day(cover.date_end) if cover.date_end else self.open_end
            values["limit"] = cover.meter_limit and self.format_number(cover.meter_limit)
        if meter is not None:
            values["meter"] = self.format_number(meter)
        if exclusion:
            values["exclusion"] = self.exclusions.get(exclusion, exclusion)
        sentence = self.reasons[code] % values
        return sentence[:1].upper() + sentence[1:]

    def format_day(self, day):
        """Return ``day`` as the user writes it."""
        if day not in self._dates:
            self._dates[day] = format_date(self.env, day)
        return self._dates[day]

    def format_number(self, value):
        """Return a meter reading as the user writes it, without empty decimals."""
        return formatLang(self.env, value, digits=0 if float(value).is_integer() else 2)

    def _format_payers(self, by):
        """Return {aspect: who pays}; one dict for all that one cover pays."""
        payers = {}
        for cover in by.values():
            if id(cover) not in payers:
                payers[id(cover)] = self._format_payer(cover)
        return {aspect: payers[id(cover)] for aspect, cover in by.items()}

    def _format_payer(self, cover):
        return {
            "category": cover.category,
            "kind": cover.kind,
            "name": cover.label,
            "source": cover.source,
            "date_end": cover.date_end or False,
        }
