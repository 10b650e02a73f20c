import logging

import psycopg2

from odoo import api, models

from ..tools import mail_intake

_logger = logging.getLogger(__name__)
TICKET = "aftersales.ticket"


class MailThread(models.AbstractModel):
    """Where Odoo's mail gateway meets tickets (T01, T15).

    The gateway asks ``mail.thread`` where a message goes, before it knows the model. What is
    decided for tickets is decided by the ticket model; other models are not touched.
    """

    _inherit = "mail.thread"

    @api.model
    def message_process(
        self,
        model,
        message,
        custom_values=None,
        save_original=False,
        strip_attachments=False,
        thread_id=None,
    ):
        """A mail to one of our teams is never lost: what cannot be read is mended, and what cannot
        be filed becomes a bare ticket with the original message, told to the team's leader.
        """
        kwargs = {
            "custom_values": custom_values,
            "save_original": save_original,
            "strip_attachments": strip_attachments,
            "thread_id": thread_id,
        }
        raw = self._get_raw_mail(message)
        try:
            with self.env.cr.savepoint():
                return super().message_process(model, message, **kwargs)
        except psycopg2.OperationalError:
            # Another process was faster: the caller tries again.
            raise
        except Exception as error:
            tickets = self.env[TICKET]
            team = tickets._find_addressed_team(raw)
            if not team and model != TICKET:
                raise
            # The message itself is on the ticket; this is for whoever looks at the server.
            _logger.info("A service mail could not be read, mending it", exc_info=True)
            try:
                with self.env.cr.savepoint():
                    return super().message_process(model, mail_intake.mend(raw), **kwargs)
            except Exception:
                return tickets._rescue_mail(raw, team, error).id

    @api.model
    def _get_raw_mail(self, message):
        """Return the bytes of what the gateway was given."""
        data = getattr(message, "data", message)
        return data.encode() if isinstance(data, str) else bytes(data)

    @api.model
    def message_route(self, message, message_dict, model=None, thread_id=None, custom_values=None):
        """Also keep one route for a mail to several teams of a company (T15)."""
        routes = super().message_route(message, message_dict, model, thread_id, custom_values)
        return self.env[TICKET]._merge_mail_routes(routes, message_dict)

    @api.model
    def _routing_check_route(self, message, message_dict, route, raise_exception=True):
        route = super()._routing_check_route(message, message_dict, route, raise_exception)
        if route and route[0] == TICKET:
            return self.env[TICKET]._route_mail(message, message_dict, route)
        return route

    @api.model
    def _detect_loop_sender(self, message, message_dict, routes):
        if routes and all(route[0] == TICKET for route in routes):
            # Odoo answers each mail above its limit and drops it; see ``_is_mail_flood``.
            return self.env[TICKET]._is_mail_flood(message_dict, routes)
        return super()._detect_loop_sender(message, message_dict, routes)

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        if any(route[0] == TICKET for route in routes or ()):
            sender = self.env[TICKET]._normalise_sender(message_dict.get("email_from"))
            kind = mail_intake.get_kind(message, sender)
            self = self.with_context(aftersales_mail_kind=kind)
        return super()._message_route_process(message, message_dict, routes)
