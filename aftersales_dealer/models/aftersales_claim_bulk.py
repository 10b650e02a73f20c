from odoo import models
from odoo.exceptions import AccessError, UserError, ValidationError

# What a rule of the business refuses; anything else is a fault of the program and is not hidden.
REFUSALS = (UserError, ValidationError, AccessError)


class AftersalesClaim(models.Model):
    """Thousands of claims in one action, with a report of those that could not (D07)."""

    _inherit = "aftersales.claim"

    def _find_problems(self, operation):
        """Return {claim: why it cannot be done}, without changing anything.

        :param str operation: ``submit`` or ``approve``
        :raise AccessError: when the user may not do it at all
        """
        finder = {"submit": self._get_submit_problem, "approve": self._get_approve_problem}
        if operation == "approve":
            self._ensure_group("aftersales_dealer.group_aftersales_appraiser")
        else:
            self.check_access("write")
        problems = {}
        for claim in self:
            try:
                finder[operation](claim)
            except REFUSALS as refusal:
                problems[claim] = str(refusal)
        return problems

    def _get_submit_problem(self, claim):
        """Raise what forbids to submit ``claim``."""
        claim._ensure_transition("submitted")
        claim._ensure_submittable()

    def _get_approve_problem(self, claim):
        """Raise what forbids to approve ``claim``."""
        if claim.state != "appraised":
            claim._ensure_transition("appraised")
        claim._ensure_parts_settled()
        claim._ensure_not_blocked()
        claim._ensure_amounts()

    def _run_isolated(self, method):
        """Call ``method`` on as many of the claims as possible at once; return {claim: why not}.

        All in one go when that works; else halves, so that one bad claim among a thousand costs
        some twenty calls and not a thousand. What failed has changed nothing.

        :param str method: name of a method without arguments
        """
        if not self:
            return {}
        try:
            with self.env.cr.savepoint():
                getattr(self, method)()
                self.env.flush_all()
        except REFUSALS as refusal:
            # What the savepoint took back is still in the cache.
            self.env.invalidate_all(flush=False)
            if len(self) == 1:
                return {self: str(refusal)}
        else:
            return {}
        middle = len(self) // 2
        return {**self[:middle]._run_isolated(method), **self[middle:]._run_isolated(method)}

    def action_submit_bulk(self):
        """Look at the claims, then submit those that can be (D07)."""
        return self.env["aftersales.claim.bulk"]._open(self, "submit")

    def action_approve_bulk(self):
        """Look at the claims, then approve those that can be (D07)."""
        self._ensure_group("aftersales_dealer.group_aftersales_appraiser")
        return self.env["aftersales.claim.bulk"]._open(self, "approve")
