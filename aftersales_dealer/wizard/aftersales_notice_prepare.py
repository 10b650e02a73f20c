from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class AftersalesNoticePrepare(models.TransientModel):
    """Makes the draft notices of a period in one go (F02, F09)."""

    _name = "aftersales.notice.prepare"
    _description = "Prepare Fee Notices"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    period_start = fields.Date(default=lambda self: self._default_period()[0])
    period_end = fields.Date(required=True, default=lambda self: self._default_period()[1])
    dealer_ids = fields.Many2many(
        "res.partner",
        string="Dealers",
        domain="[('is_dealer', '=', True)]",
        help="Empty: all dealers.",
    )
    claim_count = fields.Integer(string="Claims Waiting", compute="_compute_counts")
    charge_count = fields.Integer(string="Charges Waiting", compute="_compute_counts")
    dealer_count = fields.Integer(string="Dealers Concerned", compute="_compute_counts")

    @api.model
    def _default_period(self):
        """Return the current month: first and last day."""
        start = fields.Date.context_today(self).replace(day=1)
        return start, start + relativedelta(months=1, days=-1)

    @api.depends("period_end", "dealer_ids", "company_id")
    def _compute_counts(self):
        for wizard in self:
            scope = (wizard.period_end, wizard.dealer_ids._origin, wizard.company_id)
            notices, charges = self.env["aftersales.notice"], self.env["aftersales.dealer.charge"]
            waiting = {
                "aftersales.claim": notices._get_claims_to_notice_domain(*scope),
                "aftersales.dealer.charge": charges._get_charges_to_notice_domain(*scope),
            }
            counts = {
                model: dict(self.env[model]._read_group(domain, ["dealer_id"], ["__count"]))
                for model, domain in waiting.items()
                if wizard.period_end
            }
            claims, charges = (counts.get(model, {}) for model in waiting)
            wizard.claim_count = sum(claims.values())
            wizard.charge_count = sum(charges.values())
            wizard.dealer_count = len({*claims, *charges})

    def action_prepare(self):
        """Make the notices and open them; tell which dealers failed (F02, F09).

        :raise UserError: nothing waits for a notice, or a period that ends before it starts
        """
        self.ensure_one()
        if self.period_start and self.period_start > self.period_end:
            raise UserError(self.env._("The period ends before it starts. Correct its dates."))
        notices, failures = self.env["aftersales.notice"]._prepare_for_claims(
            self.period_start, self.period_end, self.dealer_ids, self.company_id
        )
        if failures:
            for notice in notices:
                notice.message_post(
                    body=self.env._(
                        "Not all dealers got a notice: %(failures)s", failures="; ".join(failures)
                    )
                )
        if not notices:
            raise UserError(
                "\n".join(failures)
                or self.env._(
                    "No approved claim or charge up to %(date)s waits for a notice. Approve claims "
                    "first, or choose a later end of the period.",
                    date=format_date(self.env, self.period_end),
                )
            )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_dealer.aftersales_notice_action"
        )
        return dict(
            action,
            name=self.env._("Prepared Notices"),
            domain=[("id", "in", notices.ids)],
            context={},
            failures=failures,
        )
