from contextlib import contextmanager

from odoo import api, models
from odoo.tools import SQL


class AftersalesCloneMixin(models.AbstractModel):
    """Many records that differ in a few columns only, at the speed of one INSERT.

    The ORM makes one record with everything that belongs to it: defaults, computed fields, checks,
    what other addons add. The others of its kind are copies of its row with columns of their own.
    A delivery of a thousand serials is one prototype and 999 rows (W02, W03).
    """

    _name = "aftersales.clone.mixin"
    _description = "After-sales Set-based Creation"

    @api.model
    def _clone_rows(self, prototype_ids, own_values):
        """Make one record for each of ``prototype_ids``: a copy of its row with its own values.

        Stored fields that depend on the own columns are computed anew; a default that is not
        copied (a token) is drawn for each record. For internal use as superuser, on rows that the
        ORM made in this transaction: neither rights nor constraints of Python are checked again.

        :param list prototype_ids: ids of records of this model, one for each record to make
        :param dict own_values: {field name: list of column values}, each as long as
            ``prototype_ids``; x2many fields are not possible
        :return: the records, in the order given
        """
        if not prototype_ids:
            return self.browse()
        self.flush_model()
        own_values = {**self._draw_own_defaults(len(prototype_ids)), **own_values}
        ids = [
            row[0]
            for row in self.env.execute_query(
                SQL(
                    "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                    self._table,
                    len(prototype_ids),
                )
            )
        ]
        self.env.cr.execute(self._get_clone_query(ids, prototype_ids, own_values))
        records = self.browse(ids)
        records._announce_clones(own_values)
        return records

    @api.model
    def _draw_own_defaults(self, count):
        """Return {name: values} of the defaults that a copy must not share, such as tokens."""
        return {
            name: [field.convert_to_column(field.default(self), self) for __ in range(count)]
            for name, field in self._fields.items()
            if field.store and field.column_type and field.default and not field.copy
            if field.type in ("char", "text") and name != "name"
        }

    @api.model
    def _get_clone_query(self, ids, prototype_ids, own_values):
        """Return the INSERT of ``_clone_rows``."""
        own = list(own_values)
        shared = [
            name
            for name, field in self._fields.items()
            if field.store and field.column_type and name != "id" and name not in own_values
        ]
        arrays = [
            SQL("%s::%s[]", own_values[name], SQL(self._fields[name].column_type[0]))
            for name in own
        ]
        return SQL(
            """
            INSERT INTO %(table)s (id, %(own)s, %(shared)s)
            SELECT new.id, %(new)s, %(old)s
              FROM unnest(%(ids)s::int4[], %(prototypes)s::int4[], %(arrays)s)
                AS new(id, prototype_id, %(own)s)
              JOIN %(table)s AS old ON old.id = new.prototype_id
            """,
            table=SQL.identifier(self._table),
            own=SQL(", ").join(map(SQL.identifier, own)),
            shared=SQL(", ").join(map(SQL.identifier, shared)),
            new=SQL(", ").join(SQL.identifier("new", name) for name in own),
            old=SQL(", ").join(SQL.identifier("old", name) for name in shared),
            ids=ids,
            prototypes=list(prototype_ids),
            arrays=SQL(", ").join(arrays),
        )

    def _announce_clones(self, own_values):
        """Have computed what depends on the own columns or, elsewhere, on these records at all."""
        registry = self.env.registry
        dependent = {
            field
            for name in own_values
            for field in registry.get_dependent_fields(self._fields[name])
        }
        for name in own_values:
            for inverse in registry.field_inverses[self._fields[name]]:
                self.env[inverse.model_name].invalidate_model([inverse.name], flush=False)
        with self._keeping_copied(dependent):
            self.modified(self._fields, create=True)

    @contextmanager
    def _keeping_copied(self, dependent=()):
        """What is copied of computed fields, except the ``dependent``, stays as it is while what
        belongs to these records is made.
        """
        copied = [
            field
            for field in self._fields.values()
            if field.store and field.compute and field not in dependent
        ]
        with self.env.protecting(copied, self):
            yield
