import logging

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import LockError
from odoo.fields import Command

_logger = logging.getLogger(__name__)


class AftersalesSlaEscalationRun(models.Model):
    """A step that was climbed for a clock: once, ever (S04). Tells who still waits for the digest
    (S07).
    """

    _name = "aftersales.sla.escalation.run"
    _description = "SLA Escalation Done"
    _order = "date desc, id desc"

    clock_id = fields.Many2one(
        "aftersales.sla.clock", required=True, index=True, ondelete="cascade", readonly=True
    )
    ticket_id = fields.Many2one(related="clock_id.ticket_id", store=True, index=True)
    company_id = fields.Many2one(related="clock_id.company_id", store=True, index=True)
    escalation_id = fields.Many2one(
        "aftersales.sla.escalation", required=True, index=True, ondelete="cascade", readonly=True
    )
    date = fields.Datetime(string="When", required=True, readonly=True)
    user_ids = fields.Many2many("res.users", string="Told", readonly=True)
    pending_user_ids = fields.Many2many(
        "res.users",
        "aftersales_sla_run_pending_rel",
        string="Waiting for the Digest",
        readonly=True,
    )

    _once = models.UniqueIndex(
        "(clock_id, escalation_id)", "A step of escalation is taken once for a clock."
    )

    def _apply_to_tickets(self):
        """Make activities, raise priorities, hand over, without a mail for each ticket (S07)."""
        activity_type = self.env.ref("mail.mail_activity_data_todo")
        today = fields.Date.context_today(self)
        model_id = self.env["ir.model"]._get_id("aftersales.ticket")
        # sudo: a step is taken for tickets and people of any company.
        quiet = self.env["mail.activity"].sudo().with_context(mail_activity_quick_update=True)
        quiet.create(
            [
                {
                    "activity_type_id": activity_type.id,
                    "summary": run._describe(user.lang),
                    "note": run.with_context(lang=user.lang).escalation_id.note,
                    "date_deadline": today,
                    "user_id": user.id,
                    "res_model_id": model_id,
                    "res_id": run.ticket_id.id,
                }
                for run in self
                for user in run.user_ids
            ]
        )
        raised = self.filtered("escalation_id.raise_priority").ticket_id
        for priority, tickets in raised.grouped("priority").items():
            if priority < "2":
                # As above: the step decides, not whoever's action or job made it due.
                tickets.sudo().write({"priority": str(int(priority) + 1)})
        for run in self.filtered("escalation_id.reassign"):
            user = run.user_ids[:1]
            if user and run.ticket_id.user_id != user:
                # As above; the person is the one that the step names for this ticket.
                run.ticket_id.sudo().with_context(mail_auto_subscribe_no_notify=True).user_id = user
        for step, runs in self.grouped("escalation_id").items():
            names = ", ".join(runs.user_ids.mapped("name"))
            runs.clock_id._log(
                "escalate",
                runs[0].date,
                self.env._("Told: %(names)s. %(note)s", names=names, note=step.note or ""),
            )

    def _describe(self, lang=None):
        """Return "Broken: Technician calls customer" in the language ``lang``."""
        self.ensure_one()
        run = self.with_context(lang=lang or self.env.lang)
        kinds = dict(run.clock_id._fields["kind"]._description_selection(run.env))
        kind = kinds[run.clock_id.kind]
        # After a standstill of the cron, warning and breach come together: only the breach counts.
        if run.escalation_id.trigger == "warning" and run.clock_id.state != "breached":
            return run.env._("SLA soon due: %s", kind)
        return run.env._("SLA broken: %s", kind)

    @api.model
    def _send_digests(self):
        """Send each person one message about all steps they have not been told of yet (S07)."""
        # Steps of all companies in one message to each person, who is sent the own ones only.
        runs = self.sudo().search([("pending_user_ids", "!=", False)], limit=5000)
        cron = self.env["ir.cron"]
        for user in runs.pending_user_ids:
            own = runs.filtered(lambda run, user=user: user in run.pending_user_ids)
            try:
                with self.env.cr.savepoint():
                    own._lock_for_digest()
                    own._notify_user(user)
                    own.write({"pending_user_ids": [Command.unlink(user.id)]})
            except LockError:
                continue
            except Exception:
                _logger.exception("The SLA digest of user %s could not be sent.", user.id)
            if not cron._commit_progress():
                break

    def _lock_for_digest(self):
        """Keep other processes from telling the same person the same."""
        self.lock_for_update()

    def _notify_user(self, user):
        """Send ``user`` the digest of these steps, in their language, by inbox or mail."""
        runs = self.with_context(lang=user.lang or self.env.lang)
        rows = Markup().join(
            Markup(
                "<tr><td>%s</td><td><a href='%s'>%s</a></td><td>%s</td><td>%s</td><td>%s</td></tr>"
            )
            % (
                run._describe(user.lang),
                f"/odoo/aftersales.ticket/{run.ticket_id.id}",
                run.ticket_id.display_name,
                run.ticket_id.partner_id.display_name or "",
                self._format_deadline(run, user),
                run.escalation_id.note or "",
            )
            for run in runs.sorted(lambda run: run.clock_id.date_deadline or run.date)
        )
        labels = (
            runs.env._("Promise"),
            runs.env._("Ticket"),
            runs.env._("Customer"),
            runs.env._("Deadline"),
            runs.env._("What to Do"),
        )
        head = Markup().join(Markup("<th>%s</th>") % label for label in labels)
        intro = runs.env._("These promises to customers need you:")
        body = Markup("<p>%s</p><table border='1' cellpadding='4'><tr>%s</tr>%s</table>") % (
            intro,
            head,
            rows,
        )
        subject = runs.env._("SLA: %s promises need attention", len(runs))
        runs.env["mail.thread"].message_notify(
            partner_ids=user.partner_id.ids, subject=subject, body=body
        )

    @api.model
    def _format_deadline(self, run, user):
        """Return the deadline in the user's time zone and format."""
        return (
            self.env["ir.qweb.field.datetime"]
            .with_context(lang=user.lang, tz=user.tz)
            .value_to_html(run.clock_id.date_deadline, {})
        )
