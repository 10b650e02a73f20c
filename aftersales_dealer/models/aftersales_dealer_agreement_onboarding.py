from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError


class AftersalesDealerAgreement(models.Model):
    """A new dealer's first tasks come with its first agreement (D13)."""

    _inherit = "aftersales.dealer.agreement"

    onboarding_template_id = fields.Many2one(
        "aftersales.onboarding.template",
        string="Onboarding",
        compute="_compute_onboarding_template_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        copy=False,
        index="btree_not_null",
        help="Its tasks are made when the agreement is put in force. Renewals have none.",
    )
    onboarding_task_ids = fields.One2many(
        "aftersales.onboarding.task", "agreement_id", string="Onboarding Tasks"
    )
    onboarding_progress = fields.Float(
        string="Onboarding (%)", compute="_compute_onboarding", aggregator=None
    )
    onboarding_count = fields.Integer(compute="_compute_onboarding", string="Tasks")
    onboarding_done_count = fields.Integer(compute="_compute_onboarding", string="Tasks Done")
    onboarding_overdue_count = fields.Integer(
        compute="_compute_onboarding", string="Overdue Onboarding Tasks"
    )

    @api.depends("dealer_id", "company_id", "previous_id")
    def _compute_onboarding_template_id(self):
        templates = self.env["aftersales.onboarding.template"].search([])  # pylint: disable=no-search-all
        known = {
            (dealer.id, company.id)
            for dealer, company in self._read_group(
                [
                    ("dealer_id", "in", self.dealer_id.ids),
                    ("state", "in", ("running", "expired")),
                ],
                ["dealer_id", "company_id"],
            )
        }
        for agreement in self:
            if agreement.onboarding_template_id and agreement.state != "draft":
                continue
            old = (
                agreement.previous_id or (agreement.dealer_id.id, agreement.company_id.id) in known
            )
            own = templates.filtered(lambda t, a=agreement: t.company_id == a.company_id)
            shared = templates.filtered(lambda t: not t.company_id)
            agreement.onboarding_template_id = False if old else (own | shared)[:1]

    @api.depends("onboarding_task_ids.state", "onboarding_task_ids.date_due")
    def _compute_onboarding(self):
        for agreement in self:
            tasks = agreement.onboarding_task_ids.filtered(lambda t: t.state != "cancelled")
            done = tasks.filtered(lambda t: t.state == "done")
            agreement.onboarding_count = len(tasks)
            agreement.onboarding_done_count = len(done)
            agreement.onboarding_progress = 100.0 * len(done) / len(tasks) if tasks else 0.0
            agreement.onboarding_overdue_count = len(tasks.filtered("is_overdue"))

    def action_start(self):
        """Put agreements in force and make the onboarding tasks of new dealers (D13)."""
        result = super().action_start()
        self.filtered(lambda a: a.state == "running")._make_onboarding_tasks()
        return result

    def action_cancel(self, reason=None):
        """Cancel agreements with what is still to do for them (D01, D13)."""
        result = super().action_cancel(reason=reason)
        if reason:
            tasks = self.onboarding_task_ids.filtered(lambda t: t.state in ("open", "reported"))
            tasks._set_state("cancelled", cancel_reason=reason)
            tasks.activity_unlink(["mail.mail_activity_data_todo"])
        return result

    def action_make_onboarding(self):
        """Make the tasks of the onboarding template that the agreement lacks (D13).

        :raise UserError: when no template is chosen or the agreement is not in force
        """
        self.check_access("write")
        for agreement in self:
            if not agreement.onboarding_template_id or agreement.state != "running":
                raise UserError(
                    self.env._(
                        "%(agreement)s: choose an onboarding template, and put the agreement in "
                        "force first.",
                        agreement=agreement.display_name,
                    )
                )
        self._make_onboarding_tasks(past=True)

    def _make_onboarding_tasks(self, past=False):
        """Make the missing tasks of the templates; idempotent.

        :param bool past: also those whose day is over already. Agreements entered long after they
            began do not start with tasks that nobody can do in time.
        """
        today = fields.Date.context_today(self)
        vals_list = []
        for agreement in self:
            known = agreement.onboarding_task_ids.template_task_id
            vals_list += [
                agreement._prepare_onboarding_vals(task)
                for task in agreement.onboarding_template_id.task_ids - known
                if past or agreement.date_start + timedelta(days=task.days) >= today
            ]
        return self.env["aftersales.onboarding.task"]._past_guard().create(vals_list)

    def _prepare_onboarding_vals(self, task):
        """Return the values of this agreement's task by ``task`` of the template."""
        self.ensure_one()
        if task.side == "dealer" and self.dealer_id.lang:
            task = task.with_context(lang=self.dealer_id.lang)
        return {
            "agreement_id": self.id,
            "template_task_id": task.id,
            "sequence": task.sequence,
            "name": task.name,
            "note": task.note,
            "side": task.side,
            "user_id": (task.user_id or self.user_id).id,
            "date_due": self.date_start + timedelta(days=task.days),
            "evidence_required": task.evidence_required,
        }

    def action_view_onboarding(self):
        """Open the onboarding tasks of this agreement (D13)."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_dealer.aftersales_onboarding_task_action"
        )
        return dict(
            action,
            domain=[("agreement_id", "=", self.id)],
            context={"default_agreement_id": self.id},
        )
