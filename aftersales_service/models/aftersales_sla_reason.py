from odoo import api, fields, models
from odoo.exceptions import UserError


class AftersalesSlaReason(models.Model):
    """Why promises are broken: coded, so that it can be counted (S05)."""

    _name = "aftersales.sla.reason"
    _description = "Reason for a Broken Promise"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(help="Short name for imports and reports of your own.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index="btree_not_null", help="Empty: used by all companies."
    )
    needs_text = fields.Boolean(
        string="Explain", help="What exactly happened has to be written down as well."
    )
    note = fields.Char(string="When to Use", translate=True)
    clock_count = fields.Integer(string="Broken Promises", compute="_compute_clock_count")

    _code_uniq = models.UniqueIndex(
        "(code, company_id) NULLS NOT DISTINCT WHERE code IS NOT NULL",
        "Reasons for broken promises: two have the same code. Choose another one.",
    )

    def _compute_clock_count(self):
        groups = self.env["aftersales.sla.clock"]._read_group(
            [("breach_reason_id", "in", self.ids)], ["breach_reason_id"], ["__count"]
        )
        counts = dict(groups)
        for reason in self:
            reason.clock_count = counts.get(reason, 0)

    def action_view_clocks(self):
        """Open the promises that were broken for the reasons."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_sla_clock_action"
        )
        return dict(action, domain=[("breach_reason_id", "in", self.ids)])

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: promises of companies that the manager does not see keep their reasons, too.
        clocks = self.env["aftersales.sla.clock"].sudo()
        used = clocks.search([("breach_reason_id", "in", self.ids)], limit=1).breach_reason_id
        if used:
            raise UserError(
                self.env._(
                    "“%(reason)s” is the reason of broken promises, which are kept. Archive it "
                    "instead of deleting it.",
                    reason=used.name,
                )
            )
