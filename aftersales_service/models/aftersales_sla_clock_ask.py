import logging
from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import LockError
from odoo.fields import Domain

_logger = logging.getLogger(__name__)
# Who was told of a missing reason is told again after this, as long as it is missing.
ASK_AGAIN = timedelta(days=7)
SHOWN = 30


class AftersalesSlaClock(models.Model):
    """Team leaders hear once a day which broken promises still have no reason (S05, S07)."""

    _inherit = "aftersales.sla.clock"

    @api.model
    def _get_to_ask_domain(self):
        """Domain of the broken promises whose reason is missing and was not asked for lately."""
        before = fields.Datetime.now() - ASK_AGAIN
        return self._get_unexplained_domain() & (
            Domain("date_reason_asked", "=", False) | Domain("date_reason_asked", "<", before)
        )

    @api.model
    def _cron_ask_reasons(self, batch_size=2000):
        """Tell each team leader in one message which reasons are missing (S05)."""
        clocks = self.search(self._get_to_ask_domain(), limit=batch_size, order="date_breached, id")
        cron = self.env["ir.cron"]
        for user, own in clocks._get_askers().items():
            try:
                with self.env.cr.savepoint():
                    own.lock_for_update()
                    own.write({"date_reason_asked": fields.Datetime.now()})
                    if user:
                        own.with_context(lang=user.lang, tz=user.tz or "UTC")._ask_reasons(user)
            except LockError:
                continue
            except Exception:
                _logger.exception("User %s could not be asked for reasons.", user.id)
            if not cron._commit_progress(len(own)):
                break

    def _get_askers(self):
        """Return {user: broken promises}: the team leader, else the first service manager."""
        managers = self._get_managers(self.company_id)
        askers = defaultdict(self.browse)
        for clock in self:
            leader = clock.team_id.user_id
            if not leader.active or clock.company_id not in leader.company_ids:
                leader = managers[clock.company_id].sorted("id")[:1]
            askers[leader] |= clock
        return askers

    def _ask_reasons(self, user):
        """Send ``user`` the list of these promises, in the language of the context."""
        rows = [
            {
                "name": clock._get_document().display_name,
                "url": f"/odoo/{clock._get_document()._name}/{clock._get_document().id}",
                "what": clock.target_id.display_name,
                "late": clock.remaining,
                "who": clock.technician_id.name or clock.user_id.name or "",
            }
            for clock in self[:SHOWN]
        ]
        body = self.env["ir.qweb"]._render(
            "aftersales_service.aftersales_sla_reason_digest",
            {
                "user": user,
                "rows": rows,
                "more": max(0, len(self) - SHOWN),
                "count": len(self),
                "base_url": self[:1].get_base_url(),
            },
        )
        self.env["mail.thread"].message_notify(
            partner_ids=user.partner_id.ids,
            subject=self.env._("SLA: the reasons of %s broken promises are missing", len(self)),
            body=body,
            email_layout_xmlid="mail.mail_notification_light",
            model_description=self.env._("broken promises"),
        )
