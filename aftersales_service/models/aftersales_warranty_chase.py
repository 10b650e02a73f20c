from collections import defaultdict

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

ACTIVITY = "aftersales_service.mail_activity_type_issue"
LISTED = 50


class AftersalesWarranty(models.Model):
    """Certificates that were not issued in time are chased, each once (W05)."""

    _inherit = "aftersales.warranty"

    date_chased = fields.Date(
        string="Chased on", readonly=True, copy=False, help="When somebody was asked to issue it."
    )

    _issue_deadline_idx = models.Index(
        "(date_issue_deadline) WHERE date_issued IS NULL AND date_chased IS NULL"
        " AND state IN ('draft', 'active')"
    )

    def _get_issue_responsibles(self):
        """Return {warranty: user who has to see to its card}: the manager of its department, the
        company's person, or the salesperson.
        """
        result = {}
        # The job asks for people's accounts only.
        for warranty in self.sudo():
            users = (
                warranty.department_id.manager_id.user_id,
                warranty.company_id.aftersales_issue_user_id,
                warranty.asset_id.sale_order_id.user_id,
            )
            active = [user for user in users if user.active]
            result[warranty.with_env(self.env)] = active[0] if active else users[0].browse()
        return result

    @api.model
    def _cron_chase_issue(self, batch_size=500):
        """Ask for the certificates that are overdue: one activity each, one message a person
        (W05, S07). Taken through an index on the deadline (rule 3).
        """
        told = defaultdict(list)
        self._run_batches(
            self._get_chase_domain(),
            "date_issue_deadline, id",
            lambda batch: batch._chase(told),
            batch_size,
        )
        cron = self.env["ir.cron"]
        for user_id, ids in told.items():
            self.browse(ids)._send_chase_digest(self.env["res.users"].browse(user_id))
            cron._commit_progress()

    @api.model
    def _get_chase_domain(self):
        """Domain of what is overdue in its company's time zone and was not chased yet."""
        days = self.env["res.company"]._get_companies_by_today()
        return Domain("date_chased", "=", False) & Domain.OR(
            Domain("company_id", "in", ids) & self._get_issue_overdue_domain(day)
            for day, ids in days.items()
        )

    def _chase(self, told):
        """Make the activities and remember in ``told`` ({user id: warranty ids}) whom to tell."""
        responsibles = self._get_issue_responsibles()
        chased = defaultdict(list)
        self._write_past_guard({"date_chased": fields.Date.today()})
        model = self.env["ir.model"]._get_id(self._name)
        kind = self.env.ref(ACTIVITY)
        vals_list = []
        for warranty, user in responsibles.items():
            if user:
                chased[user.id].append(warranty.id)
                vals_list.append(
                    {
                        "res_model_id": model,
                        "res_id": warranty.id,
                        "activity_type_id": kind.id,
                        "automated": True,
                        "user_id": user.id,
                        "date_deadline": warranty.date_issue_deadline,
                        "summary": warranty.with_context(lang=user.lang)._get_chase_summary(),
                    }
                )
        # One digest a person instead of a mail an activity.
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(vals_list)
        for user_id, ids in chased.items():
            told[user_id].extend(ids)

    def _get_chase_summary(self):
        """Return in a sentence what is wanted."""
        return self.env._(
            "Issue the warranty card: it was due on %s",
            format_date(self.env, self.date_issue_deadline),
        )

    def _send_chase_digest(self, user):
        """Send ``user`` one message about these overdue certificates, in their language."""
        warranties = self.with_context(lang=user.lang or self.env.lang)
        env = warranties.env
        rows = Markup().join(
            Markup("<tr><td><a href='/odoo/warranties/%s'>%s</a></td><td>%s</td><td>%s</td></tr>")
            % (
                warranty.id,
                warranty.name,
                " · ".join(
                    filter(None, (warranty.asset_id.display_name, warranty.partner_id.name))
                ),
                format_date(env, warranty.date_issue_deadline),
            )
            for warranty in warranties.sorted("date_issue_deadline")[:LISTED]
        )
        body = Markup("<p>%s</p><table border='1' cellpadding='4'>%s</table>") % (
            env._("These warranty cards should have been issued by now:"),
            rows,
        )
        if len(warranties) > LISTED:
            body += Markup("<p><a href='/odoo/warranties'>%s</a></p>") % env._(
                "and %s more: see the filter “Card Overdue”.", len(warranties) - LISTED
            )
        env["mail.thread"].message_notify(
            partner_ids=user.partner_id.ids,
            subject=env._("%s warranty cards are overdue", len(warranties)),
            body=body,
        )

    def _end_issue_activities(self):
        """The cards are issued, or no longer wanted: nobody is chased any more."""
        # Whoever issues the card ends the activity of whoever was asked.
        self.sudo().activity_unlink([ACTIVITY])

    def _void(self, reason):
        result = super()._void(reason)
        self._end_issue_activities()
        self._write_past_guard({"issue_requested": False})
        return result
