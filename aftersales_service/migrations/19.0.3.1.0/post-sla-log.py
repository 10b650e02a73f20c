LOGGED = ("create_uid", "create_date", "write_uid", "write_date")
DROPPED = {
    "aftersales_sla_clock": LOGGED,
    "aftersales_sla_clock_log": ("company_id", "calendar_id", *LOGGED),
    "aftersales_ticket_stage_log": LOGGED,
}


def migrate(cr, version):
    """Clocks and logs no longer repeat what their lines say anyway: a promise costs less."""
    if not version:
        return
    # Lines from before the hours were kept say at least which hours they were.
    cr.execute(
        """
        UPDATE aftersales_sla_clock_log log
           SET note = CONCAT_WS(E'\\n', log.note, calendar.name)
          FROM resource_calendar calendar
         WHERE calendar.id = log.calendar_id AND log.hours_id IS NULL
        """
    )
    for table, columns in DROPPED.items():
        for column in columns:
            # Constant names, none of a user's.
            cr.execute(f"ALTER TABLE {table} DROP COLUMN IF EXISTS {column}")
    cr.execute(
        """
        UPDATE ir_rule SET domain_force = %s
         WHERE id = (SELECT res_id FROM ir_model_data
                      WHERE module = 'aftersales_service'
                        AND name = 'aftersales_sla_clock_log_rule_company')
        """,
        ["[('clock_id.company_id', 'in', company_ids)]"],
    )
