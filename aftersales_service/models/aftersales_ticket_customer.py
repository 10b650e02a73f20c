from odoo import api, fields, models
from odoo.fields import Domain


class AftersalesTicket(models.Model):
    """What the agent sees of the customer while the caller is still speaking (T02)."""

    _inherit = "aftersales.ticket"

    customer_asset_ids = fields.Many2many(
        "aftersales.asset", compute="_compute_customer_records", string="Customer's Assets"
    )
    customer_open_ticket_ids = fields.Many2many(
        "aftersales.ticket", compute="_compute_customer_records", string="Customer's Open Tickets"
    )
    company_currency_id = fields.Many2one(related="company_id.currency_id")
    customer_due = fields.Monetary(
        compute="_compute_customer_due",
        currency_field="company_currency_id",
        string="Overdue Debts",
    )

    @api.depends("partner_id")
    def _compute_customer_records(self):
        assets, tickets = self.env["aftersales.asset"], self.env["aftersales.ticket"]
        for partner, own in self.grouped(lambda t: t.partner_id.commercial_partner_id).items():
            # One customer at a time is on the screen; lists do not show these fields.
            domain = Domain("partner_id", "child_of", partner.ids) if partner else Domain.FALSE
            own.customer_asset_ids = assets.search(domain & assets._get_live_domain(), limit=50)
            open_tickets = tickets.search(domain & Domain("is_closed", "=", False), limit=50)
            for ticket in own:
                ticket.customer_open_ticket_ids = open_tickets - ticket._origin

    @api.depends("partner_id")
    def _compute_customer_due(self):
        amounts = dict(
            # Agents are no accountants: they see this one figure, of customers they may see, and
            # no entry.
            self.env["account.move.line"]
            .sudo()
            ._read_group(
                [
                    ("partner_id", "in", self.partner_id.commercial_partner_id.ids),
                    ("company_id", "in", self.company_id.ids),
                    ("account_id.account_type", "=", "asset_receivable"),
                    ("parent_state", "=", "posted"),
                    ("reconciled", "=", False),
                    ("date_maturity", "<", fields.Date.context_today(self)),
                ],
                ["partner_id"],
                ["amount_residual:sum"],
            )
        )
        by_id = {partner.id: amount for partner, amount in amounts.items()}
        for ticket in self:
            ticket.customer_due = by_id.get(ticket.partner_id.commercial_partner_id.id, 0.0)
