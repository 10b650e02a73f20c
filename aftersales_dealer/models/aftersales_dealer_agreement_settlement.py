from odoo import fields, models


class AftersalesDealerAgreement(models.Model):
    """What an agreement says about posting (F03)."""

    _inherit = "aftersales.dealer.agreement"

    settlement_analytic_distribution = fields.Json(
        string="Analytic Distribution of Settlements",
        groups="base.group_user",
        help="Where the settled amounts of the dealer count, unless a line says otherwise. Empty: "
        "the analytic distribution models of the company.",
    )
    analytic_precision = fields.Integer(
        store=False,
        default=lambda self: self.env["decimal.precision"].precision_get("Percentage Analytic"),
    )
