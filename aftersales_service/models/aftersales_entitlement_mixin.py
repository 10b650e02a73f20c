from collections import defaultdict

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..tools import coverage


class AftersalesEntitlementMixin(models.AbstractModel):
    """A document that keeps what the resolver decided, when, for whom and why (W07).

    The decision stays as it was made: warranties and contracts that change later do not reach
    back. It is made anew when what was asked changes, or by "Check Again", which tells the
    difference and leaves it in the chatter.

    The inheriting model is a ``mail.thread`` and defines ``_prepare_entitlement_question``.
    """

    _name = "aftersales.entitlement.mixin"
    _description = "Stored Entitlement"

    service_category = fields.Selection(
        [
            ("paid", "A · Paid service"),
            ("contract", "B · Contract service"),
            ("warranty", "C · Free service"),
            ("internal", "D · Internal work"),
        ],
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    entitlement_kind = fields.Selection(
        [
            ("campaign", "Campaign"),
            ("warranty", "Warranty"),
            ("part", "Part warranty"),
            ("contract", "Contract"),
            ("abnormal", "Abnormally short life"),
            ("goodwill", "Goodwill"),
        ],
        string="Covered as",
        readonly=True,
        copy=False,
    )
    entitlement_parts = fields.Boolean(string="Parts Covered", readonly=True, copy=False)
    entitlement_labour = fields.Boolean(string="Labour Covered", readonly=True, copy=False)
    entitlement_travel = fields.Boolean(string="Travel Covered", readonly=True, copy=False)
    entitlement_date_end = fields.Date(string="Covered until", readonly=True, copy=False)
    entitlement_source = fields.Char(
        readonly=True, copy=False, help="The record that decides, as “model,id”."
    )
    entitlement_source_name = fields.Char(string="Covered by", readonly=True, copy=False)
    entitlement_details = fields.Json(
        readonly=True, copy=False, help="Codes and values of the reasons, worded for the reader."
    )
    entitlement_reasons = fields.Html(string="Why", compute="_compute_entitlement_reasons")
    entitlement_date = fields.Datetime(string="Cover Decided on", readonly=True, copy=False)
    entitlement_user_id = fields.Many2one(
        "res.users", string="Cover Decided by", readonly=True, copy=False
    )

    @api.depends("entitlement_details")
    @api.depends_context("lang")
    def _compute_entitlement_reasons(self):
        words = self.env["aftersales.asset"]._get_words()
        for record in self:
            reasons = [coverage.unpack(*packed) for packed in record.entitlement_details or []]
            items = Markup().join(
                Markup("<li>%s</li>") % words.format_reason(code, **values)
                for code, values in reasons
            )
            record.entitlement_reasons = Markup('<ul class="mb-0">%s</ul>') % items

    @api.model_create_multi
    def create(self, vals_list):
        self._check_decided_by_resolver(set().union(*vals_list))
        return super().create(vals_list)

    def write(self, vals):
        self._check_decided_by_resolver(vals.keys())
        return super().write(vals)

    @api.model
    def _get_decision_fields(self):
        """Names of the fields that say what was decided."""
        return (
            "service_category",
            "entitlement_kind",
            "entitlement_parts",
            "entitlement_labour",
            "entitlement_travel",
            "entitlement_date_end",
            "entitlement_source",
            "entitlement_source_name",
        )

    def _check_decided_by_resolver(self, names):
        """Raise when a client writes what only the resolver decides."""
        stored = {*self._get_decision_fields(), "entitlement_details", "entitlement_date"}
        typed = stored.intersection(names)
        if typed and not self.env.su:
            name = self._fields[min(typed)].get_description(self.env)["string"]
            raise UserError(
                self.env._(
                    "%(record)s: “%(field)s” is decided from warranties and contracts and is not "
                    "typed in. Correct the facts, or ask for goodwill.",
                    record=self[:1].display_name or self._description,
                    field=name,
                )
            )

    def _prepare_entitlement_question(self):
        """Return the arguments of ``get_entitlement`` and the ``asset`` (record or id); None when
        the document names no asset yet.
        """
        raise NotImplementedError

    def action_check_entitlement(self):
        """Ask the resolver again, store its answer and tell what is different now (W07)."""
        self.check_access("write")
        changes = self._decide_entitlement()
        if changes:
            message = "\n".join(f"{old} → {new}" for old, new in changes.values())
        else:
            message = self.env._("Nothing has changed since it was decided.")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("Cover checked again"),
                "message": message,
                "type": "warning" if changes else "success",
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _decide_entitlement(self):
        """Ask the resolver about all records at once and store its answers.

        :return: {record: (old, new)} of those decided otherwise before, as sentences
        """
        questions = {record: record._prepare_entitlement_question() for record in self}
        placed = {record: values for record, values in questions.items() if values}
        # Whoever handles the document may know the cover of its asset.
        assets = self.env["aftersales.asset"].sudo()
        asked = assets._prepare_questions(list(placed.values()))
        ids = [assets._read_asset_id(values) for values in placed.values()]
        answers = assets._iter_answers(list(zip(ids, asked, strict=True)))
        decisions = {record: record._prepare_entitlement_vals() for record in self}
        for record, answer in zip(placed, answers, strict=True):
            decisions[record] = record._prepare_entitlement_vals(answer)
        return self._store_decisions(decisions)

    def _store_decisions(self, decisions):
        """Write {record: values}; log and return what was decided otherwise before."""
        before = {
            record: record._describe_entitlement()
            for record, vals in decisions.items()
            if record.entitlement_date and record._is_decided_otherwise(vals)
        }
        by_category = defaultdict(list)
        for record, vals in decisions.items():
            by_category[vals["service_category"]].append(record.id)
        if decisions:
            self._store_details(decisions)
        # The category comes last and for many at once: promises (SLA) hang on it.
        for category, ids in by_category.items():
            # sudo: the resolver's answer, nobody types it in; see ``_check_decided_by_resolver``.
            self.browse(ids).sudo().write({"service_category": category})
        changes = {record: (old, record._describe_entitlement()) for record, old in before.items()}
        if changes:
            self.browse([record.id for record in changes])._message_log_batch(
                bodies={
                    record.id: record._format_change(*texts) for record, texts in changes.items()
                }
            )
        return changes

    def _store_details(self, decisions):
        """Store all but the category, each record its own: nothing else hangs on these fields, so
        they need not go through ``write`` a thousand times.
        """
        records = self.browse([record.id for record in decisions])
        names = next(iter(decisions.values())).keys() - {"service_category"}
        for name in names:
            for record, vals in decisions.items():
                self._fields[name].write(record, vals[name])
        records.modified(names)

    def _is_decided_otherwise(self, vals):
        """Whether ``vals`` say something else than what is stored."""
        self.ensure_one()
        return any(
            (self[name] or False) != (vals[name] or False) for name in self._get_decision_fields()
        )

    def _prepare_entitlement_vals(self, answer=None):
        """Return the values that store a ``coverage.Answer``; paid when there is no asset."""
        answer = answer or coverage.Answer(coverage.PAID, reasons=[("no_asset", {})])
        cover = answer.cover
        free = answer.category == coverage.GOODWILL
        return {
            "service_category": coverage.WARRANTY if free else answer.category,
            "entitlement_kind": cover.kind if cover else False,
            **{f"entitlement_{aspect}": aspect in answer.by for aspect in coverage.ASPECTS},
            "entitlement_date_end": cover.date_end if cover else False,
            "entitlement_source": cover.source if cover else False,
            "entitlement_source_name": cover.label if cover else False,
            "entitlement_details": [coverage.pack(*reason) for reason in answer.reasons],
            "entitlement_date": fields.Datetime.now(),
            "entitlement_user_id": self.env.uid,
        }

    def _describe_entitlement(self):
        """Return in one line what is decided: category, what is covered, until when, by what."""
        self.ensure_one()
        labels = self.env["aftersales.asset"]._get_aspect_labels()
        category = self._fields["service_category"]._description_selection(self.env)
        parts = [dict(category).get(self.service_category, "")]
        covered = [labels[name] for name in coverage.ASPECTS if self[f"entitlement_{name}"]]
        if covered:
            parts.append(", ".join(covered))
        if self.entitlement_source_name:
            parts.append(self.entitlement_source_name)
        if self.entitlement_date_end:
            end = format_date(self.env, self.entitlement_date_end)
            parts.append(self.env._("until %s", end))
        return " · ".join(parts)

    def _format_change(self, old, new):
        """Return the chatter's entry of a decision made anew."""
        return Markup("<p>%s</p><p>%s → <b>%s</b></p>%s") % (
            self.env._("Who pays was decided anew:"),
            old,
            new,
            self.entitlement_reasons,
        )

    def action_open_entitlement_source(self):
        """Open the document that decides: the warranty, contract, campaign, goodwill…

        :raise UserError: when nothing covers the service or the document is gone
        :raise AccessError: when the user may not read it
        """
        self.ensure_one()
        document = self.env["aftersales.asset"]._get_cover_document(self.entitlement_source)
        if not document:
            raise UserError(
                self.env._(
                    "%(record)s: there is no document to open. Check again who pays.",
                    record=self.display_name,
                )
            )
        document.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": document._name,
            "res_id": document.id,
            "views": [(False, "form")],
        }
