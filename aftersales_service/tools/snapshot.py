"""What a transaction does so that another one beside it does not decide on what has gone stale."""

from odoo.tools import SQL


def touch(records):
    """Give the rows of ``records`` a new version.

    Odoo's transactions read a snapshot. A lock does not help when the other transaction has ended:
    whoever waited still reads the old snapshot. When the row itself changed, PostgreSQL refuses the
    later one and Odoo runs it again, on what is true by then.
    """
    if records.ids:
        records.env.cr.execute(
            SQL(
                "UPDATE %s SET id = id WHERE id IN %s",
                SQL.identifier(records._table),
                tuple(sorted(records.ids)),
            )
        )
