import json
import logging
from datetime import timedelta

from psycopg2.errors import DeadlockDetected, SerializationFailure

from odoo import api, fields, models
from odoo.fields import Domain

_logger = logging.getLogger(__name__)

RETRY_AFTER = timedelta(hours=1)
CONFLICTS = (SerializationFailure, DeadlockDetected)
MOST_CONFLICTS = 5


class AftersalesSlaSweep(models.Model):
    """Documents whose promises are to be looked at again, because hours, holidays or a policy
    changed (S06).

    A change leaves one small record, however many documents it touches, and delays nobody; a job
    goes through the documents in the order of their ids, and writes down after each batch how far
    it came. Records are only added and used up: nobody waits for anybody.
    """

    _name = "aftersales.sla.sweep"
    _description = "SLA Deadlines to Compute Again"
    _order = "id"

    res_model = fields.Char(required=True, readonly=True)
    domain = fields.Json(readonly=True, help="Which documents; all open ones when empty.")
    last_id = fields.Integer(
        readonly=True, aggregator=None, help="Documents up to this one are done."
    )
    zones = fields.Boolean(readonly=True, help="Which zone the sites lie in is looked up again.")
    date_retry = fields.Datetime(
        string="Not before", readonly=True, help="It failed, and is tried again then."
    )
    last_error = fields.Text(readonly=True, help="Why it failed the last time.")

    @api.model
    def _get_document_models(self):
        """Return the names of the models that have clocks; addons add theirs."""
        return ["aftersales.ticket"]

    @api.model
    def _add(self, clocks=None, documents=None, zones=False, names=None):
        """Have looked at again the open documents that fit all that is given, and wake the job.

        :param clocks: domain of clocks: documents with an open clock among them
        :param documents: domain of documents
        :param zones: whether the zones of their sites may be others now
        :param names: names of the models, all that have clocks when left out
        """
        domain = Domain(documents or Domain.TRUE)
        if clocks is not None:
            running = self.env["aftersales.sla.clock"]._get_open_domain()
            domain &= Domain("clock_ids", "any", list(Domain(clocks) & running))
        plain = json.loads(json.dumps(list(domain), default=list))
        names = names or self._get_document_models()
        # Whoever changes hours or holidays need not see the clocks that count in them.
        self.sudo().create([{"res_model": name, "domain": plain, "zones": zones} for name in names])
        # Only administrators have rights on jobs; this one is woken, not changed.
        self.env.ref("aftersales_service.ir_cron_aftersales_sla_recompute").sudo()._trigger()

    def _get_ids(self):
        """Return the ids of the documents that are still to be looked at, in order."""
        self.ensure_one()
        # sudo: for the job; users cannot make or change sweeps, so the domain is our own.
        documents = self.env[self.res_model].sudo().with_context(active_test=False)
        domain = documents._get_sla_open_domain() & Domain("id", ">", self.last_id)
        return documents.search(domain & Domain(self.domain or []), order="id").ids

    def _get_scope(self):
        """Return what is looked at: equal for sweeps that do the same."""
        return self.res_model, self.domain, self.zones

    @api.model
    def _take(self):
        """Return the next sweep that is due and nobody works on, locked; those that ask for the
        same are done with it.
        """
        waiting = Domain("date_retry", ">", fields.Datetime.now())
        due = self.search(~waiting, limit=200)
        locked = self.browse()
        for sweep in due:
            locked = sweep.try_lock_for_update()
            if locked:
                break
        same = due.filtered(
            lambda s: s != locked and s._get_scope() == locked._get_scope()
        ).try_lock_for_update()
        if same:
            # One that was begun and one that was not: all documents, once.
            locked.last_id = min([locked.last_id, *same.mapped("last_id")])
            same.unlink()
        return locked

    @api.model
    def _run(self, batch_size):
        """Look at the documents of all sweeps that are due, in batches (S06)."""
        cron, known, conflicts = self.env["ir.cron"], {}, 0
        while conflicts < MOST_CONFLICTS:
            try:
                sweep = self._take()
                if not sweep:
                    break
                last_id = sweep.last_id
                if last_id == 0 or sweep.id not in known:
                    known[sweep.id] = sweep._get_ids()
                todo = [res_id for res_id in known[sweep.id] if res_id > last_id]
                known[sweep.id] = todo
                ids = todo[:batch_size]
                sweep._run_batch(ids)
                if len(todo) > batch_size:
                    sweep.last_id = ids[-1]
                else:
                    sweep.unlink()
                more = cron._commit_progress(len(ids), remaining=len(todo) - len(ids))
                conflicts = 0
            except CONFLICTS:
                # A user was faster: what they did is seen when it is tried again.
                self.env.cr.rollback()
                conflicts, more = conflicts + 1, True
            self.env.invalidate_all(flush=False)
            if not more:
                break

    def _run_batch(self, ids):
        """Look at the documents; when that fails, at each on its own. One that fails alone is
        tried again later and stops nobody.
        """
        self.ensure_one()
        note = self.env._("Working hours, holidays or the policy changed.")
        # sudo: for the job; the ids are those of ``_get_ids``.
        documents = self.env[self.res_model].sudo().browse(ids)
        try:
            with self.env.cr.savepoint():
                self._refresh(documents, note)
            return
        except CONFLICTS:
            raise
        except Exception:
            _logger.info("The SLA of %s failed together, they are taken one by one.", documents)
        for document in documents:
            self.env.invalidate_all(flush=False)
            try:
                with self.env.cr.savepoint():
                    self._refresh(document, note)
            except CONFLICTS:
                raise
            except Exception as error:
                self.env.invalidate_all(flush=False)
                _logger.exception("The SLA of %s could not be computed again.", document)
                self.create(
                    {
                        "res_model": self.res_model,
                        "domain": [["id", "=", document.id]],
                        "zones": self.zones,
                        "date_retry": fields.Datetime.now() + RETRY_AFTER,
                        "last_error": str(error),
                    }
                )

    def _refresh(self, documents, note):
        """Look at ``documents`` again because of ``note``."""
        if self.zones:
            documents._update_zones()
        documents._refresh_sla(note, correction=True)
