from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

WAITING = ("awaiting", "draft")


class AftersalesPartReturnLine(models.Model):
    """Old parts that do not come: when they are due, refusal, waiver, more time (D09)."""

    _inherit = "aftersales.part.return.line"

    date_asked = fields.Date(
        string="Asked back on", readonly=True, copy=False, default=fields.Date.context_today
    )
    date_extended = fields.Date(string="Given Time until", readonly=True, copy=False)
    date_due = fields.Date(
        string="Due by",
        compute="_compute_date_due",
        store=True,
        help="By the agreement's dates, counted from the repair; from the day it was asked for "
        "when that was later.",
    )
    is_overdue = fields.Boolean(
        string="Late", compute="_compute_is_overdue", search="_search_is_overdue"
    )
    overdue_explanation = fields.Char(compute="_compute_overdue_explanation")

    _due_idx = models.Index("(company_id, date_due) WHERE state IN ('awaiting', 'draft')")

    @api.depends("claim_id.date_parts_due", "date_asked", "date_extended")
    def _compute_date_due(self):
        for part in self:
            part.date_due = part.date_extended or part._get_agreed_date()

    def _get_agreed_date(self):
        """Return the day by which the part is due as agreed, or False."""
        self.ensure_one()
        due = self.claim_id.date_parts_due
        if due and self.date_asked and due < self.date_asked:
            # Asked for after the agreed date: the next one counts.
            due = self.claim_id.agreement_id.sudo()._get_part_return_date(self.date_asked)
        return due or False

    @api.depends("date_due", "state")
    def _compute_is_overdue(self):
        today = fields.Date.context_today(self)
        for part in self:
            late = bool(part.date_due) and part.date_due < today
            part.is_overdue = late and part.state in WAITING

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        return Domain("state", "in", WAITING) & Domain("date_due", "<", today)

    @api.depends("date_due", "state")
    def _compute_overdue_explanation(self):
        for part in self:
            part.overdue_explanation = (
                part._get_overdue_reason() if part.state == "overdue" else False
            )

    def _get_overdue_reason(self):
        """Return the sentence why nothing is paid for a part that did not come."""
        self.ensure_one()
        return self.env._(
            "The old part %(label)s was due back by %(date)s and did not come within %(days)s "
            "days of grace.",
            label=self.label,
            date=format_date(self.env, self.date_due) if self.date_due else "-",
            # sudo: one setting of the company, which the sentence tells anyway.
            days=self.company_id.sudo().aftersales_part_grace_days,
        )

    @api.model
    def _get_overdue_domain(self, company):
        """Domain of the parts of ``company`` whose days of grace are over."""
        last = fields.Date.context_today(self) - timedelta(days=company.aftersales_part_grace_days)
        return (
            Domain("company_id", "=", company.id)
            & Domain("state", "in", WAITING)
            & Domain("date_due", "<", last)
            & Domain("claim_id.state", "not in", ("noticed", "settled"))
        )

    @api.model
    def _cron_refuse_overdue(self, batch_size=200):
        """Refuse the claim lines whose old parts did not come in time (D09)."""
        cron = self.env["ir.cron"]
        companies = self.env["res.company"].search([("aftersales_part_overdue_refuses", "=", True)])
        for company in companies:
            last_id = 0
            while parts := self.search(
                self._get_overdue_domain(company) & Domain("id", ">", last_id),
                limit=batch_size,
                order="id",
            ):
                last_id = parts[-1].id
                parts._refuse_overdue()
                if not cron._commit_progress(len(parts)):
                    return

    def _refuse_overdue(self):
        """Refuse what is overdue; claims that somebody works on right now wait for tomorrow."""
        free = self.claim_id.try_lock_for_update()
        parts = self.try_lock_for_update().filtered(
            lambda part: (
                part.state in WAITING
                and (not part.claim_id or part.claim_id in free)
                and part.claim_id.state not in ("noticed", "settled")
            )
        )
        for part in parts.with_context(lang=None):
            part._withhold_amounts(part._get_overdue_reason())
        parts._move_on("overdue", "overdue", return_id=False, box_id=False)
        parts.claim_id._message_log_batch(
            bodies={
                claim.id: " ".join(part._get_overdue_reason() for part in own)
                for claim, own in parts.grouped("claim_id").items()
                if claim
            }
        )
        parts.claim_id._on_parts_appraised()

    def action_waive_return(self, reason=None):
        """Do without these old parts; what was refused for them is paid again (D09).

        :param str reason: why; asked for when empty
        :raise AccessError: when the user is no appraiser
        """
        if not reason:
            self.check_access("write")
            return self.env["aftersales.dealer.reason"]._ask(
                self, "waive_return", self.env._("Do without the Old Part")
            )
        self.env["aftersales.claim"]._ensure_group("aftersales_dealer.group_aftersales_appraiser")
        for part in self:
            if part.state not in (*WAITING, "missing", "overdue"):
                raise UserError(
                    self.env._(
                        "%(label)s: only a part that has not come can be waived.", label=part.label
                    )
                )
        free = self.filtered(lambda part: not part.claim_line_id)
        free._move_on("waived", "waived", note=reason, return_id=False, box_id=False)
        return self.claim_line_id.action_waive_return(reason=reason)

    def action_extend(self, date_due, reason):
        """Give the sender time until ``date_due``; parts refused as overdue are awaited again.

        :param date_due: a day from today on (date or ISO string)
        :param str reason: why, kept in the chain of custody
        :raise UserError: for a day that is past or a part that came
        """
        self.env["aftersales.claim"]._ensure_group("aftersales_dealer.group_aftersales_appraiser")
        date_due = fields.Date.to_date(date_due)
        for part in self:
            if part.state not in (*WAITING, "overdue") or not date_due:
                raise UserError(
                    self.env._("%(label)s does not wait to be returned.", label=part.label)
                )
            if date_due < fields.Date.context_today(self):
                raise UserError(
                    self.env._(
                        "%(label)s: %(date)s is past. Choose a day from today on.",
                        label=part.label,
                        date=format_date(self.env, date_due),
                    )
                )
        late = self.filtered(lambda part: part.state == "overdue")
        self._past_guard().write({"date_extended": date_due})
        late._give_back_amounts(self.env._("More time for the old part: %s", reason))
        late._move_on("awaiting", "extended", note=reason)
        self.env["aftersales.part.custody"]._log(self - late, "extended", reason)
        decided = late.claim_id.filtered(lambda claim: claim.state == "appraised")
        decided._await_parts_again()
        return True
