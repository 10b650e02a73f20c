import logging

from odoo import api, fields, models, tools
from odoo.exceptions import UserError
from odoo.fields import Domain

_logger = logging.getLogger(__name__)


class AftersalesRetentionLog(models.Model):
    """What was done to kept records, and by whom; the nightly job that anonymises (T13)."""

    _name = "aftersales.retention.log"
    _description = "Retention Log"
    _order = "id desc"
    _rec_name = "note"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    user_id = fields.Many2one("res.users", string="By", readonly=True)
    kind = fields.Selection(
        [("term", "Term changed"), ("anonymise", "Anonymised"), ("forget", "Person forgotten")],
        required=True,
        readonly=True,
    )
    count = fields.Integer(string="Records", readonly=True)
    note = fields.Char(readonly=True)

    @api.model
    @tools.ormcache()
    def _get_model_names(self):
        names = self.env.registry.descendants(["aftersales.retention.mixin"], "_inherit")
        return tuple(sorted(name for name in names if not self.env[name]._abstract))

    @api.model
    def _get_models(self):
        """Return empty recordsets of all models whose records are kept for the term; what is
        archived is looked at like the rest.
        """
        self = self.with_context(active_test=False)
        return [self.env[name] for name in self._get_model_names()]

    @api.model
    def _get_retained_by_model(self, references):
        """Return the set of those (model, id) in ``references`` that must still be kept."""
        retained = set()
        for name in {name for name, _id in references} & set(self._get_model_names()):
            records = self.env[name].browse({i for other, i in references if other == name and i})
            if not records._is_uninstalling():
                retained |= {(name, record.id) for record in records._get_retained()}
        return retained

    @api.model
    def _cron_anonymise(self, batch_size=200):
        """Anonymise what is past its term, where the company wants it: in batches, resumable, one
        record's failure leaving the others (T13).
        """
        companies = self.env["res.company"].search([("aftersales_anonymise", "=", True)])
        for company in companies:
            for model in self._get_models():
                if not self._anonymise_model(model, company, batch_size):
                    return
        self.env["res.partner"]._forget_due()

    @api.model
    def _anonymise_model(self, model, company, batch_size, limit=None):
        """Anonymise a model's expired records; False when the job's time is over.

        :param limit: how many at most, in one transaction; all when left out, in the nightly job
        """
        last, done, is_in_time = 0, 0, True
        todo = model._get_expired_domain(company) & Domain("date_anonymised", "=", False)
        while is_in_time and (limit is None or done < limit):
            found = model.search(
                todo & Domain("id", ">", last),
                order="id",
                limit=min(batch_size, limit - done) if limit else batch_size,
            )
            if not found:
                break
            last = found[-1].id
            done += self._anonymise_batch(found.try_lock_for_update())
            if limit is None:
                is_in_time = bool(self.env["ir.cron"]._commit_progress(len(found)))
        if done:
            self._log("anonymise", company, done, model._description)
        return is_in_time

    @api.model
    def _anonymise_batch(self, records):
        """Anonymise ``records``, one by one when they cannot be together; return how many were."""
        try:
            with self.env.cr.savepoint():
                records._anonymise()
            return len(records)
        except UserError as error:
            if len(records) <= 1:
                _logger.warning("%s was not anonymised: %s", records, error)
                return 0
        return sum(self._anonymise_batch(record) for record in records)

    @api.model
    def _log(self, kind, company, count, note):
        # sudo: the log is written by the system only.
        return self.sudo().create(
            {
                "kind": kind,
                "company_id": company.id,
                "user_id": self.env.uid,
                "count": count,
                "note": note,
            }
        )
