from odoo import fields, models
from odoo.tools import SQL

BUCKETS = [
    ("30", "Up to 30 days"),
    ("60", "31–60 days"),
    ("90", "61–90 days"),
    ("180", "91–180 days"),
    ("over", "Over 180 days"),
]


class AftersalesAdvanceAging(models.Model):
    """What dealers still owe of advance compensation, by age (F05)."""

    _name = "aftersales.advance.aging"
    _description = "Open Recourse by Age"
    _auto = False
    _order = "date_paid, id"
    _rec_name = "advance_id"
    _depends = {
        "aftersales.advance": [
            "amount_open",
            "amount_paid",
            "amount_recovered",
            "amount_unclaimed",
            "company_id",
            "date_paid",
            "dealer_id",
            "partner_id",
            "reason",
            "state",
        ],
    }

    advance_id = fields.Many2one("aftersales.advance", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    dealer_id = fields.Many2one("res.partner", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Consumer", readonly=True)
    reason = fields.Selection(
        lambda self: self.env["aftersales.advance"]._fields["reason"].selection, readonly=True
    )
    date_paid = fields.Date(string="Paid on", readonly=True)
    days = fields.Integer(string="Age (Days)", readonly=True, aggregator="max")
    bucket = fields.Selection(BUCKETS, string="Age", readonly=True)
    amount_paid = fields.Monetary(string="Paid", readonly=True)
    amount_recovered = fields.Monetary(string="Recovered", readonly=True)
    amount_unclaimed = fields.Monetary(string="Not Yet Claimed", readonly=True)
    amount_open = fields.Monetary(string="Open", readonly=True)

    @property
    def _table_query(self):
        # The ends of the buckets are those of ``tools/recourse.py``, which a test compares.
        return SQL(
            """
            SELECT id, id AS advance_id, company_id, dealer_id, partner_id, reason, date_paid,
                   amount_paid, amount_recovered, amount_unclaimed, amount_open,
                   CURRENT_DATE - date_paid AS days,
                   CASE WHEN CURRENT_DATE - date_paid <= 30 THEN '30'
                        WHEN CURRENT_DATE - date_paid <= 60 THEN '60'
                        WHEN CURRENT_DATE - date_paid <= 90 THEN '90'
                        WHEN CURRENT_DATE - date_paid <= 180 THEN '180'
                        ELSE 'over' END AS bucket
              FROM aftersales_advance
             WHERE state = 'paid' AND amount_open != 0
            """
        )

    def action_open(self):
        """Open the advance compensation of the row."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "aftersales.advance",
            "res_id": self.advance_id.id,
            "view_mode": "form",
        }
