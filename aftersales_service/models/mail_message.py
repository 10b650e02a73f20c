from odoo import models
from odoo.exceptions import UserError


class MailMessage(models.Model):
    """Messages on kept records are kept with them (T13)."""

    _inherit = "mail.message"

    def unlink(self):
        kept = self._get_retained_messages()
        if kept and not self.env.su:
            # Users are told; cleanups go on with the rest, which ``ondelete`` could not let them.
            raise UserError(  # pylint: disable=no-raise-unlink
                self.env._(
                    "%s: its messages belong to the record and are kept.",
                    self.env[kept[0].model].browse(kept[0].res_id).display_name,
                )
            )
        # Cleanups (of sent e-mails, for one) go on with the rest.
        return super(MailMessage, self - kept).unlink()

    def _get_retained_messages(self):
        """Return those of the messages that stand on records that must still be kept."""
        # sudo: to tell which may go, not to show them.
        messages = self.sudo().exists()
        retained = self.env["aftersales.retention.log"]._get_retained_by_model(
            [(message.model, message.res_id) for message in messages]
        )
        return self.browse(m.id for m in messages if (m.model, m.res_id) in retained)
