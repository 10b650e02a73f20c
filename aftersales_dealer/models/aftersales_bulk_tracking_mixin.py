from odoo import models
from odoo.tools import SQL


class AftersalesBulkTrackingMixin(models.AbstractModel):
    """The status of thousands of documents changed at once, with the chatter's trail.

    Odoo's tracking makes a message a document, each with its own queries. Here the messages and
    their tracked values are inserted set by set, with the same content (F09, J04).
    """

    _name = "aftersales.bulk.tracking.mixin"
    _description = "Tracking in Bulk"

    def _set_state_in_bulk(self, new_state, **values):
        """Move all records to ``new_state`` as ``_set_state`` does; the trail is written in bulk.

        :raise UserError: when one may not become ``new_state``
        """
        by_state = {state: records.ids for state, records in self.grouped("state").items()}
        self.with_context(tracking_disable=True)._set_state(new_state, **values)
        if not self.env.context.get("tracking_disable"):
            for state, ids in by_state.items():
                self.browse(ids)._log_state_change(state, new_state)

    def _log_state_change(self, before, after):
        """Insert a note with the tracked status for each record."""
        label = self._get_state_label
        field = self.env["ir.model.fields"]._get(self._name, "state")
        author = self.env.user.partner_id
        self.env.cr.execute(
            SQL(
                "WITH note AS (INSERT INTO mail_message (model, res_id, message_type, subtype_id,"
                " author_id, email_from, body, date, is_internal,"
                " create_uid, write_uid, create_date, write_date)"
                " SELECT %(model)s, res_id, 'notification', %(subtype)s, %(author)s, %(email)s, '',"
                " %(now)s, TRUE, %(uid)s, %(uid)s, %(now)s, %(now)s"
                " FROM unnest(%(ids)s::int[]) AS res_id RETURNING id)"
                " INSERT INTO mail_tracking_value (field_id, old_value_char, new_value_char,"
                " mail_message_id, create_uid, write_uid, create_date, write_date)"
                " SELECT %(field)s, %(before)s, %(after)s, id, %(uid)s, %(uid)s, %(now)s, %(now)s"
                " FROM note",
                model=self._name,
                subtype=self.env.ref("mail.mt_note").id,
                author=author.id,
                email=author.email_formatted or None,
                now=self.env.cr.now().replace(microsecond=0),
                uid=self.env.uid,
                ids=list(self.ids),
                field=field.id,
                before=label(before),
                after=label(after),
            )
        )
        self.invalidate_recordset(["message_ids"])
