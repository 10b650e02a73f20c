from dataclasses import replace

from odoo import api, models
from odoo.tools import SQL, split_every
from odoo.tools.constants import PREFETCH_MAX
from odoo.tools.gc import disabling_gc

from ..tools import coverage, meter_usage

EXCLUSIONS = [
    ("human_damage", "Human damage"),
    ("misuse", "Misuse"),
    ("force_majeure", "Force majeure"),
    ("removed_parts", "Parts removed or replaced by others"),
    ("over_promise", "Promised beyond the policy by the seller"),
]
# So many assets at a time: few queries, and the memory does not grow with the assets.
CHUNK = 10_000


class AftersalesAsset(models.Model):
    """Who pays for a repair of an asset: the one resolver (W07)."""

    _inherit = "aftersales.asset"

    def get_entitlement(
        self,
        date=None,
        part=None,
        exclusion=None,
        meter=None,
        symptom=None,
        campaign=None,
        ticket=None,
    ):
        """Answer what is covered, by what, why and until when: one question about all assets, in a
        constant number of queries (W07, W17).

        Who may read an asset, its owner on the portal too, may know what covers it.

        :param date: the day of the failure (date or ISO string); today when empty
        :param part: the part that failed (``product.product`` record or id); the whole product
            when empty
        :param exclusion: key of ``EXCLUSIONS`` found by the technician, which makes the repair paid
        :param meter: the asset's meter reading on that day (float, in the unit of the meter)
        :param symptom: the fault (``aftersales.symptom`` record or id), which a campaign may be
            about
        :param campaign: the ``aftersales.campaign`` (record or id) the work is done for
        :param ticket: the ``aftersales.ticket`` (record or id) that goodwill may be granted for
        :return: ``{asset_id: {'category', 'parts', 'labour', 'travel', 'source', 'kind',
            'date_end', 'by', 'reasons'}}`` with ``category`` one of warranty, contract, paid,
            internal, goodwill; ``parts``, ``labour`` and ``travel`` booleans; ``source``
            "model,id", ``kind`` and ``date_end`` of what decides the category, or False; ``by``
            who pays for each covered aspect, ``{'parts': {'category', 'kind', 'name', 'source',
            'date_end'}, …}``; ``reasons`` a list of sentences in the user's language. Over HTTP
            the asset ids are strings and the dates ISO strings.
        :raise UserError: when the date, the part or another argument cannot be understood
        :raise AccessError: when an asset may not be read
        """
        values = {
            "date": date,
            "part": part,
            "exclusion": exclusion,
            "meter": meter,
            "symptom": symptom,
            "campaign": campaign,
            "ticket": ticket,
        }
        question = self._prepare_questions([values])[0]
        answers = self._get_worded_answers([(asset_id, question) for asset_id in self.ids])
        return dict(zip(self.ids, answers, strict=True))

    @api.model
    def get_entitlements(self, questions):
        """Answer many different questions in a constant number of queries (W07).

        :param questions: list of dicts: ``asset`` (id or record) and the arguments of
            ``get_entitlement``
        :return: list of answers in the same order, each as in ``get_entitlement``
        :raise UserError: when a question cannot be understood; none is answered then
        :raise AccessError: when an asset may not be read
        """
        asked = self._prepare_questions(questions)
        ids = [self._read_asset_id(values) for values in questions]
        return self._get_worded_answers(list(zip(ids, asked, strict=True)))

    @api.model
    def _get_worded_answers(self, pairs):
        """Return the public answers, in the user's words, to (asset id, ``coverage.Question``)."""
        words = self._get_words()
        # A hundred thousand answers hold no cycles; looking for them takes a fifth of the time.
        with disabling_gc():
            return [words.format_answer(answer) for answer in self._iter_answers(pairs)]

    @api.model
    def _iter_answers(self, pairs):
        """Yield the ``coverage.Answer`` to each (asset id, ``coverage.Question``), in order.

        Each asset may have as many questions as there are, on any dates.
        """
        for chunk in split_every(CHUNK, pairs, list):
            assets = self.browse(dict.fromkeys(asset_id for asset_id, _question in chunk))
            internal = assets._get_internal_ids()
            covers = assets._get_covers()
            for asset_id, question in chunk:
                if asset_id in internal:
                    question = replace(question, internal=True)
                own = covers.get(asset_id, [])
                answer = coverage.decide(question, own)
                answer.covers = own
                yield answer

    def _get_covers(self):
        """Return {asset id: list of ``coverage.Cover``} from all sources."""
        # The asset's reader may know what covers it, without rights on contracts or warranties.
        assets, covers = self.sudo(), {}
        needless = assets._get_needless_sources()
        for source in assets._get_entitlement_sources():
            if source.__name__ in needless:
                continue
            for asset_id, asset_covers in source().items():
                covers.setdefault(asset_id, []).extend(asset_covers)
        return covers

    def _get_entitlement_sources(self):
        """Return the methods that give covers by asset id. Each feature appends its own; the
        order in which covers are tried is the one of ``coverage.KINDS``, not the one here.

        A source is called for up to ``CHUNK`` assets, as superuser: it filters by ``self.ids``,
        reads with ``_read_raw`` in a constant number of queries, and touches no field of a record
        in a loop.
        """
        return [self._get_warranty_covers]

    def _get_entitlement_probes(self):
        """Return {name of a source: (model, domain)}: a source has nothing to say about these
        assets when no record is found. Features that most assets have nothing of add theirs.
        """
        return {}

    def _get_needless_sources(self):
        """Return the names of the sources that have nothing to say about these assets; one query
        for all of them.
        """
        probes = self._get_entitlement_probes()
        if not probes:
            return set()
        found = [
            self.env[model]
            .with_context(active_test=False)
            ._search(domain, limit=1)
            .select(SQL("%s AS source", name))
            for name, (model, domain) in probes.items()
        ]
        query = SQL(" UNION ALL ").join(SQL("(%s)", part) for part in found)
        return probes.keys() - {name for (name,) in self.env.execute_query(query)}

    @api.model
    def _read_raw(self, model, domain, paths):
        """Return the records of ``model`` found by ``domain`` as tuples, in one query.

        For what is read by the ten thousand: nothing goes through the cache. ``paths`` are
        names of stored fields, or dotted paths of many2one fields to one; many2one fields give
        ids. What is missing is None. Pending writes are flushed, the rules of the user apply.

        >>> self._read_raw("aftersales.warranty", [("id", "=", 7)], ["name", "asset_id.serial"])
        [("W00007", "SN-1")]
        """
        records = self.env[model].with_context(active_test=False)
        query = records._search(domain)
        columns = []
        for path in paths:
            *hops, name = path.split(".")
            table, alias = records, query.table
            for hop in hops:
                table, alias = table._fields[hop].join(table, alias, query)
            columns.append(table._field_to_sql(alias, name, query))
        return self.env.execute_query(query.select(*columns))

    @api.model
    def _get_category_children(self, category_ids):
        """Return {category id: frozenset of the ids of it and all below it}, for ``Cover``."""
        if not category_ids:
            return {}
        tree = self.env["product.category"]._get_aftersales_tree()
        return {key: tree[key] for key in category_ids}

    def _get_warranty_covers(self):
        """Return {asset id: covers} of the terms of warranties that are not void."""
        rows = self._read_raw(
            "aftersales.warranty.term",
            [("warranty_id.asset_id", "in", self.ids), ("warranty_id.state", "!=", "void")],
            [
                "warranty_id.asset_id",
                "warranty_id",
                "id",
                "warranty_id.name",
                "component",
                "part_category_id",
                "part_category_id.name",
                "date_start",
                "date_end",
                "covers_parts",
                "covers_labour",
                "covers_travel",
                "meter_limit",
                "date_meter_end",
                "meter_unit",
            ],
        )
        used_before = self._get_used_before({row[0] for row in rows if row[12]})
        children = self._get_category_children({row[5] for row in rows if row[5]})
        # As in warranties' own end date: without a term of the whole product the described
        # components are what is promised for it.
        with_whole = {row[1] for row in rows if not row[4] and not row[5]}
        covers = {}
        for row in rows:
            asset_id, warranty_id, term_id, name, component, category_id, category, *rest = row
            what = component or category
            cover = coverage.Cover(
                (warranty_id, term_id),
                "warranty",
                f"{name} ({what})" if what else name,
                *rest[:2],
                *map(bool, rest[2:5]),
                self._get_limit_now(rest[5], used_before.get((asset_id, rest[7]), 0.0)),
                rest[6],
                children.get(category_id, frozenset()),
                source=f"aftersales.warranty.term,{term_id}",
                in_words=bool(component) and not category_id and warranty_id in with_whole,
            )
            covers.setdefault(asset_id, []).append(cover)
        return covers

    @api.model
    def _get_used_before(self, asset_ids):
        """Return {(asset id, unit): what was run before the counter of now}, for those of the
        assets whose counter was replaced: few.
        """
        if not asset_ids:
            return {}
        replaced = self._read_raw(
            "aftersales.asset.meter",
            [("asset_id", "in", list(asset_ids)), ("replaced", "=", True)],
            ["asset_id"],
        )
        readings = self.browse({asset_id for (asset_id,) in replaced})._get_readings()
        return {key: meter_usage.used_before(run) for key, run in readings.items()}

    @api.model
    def _get_limit_now(self, limit, used_before):
        """Return the reading of the counter of now at which ``limit`` is reached; 0 is no limit."""
        return max(limit - used_before, 0.01) if limit else 0.0

    def _get_internal_ids(self):
        """Return the ids of the assets that are the company's own, so that work on them is
        internal; at the same time check that all may be read.

        :raise AccessError: when an asset may not be read or is gone
        """
        if self.env.su and len(self) <= PREFETCH_MAX:
            # A document's asset: it and its owner are in the cache, and every asset may be read.
            return {
                asset.id
                for asset in self
                if asset.company_id.partner_id == asset.partner_id.commercial_partner_id
            }
        rows = self._read_raw(
            self._name,
            [("id", "in", self.ids)],
            ["id", "company_id.partner_id", "partner_id.commercial_partner_id"],
        )
        hidden = self.browse(set(self.ids).difference(row[0] for row in rows))
        if hidden:
            hidden.check_access("read")
            hidden.mapped("name")  # gone: Odoo's own message
        return {asset_id for asset_id, company, owner in rows if company == owner}

    @api.model
    def _get_cover_document(self, source):
        """Return the document of a cover's ``source`` ("model,id"), empty when it is gone.

        A source that is a line of a document names it in ``_entitlement_document``, the field
        that leads there.
        """
        model, _comma, record_id = (source or "").partition(",")
        if model not in self.env or not record_id.isdigit():
            return self.browse()
        record = self.env[model].browse(int(record_id)).exists()
        field = getattr(type(record), "_entitlement_document", None)
        # The line leads to its document; the caller checks whether the user may read that.
        return record.sudo()[field].sudo(False) if field else record
