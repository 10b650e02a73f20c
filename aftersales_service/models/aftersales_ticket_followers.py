from odoo import api, models
from odoo.tools import SQL


class AftersalesTicket(models.Model):
    """Who follows many new tickets, in one statement."""

    _inherit = "aftersales.ticket"

    @api.model
    def _add_followers(self, pairs):
        """Have colleagues follow tickets: ``pairs`` is a list of (ticket id, partner id).

        ``message_subscribe`` makes each follower with the ORM, which takes as long as the ticket
        itself. Who follows already keeps what they chose.
        """
        if not pairs:
            return
        subtypes, _internal, _external = self.env["mail.message.subtype"].default_subtypes(
            self._name
        )
        self.env["mail.followers"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                WITH added AS (
                    INSERT INTO mail_followers (res_model, res_id, partner_id)
                    SELECT %(model)s, new.res_id, new.partner_id
                      FROM unnest(%(tickets)s::int4[], %(partners)s::int4[])
                        AS new(res_id, partner_id)
                        ON CONFLICT DO NOTHING
                 RETURNING id
                )
                INSERT INTO mail_followers_mail_message_subtype_rel
                    (mail_followers_id, mail_message_subtype_id)
                SELECT added.id, subtype FROM added, unnest(%(subtypes)s::int4[]) AS subtype
                """,
                model=self._name,
                tickets=[ticket_id for ticket_id, _partner_id in pairs],
                partners=[partner_id for _ticket_id, partner_id in pairs],
                subtypes=subtypes.ids,
            )
        )
        tickets = self.browse(ticket_id for ticket_id, _partner_id in pairs)
        tickets.invalidate_recordset(["message_follower_ids", "message_partner_ids"], flush=False)
