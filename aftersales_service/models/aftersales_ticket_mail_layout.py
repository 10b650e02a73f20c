from odoo import models
from odoo.tools import formataddr


class AftersalesTicket(models.Model):
    """What every mail from a ticket carries: who we are, and where answers go (T15)."""

    _inherit = "aftersales.ticket"

    def _get_reply_address(self):
        """Return the address to which answers to this ticket's mails come, with the name of our
        team and never of the program that sends them; False when there is none.
        """
        self.ensure_one()
        # sudo: names of the ticket's own team and company.
        ticket = self.sudo()
        address = ticket.team_id.alias_email
        return address and formataddr((ticket.team_id.name or ticket.company_id.name, address))

    def _notify_by_email_prepare_rendering_context(
        self,
        message,
        msg_vals=False,
        model_description=False,
        force_email_company=False,
        force_email_lang=False,
        force_record_name=False,
    ):
        """Also show the company below what an agent writes: Odoo does on documents only."""
        context = super()._notify_by_email_prepare_rendering_context(
            message,
            msg_vals=msg_vals,
            model_description=model_description,
            force_email_company=force_email_company,
            force_email_lang=force_email_lang,
            force_record_name=force_record_name,
        )
        context["email_notification_force_footer"] = True
        return context
