from odoo import models
from odoo.exceptions import UserError

# What would take a file off its record, or its content away.
KEPT_FIELDS = {"res_model", "res_id", "res_field", "type", "url", "raw", "datas", "db_datas"}


class IrAttachment(models.Model):
    """Files on kept records are kept with them (T13)."""

    _inherit = "ir.attachment"

    def write(self, vals):
        if not self.env.su and KEPT_FIELDS & vals.keys():
            self._check_kept(self._get_kept())
        return super().write(vals)

    def unlink(self):
        kept = self._get_kept()
        if not self.env.su:
            # Users are told; cleanups go on with the rest, which ``ondelete`` could not let them.
            self._check_kept(kept)
        return super(IrAttachment, self - kept).unlink()

    def _get_kept(self):
        """Return those of the files that stand on records that must still be kept."""
        # sudo: to tell which may go, not to show them. Values of fields (signatures, images) are
        # guarded by their records.
        files = self.sudo().exists().filtered(lambda attachment: not attachment.res_field)
        retained = self.env["aftersales.retention.log"]._get_retained_by_model(
            [(file.res_model, file.res_id) for file in files]
        )
        return self.browse(f.id for f in files if (f.res_model, f.res_id) in retained)

    def _check_kept(self, kept):
        """Raise UserError when there are ``kept`` files."""
        if kept:
            kept.check_access("write")  # before anything is told of them
            raise UserError(
                self.env._("“%s” belongs to a record of service and is kept.", kept.sudo()[0].name)
            )
