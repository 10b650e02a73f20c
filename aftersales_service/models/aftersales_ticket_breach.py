import logging

from odoo import models
from odoo.exceptions import RedirectWarning, UserError
from odoo.http import request


class AftersalesTicket(models.Model):
    """A ticket that broke a promise says why before it is closed (S05)."""

    _inherit = "aftersales.ticket"

    def action_close(self):
        """Close the tickets; asks first why promises were broken, where nobody said so yet (S05).

        :return: the dialog that asks, None when all is said
        """
        missing = self._get_unexplained_clocks()
        if missing:
            return self.env["aftersales.sla.breach"]._ask(missing, tickets=self)
        return super().action_close()

    def action_explain_breaches(self):
        """Ask why the promises of these tickets were not kept."""
        return self._get_unexplained_clocks().sudo(False).action_explain()

    def _get_unexplained_clocks(self):
        """Return the broken promises of the tickets whose reason is missing; none for who cannot
        know it: the customer on the portal, and jobs.
        """
        user = self.env.user
        if user.share or user._is_superuser():
            return self.env["aftersales.sla.clock"]
        # sudo: whoever closes a ticket need not see its clocks.
        clocks = self.filtered(lambda t: not t.is_closed).sudo().clock_ids
        return clocks.filtered("is_unexplained")

    def _check_may_enter(self, stage):
        """Dragged to a closing stage or chosen in a list: the reason is asked for, with a button
        that leads to the dialog; there the tickets are closed.
        """
        super()._check_may_enter(stage)
        clocks = self._get_unexplained_clocks() if stage.is_closed else ()
        if not clocks:
            return
        clock = clocks[0]
        message = self.env._(
            "%(ticket)s: “%(clock)s” was not kept. Write the reason under “SLA” before "
            "you close the ticket, or close it with its button, which asks for it.",
            ticket=clock.ticket_id.display_name,
            clock=clock.target_id.display_name,
        )
        if not self._can_open_dialog():
            raise UserError(message)
        raise self._get_redirect(message, clocks)

    def _get_redirect(self, message, clocks):
        """Return the warning with the button that leads to the dialog. It is daily work: Odoo would
        log it as an error of the program, with its traceback.
        """
        warning = RedirectWarning(
            message,
            self.env.ref("aftersales_service.aftersales_sla_breach_action").id,
            self.env._("Give the Reason and Close"),
            self.env["aftersales.sla.breach"]._prepare_context(clocks, self),
        )
        warning.loglevel = logging.INFO
        return warning

    def _can_open_dialog(self):
        """Whether who closes tickets can follow a button. Imports and other programs cannot: to
        them a ``RedirectWarning`` is an unknown error, not a refusal.
        """
        by_client = not request or request.dispatcher.routing_type == "jsonrpc"
        return by_client and not self.env.context.get("import_file")
