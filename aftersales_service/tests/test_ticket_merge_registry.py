from datetime import timedelta
from itertools import count

from psycopg2.errors import UniqueViolation
from psycopg2.extras import Json

from odoo import fields
from odoo.models import MAGIC_COLUMNS
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .common import AftersalesCommon
from .test_ticket_merge import find_leftovers

# Of these values of a selection the record is over: no index stands in the way of a second one.
OVER = ("cancelled", "cancel", "refused", "done")


class RowMaker:
    """Makes rows of any model in SQL, with nothing but what the database requires: whatever model
    comes, nobody has to write down how it is made.
    """

    def __init__(self, env, ticket):
        self.env, self.ticket, self.numbers = env, ticket, count(1)

    def make(self, model, **values):
        """Insert a row with ``values`` and what is required besides; return its id."""
        for fresh in (False, True):  # a campaign has each machine once: another campaign
            try:
                with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                    return self.insert(model, dict(values), fresh)
            except UniqueViolation:
                continue
        # Each ticket has one from the beginning: the stage it is in.
        return model.search([(name, "=", value) for name, value in values.items()], limit=1).id

    def insert(self, model, values, fresh):
        for name, field in model._fields.items():
            if field.store and field.column_type and field.required and name not in values:
                values[name] = self.invent(field, fresh)
        values.pop("id", None)
        row = self.env.execute_query(
            SQL(
                "INSERT INTO %s (%s) VALUES (%s) RETURNING id",
                SQL.identifier(model._table),
                SQL(", ").join(map(SQL.identifier, values)),
                SQL(", ").join(SQL("%s", value) for value in values.values()),
            )
        )
        return row[0][0]

    def invent(self, field, fresh):
        """Return a value for the required ``field``; of our models a new one when ``fresh``."""
        if field.type == "many2one":
            name = field.comodel_name
            if fresh and name.startswith("aftersales.") and name != self.ticket._name:
                return self.make(self.env[name])
            return self.find(name)
        if field.type == "selection":
            values = field.get_values(self.env)
            return next((value for value in OVER if value in values), values[0])
        if field.type in ("integer", "float", "monetary"):
            return 1
        if field.type in ("date", "datetime"):
            # After all that happened to the tickets: nothing of it is about this row.
            return fields.Datetime.now() + timedelta(days=1)
        if field.type == "boolean":
            return False
        text = f"merged {next(self.numbers)}"
        return Json({"en_US": text}) if field.translate else text

    def find(self, name):
        """Return the id of any record of the model ``name``, of this company and this ticket."""
        if name == self.ticket._name:
            return self.ticket.id
        if name == "res.company":
            return self.env.company.id
        model = self.env[name].sudo().with_context(active_test=False)
        return model.search([], limit=1, order="id").id or self.make(model)


@tagged("post_install", "-at_install")
class TestTicketMergeRegistry(AftersalesCommon):
    """T09: nothing is lost, whatever model of whatever addon points to a ticket.

    The fields are taken from the registry, and the registry is held against the foreign keys of
    the database: a model that is added later cannot be forgotten here.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The first machine is what rows get that need one; the ticket that stays has another.
        cls.sell("REGISTRY-1")
        neighbour = cls.env["res.partner"].create({"name": "Neighbour"})
        asset = cls.sell("REGISTRY-2", partner=neighbour)
        cls.kept = cls.make_ticket(asset, subject="Kept", part_id=cls.part.id)
        cls.merged, cls.other = (cls.make_ticket(subject=name) for name in ("Merged", "Other"))
        cls.maker = RowMaker(cls.env, cls.other)

    def get_many2ones(self):
        """Return [(model, field)] of all stored many2one fields to tickets."""
        found = []
        for _name, model in sorted(self.env.items()):
            if model._abstract or model._transient or not model._auto:
                continue
            found += [
                (model.sudo().with_context(active_test=False), field)
                for field in model._fields.values()
                if field.store and field.type == "many2one"
                if field.comodel_name == self.kept._name and not field.related
            ]
        return found

    def read_own(self, model, moved, row_id):
        """Return what the row itself says: typed in, or taken over once and open to change. What
        always follows the ticket is left out, and models that make room for a merge.
        """
        if hasattr(type(model), "_before_ticket_merge"):
            return {}
        names = [
            name
            for name, field in model._fields.items()
            if field.store and field.column_type and field != moved and not field.related
            if name not in MAGIC_COLUMNS and not (field.compute and field.readonly)
        ]
        columns = SQL(", ").join(map(SQL.identifier, sorted(names)))
        query = SQL(
            "SELECT %s FROM %s WHERE id = %s", columns, SQL.identifier(model._table), row_id
        )
        self.env.cr.execute(query)
        return {"model": model._name, **self.env.cr.dictfetchone()}

    def test_the_registry_knows_what_the_database_knows(self):
        keys = self.env.execute_query(
            SQL(
                "SELECT c.conrelid::regclass::text, a.attname FROM pg_constraint c"
                " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]"
                " WHERE c.contype = 'f' AND c.confrelid = 'aftersales_ticket'::regclass"
            )
        )
        moved = self.kept._get_ticket_references()
        known = {(model._table, f.name) for model, f in moved if f.type == "many2one"}
        for _model, field in moved:
            if field.type == "many2many":
                known |= {(field.relation, field.column1), (field.relation, field.column2)}
        for model in self.env.values():
            for field in model._fields.values():
                # Dialogs forget; what is related follows what it is related to.
                if model._transient or (field.store and field.related):
                    known.add((model._table, field.name))
                    if field.type == "many2many" and field.store:
                        known |= {(field.relation, field.column1), (field.relation, field.column2)}
        self.assertEqual(set(keys) - known, set())

    def test_a_record_of_every_model_moves(self):
        rows = []
        for model, field in self.get_many2ones():
            if model._name == self.kept._name:
                if field.name == "merged_into_id":
                    continue  # ``test_chains_lead_to_the_last``
                row = self.make_ticket(subject=field.name)
                row._write_past_guard({field.name: self.merged.id})
                row_id = row.id
            else:
                row_id = self.maker.make(model, **{field.name: self.merged.id})
            rows.append((model, field, row_id))
        self.assertGreater(len(rows), 10)
        self.env.invalidate_all()
        before = [self.read_own(*row) for row in rows]
        self.merged.action_merge_into(self.kept.id, reason="One machine after all")
        self.env.flush_all()
        for row, values in zip(rows, before, strict=True):
            self.assertEqual(self.read_own(*row), values, "word for word as before")
        left = []
        for model, field, row_id in rows:
            target = model.browse(row_id)[field.name]
            # What repeats what is worked out anew, and may be nothing now.
            if target != self.kept and (target or field.name != "repeat_of_id"):
                left.append(f"{model._name}.{field.name}")
        self.assertEqual(left, [])
        self.assertEqual(find_leftovers(self.env, self.merged), [])

    def test_of_every_model_both_may_have_one(self):
        """What is over never stands in the way of a merge, of whatever model."""
        for model, field in self.get_many2ones():
            if model._name != self.kept._name:
                for ticket in (self.kept, self.merged):
                    self.maker.make(model, **{field.name: ticket.id})
        self.env.invalidate_all()
        self.merged.action_merge_into(self.kept.id, reason="One machine after all")
        self.assertEqual(find_leftovers(self.env, self.merged), [])
