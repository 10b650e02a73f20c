from datetime import timedelta

from odoo import api, fields, models

# Before its day the dealer is reminded of a task, once; of what is older nobody is told any more.
REMIND, FORGET = timedelta(days=3), timedelta(days=30)


class AftersalesDealerAgreement(models.Model):
    """A new dealer is told of its first tasks: what by when, and what was accepted (D13)."""

    _name = "aftersales.dealer.agreement"
    _inherit = ["aftersales.dealer.agreement", "aftersales.dealer.mail.mixin"]

    def _make_onboarding_tasks(self, past=False):
        tasks = super()._make_onboarding_tasks(past=past)
        tasks._tell_dealer("aftersales_dealer.mail_template_onboarding_start")
        return tasks

    def _get_onboarding_told(self):
        """Return the tasks that a mail is about; all of them in a preview."""
        self.ensure_one()
        told = self.env.context.get("onboarding_task_ids")
        tasks = self.onboarding_task_ids.filtered(lambda task: task.state != "cancelled")
        return tasks if told is None else tasks.filtered(lambda task: task.id in told)


class AftersalesOnboardingTask(models.Model):
    _inherit = "aftersales.onboarding.task"

    date_reminded = fields.Date(string="Dealer Reminded on", readonly=True, copy=False)

    def _tell_dealer(self, xml_id):
        """Tell the dealers of these tasks: one mail for each agreement."""
        self.agreement_id._mail_dealers(xml_id, onboarding_task_ids=self.ids)

    def action_done(self):
        """Mark tasks as done, and tell the dealers which of their reports were accepted (D13)."""
        reported = self.filtered(lambda task: task.state == "reported")
        result = super().action_done()
        reported._tell_dealer("aftersales_dealer.mail_template_onboarding_answer")
        return result

    def action_return(self, reason=None):
        """Give reported tasks back to the dealers, who are told what is missing (D13)."""
        result = super().action_return(reason=reason)
        if reason:
            self._tell_dealer("aftersales_dealer.mail_template_onboarding_answer")
        return result

    @api.model
    def _get_to_remind_domain(self):
        today = fields.Date.context_today(self)
        return [
            ("state", "=", "open"),
            ("side", "=", "dealer"),
            ("agreement_id.state", "=", "running"),
            ("date_reminded", "=", False),
            ("date_due", "<=", today + REMIND),
            ("date_due", ">=", today - FORGET),
        ]

    @api.model
    def _cron_remind_dealers(self, batch_size=500):
        """Remind dealers once of each task that is due (D13, design rule 3)."""
        domain = self._get_to_remind_domain()
        due = self.search(domain, limit=batch_size, order="id").try_lock_for_update()
        due._write_past_guard({"date_reminded": fields.Date.context_today(self)})
        due._tell_dealer("aftersales_dealer.mail_template_onboarding_reminder")
        remaining = self.search_count(domain, limit=batch_size) if len(due) == batch_size else 0
        self.env["ir.cron"]._commit_progress(len(due), remaining=remaining)
