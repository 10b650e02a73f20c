"""Indexes that no search uses are dropped: each costs every change of a ticket and its clocks
(S06).
"""

DROPPED = {
    "aftersales_ticket": (
        "company_id",
        "entitlement_user_id",
        "is_closed",
        "sla_policy_id",
        "sla_state",
    ),
    "aftersales_sla_clock": ("policy_id", "team_id"),
    "aftersales_ticket_stage_log": ("company_id", "stage_id", "team_id"),
}


def migrate(cr, version):
    for table, columns in DROPPED.items():
        for column in columns:
            # Constant names, none of a user's.
            cr.execute(f"DROP INDEX IF EXISTS {table}__{column}_index")
