from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.snapshot import touch


class AftersalesGoodwillBudget(models.Model):
    """What may be given away in a year, by the company or by one team (W18)."""

    _name = "aftersales.goodwill.budget"
    _description = "Goodwill Budget"
    _order = "year desc, team_id, id"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    year = fields.Integer(required=True, default=lambda self: fields.Date.context_today(self).year)
    team_id = fields.Many2one(
        "aftersales.team",
        index="btree_not_null",
        check_company=True,
        help="Empty: for all teams that have no budget of their own.",
    )
    amount = fields.Monetary(string="Budget", required=True)
    goodwill_ids = fields.One2many("aftersales.goodwill", "budget_id")
    amount_committed = fields.Monetary(
        string="Committed", compute="_compute_amounts", help="Approved and not used yet."
    )
    amount_used = fields.Monetary(
        string="Used", compute="_compute_amounts", help="What was really spent."
    )
    amount_remaining = fields.Monetary(string="Remaining", compute="_compute_amounts")
    percent = fields.Float(string="Taken (%)", compute="_compute_amounts")

    _year_uniq = models.UniqueIndex(
        "(company_id, year, COALESCE(team_id, 0))",
        "There is a goodwill budget of this year already: change that one.",
    )
    _amount_positive = models.Constraint(
        "CHECK(amount >= 0)", "A goodwill budget cannot be negative."
    )
    _year_sane = models.Constraint(
        "CHECK(year BETWEEN 2000 AND 2999)", "Write the year of the budget with four digits."
    )

    @api.depends("year", "team_id")
    def _compute_display_name(self):
        for budget in self:
            whose = budget.team_id.name or budget.company_id.name
            budget.display_name = self.env._(
                "Goodwill %(year)s %(whose)s", year=budget.year, whose=whose
            )

    @api.depends("amount", "goodwill_ids.state", "goodwill_ids.amount", "goodwill_ids.amount_used")
    def _compute_amounts(self):
        # What is left does not depend on who looks.
        groups = (
            self.env["aftersales.goodwill"]
            .sudo()
            ._read_group(
                [("budget_id", "in", self.ids), ("state", "in", ("approved", "used"))],
                ["budget_id", "state"],
                ["amount:sum", "amount_used:sum"],
            )
        )
        committed, used = {}, {}
        for budget, state, granted, spent in groups:
            if state == "approved":
                committed[budget.id] = granted
            else:
                used[budget.id] = spent
        for budget in self:
            budget.amount_committed = committed.get(budget._origin.id, 0.0)
            budget.amount_used = used.get(budget._origin.id, 0.0)
            taken = budget.amount_committed + budget.amount_used
            budget.amount_remaining = budget.amount - taken
            budget.percent = 100.0 * taken / budget.amount if budget.amount else 0.0

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        for budget in self.filtered("goodwill_ids"):
            raise UserError(
                self.env._(
                    "%(budget)s: goodwill was granted from it. Set the amount to what was spent "
                    "instead of deleting it.",
                    budget=budget.display_name,
                )
            )

    @api.model
    def _get_for(self, company, team, year):
        """Return the budget of ``team`` in ``year``, else the company's; empty when none."""
        budgets = self.search(
            [
                ("company_id", "=", company.id),
                ("year", "=", year),
                ("team_id", "in", [team.id, False]),
            ]
        )
        return budgets.filtered("team_id") or budgets

    def _hold(self):
        """Wait for others who take from these budgets; they or we see what the other took.

        In the snapshot of this transaction the sums may be stale: PostgreSQL then refuses, and
        Odoo runs the request again.
        """
        touch(self)
        self.invalidate_recordset()

    def action_view_goodwill(self):
        """Open what was granted from the budget."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_goodwill_action"
        )
        return dict(action, domain=[("budget_id", "=", self.id)], context={})
