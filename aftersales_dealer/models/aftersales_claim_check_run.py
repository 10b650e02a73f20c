import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..tools import claim_rules

_logger = logging.getLogger(__name__)
BATCH = 200
AT_ONCE = 400
STATES = ("submitted", "awaiting_parts", "appraised")
MANAGER = "aftersales_dealer.group_aftersales_dealer_manager"
DECIDERS = f"aftersales_dealer.group_aftersales_appraiser,{MANAGER}"


class AftersalesClaimCheckRun(models.Model):
    """The checks asked of many claims at once: again after rules changed, or as a trial of rules
    that changes nothing. Says of which claims the result is another one (D08).
    """

    _name = "aftersales.claim.check.run"
    _description = "Run of Claim Checks"
    _order = "id desc"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, index=True, readonly=True, default=lambda s: s.env.company
    )
    kind = fields.Selection(
        [("again", "Checked again"), ("trial", "Trial")], required=True, readonly=True
    )
    reason = fields.Char(readonly=True, help="Why the checks were asked again.")
    setting_ids = fields.Many2many(
        "aftersales.claim.check.setting",
        string="Rules on Trial",
        readonly=True,
        context={"active_test": False},
    )
    date_from = fields.Date(string="Submitted from", readonly=True)
    date_to = fields.Date(string="Submitted until", readonly=True)
    claim_list = fields.Json(readonly=True, help="Ids of the claims; by the period when empty.")
    last_id = fields.Integer(readonly=True, aggregator=None)
    state = fields.Selection(
        [("running", "Running"), ("done", "Done")],
        string="Status",
        required=True,
        default="running",
        readonly=True,
        index=True,
    )
    total = fields.Integer(string="Claims", readonly=True)
    done = fields.Integer(string="Looked at", readonly=True)
    progress = fields.Float(compute="_compute_progress")
    failed = fields.Integer(readonly=True, help="Claims that could not be checked; see the log.")
    skipped = fields.Integer(
        readonly=True, help="Amounts were changed by hand: an appraiser's word stays."
    )
    line_ids = fields.One2many("aftersales.claim.check.run.line", "run_id", string="Changes")
    changed = fields.Integer(string="Changed Claims", compute="_compute_changed")
    currency_id = fields.Many2one(related="company_id.currency_id")
    summary = fields.Text(compute="_compute_summary")

    _running_idx = models.Index("(id) WHERE state = 'running'")

    @api.depends("kind", "create_date")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for run in self:
            day = run.create_date and fields.Datetime.context_timestamp(run, run.create_date)
            run.display_name = (
                f"{labels.get(run.kind, '')} {day and day.strftime('%Y-%m-%d %H:%M')}"
            )

    @api.depends("total", "done")
    def _compute_progress(self):
        for run in self:
            run.progress = 100.0 * run.done / run.total if run.total else 100.0

    @api.depends("line_ids")
    def _compute_changed(self):
        counts = dict(
            self.env["aftersales.claim.check.run.line"]._read_group(
                [("run_id", "in", self.ids)], ["run_id"], ["__count"]
            )
        )
        for run in self:
            run.changed = counts.get(run, 0)

    @api.depends("line_ids", "done")
    @api.depends_context("lang")
    def _compute_summary(self):
        """How many claims have which result before and after, of those that change."""
        lines = self.env["aftersales.claim.check.run.line"]
        labels = dict(lines._fields["result_after"]._description_selection(self.env))
        rows = lines._read_group(
            [("run_id", "in", self.ids)],
            ["run_id", "result_before", "result_after"],
            ["__count"],
        )
        by_run = {}
        for run, before, after, count in rows:
            by_run.setdefault(run, []).append(
                self.env._(
                    "%(count)s claims: %(before)s → %(after)s",
                    count=count,
                    before=labels[before],
                    after=labels[after],
                )
            )
        for run in self:
            nothing = self.env._("No claim has another result.") if run.state == "done" else ""
            run.summary = "\n".join(by_run.get(run, [])) or nothing

    @api.model
    def _start(self, **values):
        """Make a run, do the first claims at once and leave the rest to the job; return it."""
        # sudo: nobody has the right to make runs; callers checked who asks, and the company.
        run = self.sudo().create(values)
        # sudo: as above; a count.
        run.total = self.env["aftersales.claim"].sudo().search_count(run._get_domain())
        while run.state == "running" and run.done < AT_ONCE:
            run._do_batch()
        if run.state == "running":
            # sudo: only administrators have rights on jobs; this one is woken, not changed.
            self.env.ref("aftersales_dealer.ir_cron_aftersales_claim_check_run").sudo()._trigger()
        return run.sudo(False)

    def _get_domain(self):
        """Domain of the claims that are still to be looked at."""
        self.ensure_one()
        domain = Domain("company_id", "=", self.company_id.id) & Domain("id", ">", self.last_id)
        if self.claim_list is not None and self.claim_list is not False:
            domain &= Domain("id", "in", self.claim_list)
        if self.date_from:
            domain &= Domain("date_submitted", ">=", self.date_from)
        if self.date_to:
            domain &= Domain("date_submitted", "<=", self.date_to)
        if self.kind == "again":
            return domain & Domain("state", "in", STATES)
        return domain & Domain("state", "not in", ("draft", "cancelled"))

    def _do_batch(self):
        """Look at the next claims; when they fail together, at each on its own."""
        self.ensure_one()
        claims = self.env["aftersales.claim"].search(self._get_domain(), order="id", limit=BATCH)
        if not claims:
            self.state = "done"
            return 0
        try:
            with self.env.cr.savepoint():
                self._look_at(claims)
        except Exception:
            self.env.invalidate_all(flush=False)
            _logger.info("The checks of %s failed together, they are taken one by one.", claims)
            for claim in claims:
                self._look_at_safely(claim)
        self.write({"last_id": claims[-1].id, "done": self.done + len(claims)})
        return len(claims)

    def _look_at_safely(self, claim):
        try:
            with self.env.cr.savepoint():
                self._look_at(claim)
        except Exception:
            self.env.invalidate_all(flush=False)
            _logger.exception("The checks of claim %s failed.", claim.id)
            self.failed += 1

    def _look_at(self, claims):
        before = claims._get_check_results()
        if self.kind == "trial":
            after = claims._try_checks(self.setting_ids)
        else:
            by_hand = claims._filter_decided_by_hand()
            claims -= by_hand
            self.skipped += len(by_hand)
            claims._run_checks(version_offset=0)
            after = claims._get_check_results()
        lines = [
            self._prepare_line_vals(claim, before[claim], after[claim])
            for claim in claims
            if before[claim] != after[claim]
        ]
        self.env["aftersales.claim.check.run.line"].create(lines)

    def _prepare_line_vals(self, claim, before, after):
        codes = sorted(before["results"].keys() | after["results"].keys())
        changes = [
            [code, before["results"].get(code, ""), after["results"].get(code, "")]
            for code in codes
            if before["results"].get(code) != after["results"].get(code)
        ]
        return {
            "run_id": self.id,
            "claim_id": claim.id,
            "result_before": before["worst"],
            "result_after": after["worst"],
            "amount_before": before["amount"],
            "amount_after": after["amount"],
            "changes": changes,
        }

    @api.model
    def _cron_process(self):
        """Go on with the runs that are not done (D08, J09)."""
        cron = self.env["ir.cron"]
        for run in self.search([("state", "=", "running")], order="id"):
            while run.try_lock_for_update() and run.state == "running":
                count = run._do_batch()
                if not cron._commit_progress(count or 1):
                    return
                run.invalidate_recordset()

    @api.model
    def _run_after_change(self, companies):
        """Rules of ``companies`` changed: have all claims under review checked again, once for
        however many changes until the job comes.
        """
        # sudo: who changes rules has no right on other runs; only which companies wait is read.
        waiting = self.sudo().search([("state", "=", "running"), ("last_id", "=", 0)])
        known = waiting.filtered(lambda run: run.kind == "again" and not run.claim_list).company_id
        # sudo: counts; the runs take in all claims, whatever the user may see.
        counts = (
            self.env["aftersales.claim"]
            .sudo()
            ._read_group(
                [("company_id", "in", (companies - known).ids), ("state", "in", STATES)],
                ["company_id"],
                ["__count"],
            )
        )
        totals = {company.id: count for company, count in counts}
        # sudo: nobody has the right to make runs; these are of companies whose rules changed.
        self.sudo().create(
            [
                {
                    "company_id": company.id,
                    "kind": "again",
                    "reason": self.env._("The rules changed."),
                    "total": totals.get(company.id, 0),
                }
                for company in companies - known
            ]
        )
        # sudo: only administrators have rights on jobs; this one is woken, not changed.
        self.env.ref("aftersales_dealer.ir_cron_aftersales_claim_check_run").sudo()._trigger()

    def _get_action(self):
        """Return the action that shows this run."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "name": self.display_name,
        }


class AftersalesClaim(models.Model):
    _inherit = "aftersales.claim"

    def action_run_checks_bulk(self):
        """Run the checks of the claims under review among these again, thousands at once; shows of
        which the result changed (D08).

        :raise AccessError: unless the user is an appraiser or dealer manager
        """
        if self.env.user.share or not self.env.user.has_groups(DECIDERS):
            raise AccessError(
                self.env._(
                    "Only an appraiser or a dealer manager runs the checks of many claims again. "
                    "Ask one of them."
                )
            )
        self.check_access("write")
        companies = self.company_id
        if len(companies) > 1:
            raise UserError(
                self.env._(
                    "The claims are of %(companies)s. Choose those of one company.",
                    companies=", ".join(companies.mapped("name")),
                )
            )
        run = self.env["aftersales.claim.check.run"]._start(
            kind="again", company_id=companies.id or self.env.company.id, claim_list=self.ids
        )
        return run._get_action()

    def _get_check_results(self):
        """Return {claim: {"results": {code: worst result}, "worst": …, "amount": proposed}} as the
        checks stand now.
        """
        found = {}
        for claim in self:
            pairs = [(check.code, check.result) for check in claim.check_ids if check.active]
            amount = sum(claim.line_ids.mapped("amount_appraised"))
            found[claim] = self._summarize(pairs, claim.currency_id.round(amount))
        return found

    def _try_checks(self, settings):
        """Return the same as ``_get_check_results``, as the rules ``settings`` would have it;
        nothing is stored.
        """
        # sudo: the rules of the run, which a manager chose in ``action_try``.
        rules = [setting._prepare_rule() for setting in settings.sudo()]
        found = {}
        for claim, facts in self._get_check_facts().items():
            findings = claim_rules.run(facts, rules)
            pairs = [(each.code, each.result) for each in findings if not each.is_silent]
            amount = sum(claim_rules.propose(facts, findings).values())
            found[claim] = self._summarize(pairs, claim.currency_id.round(amount))
        return found

    @api.model
    def _summarize(self, pairs, amount):
        results = {}
        for code, result in pairs:
            results[code] = claim_rules.worst(results.get(code, claim_rules.OK), result)
        return {
            "results": results,
            "worst": claim_rules.worst(claim_rules.OK, *results.values()),
            "amount": amount,
        }

    def _filter_decided_by_hand(self):
        """Return the claims with amounts that an appraiser changed: what a person decided is not
        replaced by the way.
        """
        return self.filtered(
            lambda claim: any(
                line.reason
                or line.currency_id.compare_amounts(line.amount_approved, line.amount_appraised)
                for line in claim.line_ids
            )
        )
