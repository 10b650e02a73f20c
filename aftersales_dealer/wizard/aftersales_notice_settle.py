from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..tools.settlement import allocate, to_units


class AftersalesNoticeSettle(models.TransientModel):
    """Asks when to book a notice and from which open items to deduct it (F03)."""

    _name = "aftersales.notice.settle"
    _description = "Deduct from Receivables"

    notice_id = fields.Many2one(
        "aftersales.notice",
        required=True,
        readonly=True,
        default=lambda self: self.env.context.get("active_id"),
    )
    company_id = fields.Many2one(related="notice_id.company_id")
    currency_id = fields.Many2one(related="notice_id.currency_id")
    dealer_id = fields.Many2one(related="notice_id.dealer_id")
    settlement_method = fields.Selection(related="notice_id.settlement_method")
    date = fields.Date(required=True, default=fields.Date.context_today)
    mode = fields.Selection(
        [
            ("oldest", "From the oldest due first"),
            ("chosen", "From items I choose"),
            ("none", "Nothing now, leave it open"),
        ],
        string="Deduct",
        required=True,
        default="oldest",
    )
    amount_notice = fields.Monetary(related="notice_id.amount_total", string="Verified Amount")
    amount_total = fields.Monetary(
        string="To Deduct", compute="_compute_amount_total", help="Taxes of the settings included."
    )
    amount_chosen = fields.Monetary(string="Deducted", compute="_compute_amount_chosen")
    amount_left = fields.Monetary(string="Stays Open", compute="_compute_amount_chosen")
    line_ids = fields.One2many(
        "aftersales.notice.settle.line",
        "wizard_id",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )
    problem = fields.Char(compute="_compute_problem")

    @api.depends("notice_id")
    def _compute_amount_total(self):
        for wizard in self:
            notice = wizard.notice_id
            wizard.amount_total = notice._get_total_with_tax(notice._get_entry_type())

    @api.depends("notice_id", "mode", "amount_total")
    def _compute_line_ids(self):
        """Propose the oldest due first; what was chosen before is not kept on another choice."""
        for wizard in self:
            notice, rounding = wizard.notice_id, wizard.currency_id.rounding
            items = notice._get_open_receivables()
            units = {
                item: to_units(abs(item.amount_residual_currency), rounding)
                for item in items._get_aftersales_proposed()
            }
            amount = abs(to_units(wizard.amount_total, rounding))
            taken = dict(allocate(amount, list(units.items()))[0]) if wizard.mode != "none" else {}
            wizard.line_ids = [
                Command.clear(),
                *(
                    Command.create(
                        {
                            "move_line_id": item.id,
                            "amount": wizard.currency_id.round(taken.get(item, 0) * rounding),
                        }
                    )
                    for item in items
                ),
            ]

    @api.depends("line_ids.amount", "amount_total")
    def _compute_amount_chosen(self):
        for wizard in self:
            wizard.amount_chosen = sum(wizard.line_ids.mapped("amount"))
            wizard.amount_left = abs(wizard.amount_total) - wizard.amount_chosen

    @api.depends("date", "notice_id")
    def _compute_problem(self):
        for wizard in self:
            try:
                wizard.problem = False
                wizard.notice_id._ensure_ready(wizard.date or fields.Date.context_today(wizard))
            except UserError as error:
                wizard.problem = str(error)

    def action_apply(self):
        """Settle the notice on the date, from the chosen items; the notice itself checks rights,
        status and amounts.
        """
        self.ensure_one()
        allocations = None
        if self.mode != "oldest":
            allocations = {
                line.move_line_id.id: line.amount
                for line in self.line_ids
                if line.amount and self.mode == "chosen"
            }
        self.notice_id.action_settle(date=self.date, allocations=allocations)
        return {"type": "ir.actions.act_window_close"}


class AftersalesNoticeSettleLine(models.TransientModel):
    """An open item of the dealer, and how much of it the notice is deducted from (F03)."""

    _name = "aftersales.notice.settle.line"
    _description = "Open Item to Deduct From"

    wizard_id = fields.Many2one(
        "aftersales.notice.settle", required=True, ondelete="cascade", index=True
    )
    move_line_id = fields.Many2one("account.move.line", required=True, readonly=True)
    move_id = fields.Many2one(related="move_line_id.move_id", string="Document")
    date = fields.Date(related="move_line_id.date")
    date_maturity = fields.Date(related="move_line_id.date_maturity", string="Due on")
    currency_id = fields.Many2one(related="move_line_id.currency_id")
    amount_residual = fields.Monetary(string="Open", compute="_compute_amount_residual")
    amount = fields.Monetary(string="Deduct")

    @api.depends("move_line_id")
    def _compute_amount_residual(self):
        for line in self:
            # Of invoices or of credits: the list has one kind, in plain amounts.
            line.amount_residual = abs(line.move_line_id.amount_residual_currency)
