from odoo import fields, models
from odoo.exceptions import UserError


class AftersalesTicket(models.Model):
    """What the customer of this ticket is compensated with (X05, T08)."""

    _inherit = "aftersales.ticket"

    compensation_ids = fields.One2many(
        "aftersales.compensation",
        "ticket_id",
        string="Compensations",
        groups="aftersales_service.group_aftersales_agent",
    )
    compensation_count = fields.Integer(compute="_compute_compensation_count")
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company's Currency"
    )
    compensation_amount = fields.Monetary(
        string="Compensation",
        compute="_compute_compensation_amount",
        currency_field="company_currency_id",
        groups="aftersales_service.group_aftersales_agent",
        help="Granted, in the company's currency.",
    )

    def _compute_compensation_count(self):
        compensations, counts = self.env["aftersales.compensation"], {}
        if compensations.has_access("read"):
            counts = dict(
                compensations._read_group(
                    [("ticket_id", "in", self.ids)], ["ticket_id"], ["__count"]
                )
            )
        for ticket in self:
            ticket.compensation_count = counts.get(ticket._origin, 0)

    def _compute_compensation_amount(self):
        amounts = dict(
            self.env["aftersales.compensation"]._read_group(
                [("ticket_id", "in", self.ids), ("state", "in", ("approved", "paid"))],
                ["ticket_id"],
                ["amount_company:sum"],
            )
        )
        for ticket in self:
            ticket.compensation_amount = amounts.get(ticket._origin, 0.0)

    def action_propose_compensation(self):
        """Open a new compensation for the ticket (X05).

        :raise UserError: when the ticket names no customer
        """
        self.ensure_one()
        if not self.partner_id:
            raise UserError(
                self.env._(
                    "%(ticket)s: name the customer who is to be compensated.",
                    ticket=self.display_name,
                )
            )
        context = {
            f"default_{name}": value for name, value in self._prepare_compensation_vals().items()
        }
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Propose Compensation"),
            "res_model": "aftersales.compensation",
            "views": [(False, "form")],
            "context": context,
        }

    def _prepare_compensation_vals(self):
        """Return the values of a compensation that is proposed by hand."""
        self.ensure_one()
        return {
            "ticket_id": self.id,
            "company_id": self.company_id.id,
            "reason": "complaint" if self.type == "complaint" else "gesture",
            "currency_id": self.company_id.currency_id.id,
        }

    def action_view_compensation(self):
        """Open the ticket's compensations."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_compensation_action"
        )
        return dict(
            action,
            domain=[("ticket_id", "=", self.id)],
            context={
                f"default_{name}": value
                for name, value in self._prepare_compensation_vals().items()
            },
        )
