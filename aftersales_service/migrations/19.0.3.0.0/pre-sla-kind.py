from odoo.tools.sql import column_exists, create_column


def migrate(cr, version):
    """Tickets tell which promise is due next: filled here for those that have one, so that not all
    tickets are computed again.
    """
    if not version or column_exists(cr, "aftersales_ticket", "sla_kind"):
        return
    create_column(cr, "aftersales_ticket", "sla_kind", "varchar")
    cr.execute(
        """
        UPDATE aftersales_ticket ticket
           SET sla_kind = clock.kind
          FROM aftersales_sla_clock clock
         WHERE clock.ticket_id = ticket.id
           AND clock.date_deadline = ticket.sla_date_deadline
           AND clock.date_ended IS NULL
           AND clock.state IN ('running', 'breached')
        """
    )
