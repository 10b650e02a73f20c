from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class AftersalesClaimBulk(models.TransientModel):
    """Submits or approves many claims: shows first which of them cannot be and why, then does all
    of them or skips those (D07).
    """

    _name = "aftersales.claim.bulk"
    _description = "Submit or Approve Claims"

    operation = fields.Selection(
        [("submit", "Submit"), ("approve", "Approve")], required=True, readonly=True
    )
    claim_ids = fields.Many2many("aftersales.claim", readonly=True)
    claim_count = fields.Integer(string="Claims", compute="_compute_counts")
    problem_ids = fields.One2many("aftersales.claim.bulk.problem", "bulk_id", readonly=True)
    problem_count = fields.Integer(string="With Problems", compute="_compute_counts")
    good_count = fields.Integer(string="In Order", compute="_compute_counts")
    skip_problems = fields.Boolean(
        string="Skip those with problems",
        help="Else nothing is done as long as one of them has a problem.",
    )
    done_count = fields.Integer(readonly=True)
    state = fields.Selection([("ask", "Ask"), ("done", "Done")], default="ask", readonly=True)

    @api.depends("claim_ids", "problem_ids")
    def _compute_counts(self):
        for bulk in self:
            bulk.claim_count = len(bulk.claim_ids)
            bulk.problem_count = len(bulk.problem_ids)
            bulk.good_count = bulk.claim_count - bulk.problem_count

    @api.model
    def _open(self, claims, operation):
        """Return the action that asks about ``claims``, with what is wrong with each.

        :param str operation: ``submit`` or ``approve``
        """
        bulk = self.create({"operation": operation, "claim_ids": [Command.set(claims.ids)]})
        bulk._set_problems(claims._find_problems(operation))
        return bulk._get_dialog()

    def _set_problems(self, problems):
        self.ensure_one()
        self.problem_ids = [Command.clear()] + [
            Command.create({"claim_id": claim.id, "problem": why})
            for claim, why in problems.items()
        ]

    def _get_dialog(self):
        self.ensure_one()
        labels = dict(self._fields["operation"]._description_selection(self.env))
        return {
            "type": "ir.actions.act_window",
            "name": labels[self.operation],
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
        }

    def action_confirm(self):
        """Do it: all claims, or those without problems; report what was left out.

        :raise UserError: when a claim has a problem and none is to be skipped; nothing has changed
        """
        self.ensure_one()
        method = f"action_{self.operation}"
        if not self.skip_problems:
            getattr(self.claim_ids, method)()
            return {"type": "ir.actions.client", "tag": "soft_reload"}
        # Looked at again: somebody may have worked on them since.
        problems = self.claim_ids._find_problems(self.operation)
        good = self.claim_ids - self.claim_ids.browse([claim.id for claim in problems])
        if not good:
            raise UserError(self.env._("None of these claims is in order. Correct them first."))
        problems.update(good._run_isolated(method))
        self._set_problems(problems)
        self.write({"state": "done", "done_count": len(self.claim_ids) - len(problems)})
        return self._get_dialog()

    def action_view_problems(self):
        """Open the list of the claims that have a problem."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_dealer.aftersales_claim_action"
        )
        return dict(action, domain=[("id", "in", self.problem_ids.claim_id.ids)], context={})


class AftersalesClaimBulkProblem(models.TransientModel):
    """Why one claim cannot be submitted or approved."""

    _name = "aftersales.claim.bulk.problem"
    _description = "Claim with a Problem"

    bulk_id = fields.Many2one("aftersales.claim.bulk", required=True, ondelete="cascade")
    claim_id = fields.Many2one("aftersales.claim", required=True, ondelete="cascade")
    dealer_id = fields.Many2one(related="claim_id.dealer_id")
    state = fields.Selection(related="claim_id.state")
    problem = fields.Text()
