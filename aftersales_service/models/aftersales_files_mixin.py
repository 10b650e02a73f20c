from odoo import api, models


class AftersalesFilesMixin(models.AbstractModel):
    """A document with uploaded files: whoever may read it sees them, not the uploader alone.

    The inheriting model names its fields of ``ir.attachment`` in ``_file_fields``.
    """

    _name = "aftersales.files.mixin"
    _description = "Document with Files"
    _file_fields = ()

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        given = {*self.env.context}.union(*vals_list)
        if given & {*self._file_fields, *(f"default_{name}" for name in self._file_fields)}:
            records._own_files({})
        return records

    def write(self, vals):
        if not vals.keys() & set(self._file_fields):
            return super().write(vals)
        before = {record: record._get_files() for record in self}
        result = super().write(vals)
        self._own_files(before)
        return result

    def _get_files(self):
        """Return the files of the record, of all its fields."""
        self.ensure_one()
        return self.env["ir.attachment"].union(*(self[name] for name in self._file_fields))

    def _own_files(self, before):
        """Attach what was uploaded for these records to them.

        :param before: {record: files that it had}
        :raise AccessError: when one has a new file that the user may not read: it would be shown,
            and sent, to others
        """
        for record in self:
            files = record._get_files()
            orphans = files.filtered(lambda a: not a.res_id and a.create_uid == self.env.user)
            if orphans:
                orphans.write({"res_model": self._name, "res_id": record.id})
            (files - before.get(record, files.browse())).check_access("read")
