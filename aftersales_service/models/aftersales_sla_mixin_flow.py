from odoo import api, fields, models
from odoo.fields import Domain


class AftersalesSlaMixin(models.AbstractModel):
    """How the clocks of a document follow what happens to it (S03, S08).

    Everything is done for many documents at once; the number of queries does not grow with them.
    """

    _inherit = "aftersales.sla.mixin"

    def _get_open_clocks(self):
        """Return the open clocks of the documents, for the engine."""
        # sudo: what users do to documents moves clocks they may not write.
        return self.sudo().clock_ids.filtered("is_open")

    def _start_sla(self):
        """Find what is promised to new documents and start their clocks, in batch (S03)."""
        # sudo: promises are kept for every document, whoever made it (portal, partners).
        documents = self.filtered(lambda d: d._is_sla_live()).sudo()
        documents._assign_sla_policies()
        documents.sla_policy_id._fetch_targets()
        self.env["aftersales.sla.clock"]._start_clocks(
            [
                (document, target, document._get_sla_date_open(), 0)
                for document in documents
                for target in document.sla_policy_id.target_ids
            ]
        )
        documents._reach_first_events()
        documents._sync_sla_pauses()

    def _assign_sla_policies(self):
        """Store the policy that applies to each document, and why."""
        matches = (
            # As in ``_start_sla``: whoever made it need not have rights on policies.
            self.env["aftersales.sla.policy"]
            .sudo()
            .with_context(lang=self.env.lang)
            ._match_documents(self)
        )
        now = fields.Datetime.now()
        changed = self.filtered(
            lambda d: not d.sla_date_checked or (d.sla_policy_id, d.sla_explanation) != matches[d]
        )
        for (policy, reason), documents in changed.grouped(lambda d: matches[d]).items():
            documents.write(
                {"sla_policy_id": policy.id, "sla_explanation": reason, "sla_date_checked": now}
            )

    def _refresh_sla(self, note, correction=False):
        """Match and compute again, keeping what was reached (S03, S06).

        :param note: str, says why in the log
        :param correction: whether hours or policies changed, not the documents
        """
        # As in ``_start_sla``; called by the engine after the change itself was allowed.
        documents = self.filtered(lambda d: d._is_sla_live()).sudo()
        if not documents:
            return
        documents._assign_sla_policies()
        # Nobody but the engine cancels clocks.
        clocks = self.env["aftersales.sla.clock"].sudo()
        retarget, drop, start = {}, [], []
        for document in documents:
            targets = {target.kind: target for target in document.sla_policy_id.target_ids}
            live = [clock for clock in document.clock_ids if clock.state != "cancelled"]
            for clock in live:
                if not clock.is_open:
                    continue
                if clock.kind in targets:
                    retarget[clock] = targets[clock.kind]
                else:
                    drop.append(clock.id)
            missing = targets.keys() - {c.kind for c in live} - document._get_needless_kinds()
            opened = document._get_sla_date_open()
            start += [(document, targets[kind], opened, 0) for kind in sorted(missing)]
        clocks.browse(drop)._cancel(note)
        clocks.browse([c.id for c in retarget])._recompute(note, retarget, correction)
        if start:
            clocks._start_clocks(start)
            documents._reach_known_events()
        documents._sync_sla_pauses()

    def _reach_known_events(self):
        """Clocks that came late learn what was reached before under another policy."""
        dates, implied = {}, self._get_sla_implied()
        for document in self:
            reached = {c.kind: c.date_reached for c in document.clock_ids if c.date_reached}
            for kind, date in document._get_sla_first_events().items():
                reached.setdefault(kind, date)
            for clock in document.clock_ids.filtered("is_open"):
                known = [
                    date
                    for kind, date in reached.items()
                    if kind == clock.kind or clock.kind in implied.get(kind, ())
                ]
                if known and clock.round == 0:
                    dates[clock] = min(known)
        # As in ``_refresh_sla``.
        self.env["aftersales.sla.clock"].sudo().browse([c.id for c in dates])._reach(dates)

    def _reach_first_events(self):
        """What happened with the making of the documents is reached: a call was answered."""
        events = {document: document._get_sla_first_events() for document in self}
        for kind in {kind for own in events.values() for kind in own}:
            dates = {document: own[kind] for document, own in events.items() if kind in own}
            self.browse([document.id for document in dates])._reach_sla(kind, dates)

    def _restart_sla(self, kinds=None):
        """Opened again: ``kinds`` are promised anew; what was reached stays (S03).

        :param kinds: tuple of kinds; those of ``_get_sla_restarted_kinds`` when left out
        """
        # As in ``_start_sla``: whoever reopens a document need not have rights on its clocks.
        documents = self.sudo().filtered("sla_date_checked")
        if not documents:
            return
        now = fields.Datetime.now()
        kinds = kinds or self._get_sla_restarted_kinds()
        documents._assign_sla_policies()
        requests = []
        for document in documents:
            open_kinds = set(document.clock_ids.filtered("is_open").mapped("kind"))
            turn = max(document.clock_ids.mapped("round"), default=-1) + 1
            requests += [
                (document, target, now, turn)
                for target in document.sla_policy_id.target_ids
                if target.kind in kinds and target.kind not in open_kinds
            ]
        self.env["aftersales.sla.clock"]._start_clocks(requests)

    def _reach_sla(self, kind, date=None):
        """Tell the clocks that the event ``kind`` came; events that it proves are reached too.

        :param kind: one of the kinds of ``aftersales.sla.target``, e.g. ``solution``
        :param date: datetime in UTC when it came, or a dict of it by document; now when left out
        """
        kinds = (kind, *self._get_sla_implied().get(kind, ()))
        open_clocks = self._get_open_clocks()
        reached = open_clocks.filtered(lambda c: c.kind in kinds)
        if isinstance(date, dict):
            by_id = {document.id: moment for document, moment in date.items()}
            date = {clock: by_id[clock._get_document().id] for clock in reached}
        reached._reach(date or fields.Datetime.now())
        dropped = self._get_sla_dropped().get(kind, ())
        open_clocks.filtered(lambda c: c.kind in dropped)._cancel(self._get_sla_drop_note())

    def _cancel_sla(self, kind, note):
        """Drop the running clocks of ``kind``: the promise no longer applies because of ``note``.

        Planning a visit drops ``phone_solution``: the promise of a solution on site applies.
        """
        self._get_open_clocks().filtered(lambda c: c.kind == kind)._cancel(note)

    def _sync_sla_pauses(self):
        """Clocks stand still where their targets say so, and run on elsewhere."""
        now = fields.Datetime.now()
        # sudo: as in ``_get_open_clocks``.
        documents = self.sudo()
        pausing, resuming = [], []
        for document in documents:
            for clock in document.clock_ids:
                if clock.date_ended:
                    continue
                paused = document._is_sla_paused(clock.target_id)
                if paused != (clock.state == "paused"):
                    (pausing if paused else resuming).append(clock.id)
        documents.clock_ids.browse(pausing)._pause(now)
        documents.clock_ids.browse(resuming)._resume(now)

    # What a model may say about itself.

    @api.model
    def _get_sla_open_domain(self):
        """Domain of the documents whose clocks may run."""
        return Domain.TRUE

    def _is_sla_live(self):
        """Whether the document's clocks may run."""
        self.ensure_one()
        return True

    def _get_sla_date_open(self):
        """Return when the document's promises begin to count (datetime, UTC)."""
        self.ensure_one()
        return self.create_date

    def _get_sla_start(self, kind, start):
        """Return when the promise ``kind`` begins to count: ``start`` (datetime, UTC), or when the
        event came that it is about; False as long as that one did not come.
        """
        self.ensure_one()
        return start

    def _get_sla_calendar(self):
        """Return the working hours of those who work on the document; empty: round the clock."""
        self.ensure_one()
        return self.env["resource.calendar"]

    def _is_sla_paused(self, target):
        """Whether the clock of ``target`` stands still as the document is now."""
        self.ensure_one()
        return False

    @api.model
    def _get_sla_implied(self):
        """Return {kind: kinds that it proves, too}: who stands at the door has called before."""
        return {}

    @api.model
    def _get_sla_dropped(self):
        """Return {kind: kinds that are not needed any more once it came}."""
        return {}

    @api.model
    def _get_sla_drop_note(self):
        """Return why the log says that kinds were dropped."""
        return self.env._("No longer needed.")

    @api.model
    def _get_sla_restarted_kinds(self):
        """Return the kinds that are promised anew when a document is opened again."""
        return ()

    def _get_needless_kinds(self):
        """Return the kinds of clocks that make no sense any more as the document is now."""
        self.ensure_one()
        return set()

    def _get_sla_first_events(self):
        """Return {kind: datetime} of what had happened when the document was made."""
        self.ensure_one()
        return {}

    def _prepare_sla_clock_vals(self):
        """Return what a clock of the document says about it."""
        self.ensure_one()
        return {self._sla_clock_field: self.id, "company_id": self.company_id.id}

    def _get_sla_people(self):
        """Return {"agent", "technician", "leader", "head": users} of the document (S04)."""
        self.ensure_one()
        nobody = self.env["res.users"]
        return dict.fromkeys(("agent", "technician", "leader", "head"), nobody)

    def _raise_sla_priority(self):
        """Make the documents more urgent by one step, where there is such a thing (S04)."""

    def _hand_over_sla(self, user):
        """Make ``user`` responsible for the documents (S04)."""
