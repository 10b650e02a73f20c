from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_date
from odoo.tools.misc import formatLang

from ..tools.coverage import term_end
from ..tools.warranty import warranty_start


class AftersalesWarrantyPolicy(models.Model):
    """What a policy means, in words, while it is being written (W04, design rule 6)."""

    _inherit = "aftersales.warranty.policy"

    preview = fields.Html(
        compute="_compute_preview", string="In Words", sanitize=False, readonly=True
    )

    @api.depends(
        "start_event",
        "fallback_event",
        "fallback_days",
        "fallback_mode",
        "term_ids.preview",
        "term_ids.duration",
        "term_ids.duration_unit",
    )
    @api.depends_context("lang", "company")
    def _compute_preview(self):
        for policy in self:
            lines = [*policy._get_start_sentences(), *policy.term_ids.mapped("preview")]
            today = policy._get_delivered_today_sentence()
            policy.preview = Markup("<ul>%s</ul><p><b>%s</b></p>") % (
                Markup("").join(Markup("<li>%s</li>") % line for line in lines if line),
                today,
            )

    def _get_event_label(self, event):
        """Return the label of a start event in the user's language."""
        return dict(self._fields["start_event"]._description_selection(self.env)).get(event, "")

    def _get_start_sentences(self):
        """Return in sentences what starts the warranty."""
        self.ensure_one()
        sentences = [
            self.env._(
                "Starts with: %(event)s.", event=self._get_event_label(self.start_event).lower()
            )
        ]
        if self.fallback_event:
            values = {
                "event": self._get_event_label(self.fallback_event).lower(),
                "days": self.fallback_days,
            }
            if self.fallback_mode == "latest":
                sentences.append(
                    self.env._("At the latest %(days)s days after: %(event)s.", **values)
                )
            else:
                sentences.append(
                    self.env._(
                        "As long as that is not known: from %(days)s days after: %(event)s.",
                        **values,
                    )
                )
        return sentences

    def _get_delivered_today_sentence(self):
        """Return in a sentence what happens to a machine delivered today."""
        self.ensure_one()
        today = self.env.company._get_aftersales_today()
        fallback = None
        if self.fallback_event == "delivery":
            fallback = fields.Date.add(today, days=max(self.fallback_days, 0))
        event = today if self.start_event == "delivery" else None
        start, _basis = warranty_start(event, fallback, True, fallback or today)
        ends = [
            term_end(start, term.duration, term.duration_unit)
            for term in self.term_ids
            if start and term.duration > 0 and not term.part_category_id and not term.component
        ]
        if not start:
            return self.env._("A machine delivered today waits for its start event.")
        values = {
            "start": format_date(self.env, start),
            "end": format_date(self.env, max(ends)) if ends else self.env._("(no term)"),
        }
        if event:
            return self.env._("A machine delivered today would be covered until %(end)s.", **values)
        return self.env._(
            "A machine delivered today would start on %(start)s at the latest and be covered until "
            "%(end)s.",
            **values,
        )


class AftersalesWarrantyPolicyTerm(models.Model):
    _inherit = "aftersales.warranty.policy.term"

    preview = fields.Char(compute="_compute_preview", string="In Words")

    @api.depends(
        "component",
        "part_category_id",
        "duration",
        "duration_unit",
        "meter_limit",
        "meter_unit",
        "covers_parts",
        "covers_labour",
        "covers_travel",
    )
    @api.depends_context("lang")
    def _compute_preview(self):
        meter_units = dict(self._fields["meter_unit"]._description_selection(self.env))
        for term in self:
            covered = [
                text
                for covers, text in (
                    (term.covers_parts, self.env._("parts")),
                    (term.covers_labour, self.env._("labour")),
                    (term.covers_travel, self.env._("travel")),
                )
                if covers
            ]
            values = {
                "term": term.display_name,
                "meter": f"{formatLang(self.env, term.meter_limit, digits=0)} "
                f"{meter_units.get(term.meter_unit, '').lower()}",
                "covered": ", ".join(covered) or self.env._("nothing"),
            }
            if term.meter_limit:
                term.preview = self.env._(
                    "%(term)s or %(meter)s, whichever comes first; covers %(covered)s.", **values
                )
            else:
                term.preview = self.env._("%(term)s; covers %(covered)s.", **values)
