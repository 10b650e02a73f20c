from odoo import fields, models
from odoo.tools import SQL

from .aftersales_advance_aging import BUCKETS


class AftersalesSupplierRecoveryAging(models.Model):
    """What suppliers still owe of recoveries, by age since they were claimed (F07)."""

    _name = "aftersales.supplier.recovery.aging"
    _description = "Open Supplier Recovery by Age"
    _auto = False
    _order = "date_sent, id"
    _rec_name = "recovery_id"
    _depends = {
        "aftersales.supplier.recovery": [
            "amount_accepted",
            "amount_claimed",
            "amount_outstanding",
            "company_id",
            "currency_id",
            "date_sent",
            "state",
            "supplier_id",
        ],
    }

    recovery_id = fields.Many2one("aftersales.supplier.recovery", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    supplier_id = fields.Many2one("res.partner", readonly=True)
    state = fields.Selection(
        [("sent", "To be answered"), ("answered", "To be booked"), ("booked", "To be set off")],
        string="Waits",
        readonly=True,
    )
    date_sent = fields.Date(string="Claimed on", readonly=True)
    days = fields.Integer(string="Age (Days)", readonly=True, aggregator="max")
    bucket = fields.Selection(BUCKETS, string="Age", readonly=True)
    amount_claimed = fields.Monetary(string="Claimed", readonly=True)
    amount_accepted = fields.Monetary(string="Accepted", readonly=True)
    amount_outstanding = fields.Monetary(string="Outstanding", readonly=True)

    @property
    def _table_query(self):
        # The ends of the buckets are those of ``tools/recourse.py``.
        return SQL(
            """
            SELECT id, id AS recovery_id, company_id, currency_id, supplier_id, state, date_sent,
                   amount_claimed, amount_accepted, amount_outstanding,
                   CURRENT_DATE - date_sent AS days,
                   CASE WHEN CURRENT_DATE - date_sent <= 30 THEN '30'
                        WHEN CURRENT_DATE - date_sent <= 60 THEN '60'
                        WHEN CURRENT_DATE - date_sent <= 90 THEN '90'
                        WHEN CURRENT_DATE - date_sent <= 180 THEN '180'
                        ELSE 'over' END AS bucket
              FROM aftersales_supplier_recovery
             WHERE state IN ('sent', 'answered', 'booked') AND amount_outstanding != 0
            """
        )

    def action_open(self):
        """Open the recovery of the row."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "aftersales.supplier.recovery",
            "res_id": self.recovery_id.id,
            "view_mode": "form",
        }
