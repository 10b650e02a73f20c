"""Records of the dealers' business are kept for years from their end (T13). Those that ended before
count from their last change: filled here, or each would count from the day of the upgrade.
"""

from odoo.tools import SQL

ENDED = {
    "aftersales_claim": ("settled", "refused", "cancelled"),
    "aftersales_claim_authorisation": ("used", "expired", "refused", "cancelled"),
    "aftersales_paid_repair": ("reported", "accepted", "penalised", "cancelled"),
    "aftersales_spot_check": ("done", "not_reached", "cancelled"),
    "aftersales_advance": ("paid", "refused", "reversed", "cancelled"),
}


def migrate(cr, version):
    for name, states in ENDED.items():
        table = SQL.identifier(name)
        cr.execute(SQL("ALTER TABLE %s ADD COLUMN IF NOT EXISTS date_ended timestamp", table))
        cr.execute(
            SQL(
                """UPDATE %s SET date_ended = write_date
                    WHERE state IN %s AND date_ended IS NULL""",
                table,
                states,
            )
        )
