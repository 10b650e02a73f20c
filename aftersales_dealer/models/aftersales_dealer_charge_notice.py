from odoo import api, fields, models
from odoo.fields import Domain


class AftersalesDealerCharge(models.Model):
    """What becomes of an approved charge: in a notice, settled (F06)."""

    _inherit = "aftersales.dealer.charge"

    notice_line_ids = fields.One2many("aftersales.notice.line", "charge_id", string="Notice Lines")
    notice_id = fields.Many2one(
        "aftersales.notice",
        string="Fee Notice",
        compute="_compute_notice_id",
        search="_search_notice_id",
    )
    account_id = fields.Many2one(
        "account.account",
        check_company=True,
        domain="[('account_type', 'not in', ('asset_receivable', 'liability_payable', "
        "'off_balance'))]",
        groups="base.group_user",
        help="Where the charge is booked. Empty: the account of the company for charges, else for "
        "claims.",
    )

    @api.depends("notice_line_ids.live", "notice_line_ids.notice_id")
    def _compute_notice_id(self):
        for charge in self:
            # Whoever reads the charge may know its notice's number; the notice guards itself.
            charge.notice_id = charge.sudo().notice_line_ids.filtered("live").notice_id[:1]

    def _search_notice_id(self, operator, value):
        if operator not in ("in", "any", "any!", "ilike", "="):
            return NotImplemented
        live = Domain("live", "=", True)
        domain = Domain("notice_line_ids", "any", live & Domain("notice_id", operator, value))
        if operator == "in" and False in value:
            domain |= Domain("notice_line_ids", "not any", live)
        return domain

    @api.model
    def _get_charges_to_notice_domain(self, period_end, dealers=None, companies=None):
        """Return the domain of approved charges that no live notice has yet.

        :param date period_end: charges dated up to this day
        :param dealers: res.partner records, empty for all
        :param companies: res.company records, default the user's current companies
        """
        domain = Domain(
            [
                ("state", "=", "approved"),
                ("company_id", "in", (companies or self.env.companies).ids),
                ("date", "<=", period_end),
                ("notice_line_ids", "not any", [("live", "=", True)]),
            ]
        )
        if dealers:
            domain &= Domain("dealer_id", "in", dealers.ids)
        return domain

    def _prepare_notice_line_vals(self):
        """Return the values of the notice line of this charge; figures are copied, not linked."""
        self.ensure_one()
        return {
            "type": "charge",
            "charge_id": self.id,
            "name": self.description,
            "amount_claimed": self.amount,
            "amount_approved": self.amount,
            "amount": self.amount,
        }

    def _ensure_noticeable(self):
        """Raise for a charge that is not approved."""
        self._ensure_state_in(
            ("approved", "noticed"), self.env._("only approved charges come into a notice.")
        )

    def _follow_notices(self):
        """Bring the charges to the status of their live notice, and tell the documents behind
        those that were settled or reversed (F04, F06).
        """
        by_state = {}
        for charge in self:
            line = charge.notice_line_ids.filtered("live")[:1]
            target = "approved"
            if line:
                target = "settled" if line.state == "settled" else "noticed"
            if charge.state != target and charge.state in ("approved", "noticed", "settled"):
                by_state.setdefault((charge.state, target), self.browse())
                by_state[charge.state, target] |= charge
        for (before, after), charges in by_state.items():
            charges._set_state(after)
            if after == "settled":
                charges._on_settled()
            elif before == "settled":
                charges._on_reversed()

    def action_view_notice(self):
        """Open the notice that the charge is in (F06)."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "aftersales.notice",
            "res_id": self.notice_id.id,
            "view_mode": "form",
        }

    def action_view_source(self):
        """Open the document that the charge stems from (F06)."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }
