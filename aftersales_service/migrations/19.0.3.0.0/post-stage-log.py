def migrate(cr, version):
    """Open tickets get the stay they are in, begun when the last change of stage was tracked."""
    if not version:
        return
    cr.execute(
        """
        WITH moved AS (
            SELECT message.res_id AS ticket_id, MAX(message.date) AS date
              FROM mail_tracking_value value
              JOIN mail_message message ON message.id = value.mail_message_id
              JOIN ir_model_fields field ON field.id = value.field_id
             WHERE field.model = 'aftersales.ticket' AND field.name = 'stage_id'
             GROUP BY message.res_id
        )
        INSERT INTO aftersales_ticket_stage_log
               (ticket_id, company_id, stage_id, kind, team_id, user_id, date_entered)
        SELECT ticket.id, ticket.company_id, ticket.stage_id, stage.kind, ticket.team_id,
               ticket.user_id, GREATEST(ticket.date_open, moved.date)
          FROM aftersales_ticket ticket
          JOIN aftersales_ticket_stage stage ON stage.id = ticket.stage_id
          LEFT JOIN moved ON moved.ticket_id = ticket.id
         WHERE ticket.is_closed IS NOT TRUE
           AND NOT EXISTS (SELECT FROM aftersales_ticket_stage_log log
                            WHERE log.ticket_id = ticket.id AND log.date_left IS NULL)
        """
    )
