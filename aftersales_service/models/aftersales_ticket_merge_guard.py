from odoo import models
from odoo.exceptions import UserError


class AftersalesTicket(models.Model):
    """A merged ticket only points to where it went on (T09)."""

    _inherit = "aftersales.ticket"

    def write(self, vals):
        # Jobs may tidy up old stubs; nobody opens them again.
        if not self.env.su or {"stage_id", "active", "merged_into_id"} & vals.keys():
            self._check_not_merged()
        return super().write(vals)

    def message_post(self, **kwargs):
        """Answers to a merged ticket land on the one that it was merged into (T15)."""
        survivor = self._get_survivor() if self else self
        if survivor != self and len(self) == 1:
            # Who may write to the merged ticket (by mail, link or portal) may write to this one;
            # what another customer writes is not for this one's customer.
            if not self._is_shown_with(survivor):
                kwargs.pop("subtype_id", None)
                kwargs["subtype_xmlid"] = "mail.mt_note"
            return survivor.message_post(**kwargs)
        return super().message_post(**kwargs)

    def _compute_access_url(self):
        result = super()._compute_access_url()
        # sudo: who may read the ticket; where it went on is shown to the same customer only.
        for ticket in self.sudo().filtered("merged_into_id"):
            ticket.access_url = ticket._get_customer_survivor()._get_own_url()
        return result

    def _get_own_url(self):
        """Return the path of the ticket's own page."""
        self.ensure_one()
        return f"/my/tickets/{self.id}"

    def _check_not_merged(self):
        """Raise UserError for the first ticket that was merged into another one."""
        merged = self.sudo().filtered("merged_into_id")[:1]
        if merged:
            self.check_access("write")  # before anything is told of it
            raise UserError(
                self.env._(
                    "%(ticket)s was merged into %(survivor)s and no longer changes. Go on there.",
                    ticket=merged.display_name,
                    survivor=merged.merged_into_id.display_name,
                )
            )
