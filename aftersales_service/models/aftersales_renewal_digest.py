import logging
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import LockError
from odoo.tools import SQL

from ..tools.renewal import next_day

_logger = logging.getLogger(__name__)


class AftersalesRenewal(models.Model):
    """Each salesperson hears once, in one message, of the cover that ends (W10, T12)."""

    _inherit = "aftersales.renewal"

    @api.model
    def _cron_tell(self, batch_size=1000):
        """Find the warranties that end soon, and send each salesperson one digest of them.

        Incremental by the index on the ends that were not told; resumes where it stopped.
        """
        for company in self.env["res.company"].search([("active", "=", True)]):
            steps = company._get_renewal_steps()
            while steps and (warranties := self._get_ending(company, steps[0], batch_size)):
                self._note_ending(warranties, steps)
                if not self.env["ir.cron"]._commit_progress(len(warranties)):
                    return
            self._remind(company, steps)
        self._send_digests()

    @api.model
    def _get_ending(self, company, days, limit):
        """Return running warranties of ``company`` that end within ``days`` days, and whose end is
        not noted yet.
        """
        today = company._get_aftersales_today()
        self.env["aftersales.warranty"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM aftersales_warranty
                WHERE state = 'active' AND renewal_date IS DISTINCT FROM date_end
                    AND company_id = %s AND date_end BETWEEN %s AND %s
                ORDER BY date_end LIMIT %s FOR NO KEY UPDATE SKIP LOCKED
                """,
                company.id,
                today,
                fields.Date.add(today, days=days),
                limit,
            )
        )
        return self.env["aftersales.warranty"].browse(row[0] for row in rows)

    @api.model
    def _note_ending(self, warranties, steps):
        """Make the chances to sell that the ``warranties`` are, and mark all as noted."""
        chances = warranties._filtered_renewable()
        known = {
            renewal.asset_id: renewal
            for renewal in self.search(
                [("asset_id", "in", chances.asset_id.ids), ("state", "in", ("open", "offered"))]
            )
        }
        salespeople = chances.asset_id._get_salespeople()
        new = chances.filtered(lambda warranty: warranty.asset_id not in known)
        self.create([w._prepare_renewal_vals(salespeople[w.asset_id], steps) for w in new])
        for warranty in chances - new:
            # The end moved, or another warranty of the asset ends later than the one told of.
            vals = warranty._prepare_renewal_vals(salespeople[warranty.asset_id], steps)
            known[warranty.asset_id].write(
                {name: vals[name] for name in ("warranty_id", "date_end", "date_next")}
            )
        self.env.cr.execute(
            SQL(
                "UPDATE aftersales_warranty SET renewal_date = date_end WHERE id = ANY(%s)",
                warranties.ids,
            )
        )
        warranties.invalidate_recordset(["renewal_date"], flush=False)

    @api.model
    def _remind(self, company, steps):
        """Tell again of what nothing was done about until the next step."""
        today = company._get_aftersales_today()
        due = self.search(
            [("company_id", "=", company.id), ("state", "=", "open"), ("date_next", "<=", today)]
        )
        for end, renewals in due.grouped("date_end").items():
            renewals.write({"is_pending": True, "date_next": next_day(end, steps, today) or False})

    @api.model
    def _send_digests(self):
        """Send each person one message about all that waits; each person on its own."""
        pending = self.search([("is_pending", "=", True)])
        by_user = defaultdict(self.browse)
        for renewal in pending:
            by_user[renewal._get_told_user()] |= renewal
        for user, renewals in by_user.items():
            try:
                with self.env.cr.savepoint():
                    renewals.lock_for_update()
                    if user:
                        renewals._send_digest(user)
                    renewals.write({"is_pending": False, "date_told": fields.Datetime.now()})
            except LockError:
                continue
            except Exception:
                _logger.exception("The digest of ending cover for user %s failed.", user.id)
            if not self.env["ir.cron"]._commit_progress():
                break

    def _get_told_user(self):
        """Return who is told: the salesperson, or the company's deputy while that one is away."""
        self.ensure_one()
        user, deputy = self.user_id, self.company_id.aftersales_renewal_user_id
        if not user or not user.active or user.is_out_of_office:
            return deputy if deputy.active and not deputy.is_out_of_office else user
        return user

    def _send_digest(self, user):
        """Send ``user`` one message about these renewals, in that one's language."""
        renewals = self.with_context(lang=user.lang or self.env.lang, tz=user.tz)
        body = renewals.env["ir.qweb"]._render(
            "aftersales_service.aftersales_renewal_digest",
            {
                "user": user,
                "renewals": renewals.sorted(
                    lambda r: (r.partner_id.display_name or "", r.date_end)
                ),
                "base_url": self[:1].get_base_url(),
                "count": len(renewals),
            },
        )
        renewals.env["mail.thread"].message_notify(
            partner_ids=user.partner_id.ids,
            subject=renewals._get_digest_subject(),
            body=body,
            email_layout_xmlid="mail.mail_notification_light",
            model_description=renewals.env._("ending cover"),
        )

    def _get_digest_subject(self):
        """Return the subject of the digest, in the language of the context."""
        if len(self) == 1:
            return self.env._("Ending cover: %s", self.display_name)
        return self.env._("Ending cover: %s machines to offer more for", len(self))
