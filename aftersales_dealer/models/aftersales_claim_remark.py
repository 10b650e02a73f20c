from odoo import api, fields, models

from ..tools.claim_rules import CLEAN

# What weighs most comes first.
WEIGHT = ("block", "cut", "flag")


class AftersalesClaim(models.Model):
    """What speaks against a claim, at a glance: for whoever decides on hundreds a day (D08)."""

    _inherit = "aftersales.claim"

    remarks = fields.Text(
        string="Found by the Checks",
        compute="_compute_remarks",
        groups="base.group_user",
        help="What the checks found and nobody overrode.",
    )
    remark_names = fields.Char(
        string="Remarks",
        compute="_compute_remarks",
        groups="base.group_user",
        help="Checks that found something.",
    )

    @api.depends("check_ids.active", "check_ids.result", "check_ids.overridden")
    @api.depends_context("lang")
    def _compute_remarks(self):
        for claim in self:
            checks = claim._get_remarkable_checks()
            claim.remark_names = ", ".join(dict.fromkeys(checks.mapped("display_name")))
            claim.remarks = "\n".join(
                f"{check.display_name}: {check.explanation}" for check in checks
            )

    def _get_remarkable_checks(self):
        """Return the current checks that block, cut or flag the claim, what weighs most first."""
        self.ensure_one()
        return self.check_ids.filtered(
            lambda check: check.active and check.result not in CLEAN and not check.overridden
        ).sorted(lambda check: WEIGHT.index(check.result))
