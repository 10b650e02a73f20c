import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

_logger = logging.getLogger(__name__)
REVIEWED = ("submitted", "appraised")


class AftersalesClaim(models.Model):
    """Where the law wants it: what is not refused within some days counts as approved (S08).

    Switched on for each company, off by default. It is not a user's approval: nobody's right is
    used, nobody's name stands on it, and the claim says so.
    """

    _inherit = "aftersales.claim"

    date_review_start = fields.Datetime(
        string="With the Company since",
        readonly=True,
        copy=False,
        help="Submitted, or the last old part was appraised: the days of the silence count from "
        "here.",
    )
    approved_by_silence = fields.Boolean(
        readonly=True, copy=False, tracking=True, help="Not refused in time."
    )
    date_silence = fields.Datetime(
        string="Counts as Approved on",
        compute="_compute_date_silence",
        help="When it is not refused or returned before.",
    )

    _silence_idx = models.Index(
        "(company_id, date_review_start) WHERE state IN ('submitted', 'appraised') "
        "AND is_blocked IS NOT TRUE"
    )

    @api.depends("date_review_start", "state", "is_blocked", "version_ids.kind")
    @api.depends_context("uid")
    def _compute_date_silence(self):
        for claim in self:
            # The company's setting decides for readers who may not read companies' settings.
            days = claim.company_id.sudo().aftersales_claim_silence_days
            counts = days and claim.date_review_start and claim._may_silence_approve()
            claim.date_silence = counts and claim.date_review_start + timedelta(days=days)

    def _may_silence_approve(self):
        """Whether silence could approve the claim as it is: under review, no check blocks, no old
        part outstanding, something to approve, and no appeal.
        """
        self.ensure_one()
        return (
            self.state in REVIEWED
            and not self.is_blocked
            and self.version_ids.sorted("id")[-1:].kind != "appeal"
            and not self.line_ids._get_outstanding_returns()
            and not self.currency_id.is_zero(sum(self.line_ids.mapped("amount_approved")))
        )

    def _follow_sla(self, before):
        result = super()._follow_sla(before)
        now = fields.Datetime.now()
        arrived = self.filtered(
            lambda c: (
                c.state == "submitted" or (c.state == "appraised" and before[c] == "awaiting_parts")
            )
        )
        arrived._write_past_guard({"date_review_start": now, "approved_by_silence": False})
        return result

    @api.model
    def _get_silence_domain(self, company):
        """Domain of the claims of ``company`` whose days are over."""
        before = fields.Datetime.now() - timedelta(days=company.aftersales_claim_silence_days)
        return (
            Domain("company_id", "=", company.id)
            & Domain("state", "in", REVIEWED)
            & Domain("is_blocked", "=", False)
            & Domain("date_review_start", "<=", before)
        )

    @api.model
    def _cron_approve_by_silence(self, batch_size=100):
        """Approve what was not refused in time, where a company has switched it on (S08)."""
        cron = self.env["ir.cron"]
        companies = self.env["res.company"].search([("aftersales_claim_silence_days", ">", 0)])
        for company in companies:
            last_id = 0
            while found := self.search(
                self._get_silence_domain(company) & Domain("id", ">", last_id),
                limit=batch_size,
                order="id",
            ):
                last_id = found[-1].id
                # A claim that somebody decides on right now is theirs.
                for claim in found.try_lock_for_update():
                    claim._approve_by_silence_safely()
                if not cron._commit_progress(len(found)):
                    return

    def _approve_by_silence_safely(self):
        """One claim that cannot be approved does not stop the others."""
        self.ensure_one()
        if not self._may_silence_approve():
            return
        try:
            with self.env.cr.savepoint():
                self._approve_by_silence()
        except Exception:
            self.env.invalidate_all(flush=False)
            _logger.exception("Claim %s could not be approved by silence.", self.id)

    def _approve_by_silence(self):
        """Approve the claim with the amounts that the checks proposed; says why, names nobody."""
        self.ensure_one()
        days = self.company_id.aftersales_claim_silence_days
        start = fields.Datetime.context_timestamp(self, self.date_review_start).date()
        reason = self.env._(
            "Not refused within %(days)s days since %(date)s: it counts as approved, as the "
            "company has set it. No person decided.",
            days=days,
            date=format_date(self.env, start),
        )
        bot = self.env.ref("base.user_root")
        # Nobody decides here: the company's setting does.
        claim = self.with_user(bot).sudo()
        claim._write_past_guard({"approved_by_silence": True, "decision_reason": reason})
        claim._appraise()
        claim._approve()
        claim._message_log(body=reason)
