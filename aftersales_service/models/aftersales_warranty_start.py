import logging
from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ..tools.warranty import warranty_start
from .aftersales_warranty_policy import START_EVENTS

_logger = logging.getLogger(__name__)

PROMISES = ("start_event", "fallback_event", "fallback_days", "fallback_mode")


class AftersalesWarranty(models.Model):
    """What starts a warranty: its event, else the fallback of its policy (W04).

    Both are copied from the policy when the warranty is made, so that a policy that is changed
    later does not reach back.
    """

    _inherit = "aftersales.warranty"

    start_event = fields.Selection(
        START_EVENTS, compute="_compute_start_event", store=True, precompute=True
    )
    fallback_event = fields.Selection(
        START_EVENTS, compute="_compute_start_event", store=True, precompute=True
    )
    fallback_days = fields.Integer(compute="_compute_start_event", store=True, precompute=True)
    fallback_mode = fields.Char(compute="_compute_start_event", store=True, precompute=True)
    date_fallback = fields.Date(
        string="Starts at the Latest",
        compute="_compute_date_fallback",
        store=True,
        precompute=True,
        help="The day from which the warranty runs although its start event is not known.",
    )
    start_basis = fields.Selection(
        START_EVENTS, string="Started by", readonly=True, copy=False, tracking=True
    )

    _fallback_idx = models.Index("(date_fallback) WHERE state = 'draft'")

    @api.depends("policy_id")
    def _compute_start_event(self):
        for warranty in self:
            for name in PROMISES:
                warranty[name] = warranty.policy_id[name]

    @api.depends(
        lambda self: [
            "fallback_event",
            "fallback_days",
            *(
                f"asset_id.{name}"
                for name in self.env["aftersales.asset"]._get_start_event_fields().values()
            ),
        ]
    )
    def _compute_date_fallback(self):
        for warranty in self:
            date = warranty._get_event_date(warranty.fallback_event)
            warranty.date_fallback = date and fields.Date.add(date, days=warranty.fallback_days)

    def _get_event_date(self, event):
        """Return the day on which ``event`` (key of ``START_EVENTS``) happened to the asset."""
        self.ensure_one()
        return bool(event) and self.asset_id[self.asset_id._get_start_event_fields()[event]]

    def _get_start(self, today):
        """Return (first day, event that decides it), (False, False) while the warranty waits."""
        self.ensure_one()
        start, by = warranty_start(
            self._get_event_date(self.start_event) or None,
            self.date_fallback or None,
            self.fallback_mode == "latest",
            today,
        )
        return start or False, {"event": self.start_event, "fallback": self.fallback_event}.get(by)

    def _start_when_due(self, changed=()):
        """Start draft warranties whose start event or fallback has come; move those whose event
        was corrected, and take back those whose event turned out not to have happened.

        :param changed: names of the asset's fields that were just written
        """
        today = {company: company._get_aftersales_today() for company in self.company_id}
        by_start = defaultdict(self.browse)
        kept = self.browse()
        for warranty in self.filtered(lambda w: w.state in ("draft", "active", "expired")):
            start, basis = warranty._get_start(today[warranty.company_id])
            if start and (start, basis) != (warranty.date_start, warranty.start_basis):
                by_start[start, basis] |= warranty
            elif not start and warranty.start_basis:
                by_start[start, False] |= warranty
            elif warranty._is_event_too_late(basis, changed):
                kept |= warranty
        for (start, basis), warranties in by_start.items():
            warranties._start(start, basis)
        kept._explain_kept()

    def _is_event_too_late(self, basis, changed):
        """Whether the start event became known just now and no longer moves the start."""
        self.ensure_one()
        field = self.asset_id._get_start_event_fields().get(self.start_event)
        return basis == self.fallback_event and field in changed and bool(self.asset_id[field])

    def _start(self, date_start, basis=False):
        """Count the terms from ``date_start`` and set the state that follows from the dates.

        :param date_start: the first day; False takes the warranties back to "not started"
        :param basis: key of ``START_EVENTS`` that decides the start
        """
        before = {warranty: warranty.date_start for warranty in self}
        # The dates follow from those of the asset, which the user could write.
        self.sudo().term_ids._start(date_start)
        self._write_past_guard({"date_start": date_start, "start_basis": basis})
        self._set_state_by_dates()
        self._explain_start(before)

    def _set_state_by_dates(self):
        """Set draft, active or expired, as the dates say."""
        today = {company: company._get_aftersales_today() for company in self.company_id}
        by_state = defaultdict(self.browse)
        for warranty in self:
            ended = warranty.date_end and warranty.date_end < today[warranty.company_id]
            state = ("expired" if ended else "active") if warranty.date_start else "draft"
            if state != warranty.state:
                by_state[state] |= warranty
        for state, warranties in by_state.items():
            warranties._set_state(state)

    def _explain_start(self, before):
        """Say in the chatter why a start moved or came without its event (design rule 6)."""
        bodies = {}
        for warranty in self:
            values = warranty._get_start_names()
            if not warranty.date_start:
                bodies[warranty.id] = self.env._(
                    "Not started any more: “%(event)s” is no longer recorded on the asset.",
                    **values,
                )
            elif warranty.start_basis and warranty.start_basis != warranty.start_event:
                bodies[warranty.id] = self.env._(
                    "Starts on %(start)s, %(days)s days after “%(fallback)s”, as “%(event)s” was "
                    "not recorded by then.",
                    **values,
                )
            elif before[warranty]:
                bodies[warranty.id] = self.env._(
                    "Starts on %(start)s instead of %(before)s: the date of “%(event)s” became "
                    "known or was corrected.",
                    before=format_date(self.env, before[warranty]),
                    **values,
                )
        if bodies:
            self.browse(bodies)._message_log_batch(bodies=bodies)

    def _explain_kept(self):
        """Say in the chatter why an event that came late does not move the start."""
        if self:
            self._message_log_batch(
                bodies={
                    warranty.id: self.env._(
                        "“%(event)s” is of %(date)s, after the latest start: the warranty goes on "
                        "from %(start)s.",
                        date=format_date(self.env, warranty._get_event_date(warranty.start_event)),
                        **warranty._get_start_names(),
                    )
                    for warranty in self
                }
            )

    def _get_start_names(self):
        """Return what sentences about the start name."""
        self.ensure_one()
        policy = self.policy_id
        return {
            "start": format_date(self.env, self.date_start),
            "days": self.fallback_days,
            "event": policy._get_event_label(self.start_event),
            "fallback": policy._get_event_label(self.fallback_event),
        }

    @api.model
    def _cron_start(self, batch_size=1000):
        """Start warranties by the fallback of their policy on its day, incrementally by the index
        on that day (W04, rule 3).
        """
        days = self.env["res.company"]._get_companies_by_today()
        due = Domain("state", "=", "draft") & Domain.OR(
            Domain("company_id", "in", ids) & Domain("date_fallback", "<=", day)
            for day, ids in days.items()
        )
        self._run_batches(
            due, "date_fallback, id", lambda batch: batch._start_when_due(), batch_size
        )

    @api.model
    def _run_batches(self, domain, order, work, batch_size):
        """Do ``work`` (function of a recordset) for all of ``domain``, in batches with a commit
        each. What fails, or is locked by another process, is left for the next run.

        :param order: the columns of the index that finds them, so that it also sorts them
        """
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=self.search_count(domain))
        left = set()
        while found := self.search(
            domain & Domain("id", "not in", list(left)), limit=batch_size, order=order
        ):
            warranties = found.try_lock_for_update()
            warranties._run_safely(work)
            left.update(found.filtered_domain(domain).ids)
            if not cron._commit_progress(len(warranties)):
                break

    def _run_safely(self, work):
        """Do ``work`` (function of a recordset) for all; when that fails, for each on its own."""
        if not self:
            return
        try:
            with self.env.cr.savepoint():
                work(self)
            return
        except Exception:
            _logger.info("%s warranties failed together, they are done one by one.", len(self))
        self.env.invalidate_all(flush=False)
        for warranty in self:
            try:
                with self.env.cr.savepoint():
                    work(warranty)
            except Exception:
                self.env.invalidate_all(flush=False)
                _logger.exception("Warranty %s (%s) failed.", warranty.id, warranty.name)
