from odoo import models
from odoo.exceptions import UserError

# What was said, by whom, when and where; editing by the chatter marks it as edited.
KEPT_FIELDS = {"body", "subject", "model", "res_id", "author_id", "email_from", "date"}


class MailMessage(models.Model):
    """Messages on kept records are kept with them (T13)."""

    _inherit = "mail.message"

    def write(self, vals):
        if self.env.su or not (KEPT_FIELDS | {"attachment_ids"}) & vals.keys():
            return super().write(vals)
        kept = self._get_retained_messages()
        if KEPT_FIELDS & vals.keys():
            self._check_kept(kept)
        # sudo: as in ``_get_retained_messages``.
        before = kept.sudo().attachment_ids
        result = super().write(vals)
        # sudo: as above; ``super`` let the user write them.
        if before - kept.sudo().attachment_ids:
            self._check_kept(kept)
        return result

    def unlink(self):
        kept = self._get_retained_messages()
        if not self.env.su:
            # Users are told; cleanups go on with the rest, which ``ondelete`` could not let them.
            self._check_kept(kept)
        # Cleanups (of sent e-mails, for one) go on with the rest.
        return super(MailMessage, self - kept).unlink()

    def _check_kept(self, kept):
        """Raise UserError when there are ``kept`` messages."""
        if kept:
            raise UserError(
                self.env._(
                    "%s: its messages belong to the record and are kept.",
                    self.env[kept[0].model].browse(kept[0].res_id).display_name,
                )
            )

    def _get_retained_messages(self):
        """Return those of the messages that stand on records that must still be kept."""
        # sudo: to tell which may go, not to show them.
        messages = self.sudo().exists()
        retained = self.env["aftersales.retention.log"]._get_retained_by_model(
            [(message.model, message.res_id) for message in messages]
        )
        return self.browse(m.id for m in messages if (m.model, m.res_id) in retained)
