"""One old part is one record now, from the day it is asked for: what cancelled shipments left
behind goes, so that each claim line has one.
"""


def migrate(cr, version):
    cr.execute(
        """
        DELETE FROM aftersales_part_return_line line
         WHERE line.state = 'cancelled'
           AND EXISTS (
               SELECT 1 FROM aftersales_part_return_line other
                WHERE other.claim_line_id = line.claim_line_id
                  AND (other.state != 'cancelled' OR other.id > line.id))
        """
    )
    cr.execute("ALTER TABLE aftersales_part_return_line ALTER COLUMN return_id DROP NOT NULL")
    cr.execute("ALTER TABLE aftersales_part_return_line ALTER COLUMN claim_line_id DROP NOT NULL")
    cr.execute(
        """
        UPDATE aftersales_part_return_line line
           SET state = CASE claim_line.return_state WHEN 'awaiting' THEN 'awaiting'
                            WHEN 'waived' THEN 'waived' ELSE 'cancelled' END,
               return_id = NULL
          FROM aftersales_claim_line claim_line
         WHERE claim_line.id = line.claim_line_id AND line.state = 'cancelled'
        """
    )
    cr.execute(
        """
        UPDATE aftersales_part_return_line SET state = 'missing'
         WHERE state IN ('received', 'appraised') AND COALESCE(quantity_received, 0) = 0
        """
    )
