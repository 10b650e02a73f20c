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
        if set().union(*vals_list).intersection(self._file_fields):
            records._own_files()
        return records

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & set(self._file_fields):
            self._own_files()
        return result

    def _own_files(self):
        """Attach what was uploaded for these records to them."""
        for record in self:
            files = self.env["ir.attachment"].union(*(record[name] for name in self._file_fields))
            orphans = files.filtered(lambda a: not a.res_id and a.create_uid == self.env.user)
            if orphans:
                orphans.write({"res_model": self._name, "res_id": record.id})
