import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

_logger = logging.getLogger(__name__)

REMIND_BATCH = 100


class AftersalesSupplierRecovery(models.Model):
    """The nightly job: gathers costs, and reminds of what must be claimed or answered (F07)."""

    _inherit = "aftersales.supplier.recovery"

    # Days before the last day to claim on which somebody is reminded.
    _warning_days = 14

    @api.model
    def _cron_watch(self):
        """Gather costs of all companies, then remind, batch by batch: what is done leaves the
        domains, so that the job goes on where it was stopped.
        """
        if self._gather_by_batch() and self._remind_by_batch():
            self.env["ir.cron"]._commit_progress(remaining=0)

    @api.model
    def _gather_by_batch(self):
        """Gather and commit batch by batch; return whether there is time left."""
        for company in self.env["res.company"].search([("active", "=", True)]):
            for count, costs in self._iterate_recovery_costs(company):
                self._add_costs_apart(costs)
                if not self.env["ir.cron"]._commit_progress(count, remaining=1):
                    return False
        return True

    @api.model
    def _add_costs_apart(self, costs):
        """Add ``costs`` together; when that fails supplier by supplier, so that none loses the
        others.
        """
        if self._try_to_add(costs):
            return
        by_supplier = {}
        for cost in costs:
            by_supplier.setdefault(cost["supplier"], []).append(cost)
        for supplier, own in by_supplier.items():
            if not self._try_to_add(own):
                _logger.error("Costs of supplier %s could not be gathered", supplier.id)

    @api.model
    def _try_to_add(self, costs):
        """Add ``costs``; return whether that worked. The reason why not is in the log."""
        try:
            with self.env.cr.savepoint():
                self._add_costs(costs)
                return True
        except Exception:  # pylint: disable=broad-except  # one supplier never stops the others
            self.env.invalidate_all(flush=False)
            _logger.warning("Supplier recovery: costs could not be added", exc_info=True)
            return False

    @api.model
    def _get_to_remind_domain(self):
        """Return the domain of recoveries whose deadline nobody was reminded of yet."""
        today = fields.Date.context_today(self)
        soon = Domain("state", "=", "draft") & Domain(
            "date_due", "<=", today + timedelta(days=self._warning_days)
        )
        unanswered = Domain("state", "=", "sent") & Domain("date_answer_due", "<", today)
        return (soon | unanswered) & Domain("date_warned", "=", False)

    @api.model
    def _remind_by_batch(self):
        """Remind and commit batch by batch; return whether there is time left."""
        last = 0
        while due := self.search(
            self._get_to_remind_domain() & Domain("id", ">", last), order="id", limit=REMIND_BATCH
        ):
            last = due[-1].id
            due.try_lock_for_update()._remind()
            if not self.env["ir.cron"]._commit_progress(len(due), remaining=1):
                return False
        return True

    def _remind(self):
        """Put the deadlines on the lists of those responsible."""
        today = fields.Date.context_today(self)
        for recovery in self:
            recovery.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=recovery.date_due or today,
                summary=self.env._("Claim from the supplier in time")
                if recovery.state == "draft"
                else self.env._("The supplier has not answered"),
                user_id=(recovery.user_id or self.env.user).id,
            )
        self._write_past_guard({"date_warned": today})
