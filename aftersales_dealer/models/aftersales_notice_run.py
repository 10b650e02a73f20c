from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .aftersales_notice_flow import DEALER_MANAGER, VERIFIER
from .aftersales_notice_settlement import ACCOUNTANT

# So many dealers are done at once: together they are faster, one failure does them one by one.
CHUNK = 20
GROUPS = {
    "prepare": (VERIFIER, DEALER_MANAGER),
    "prepare_issue": (VERIFIER,),
    "verify": (VERIFIER,),
    "issue": (VERIFIER, DEALER_MANAGER),
    "settle": (ACCOUNTANT,),
}


class AftersalesNoticeRun(models.Model):
    """One step for the notices of many dealers, each on its own: what failed is told and tried
    again, the others are done (F09).

    A run works in the name of who started it, with that person's rights. Few dealers are done at
    once; many by a job that commits after each chunk and goes on where it was stopped. What is
    done for a dealer is in ``aftersales_notice_run_work.py``.
    """

    _name = "aftersales.notice.run"
    _description = "Fee Notice Run"
    _inherit = ["aftersales.number.mixin", "aftersales.transition.mixin", "mail.thread"]
    _order = "id desc"
    _check_company_auto = True
    _number_sequence = "aftersales.notice.run"
    _guard_readonly = True
    _transitions = {
        "draft": ("running", "cancelled"),
        "running": ("done", "cancelled"),
        "done": ("running",),
        "cancelled": ("running",),
    }
    _asked_fields = {"operation", "company_id", "period_start", "period_end", "dealer_ids", "date"}
    _frozen_fields = dict.fromkeys(("running", "done", "cancelled"), _asked_fields)

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    user_id = fields.Many2one(
        "res.users", string="Started by", readonly=True, default=lambda self: self.env.user
    )
    operation = fields.Selection(
        [
            ("prepare", "Prepare"),
            ("prepare_issue", "Prepare, verify and issue"),
            ("verify", "Verify"),
            ("issue", "Issue to dealers"),
            ("settle", "Deduct from receivables"),
        ],
        required=True,
        default="prepare",
    )
    period_start = fields.Date()
    period_end = fields.Date(default=fields.Date.context_today)
    dealer_ids = fields.Many2many("res.partner", string="Dealers", help="Empty: all dealers.")
    date = fields.Date(string="Accounting Date", default=fields.Date.context_today)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("running", "Running"),
            ("done", "Done"),
            ("cancelled", "Stopped"),
        ],
        string="Status",
        required=True,
        readonly=True,
        default="draft",
        index=True,
        copy=False,
        tracking=True,
    )
    line_ids = fields.One2many(
        "aftersales.notice.run.line", "run_id", string="Dealers of the Run", readonly=True
    )
    total_count = fields.Integer(string="Notices", compute="_compute_counts")
    done_count = fields.Integer(string="Done", compute="_compute_counts")
    failed_count = fields.Integer(string="Failed", compute="_compute_counts")
    progress = fields.Float(compute="_compute_counts")
    date_ended = fields.Datetime(readonly=True, copy=False)

    _name_uniq = models.UniqueIndex(
        "(name, company_id)", "A fee notice run with this number exists already."
    )

    @api.depends("line_ids.state")
    def _compute_counts(self):
        counts = {
            (run.id, state): count
            for run, state, count in self.env["aftersales.notice.run.line"]._read_group(
                [("run_id", "in", self.ids)], ["run_id", "state"], ["__count"]
            )
        }
        for run in self:
            own = {state: count for (run_id, state), count in counts.items() if run_id == run.id}
            run.total_count = sum(own.values())
            run.done_count = own.get("done", 0)
            run.failed_count = own.get("failed", 0)
            worked = run.total_count - own.get("pending", 0)
            run.progress = 100.0 * worked / run.total_count if run.total_count else 0.0

    # -- start ----------------------------------------------------------------------------------

    @api.model
    def _start(self, operation, notices, date=None):
        """Return a running run of one step for ``notices``.

        :param str operation: ``verify``, ``issue`` or ``settle``
        """
        run = self.create(
            {
                "operation": operation,
                "company_id": notices.company_id[:1].id,
                "date": fields.Date.to_date(date) or fields.Date.context_today(self),
            }
        )
        run._begin(
            {
                "dealer_id": notice.dealer_id.id,
                "currency_id": notice.currency_id.id,
                "notice_id": notice.id,
            }
            for notice in notices
        )
        return run

    def action_start(self):
        """Find the dealers concerned and begin (F09).

        :raise AccessError: the user may not take that step
        :raise UserError: nothing waits for it, or the run was started before
        """
        self._ensure_state_in(
            ("draft",),
            self.env._("it cannot become a new run. Make another one, or let this one go on."),
        )
        for run in self:
            run._begin(run._get_targets())
            run._work_off_if_short()
        return True

    def _begin(self, vals_list):
        """Make the lines of the run and set it going: few at once, many by the job."""
        self.ensure_one()
        self.env["aftersales.notice"]._check_groups(*GROUPS[self.operation])
        vals_list = [dict(vals, run_id=self.id) for vals in vals_list]
        if not vals_list:
            raise UserError(
                self.env._(
                    "%(run)s: nothing waits for this step. Approve claims first, or choose another "
                    "period or other dealers.",
                    run=self.name,
                )
            )
        # The right to the step was checked; lines are the record of what the run does.
        self.env["aftersales.notice.run.line"].sudo().create(vals_list)
        self._set_state("running", user_id=self.env.uid, date_ended=False)
        if len(vals_list) > CHUNK:
            self._trigger()

    def _trigger(self):
        """Let the job begin as soon as possible."""
        # Whoever may start a run need not have rights on jobs.
        self.env.ref("aftersales_dealer.ir_cron_aftersales_notice_run").sudo()._trigger()

    def _get_targets(self):
        """Return the values of the lines: a dealer and currency, or a notice, each."""
        self.ensure_one()
        if not self.operation.startswith("prepare"):
            state = {"verify": "draft", "issue": "verified", "settle": "confirmed"}[self.operation]
            domain = [("state", "=", state), ("company_id", "=", self.company_id.id)]
            if self.dealer_ids:
                domain.append(("dealer_id", "in", self.dealer_ids.ids))
            return [
                {
                    "dealer_id": notice.dealer_id.id,
                    "currency_id": notice.currency_id.id,
                    "notice_id": notice.id,
                }
                for notice in self.env["aftersales.notice"].search(domain, order="id")
            ]
        scope = (self.period_end, self.dealer_ids, self.company_id)
        waiting = {}
        for model, domain in (
            (
                "aftersales.claim",
                self.env["aftersales.notice"]._get_claims_to_notice_domain(*scope),
            ),
            (
                "aftersales.dealer.charge",
                self.env["aftersales.dealer.charge"]._get_charges_to_notice_domain(*scope),
            ),
        ):
            groups = self.env[model]._read_group(domain, ["dealer_id", "currency_id"])
            waiting.update(dict.fromkeys(groups))
        return [
            {"dealer_id": dealer.id, "currency_id": currency.id} for dealer, currency in waiting
        ]

    # -- go on, stop ----------------------------------------------------------------------------

    def action_work_off(self):
        """Do now what is left, without waiting for the job (F09)."""
        self._ensure_own()
        self._work_off()
        return True

    def action_retry(self):
        """Try the failed dealers again; of a stopped run also those that were not begun (F09)."""
        self._ensure_own()
        for run in self:
            again = ("failed", "skipped") if run.state == "cancelled" else ("failed",)
            lines = run.line_ids.filtered(lambda line, again=again: line.state in again)
            # As when starting: the right to the step was checked.
            lines.sudo().write({"state": "pending", "message": False})
            if lines and run.state in ("done", "cancelled"):
                run._set_state("running", date_ended=False)
            if len(lines) > CHUNK:
                run._trigger()
            else:
                run._work_off()
        return True

    def action_cancel(self):
        """Stop a run: what is done stays done, the rest is not begun (F09)."""
        self._ensure_own()
        self._set_state("cancelled", date_ended=fields.Datetime.now())
        # As above.
        pending = self.line_ids.filtered(lambda line: line.state == "pending").sudo()
        pending.write({"state": "skipped", "message": self.env._("The run was stopped.")})
        return True

    def _ensure_own(self):
        """Raise unless the user may take the step of the runs: they work in its name."""
        for run in self:
            self.env["aftersales.notice"]._check_groups(*GROUPS[run.operation])
            if not self.env.su and run.user_id != self.env.user:
                raise AccessError(
                    self.env._(
                        "%(run)s works in the name of %(user)s. Start a run of your own.",
                        run=run.name,
                        user=run.user_id.name,
                    )
                )
