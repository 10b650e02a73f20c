from odoo import api, fields, models
from odoo.fields import Domain

from ..tools import compensation as late


class AftersalesSlaClock(models.Model):
    """Broken promises that cost us something, once it is known how late they were (X05)."""

    _inherit = "aftersales.sla.clock"

    compensation_checked = fields.Boolean(
        readonly=True, help="Whether compensation follows was looked at."
    )
    compensation_ids = fields.One2many("aftersales.compensation", "clock_id", readonly=True)

    _compensation_idx = models.Index(
        "(target_id, date_ended) WHERE state = 'breached' AND date_ended IS NOT NULL "
        "AND compensation_checked IS NOT TRUE"
    )

    def _get_days_late(self):
        """Return how many days after its deadline the clock's event came, or the ticket ended;
        each day that began counts.
        """
        self.ensure_one()
        end = self.date_reached or self.date_ended or fields.Datetime.now()
        return late.days_late(self.date_deadline, end) if self.date_deadline else 0

    @api.model
    def _cron_propose_compensation(self, batch_size=500):
        """Propose what was promised for broken promises: once for each clock (unique index),
        incremental by an index on those not looked at yet (design rule 3).
        """
        targets = self.env["aftersales.sla.target"].search([("compensation_basis", "!=", "none")])
        cron = self.env["ir.cron"]
        for target in targets:
            domain = self._get_compensation_domain(target)
            while found := self.search(domain, limit=batch_size, order="id"):
                clocks = found.try_lock_for_update()
                clocks._propose_compensation()
                clocks.write({"compensation_checked": True})
                if not cron._commit_progress(len(clocks)) or not clocks:
                    return

    @api.model
    def _get_compensation_domain(self, target):
        """Domain of the broken promises of ``target`` whose compensation was not looked at."""
        return (
            Domain("target_id", "=", target.id)
            & Domain("state", "=", "breached")
            & Domain("date_ended", ">=", target.compensation_since)
            & Domain("compensation_checked", "=", False)
        )

    def _propose_compensation(self):
        """Make the compensations that follow from these broken promises; where no amount can be
        reckoned (no order is known), a draft is left for the office.
        """
        known = self.env["aftersales.compensation"].search([("clock_id", "in", self.ids)]).clock_id
        owed = (self - known).filtered(lambda c: c.ticket_id.partner_id and c._get_days_late())
        compensations = self.env["aftersales.compensation"].create(
            [clock._prepare_compensation_vals() for clock in owed]
        )
        compensations.filtered("amount").action_propose()
        return compensations

    def _prepare_compensation_vals(self):
        """Return the values of the compensation that the broken promise costs."""
        self.ensure_one()
        target, ticket = self.target_id, self.ticket_id
        return {
            "company_id": self.company_id.id,
            "ticket_id": ticket.id,
            "partner_id": ticket.partner_id.id,
            "clock_id": self.id,
            "reason": "late",
            "description": self.breach_reason,
            "basis": target.compensation_basis,
            "days_late": self._get_days_late(),
            "rate": target.compensation_rate,
            "percent": target.compensation_percent,
            "cap": target.compensation_cap,
            "currency_id": target.compensation_currency_id.id,
        }
