"""Movements of deposits get entries.

Earlier movements had no entries: they wait “to book”. An accountant chooses the deposit account in
the settings and books them, or takes over the entries that are there, in *Deposits by Dealer*.
"""


def migrate(cr, version):
    """The entry that was linked for reference need not be on the deposit account: it is named in
    the reason, and chosen again by whoever books the movement.
    """
    cr.execute(
        """
        UPDATE aftersales_deposit_move deposit
           SET reason = deposit.reason || ' (' || move.name || ')', move_id = NULL
          FROM account_move move
         WHERE move.id = deposit.move_id AND deposit.state = 'draft'
        """
    )
