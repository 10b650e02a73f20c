import logging
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import LockError
from odoo.fields import Command
from odoo.tools import format_datetime

from ..tools.business_time import describe_seconds

_logger = logging.getLogger(__name__)
# More rows are not read by anybody: the rest is one line with a link.
SHOWN = 50


class AftersalesSlaEscalationRun(models.Model):
    """One message to each person and run about all that needs them, never one a ticket (S07)."""

    _inherit = "aftersales.sla.escalation.run"

    @api.model
    def _send_digests(self):
        """Send each person one message about all steps they have not been told of yet (S07)."""
        # Steps of all companies in one message to each person, who is sent the own ones only.
        runs = self.sudo().search(
            [("pending_user_ids", "!=", False)], limit=self._get_digest_batch(), order="id"
        )
        if not runs:
            return
        cron = self.env["ir.cron"]
        for user in runs.pending_user_ids.sorted("id"):
            own = runs.filtered(lambda run, user=user: user in run.pending_user_ids)
            try:
                with self.env.cr.savepoint():
                    own._tell(user)
            except LockError:
                continue
            except Exception:
                _logger.exception("The SLA digest of user %s could not be sent.", user.id)
            if not cron._commit_progress():
                break

    def _tell(self, user):
        """Send ``user`` the digest of these steps, unless another process is about to.

        :raise LockError: when one is
        """
        self.lock_for_update()
        # First: whoever comes second fails here, before a second message exists.
        self.write({"pending_user_ids": [Command.unlink(user.id)]})
        self.flush_recordset()
        worst = self._get_worst_runs("user_ids").get(user, self)
        # Inbox or mail, as the person prefers; the language is that person's.
        worst.with_context(lang=user.lang or self.env.lang, tz=user.tz or "UTC")._notify_user(user)

    def _notify_user(self, user):
        """Post the digest of these steps for ``user``, in the language of the context."""
        rows = [run._prepare_digest_row() for run in self._sorted_by_urgency()]
        body = self.env["ir.qweb"]._render(
            "aftersales_service.aftersales_sla_digest",
            {
                "user": user,
                "rows": rows[:SHOWN],
                "more": max(0, len(rows) - SHOWN),
                "broken": sum(row["broken"] for row in rows),
                "count": len(rows),
                "timezone": user.tz or "UTC",
                "base_url": self[:1].get_base_url(),
            },
        )
        self.env["mail.thread"].message_notify(
            partner_ids=user.partner_id.ids,
            subject=self._get_digest_subject(rows),
            body=body,
            email_layout_xmlid="mail.mail_notification_light",
            model_description=self.env._("promises to customers"),
        )

    def _sorted_by_urgency(self):
        """Return the steps, the most urgent first: broken ones by how long, then those to come."""
        return self.sorted(
            lambda run: (
                run.clock_id.state != "breached",
                run.clock_id.date_deadline or run.date,
                run.id,
            )
        )

    @api.model
    def _get_digest_subject(self, rows):
        """Return the subject: a single promise by name, else how many and how many are broken."""
        if len(rows) == 1:
            return self.env._(
                "%(what)s – %(document)s", what=rows[0]["what"], document=rows[0]["name"]
            )
        broken = sum(row["broken"] for row in rows)
        if not broken:
            return self.env._("SLA: %s promises are due soon", len(rows))
        return self.env._(
            "SLA: %(count)s promises need you, %(broken)s of them are broken",
            count=len(rows),
            broken=broken,
        )

    def _prepare_digest_row(self):
        """Return what the digest shows of the step's clock."""
        self.ensure_one()
        clock, document = self.clock_id, self.clock_id._get_document()
        deadline = clock.date_deadline
        return {
            "what": self._get_kind_label(),
            "broken": clock.state == "breached",
            "name": document.display_name,
            "url": f"/odoo/{document._name}/{document.id}",
            "partner": clock.partner_id.display_name or "",
            "deadline": deadline and self._format_local(deadline),
            "distance": deadline and self._format_distance(deadline),
            "note": self.escalation_id.note or "",
        }

    @api.model
    def _format_local(self, moment):
        """Return ``moment`` (UTC) in the context's time zone and format, without the day today."""
        name = self.env.context.get("tz") or "UTC"
        utc, zone = ZoneInfo("UTC"), ZoneInfo(name)
        days = {
            value.replace(tzinfo=utc).astimezone(zone).date()
            for value in (moment, fields.Datetime.now())
        }
        return format_datetime(
            self.env, moment, tz=name, dt_format="short" if len(days) > 1 else "HH:mm"
        )

    @api.model
    def _format_distance(self, deadline):
        """Return "2 h 5 min late" or "10 min left"."""
        seconds = (deadline - fields.Datetime.now()).total_seconds()
        days, hours, minutes = describe_seconds(seconds)
        if days:
            text = self.env._("%(days)s d %(hours)s h", days=days, hours=hours)
        elif hours:
            text = self.env._("%(hours)s h %(minutes)s min", hours=hours, minutes=minutes)
        else:
            text = self.env._("%(minutes)s min", minutes=minutes)
        return self.env._("%s late", text) if seconds < 0 else self.env._("%s left", text)
