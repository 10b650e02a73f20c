from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class AftersalesSlaClock(models.Model):
    """Why a promise was not kept: coded, in words, and asked for until somebody says it (S05)."""

    _inherit = "aftersales.sla.clock"

    breach_reason_id = fields.Many2one(
        "aftersales.sla.reason",
        string="Reason",
        ondelete="restrict",
        index="btree_not_null",
        help="Why the promise was not kept.",
    )
    is_unexplained = fields.Boolean(
        compute="_compute_is_unexplained", search="_search_is_unexplained"
    )
    date_reason_asked = fields.Datetime(
        readonly=True, help="When the team leader was last told that the reason is missing."
    )

    _unexplained_idx = models.Index(
        "(date_breached) WHERE state = 'breached' AND breach_reason_id IS NULL "
        "AND breach_reason IS NULL"
    )

    @api.depends("state", "breach_reason", "breach_reason_id", "target_id.reason_required")
    def _compute_is_unexplained(self):
        for clock in self:
            clock.is_unexplained = (
                clock.state == "breached"
                and clock.target_id.reason_required
                and not clock.breach_reason_id
                and not clock.breach_reason
            )

    def _search_is_unexplained(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._get_unexplained_domain()

    @api.model
    def _get_unexplained_domain(self):
        """Domain of the broken promises whose reason is missing."""
        return (
            Domain("state", "=", "breached")
            & Domain("breach_reason_id", "=", False)
            & Domain("breach_reason", "in", [False, ""])
            & Domain("target_id.reason_required", "=", True)
        )

    @api.constrains("breach_reason_id", "breach_reason")
    def _check_breach_reason(self):
        for clock in self.filtered("breach_reason_id"):
            reason = clock.breach_reason_id
            if clock.state != "breached":
                raise ValidationError(
                    self.env._(
                        "%(clock)s was not broken: it needs no reason.", clock=clock.display_name
                    )
                )
            if reason.needs_text and not (clock.breach_reason or "").strip():
                raise ValidationError(
                    self.env._(
                        "%(clock)s: with the reason “%(reason)s”, write down what happened.",
                        clock=clock.display_name,
                        reason=reason.name,
                    )
                )
            if reason.company_id not in (clock.company_id, self.env["res.company"]):
                raise ValidationError(
                    self.env._(
                        "%(clock)s: the reason “%(reason)s” belongs to another company.",
                        clock=clock.display_name,
                        reason=reason.name,
                    )
                )

    @api.model
    def _get_user_fields(self):
        return super()._get_user_fields() | {"breach_reason_id"}

    def action_explain(self):
        """Ask why these promises were not kept (S05)."""
        return self.env["aftersales.sla.breach"]._ask(self)
