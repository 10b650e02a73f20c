"""Notes on thousands of documents at once."""

from markupsafe import escape

from odoo.tools import SQL

# So few are logged as Odoo does it.
FEW = 50


def log_many(documents, bodies):
    """Log ``bodies`` ({record id: text}) on ``documents`` as ``_message_log_batch`` does, which
    spends more time on a note than registering a sale takes: one is made by Odoo, the others are
    copies of its row with their own document and text.

    Like it, for use where the access was checked.
    """
    documents[:FEW]._message_log_batch(bodies=bodies)
    rest = documents[FEW:]
    if not rest:
        return
    first = rest[:1]._message_log_batch(bodies=bodies)
    first.flush_recordset()
    copied = [
        name
        for name, field in first._fields.items()
        if field.store and field.column_type and name not in ("id", "res_id", "body")
    ]
    rows = {record.id: str(escape(bodies.get(record.id, ""))) for record in rest[1:]}
    if rows:
        first.env.cr.execute(
            SQL(
                "INSERT INTO mail_message (res_id, body, %(names)s)"
                " SELECT new.res_id, new.body, %(values)s FROM mail_message AS old,"
                " unnest(%(ids)s::int4[], %(bodies)s::text[]) WITH ORDINALITY"
                " AS new(res_id, body, position) WHERE old.id = %(first)s ORDER BY position",
                names=SQL(", ").join(map(SQL.identifier, copied)),
                values=SQL(", ").join(SQL.identifier("old", name) for name in copied),
                ids=list(rows),
                bodies=list(rows.values()),
                first=first.id,
            )
        )
        documents.invalidate_recordset(["message_ids"], flush=False)
