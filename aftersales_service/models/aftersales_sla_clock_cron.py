import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from .aftersales_sla_sweep import CONFLICTS, MOST_CONFLICTS

_logger = logging.getLogger(__name__)

RETRY_AFTER = timedelta(hours=1)


class AftersalesSlaClock(models.Model):
    """What happens when time goes by: warnings, breaches, steps of the ladder (S04, S07)."""

    _inherit = "aftersales.sla.clock"

    @api.model
    def _get_due_domain(self):
        """Domain of the clocks that have to be looked at now."""
        return Domain("date_next_action", "<=", fields.Datetime.now())

    @api.model
    def _cron_escalate(self, batch_size=200):
        """Mark warnings and breaches that are due, take the steps of escalation, tell people once
        (S04).
        """
        domain = self._get_due_domain()
        cron, conflicts = self.env["ir.cron"], 0
        cron._commit_progress(remaining=self.search_count(domain))
        while conflicts < MOST_CONFLICTS:
            try:
                found = self.search(domain, limit=batch_size, order="date_next_action, id")
                # A clock that another process works on is taken in the next run.
                clocks = found.try_lock_for_update()
                if clocks:
                    clocks._run_due_safely()
                more = cron._commit_progress(len(clocks)) and clocks
                conflicts = 0
            except CONFLICTS:
                # A user was faster, who closed a ticket perhaps: it is looked at as it is now.
                self.env.cr.rollback()
                self.env.invalidate_all(flush=False)
                conflicts, more = conflicts + 1, True
            if not more:
                break
        self.env["aftersales.sla.escalation.run"]._send_digests()

    def _run_due_safely(self):
        """Run what is due for all clocks; when that fails, for each on its own."""
        try:
            with self.env.cr.savepoint():
                self._run_due()
            return
        except CONFLICTS:
            raise
        except Exception:
            _logger.info(
                "SLA escalation of %s clocks failed together, they are run one by one.", len(self)
            )
        self.env.invalidate_all(flush=False)
        for clock in self:
            try:
                with self.env.cr.savepoint():
                    clock._run_due()
            except CONFLICTS:
                raise
            except Exception as error:
                self.env.invalidate_all(flush=False)
                _logger.exception("SLA escalation of clock %s failed.", clock.id)
                clock.write(
                    {
                        "last_error": str(error),
                        "date_next_action": fields.Datetime.now() + RETRY_AFTER,
                    }
                )

    def _run_due(self):
        """Warn, break and escalate what is due now. Queries do not grow with the clocks."""
        now = fields.Datetime.now()
        warned = self.filtered(
            lambda c: (
                c.state == "running"
                and not c.date_warned
                and c.date_warning
                and c.date_warning <= now
            )
        )
        if warned:
            warned.write({"date_warned": now})
            warned._log("warning", now)
        self.filtered(lambda c: c.state == "running" and c.date_deadline <= now)._mark_breached(now)
        self._take_steps(now)
        self.filtered("last_error").write({"last_error": False})
        self._schedule_next_action()
