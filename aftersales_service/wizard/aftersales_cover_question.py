from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..models.aftersales_asset_entitlement import EXCLUSIONS
from ..tools import coverage

# More assets than this get a line each, without their reasons.
DETAILED = 50


class AftersalesCoverQuestion(models.TransientModel):
    """What if: who would pay, on another day, for another part, fault or meter reading (W17).

    The answer is worked out while one types. Nothing is kept: no ticket or asset is changed.
    """

    _name = "aftersales.cover.question"
    _description = "Is It Covered?"

    asset_ids = fields.Many2many("aftersales.asset", string="Assets", required=True)
    ticket_id = fields.Many2one("aftersales.ticket", readonly=True)
    date = fields.Date(
        string="On", required=True, default=fields.Date.context_today, help="The day of the fault."
    )
    part_id = fields.Many2one(
        "product.product", help="The part that failed; empty for the whole product."
    )
    symptom_id = fields.Many2one("aftersales.symptom", string="Fault")
    meter = fields.Float(string="Meter Reading", help="0 when it is not known.")
    exclusion = fields.Selection(EXCLUSIONS, string="Found")
    answer = fields.Html(compute="_compute_answer", sanitize=False)
    may_ask_goodwill = fields.Boolean(compute="_compute_may_ask_goodwill")

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        # Opened from the list of assets, for those that are ticked.
        if self.env.context.get("active_model") == "aftersales.asset":
            ids = self.env.context.get("active_ids") or []
            defaults.setdefault("asset_ids", [Command.set(ids)])
        return defaults

    @api.depends("asset_ids", "ticket_id", "date", "part_id", "symptom_id", "meter", "exclusion")
    @api.depends_context("lang", "aftersales_print")
    def _compute_answer(self):
        for question in self:
            question.answer = question._render_answer() if question.asset_ids else False

    @api.depends("asset_ids")
    def _compute_may_ask_goodwill(self):
        for question in self:
            assets = question.asset_ids
            question.may_ask_goodwill = len(assets) == 1 and assets.state == "in_service"

    def _render_answer(self):
        """Return the answer as HTML; what cannot be understood is said in its place."""
        self.ensure_one()
        template = "aftersales_service.aftersales_cover_answer"
        try:
            values = self._prepare_answer_values()
        except UserError as error:
            values = {"error": error.args[0]}
        printed = bool(self.env.context.get("aftersales_print"))
        return self.env["ir.qweb"]._render(template, {**values, "printed": printed})

    def _prepare_question(self):
        """Return the ``coverage.Question`` that is asked."""
        return self.env["aftersales.asset"]._prepare_questions(
            [
                {
                    "date": self.date,
                    "part": self.part_id._origin,
                    "symptom": self.symptom_id._origin,
                    "meter": self.meter or None,
                    "exclusion": self.exclusion,
                    "ticket": self.ticket_id._origin,
                }
            ]
        )[0]

    def _prepare_answer_values(self):
        """Return what the template shows: an answer for each asset, and how many of which kind."""
        question, assets = self._prepare_question(), self.asset_ids._origin
        words, today = assets._get_words(), fields.Date.context_today(self)
        internal, covers = assets._get_internal_ids(), assets._get_covers()
        answers = [
            self._prepare_asset_answer(
                asset,
                replace(question, internal=asset.id in internal),
                covers.get(asset.id, []),
                words,
                today,
            )
            for asset in assets
        ]
        counts = {}
        for answer in answers:
            counts[answer["category"]] = counts.get(answer["category"], 0) + 1
        return {
            "answers": answers,
            "counts": [(*self._get_category_label(key), count) for key, count in counts.items()],
            "detailed": len(answers) <= DETAILED,
            "aspects": words.aspects,
            "words": words,
        }

    def _prepare_asset_answer(self, asset, question, covers, words, today):
        """Return the public answer for one asset, with what the screen shows beside it."""
        answer = words.format_answer(coverage.decide(question, covers))
        now = words.format_answer(coverage.decide(replace(question, date=today), covers))
        label, color = self._get_category_label(answer["category"])
        single = len(self.asset_ids) == 1
        return {
            **answer,
            "asset": asset.display_name,
            "label": label,
            "color": color,
            "until": answer["date_end"] and words.format_day(answer["date_end"]),
            "names": self._get_payer_names(answer),
            "url": single and self._get_document_url(answer["source"]),
            "today": now if question.date != today else None,
            "today_label": self._get_category_label(now["category"])[0],
            "today_differs": any(
                now[name] != answer[name] for name in ("category", *coverage.ASPECTS)
            ),
            "tried": self._prepare_tried(question, covers, words) if single else [],
        }

    @api.model
    def _get_payer_names(self, answer):
        """Return the names of what covers, each once, the one that decides first."""
        return list(dict.fromkeys(payer["name"] for payer in answer["by"].values()))

    @api.model
    def _get_document_url(self, source):
        """Return the address of the document that decides, if the user may read it."""
        document = self.env["aftersales.asset"]._get_cover_document(source)
        if document and document.has_access("read"):
            return f"/odoo/{document._name}/{document.id}"
        return False

    @api.model
    def _prepare_tried(self, question, covers, words):
        """Return a row for each cover of the asset: first those that speak of the matter, in the
        order they are tried, then those for other parts or faults.
        """
        reviewed = coverage.review(question, covers)
        about = {id(cover) for cover, _refusal in reviewed}
        elsewhere = self.env._("It is for another part or fault.")
        kinds = dict(
            self.env["aftersales.ticket"]
            ._fields["entitlement_kind"]
            ._description_selection(self.env)
        )
        rows = [
            (cover, words.format_reason(refusal[0], **refusal[1]) if refusal else "")
            for cover, refusal in reviewed
        ] + [(cover, elsewhere) for cover in covers if id(cover) not in about]
        return [
            {
                "name": cover.label,
                "kind": kinds[cover.kind],
                "start": cover.date_start and words.format_day(cover.date_start),
                "end": cover.date_end and words.format_day(cover.date_end),
                "limit": cover.meter_limit and words.format_number(cover.meter_limit),
                "aspects": [aspect for aspect in coverage.ASPECTS if getattr(cover, aspect)],
                "refusal": refusal,
            }
            for cover, refusal in rows
        ]

    @api.model
    def _get_category_label(self, category):
        """Return the label and the colour of a category of service."""
        return {
            coverage.WARRANTY: (self.env._("Free of charge"), "success"),
            coverage.CONTRACT: (self.env._("Under contract"), "success"),
            coverage.GOODWILL: (self.env._("Goodwill"), "info"),
            coverage.INTERNAL: (self.env._("Internal work"), "info"),
            coverage.PAID: (self.env._("The customer pays"), "warning"),
        }[category]

    def _get_language(self):
        """Return the language of the print-out: the owner's, the user's when there are several."""
        owners = self.asset_ids.partner_id
        return owners.lang if len(owners) == 1 and owners.lang else self.env.lang

    def action_print(self):
        """Print the answer in the customer's language."""
        self.ensure_one()
        report = self.env.ref("aftersales_service.aftersales_cover_question_report")
        return report.report_action(self, config=False)

    def action_ask_goodwill(self):
        """Ask for goodwill for the machine, or for the ticket the question came from (W18)."""
        self.ensure_one()
        return (self.ticket_id or self.asset_ids).action_ask_goodwill()
