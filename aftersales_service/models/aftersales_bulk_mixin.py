from odoo import api, models
from odoo.tools import SQL


class AftersalesBulkMixin(models.AbstractModel):
    """Many rows in one statement, for what an engine writes by the thousand.

    The ORM takes a hundred rows a statement and calls every override for each record. Clocks, their
    log and other evidence have values only their engine knows, each row its own: they are inserted
    and updated set by set (S06, design rule 1). For internal use as superuser: neither rights nor
    constraints of Python are checked.
    """

    _name = "aftersales.bulk.mixin"
    _description = "After-sales Set-based Writing"

    @api.model
    def _insert_rows(self, vals_list):
        """Insert a row for each of ``vals_list`` and return the records, in this order.

        :param list vals_list: dicts of values for the ORM, all with the same keys; every other
            column stays empty
        """
        if not vals_list:
            return self.browse()
        vals_list = self._with_stored_related(vals_list)
        # What was changed just now makes room in unique indexes only when it is in the database.
        self.flush_model()
        names = list(vals_list[0])
        columns = self._get_columns({name: [vals[name] for vals in vals_list] for name in names})
        log = self._get_log_values("create", "write")
        rows = self.env.execute_query(
            SQL(
                "INSERT INTO %(table)s (%(all_names)s)"
                " SELECT %(all_values)s FROM unnest(%(arrays)s)"
                " WITH ORDINALITY AS new(%(names)s, position) ORDER BY position RETURNING id",
                table=SQL.identifier(self._table),
                all_names=SQL(", ").join(map(SQL.identifier, [*columns, *log])),
                all_values=SQL(", ").join([*map(SQL.identifier, columns), *log.values()]),
                names=SQL(", ").join(map(SQL.identifier, columns)),
                arrays=SQL(", ").join(columns.values()),
            )
        )
        records = self.browse(row[0] for row in rows)
        records._cache_inserted(vals_list)
        records.modified(names, create=True)
        for name in names:
            # Came with the row: nothing is left to compute.
            self.env.remove_to_compute(self._fields[name], records)
        return records

    def _get_log_values(self, *events):
        """Return {column: SQL} of who did it and when; nothing where the model keeps no such log.

        :param events: of ``create`` and ``write``
        """
        if not self._log_access:
            return {}
        values = {"uid": SQL("%s", self.env.uid), "date": SQL("%s", self.env.cr.now())}
        return {f"{event}_{name}": value for event in events for name, value in values.items()}

    def _cache_inserted(self, vals_list):
        """The values just inserted need not be read; those who list these records know them."""
        for name, field in self._fields.items():
            if not field.store or not field.column_type or field.translate or name == "id":
                continue
            if name in vals_list[0]:
                # What an engine writes is valid; money would look up all currencies for each value.
                values = [
                    field.convert_to_cache(vals[name], self, validate=False) for vals in vals_list
                ]
            elif name in models.MAGIC_COLUMNS:
                continue
            else:
                values = [None] * len(self)
            field._insert_cache(self, values)
        for name in vals_list[0]:
            for inverse in self.env.registry.field_inverses[self._fields[name]]:
                self._append_to_inverse(inverse, [vals[name] for vals in vals_list])

    def _append_to_inverse(self, inverse, parent_ids):
        """Add the records to the cached lines of ``inverse`` (one2many) of their parents."""
        parents = self.env[inverse.model_name]
        cache, added = inverse._get_cache(self.env), {}
        for parent_id, record_id in zip(parent_ids, self._ids, strict=True):
            added.setdefault(parent_id, []).append(record_id)
        known = [parent_id for parent_id in added if parent_id in cache]
        for parent_id in known:
            lines = (*cache[parent_id], *added[parent_id])
            inverse._update_cache(parents.browse(parent_id), lines)

    @api.model
    def _update_rows(self, values):
        """Give each record its own values, in one statement for all that get the same fields.

        :param dict values: {record: {field name: value}}
        """
        by_names = {}
        for record, vals in values.items():
            if vals:
                by_names.setdefault(tuple(sorted(vals)), {})[record.id] = vals
        for names, own in by_names.items():
            records = self.browse(own)
            records.flush_recordset()
            columns = self._get_columns(
                {name: [vals[name] for vals in own.values()] for name in names}
            )
            self.env.cr.execute(
                SQL(
                    "UPDATE %(table)s AS old SET %(changes)s"
                    " FROM unnest(%(ids)s::int4[], %(arrays)s)"
                    " AS new(id, %(names)s) WHERE old.id = new.id",
                    table=SQL.identifier(self._table),
                    changes=SQL(", ").join(
                        SQL("%s = %s", SQL.identifier(name), value)
                        for name, value in {
                            **{name: SQL.identifier("new", name) for name in columns},
                            **self._get_log_values("write"),
                        }.items()
                    ),
                    ids=list(own),
                    names=SQL(", ").join(map(SQL.identifier, columns)),
                    arrays=SQL(", ").join(columns.values()),
                )
            )
            changed = [*names, *self._get_log_values("write")]
            records.invalidate_recordset(changed, flush=False)
            records.modified(names)

    @api.model
    def _get_columns(self, values):
        """Return {column: array (SQL)} of {field name: list of values}."""
        columns = {}
        for name, own in values.items():
            field = self._fields[name]
            column = [field.convert_to_column(value, self) for value in own]
            columns[name] = SQL("%s::%s[]", column, SQL(field.column_type[0]))
        return columns

    @api.model
    def _with_stored_related(self, vals_list):
        """Return the values with those of stored related fields, read from the records named."""
        related = {
            name: field.related.split(".", 1)
            for name, field in self._fields.items()
            if field.related and field.store and field.column_type and name not in vals_list[0]
        }
        comodels = {
            head: self.env[self._fields[head].comodel_name] for head, _rest in related.values()
        }
        result = []
        for vals in vals_list:
            vals = dict(vals)
            for name, (head, rest) in related.items():
                value = comodels[head].browse(vals.get(head) or ())
                for part in rest.split("."):
                    value = value[part]
                vals[name] = value.id if isinstance(value, models.BaseModel) else value
            result.append(vals)
        return result
