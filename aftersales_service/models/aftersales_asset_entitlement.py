from odoo import api, fields, models
from odoo.tools import format_date

from ..tools import coverage

EXCLUSIONS = [
    ("human_damage", "Human damage"),
    ("misuse", "Misuse"),
    ("force_majeure", "Force majeure"),
    ("removed_parts", "Parts removed or replaced by others"),
    ("over_promise", "Promised beyond the policy by the seller"),
]


class AftersalesAsset(models.Model):
    """Who pays for a repair of an asset: the one resolver (W07)."""

    _inherit = "aftersales.asset"

    def get_entitlement(
        self, date=None, part=None, exclusion=None, meter=None, symptom=None, campaign=None
    ):
        """Answer what is covered, by what, why and until when; for all assets in a constant
        number of queries.

        :param date: the day of the failure (date or ISO string); today when empty
        :param part: the part that failed (``product.product`` record or id); the whole product
            when empty
        :param exclusion: key of ``EXCLUSIONS`` found by the technician, which makes the repair paid
        :param meter: the asset's meter reading on that day (float, in the unit of the meter)
        :param symptom: id of the ``aftersales.symptom``, which a campaign may be about
        :param campaign: id of the ``aftersales.campaign`` the work is done for
        :return: ``{asset_id: {'category', 'parts', 'labour', 'travel', 'source', 'date_end',
            'reasons'}}`` with ``category`` one of warranty, contract, paid, internal, goodwill;
            ``parts``, ``labour`` and ``travel`` booleans; ``source`` "model,id" of what decides
            the category, or False; ``reasons`` a list of sentences in the user's language
        """
        self.check_access("read")
        day = fields.Date.to_date(date) or fields.Date.context_today(self)
        part = self.env["product.product"].browse(part) if isinstance(part, int) else part
        covers = self._get_covers()
        result = {}
        for asset in self:
            question = coverage.Question(
                date=day,
                part_category_id=part.categ_id.id if part else None,
                meter=meter,
                exclusion=exclusion,
                internal=asset._is_internal(),
                part_id=part.id if part else None,
                symptom_id=symptom or None,
                campaign_id=campaign or None,
            )
            answer = coverage.decide(question, covers.get(asset.id, []))
            result[asset.id] = asset._format_answer(answer)
        return result

    def _get_covers(self):
        """Return {asset id: list of ``coverage.Cover``} from all sources."""
        covers = {}
        for source in self._get_entitlement_sources():
            for asset_id, asset_covers in source().items():
                covers.setdefault(asset_id, []).extend(asset_covers)
        return covers

    def _get_entitlement_sources(self):
        """Return the methods that give covers by asset id. Each feature appends its own; the
        order in which covers are tried is the one of ``coverage.KINDS``, not the one here.
        """
        return [self._get_warranty_covers]

    def _get_warranty_covers(self):
        """Return {asset id: covers} of the terms of warranties that are not void."""
        terms = self.env["aftersales.warranty.term"].search(
            [("warranty_id.asset_id", "in", self.ids), ("warranty_id.state", "!=", "void")]
        )
        children = terms.part_category_id._get_child_ids()
        covers = {}
        for term in terms:
            category = term.part_category_id
            cover = coverage.Cover(
                key=(term.warranty_id.id, term.id),
                kind="warranty",
                label=f"{term.warranty_id.name} ({term.display_name})",
                date_start=term.date_start or None,
                date_end=term.date_end or None,
                parts=term.covers_parts,
                labour=term.covers_labour,
                travel=term.covers_travel,
                meter_limit=term.meter_limit,
                category_ids=frozenset(children.get(category.id, ())),
                source=f"{term._name},{term.id}",
            )
            covers.setdefault(term.warranty_id.asset_id.id, []).append(cover)
        return covers

    def _is_internal(self):
        """Whether the asset is the company's own, so that work on it is internal."""
        self.ensure_one()
        return (
            bool(self.partner_id)
            and self.partner_id.commercial_partner_id == self.company_id.partner_id
        )

    def _format_answer(self, answer):
        """Return the public dict of a ``coverage.Answer`` with its reasons as sentences."""
        return {
            "category": answer.category,
            **{aspect: aspect in answer.by for aspect in coverage.ASPECTS},
            "source": answer.cover.source if answer.cover else False,
            "date_end": answer.cover.date_end if answer.cover else False,
            "reasons": [
                self._format_reason(code, **arguments) for code, arguments in answer.reasons
            ],
        }

    @api.model
    def _format_reason(self, code, cover=None, date=None, meter=None, what=None, exclusion=None):
        """Return the sentence for a reason code of ``tools/coverage.py``."""
        label = self._format_cover(cover) if cover else ""
        start = format_date(self.env, cover.date_start) if cover and cover.date_start else ""
        end = (
            format_date(self.env, cover.date_end)
            if cover and cover.date_end
            else self.env._("open end")
        )
        what_labels = {
            "parts": self.env._("Parts"),
            "labour": self.env._("Labour"),
            "travel": self.env._("Travel"),
        }
        exclusions = dict(
            self.env["aftersales.ticket"]._fields["exclusion"]._description_selection(self.env)
        )
        sentences = {
            "internal": lambda: self.env._("The asset is our own: internal work."),
            "excluded": lambda: self.env._(
                "Not covered: %(exclusion)s.", exclusion=exclusions.get(exclusion, exclusion)
            ),
            "no_cover": lambda: self.env._("The asset has no warranty or contract."),
            "covered": lambda: self.env._(
                "Covered by %(cover)s until %(end)s.", cover=label, end=end
            ),
            "also_covered": lambda: self.env._(
                "%(what)s: covered by %(cover)s until %(end)s.",
                what=what_labels[what],
                cover=label,
                end=end,
            ),
            "not_started": lambda: self.env._(
                "%(cover)s has not started: its start event is not recorded yet.", cover=label
            ),
            "starts_later": lambda: self.env._(
                "%(cover)s starts on %(start)s only.", cover=label, start=start
            ),
            "expired": lambda: self.env._("%(cover)s ended on %(end)s.", cover=label, end=end),
            "meter_exceeded": lambda: self.env._(
                "%(cover)s ends at a meter reading of %(limit)s; it is at %(meter)s.",
                cover=label,
                limit=cover.meter_limit,
                meter=meter,
            ),
            "not_included": lambda: self.env._(
                "%(what)s is not included in %(cover)s.", what=what_labels[what], cover=label
            ),
        }
        sentence = sentences[code]()
        return sentence[:1].upper() + sentence[1:]

    @api.model
    def _format_cover(self, cover):
        """Return how a ``coverage.Cover`` is called within a sentence."""
        texts = {
            "campaign": self.env._("campaign %s", cover.label),
            "warranty": self.env._("warranty %s", cover.label),
            "part": self.env._("the part's own warranty %s", cover.label),
            "contract": self.env._("contract %s", cover.label),
            "abnormal": self.env._("the finding of abnormally short life %s", cover.label),
            "goodwill": self.env._("goodwill %s", cover.label),
        }
        return texts[cover.kind]
