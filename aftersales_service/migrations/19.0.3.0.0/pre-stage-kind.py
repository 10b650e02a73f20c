from odoo.tools.sql import column_exists, create_column


def migrate(cr, version):
    """Stages had two marks; now each has a meaning that clocks, buttons and reports go by."""
    if not version or column_exists(cr, "aftersales_ticket_stage", "kind"):
        return
    create_column(cr, "aftersales_ticket_stage", "kind", "varchar")
    cr.execute(
        """
        UPDATE aftersales_ticket_stage stage
           SET kind = CASE WHEN stage.is_closed THEN 'closed'
                           WHEN stage.is_waiting THEN 'waiting'
                           ELSE COALESCE(substring(data.name FROM 'stage_(open|assigned|solved)$'),
                                         'progress') END
          FROM aftersales_ticket_stage own
          LEFT JOIN ir_model_data data
            ON data.model = 'aftersales.ticket.stage' AND data.res_id = own.id
           AND data.module = 'aftersales_service'
         WHERE own.id = stage.id
        """
    )
