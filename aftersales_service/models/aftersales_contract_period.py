from odoo import api, fields, models

from ..tools import contract_schedule as schedule


class AftersalesContractPeriod(models.Model):
    """What was invoiced, or credited, for one asset and one period of a contract (W11).

    Made with the invoice, never by hand. The indexes see to it that a period is invoiced once and
    credited once; when its invoice is cancelled or reversed, the period is free again.
    """

    _name = "aftersales.contract.period"
    _description = "Invoiced Contract Period"
    _order = "date_start desc, id desc"
    _rec_name = "contract_id"

    contract_id = fields.Many2one(
        "aftersales.contract", required=True, index=True, ondelete="cascade", readonly=True
    )
    line_id = fields.Many2one(
        "aftersales.contract.line", required=True, index=True, ondelete="cascade", readonly=True
    )
    asset_id = fields.Many2one(related="line_id.asset_id")
    serial = fields.Char(related="line_id.serial")
    company_id = fields.Many2one(
        related="contract_id.company_id", store=True, precompute=True, index=True
    )
    partner_id = fields.Many2one(related="contract_id.partner_id")
    currency_id = fields.Many2one(related="contract_id.currency_id")
    kind = fields.Selection(
        [("invoice", "Invoice"), ("credit", "Credit")], required=True, readonly=True
    )
    date_start = fields.Date(string="From", required=True, readonly=True)
    date_end = fields.Date(string="To", required=True, readonly=True)
    amount = fields.Monetary(readonly=True, help="Without taxes; negative for a credit.")
    origin_id = fields.Many2one(
        "aftersales.contract.period",
        string="Credits",
        index="btree_not_null",
        readonly=True,
        ondelete="cascade",
    )
    credit_ids = fields.One2many("aftersales.contract.period", "origin_id", string="Credited by")
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        index="btree_not_null",
        readonly=True,
        ondelete="set null",
    )
    move_line_id = fields.Many2one(
        "account.move.line",
        string="Invoice Line",
        index="btree_not_null",
        readonly=True,
        ondelete="set null",
    )
    move_state = fields.Selection(related="move_id.state", string="Invoice Status")
    is_live = fields.Boolean(
        string="In Force",
        compute="_compute_is_live",
        store=True,
        help="Not in force: the invoice was cancelled or credited in full, or the line was taken "
        "off it: the period is free.",
    )

    _window_uniq = models.UniqueIndex(
        "(line_id, date_start) WHERE kind = 'invoice' AND is_live",
        "This period of the asset is invoiced already: cancel or credit that invoice first.",
    )
    _credit_uniq = models.UniqueIndex(
        "(origin_id) WHERE kind = 'credit' AND is_live",
        "This period of the asset is credited already.",
    )

    @api.depends(
        "move_id.state", "move_id.payment_state", "move_line_id", "credit_ids.move_id.state"
    )
    def _compute_is_live(self):
        for period in self:
            move = period.move_id
            # Our own credits count by themselves: what they left of the period stays invoiced.
            own = period.credit_ids.filtered(lambda c: c.move_id and c.move_id.state != "cancel")
            reversed_by_hand = move.payment_state == "reversed" and not own
            charged = bool(move and period.move_line_id) and move.state != "cancel"
            period.is_live = charged and not reversed_by_hand

    def _get_window(self):
        """Return the period as a ``schedule.Window``."""
        self.ensure_one()
        return schedule.Window(self.date_start, self.date_end, weight=1)

    def _tell_free(self):
        """The invoices of these periods are gone: somebody decides whether they are made again."""
        free = self.filtered(
            lambda p: (
                p.kind == "invoice" and not p.is_live and p.date_start <= p.line_id._get_last_day()
            )
        )
        for company, contracts in free.contract_id.grouped("company_id").items():
            contracts._tell(
                self.env._("Periods of the contract are free again"),
                self.env._(
                    "Their invoice was cancelled or deleted, or their line was taken off it. "
                    "“Invoice Now” on the contract invoices them again."
                ),
                user=company.aftersales_contract_accountant_id,
            )
