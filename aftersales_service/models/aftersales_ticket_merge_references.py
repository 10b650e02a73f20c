from psycopg2.errors import CheckViolation, UniqueViolation

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL, mute_logger

# Two tickets may be followed by the same person and linked to the same ticket: once is enough.
SAID_ONCE = {
    "mail.followers": {"res_model", "res_id", "partner_id"},
    "aftersales.ticket.link": {"ticket_id", "other_id", "kind"},
}
# The external id of a ticket stays with it: imports find the ticket that points onwards.
LEFT_BEHIND = {"ir.model.data"}


class AftersalesTicket(models.Model):
    """What hangs on merged tickets hangs on the one that stays, whatever addon hung it there (T09).

    The references are found in the registry: many2one and many2many fields to tickets, and pairs
    of model and id as messages, attachments and activities have. They are changed in SQL, as when
    Odoo merges contacts: signed vouchers, closed claims and old messages stay word for word.
    """

    _inherit = "aftersales.ticket"

    @api.model
    def _get_ticket_references(self):
        """Return [(model, field)] of all stored fields that may point to a ticket."""
        found = []
        for name, model in self.env.items():
            if model._abstract or model._transient or not model._auto or name in LEFT_BEHIND:
                continue
            for field in model._fields.values():
                if not field.store or field.related or field.company_dependent:
                    continue  # related ones follow by themselves
                if field.type in ("many2one", "many2many"):
                    if self._name in (field.comodel_name, field.type == "many2many" and name):
                        found.append((model, field))
                elif field.type in ("many2one_reference", "reference"):
                    found.append((model, field))
        return found

    def _move_references_to(self, survivor):
        """Make all that points to these tickets point to ``survivor``.

        :raise UserError: when a record cannot be moved because ``survivor`` has its like
        """
        self.env.flush_all()
        for model, field in self._get_ticket_references():
            if field.type == "many2many":
                self._move_relation(model, field, survivor)
            elif field.type == "many2one":
                self._move_column(model, field, survivor, self._get_id_condition(field))
            elif field.type == "many2one_reference":
                self._move_column(model, field, survivor, self._get_pair_condition(model, field))
            else:
                self._move_reference(model, field, survivor)
        self.env.flush_all()
        self.env.invalidate_all()

    def _get_id_condition(self, field):
        """Return the condition on the rows whose many2one ``field`` points to these tickets."""
        return SQL("%s IN %s", SQL.identifier(field.name), tuple(self.ids))

    def _get_pair_condition(self, model, field):
        """Return the condition on the rows that name these tickets by model and id."""
        condition = SQL(
            "%s = %s AND %s IN %s",
            SQL.identifier(field.model_field),
            self._name,
            SQL.identifier(field.name),
            tuple(self.ids),
        )
        if model._name == "ir.attachment":
            # The content of a field belongs to the field of its record.
            condition = SQL("%s AND res_field IS NULL", condition)
        return condition

    def _move_column(self, model, field, survivor, condition):
        """Point the rows of ``model`` that match ``condition`` to ``survivor`` by ``field``."""
        self._drop_repeated(model, field, survivor, condition)
        table = SQL.identifier(model._table)
        rows = self.env.execute_query(SQL("SELECT id FROM %s WHERE %s", table, condition))
        own = {*self.ids, *survivor.ids} if model._name == self._name else set()
        ids = [row[0] for row in rows if row[0] not in own]
        if not ids:
            return
        # sudo: nothing is read or shown; what depends on the field is worked out again.
        records = model.sudo().with_context(active_test=False).browse(ids)
        records.modified([field.name], before=True)
        self._update_rows(records, field, survivor)
        records.invalidate_recordset([field.name], flush=False)
        records.exists().modified([field.name])
        self._keep_what_was_entered(field)

    def _keep_what_was_entered(self, field):
        """What a document took over from its ticket when it was made, and people may change, is
        its own since: who gets a compensation, which machine a goodwill is for. Only what always
        follows the ticket is worked out again.
        """
        for dependent in self.env.registry.get_dependent_fields(field):
            if dependent.model_name == self._name or dependent.readonly:
                continue  # a ticket follows what hangs on it
            if dependent.store and dependent.compute:
                pending = self.env.records_to_compute(dependent)
                self.env.remove_to_compute(dependent, pending)

    def _update_rows(self, records, field, survivor):
        """Write ``survivor`` into the column of ``field``."""

        table, column = SQL.identifier(records._table), SQL.identifier(field.name)

        def update(ids):
            self.env.cr.execute(
                SQL("UPDATE %s SET %s = %s WHERE id IN %s", table, column, survivor.id, tuple(ids))
            )

        if self._try(update, records.ids):
            return
        for record in records:
            if not self._try(update, record.ids):
                raise UserError(
                    self.env._(
                        "%(ticket)s cannot be merged: “%(record)s” (%(kind)s) has its like on "
                        "%(survivor)s. Cancel one of the two first.",
                        ticket=self[:1].display_name,
                        record=record.display_name,
                        kind=record._description,
                        survivor=survivor.display_name,
                    )
                )

    def _try(self, update, ids):
        """Whether ``update(ids)`` met no index or constraint; undone when it did."""
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint(flush=False):
                update(ids)
        except (UniqueViolation, CheckViolation):
            return False
        return True

    def _drop_repeated(self, model, field, survivor, condition):
        """Remove the rows matching ``condition`` that ``survivor``, or a row before, has too."""
        if model._name not in SAID_ONCE:
            return
        same = SQL(" AND ").join(
            SQL("a.%s = b.%s", SQL.identifier(name), SQL.identifier(name))
            for name in sorted(SAID_ONCE[model._name] - {field.name})
        )
        self.env.cr.execute(
            SQL(
                "DELETE FROM %(table)s WHERE id IN ("
                "SELECT a.id FROM %(table)s a JOIN %(table)s b ON %(same)s"
                " AND (b.%(column)s = %(survivor)s OR (b.%(column)s IN %(ids)s AND b.id < a.id))"
                " WHERE a.%(column)s IN %(ids)s) AND %(condition)s",
                table=SQL.identifier(model._table),
                column=SQL.identifier(field.name),
                same=same,
                survivor=survivor.id,
                ids=tuple(self.ids),
                condition=condition,
            )
        )

    def _move_relation(self, model, field, survivor):
        """Give ``survivor`` what these tickets have in the many2many ``field``."""
        mine, other = field.column1, field.column2
        if model._name != self._name:
            mine, other = other, mine
        names = {
            "table": SQL.identifier(field.relation),
            "mine": SQL.identifier(mine),
            "other": SQL.identifier(other),
        }
        self.env.cr.execute(
            SQL(
                "INSERT INTO %(table)s (%(mine)s, %(other)s) SELECT DISTINCT %(id)s, %(other)s"
                " FROM %(table)s WHERE %(mine)s IN %(ids)s ON CONFLICT DO NOTHING",
                id=survivor.id,
                ids=tuple(self.ids),
                **names,
            )
        )
        if self.env.cr.rowcount and model._name == self._name:
            survivor.modified([field.name])
        self.env.cr.execute(
            SQL("DELETE FROM %(table)s WHERE %(mine)s IN %(ids)s", ids=tuple(self.ids), **names)
        )

    def _move_reference(self, model, field, survivor):
        """Point "model,id" values of ``field`` to ``survivor``."""
        column = SQL.identifier(field.name)
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET %s = %s WHERE %s IN %s",
                SQL.identifier(model._table),
                column,
                f"{self._name},{survivor.id}",
                column,
                tuple(f"{self._name},{ticket_id}" for ticket_id in self.ids),
            )
        )
