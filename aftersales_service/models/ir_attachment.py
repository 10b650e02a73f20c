from odoo import models
from odoo.exceptions import UserError


class IrAttachment(models.Model):
    """Files on kept records are kept with them (T13)."""

    _inherit = "ir.attachment"

    def unlink(self):
        # Values of fields (signatures, images) are guarded by their records.
        files = self.sudo().exists().filtered(lambda attachment: not attachment.res_field)
        retained = self.env["aftersales.retention.log"]._get_retained_by_model(
            [(file.res_model, file.res_id) for file in files]
        )
        kept = files.filtered(lambda file: (file.res_model, file.res_id) in retained)
        if kept and not self.env.su:
            # Users are told; cleanups go on with the rest, which ``ondelete`` could not let them.
            raise UserError(  # pylint: disable=no-raise-unlink
                self.env._("“%s” belongs to a record of service and is kept.", kept[0].name)
            )
        return super(IrAttachment, self - kept.sudo(self.env.su)).unlink()
