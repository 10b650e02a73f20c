from datetime import timedelta

from dateutil.relativedelta import relativedelta
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class AftersalesDealerAgreement(models.Model):
    """Renewal: a new agreement with changed terms follows an old one, in time (D01)."""

    _inherit = "aftersales.dealer.agreement"

    previous_id = fields.Many2one(
        "aftersales.dealer.agreement",
        string="Renews",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The agreement that this one follows. It ends the day before.",
    )
    next_ids = fields.One2many("aftersales.dealer.agreement", "previous_id", string="Renewed by")
    next_id = fields.Many2one(
        "aftersales.dealer.agreement", string="Renewal", compute="_compute_next_id"
    )
    difference_html = fields.Html(
        string="Changed Terms", compute="_compute_difference_html", sanitize=False
    )
    reminded_date_end = fields.Date(
        readonly=True, copy=False, help="The end that the responsible person was reminded of."
    )

    @api.depends("next_ids.state")
    def _compute_next_id(self):
        for agreement in self:
            live = agreement.next_ids.filtered(lambda a: a.state != "cancelled")
            agreement.next_id = live[:1]

    def _compute_difference_html(self):
        for agreement in self:
            agreement.difference_html = agreement._render_differences()

    def _render_differences(self):
        """Return what changed against the agreement renewed, as a table; False without one."""
        self.ensure_one()
        if not self.previous_id:
            return False
        rows = self._get_differences(self.previous_id)
        if not rows:
            return Markup("<p>%s</p>") % self.env._("No term was changed.")
        line = Markup("<tr><td>%s</td><td class='text-muted'>%s</td><td><b>%s</b></td></tr>")
        head = Markup(
            "<table class='table table-sm'><thead><tr>"
            "<th>%s</th><th>%s</th><th>%s</th></tr></thead>"
        ) % (self.env._("Term"), self.previous_id.name, self.name)
        body = Markup("").join(
            line % (label, before or "–", after or "–") for label, before, after in rows
        )
        return head + Markup("<tbody>%s</tbody></table>") % body

    def _get_differences(self, other):
        """Return (label, before, after) of each term that differs from ``other`` (D01)."""
        self.ensure_one()
        before = {label: value for __, rows in other._get_term_sections() for label, value in rows}
        after = {label: value for __, rows in self._get_term_sections() for label, value in rows}
        return [
            (label, before.get(label, ""), after.get(label, ""))
            for label in {**after, **before}
            if before.get(label, "") != after.get(label, "")
        ]

    def action_renew(self):
        """Open the renewal of an agreement: a draft with its terms, from the day after its end
        (D01).

        The draft that is there already is opened again.

        :raise UserError: when the agreement was never in force
        """
        self.ensure_one()
        if self.state not in ("running", "expired"):
            raise UserError(
                self.env._(
                    "%(agreement)s is %(state)s: only an agreement that is or was in force is "
                    "renewed.",
                    agreement=self.display_name,
                    state=self._get_state_label(self.state),
                )
            )
        renewal = self.next_id
        if not renewal:
            self.check_access("write")
            renewal = self.copy(self._prepare_renewal_vals())
            renewal._write_past_guard({"previous_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": renewal.id,
            "view_mode": "form",
        }

    def _prepare_renewal_vals(self):
        """Return the values in which a renewal differs: as long as before, right after the end."""
        self.ensure_one()
        today = fields.Date.context_today(self)
        start = max(self.date_end, today - timedelta(days=1)) if self.date_end else today
        start += timedelta(days=1)
        if not self.date_end:
            return {"date_start": start}
        length = relativedelta(self.date_end + timedelta(days=1), self.date_start)
        return {"date_start": start, "date_end": start + length - timedelta(days=1)}

    def action_start(self):
        """Put agreements in force; what they renew ends the day before they begin (D01)."""
        for agreement in self.filtered("previous_id"):
            before, start = agreement.previous_id, agreement.date_start
            if before.state == "running" and before.date_start < start <= (
                before.date_end or start
            ):
                before.date_end = start - timedelta(days=1)
                before.message_post(
                    body=self.env._(
                        "Renewed by %(renewal)s from %(start)s on.",
                        renewal=agreement._get_html_link(),
                        start=format_date(self.env, start),
                    )
                )
        # The database looks for overlaps at each statement: the old end has to be there first.
        self.previous_id.flush_recordset(["date_end"])
        return super().action_start()

    @api.model
    def _cron_remind_ending(self):
        """Remind whoever is responsible of agreements that end soon and have no renewal (D01).

        Once for each end: an agreement that is prolonged is reminded of again.
        """
        due = self.browse()
        for company in self.env["res.company"].search([("active", "=", True)]):
            due |= self.search(company._get_ending_agreement_domain(), order="id")
        due = due.filtered(lambda a: a.reminded_date_end != a.date_end).try_lock_for_update()
        for agreement in due:
            agreement._write_past_guard({"reminded_date_end": agreement.date_end})
        for (user, end), agreements in (
            due.filtered(lambda a: not a.next_id).grouped(lambda a: (a.user_id, a.date_end)).items()
        ):
            agreements.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=end,
                summary=self.env._("Renew the agreement or let it end"),
                user_id=(user or self.env.ref("base.user_admin")).id,
            )
        self.env["ir.cron"]._commit_progress(len(due), remaining=0)


class ResCompany(models.Model):
    _inherit = "res.company"

    def _get_ending_agreement_domain(self):
        """Return the domain of running agreements that end within the company's days (D01)."""
        self.ensure_one()
        days = timedelta(days=self.dealer_agreement_notice_days)
        return [
            ("company_id", "=", self.id),
            ("state", "=", "running"),
            ("date_end", "<=", fields.Date.context_today(self) + days),
        ]
