from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import email_normalize_all, html2plaintext

from ..tools import mail_intake

REPEATED_HOURS = 24


class AftersalesTicket(models.Model):
    """To which ticket a mail belongs (T15).

    It answers a message of ours (References), names a ticket's number in its subject, or repeats
    what its sender wrote just before. The sender must have a part in the ticket: who has none
    gets a ticket of their own.
    """

    _inherit = "aftersales.ticket"

    @api.model
    def _route_mail(self, message, message_dict, route):
        """Return the gateway's ``route`` (model, id, values, uid, alias) as tickets want it."""
        model, thread_id, values, user_id, alias = route
        # sudo: the gateway decides before it knows as whom it writes.
        tickets = self.sudo()
        address = self._normalise_sender(message_dict.get("email_from"))
        values = dict(values or {})
        # sudo: as above; the team comes from its alias.
        team = self.env["aftersales.team"].sudo().browse(values.get("team_id")).exists()
        answered = tickets.browse(thread_id or None).exists()
        ticket = answered
        if answered and not answered._get_mail_side(address):
            # Whoever got hold of our message is told nothing and puts nothing on the ticket.
            ticket = tickets.browse()
            remark = self.env._("Answers %s, in which its sender has no part.", answered.name)
            values.update(team_id=(team or answered.team_id).id, aftersales_remarks=[remark])
        elif not answered:
            ticket = self._find_numbered(message_dict, address, team)
            ticket = ticket or self._find_repeated(message, message_dict, address, team)
        if not ticket:
            message_dict["is_internal"] = False
            return (model, None, values, user_id, alias)
        ticket = ticket._get_mail_target()
        if ticket._is_too_old_for_mail():
            ticket = ticket._find_mail_follow_up(address) or ticket
        if ticket._is_too_old_for_mail():
            message_dict["is_internal"] = False
            values.update(team_id=ticket.team_id.id, aftersales_followed_id=ticket.id)
            return (model, None, values, user_id, alias)
        if ticket != answered:
            message_dict.pop("parent_id", None)
        side = ticket._get_mail_side(address)
        # What a supplier answers us is not for the customer's eyes, nor is what a colleague sends
        # with the number in the subject: only an answer to the customer is one.
        if side == "known" or (side == "staff" and ticket != answered):
            message_dict["is_internal"] = True
        return (model, ticket.id, values, user_id, alias)

    def _get_mail_target(self):
        """Return the ticket that mail on this one goes to: another when it was merged (T09)."""
        return self._get_survivor()

    def _is_too_old_for_mail(self):
        """Whether mail on this ticket makes a new one: by the team's setting when it is closed."""
        self.ensure_one()
        if self.is_closed or not self.active:
            team = self.team_id
            limit = fields.Datetime.now() - timedelta(days=team.closed_reply_days)
            late = self.date_closed and self.date_closed < limit
            return bool(team.closed_reply == "new" or late or not self.active)
        return False

    def _find_mail_follow_up(self, address):
        """Return the newest ticket that follows this one and takes mail of ``address``: the second
        answer to a closed ticket goes where the first one went.
        """
        self.ensure_one()
        # sudo: as in ``_route_mail``; only a ticket in which the sender has a part is kept.
        links = self.env["aftersales.ticket.link"].sudo()
        links = links.search(
            [("other_id", "=", self.id), ("kind", "=", "follow_up")], order="id desc", limit=20
        )
        for ticket in links.ticket_id.sorted("id", reverse=True):
            ticket = ticket._get_mail_target()
            if not ticket._is_too_old_for_mail() and ticket._get_mail_side(address):
                return ticket
        return self.browse()

    def _get_mail_side(self, address):
        """Tell which part the owner of ``address`` has in the ticket.

        :return: ``customer`` (caller, contacts of the customer, followers, people the customer
            had in copy), ``staff``, ``known`` (others we wrote to, as suppliers), or None
        """
        self.ensure_one()
        if not address:
            return None
        # sudo: as in ``_route_mail``.
        ticket, partners = self.sudo(), self.env["res.partner"].sudo()
        partners = partners.search([("email_normalized", "=", address)])
        if any(not user.share for user in partners.user_ids):
            return "staff"
        customer = ticket.partner_id.commercial_partner_id
        if self._normalise_sender(ticket.caller_email) == address:
            return "customer"
        if (customer and customer in partners.commercial_partner_id) or (
            partners & ticket.message_partner_ids
        ):
            return "customer"
        if self._is_address_on(address, "incoming_email_cc", "incoming_email_to"):
            return "customer"
        if self._is_address_on(address, "outgoing_email_to"):
            return "known"
        if not partners:
            return None
        written = Domain("partner_ids", "in", partners.ids)
        written |= Domain("notified_partner_ids", "in", partners.ids)
        return "known" if self._get_mail_messages(written, limit=1) else None

    def _get_mail_messages(self, domain, limit=None):
        """Return the messages (sudo) of the ticket that match ``domain``."""
        on_ticket = Domain("model", "=", self._name) & Domain("res_id", "=", self.id)
        # sudo: as in ``_route_mail``.
        return self.env["mail.message"].sudo().search(on_ticket & domain, limit=limit)

    def _is_address_on(self, address, *names):
        """Whether one of the fields ``names`` of the ticket's messages has exactly ``address``: it
        may be a part of another one, as ann@farm.co is of joann@farm.com.
        """
        like = Domain.OR(Domain(name, "ilike", address) for name in names)
        return any(
            address in email_normalize_all(message[name] or "")
            for message in self._get_mail_messages(like)
            for name in names
        )

    @api.model
    def _find_numbered(self, message_dict, address, team):
        """Return the ticket whose number the subject names, when the sender has a part in it."""
        codes = self._spell(mail_intake.get_codes(message_dict.get("subject")))
        if not codes:
            # sudo: nothing, in the mode of what is found below.
            return self.sudo().browse()
        company = team.company_id or self.env.company
        # sudo: as in ``_route_mail``; only tickets in which the sender has a part are kept. Merged
        # ones are archived, and lead to where they went on.
        tickets = self.sudo().with_context(active_test=False)
        found = tickets.search([("name", "in", codes), ("company_id", "=", company.id)])
        found = found.filtered(lambda ticket: ticket._get_mail_side(address))
        return found if len(found) == 1 else found.browse()

    @api.model
    def _find_repeated(self, message, message_dict, address, team):
        """Return the open ticket of today that this mail repeats: a machine's next one with the
        same subject, the same mail sent again, or anything beyond the limit of a sender.
        """
        # sudo: as in ``_route_mail``.
        tickets = self.sudo()
        if not address:
            return tickets.browse()
        since = fields.Datetime.now() - timedelta(hours=REPEATED_HOURS)
        domain = Domain("caller_email", "=", address) & Domain("channel", "=", "email")
        domain &= Domain("is_closed", "=", False) & Domain("create_date", ">=", since)
        if team:
            domain &= Domain("team_id", "=", team.id)
        recent = tickets.search(domain, order="id desc", limit=50)
        subject = mail_intake.normalise_subject(message_dict.get("subject"))
        same = recent.filtered(lambda t: mail_intake.normalise_subject(t.subject) == subject)[:1]
        if same and mail_intake.get_kind(message, address) == "robot":
            return same
        if same and same._has_text(message_dict.get("body")):
            return same
        if mail_intake.is_auto_reply(message) and recent:
            # "Out of office" that names nothing belongs to what its sender wrote.
            return recent[:1]
        limit, since = self._get_mail_limit()
        return (same or recent[:1]) if self._count_recent(recent, since) >= limit else same.browse()

    @api.model
    def _count_recent(self, tickets, since):
        return len(tickets.filtered(lambda ticket: ticket.create_date >= since))

    def _has_text(self, body):
        """Whether the text of a mail stands on the ticket already."""
        # sudo: as in ``_route_mail``.
        messages = self.env["mail.message"].sudo()
        domain = [("model", "=", self._name), ("res_id", "=", self.id)]
        last = messages.search([*domain, ("message_type", "=", "email")], limit=1)
        return last and html2plaintext(last.body).split() == html2plaintext(body or "").split()

    @api.model
    def _get_mail_limit(self):
        """Return (mails of one sender, since when): Odoo's own limits of its gateway."""
        # sudo: settings of the gateway, which runs as anybody.
        get_param = self.env["ir.config_parameter"].sudo().get_param
        minutes = int(get_param("mail.gateway.loop.minutes", 120))
        since = fields.Datetime.now() - timedelta(minutes=minutes)
        return int(get_param("mail.gateway.loop.threshold", 20)), since

    @api.model
    def _is_mail_flood(self, message_dict, routes):
        """Whether a mail is one too many of its sender on a ticket: a loop. It is not kept and
        not answered; the ticket says so, once.
        """
        address = self._normalise_sender(message_dict.get("email_from"))
        ids = [route[1] for route in routes if route[1]]
        # sudo: as in ``_route_mail``.
        allowed = self.env["mail.gateway.allowed"].sudo()
        if not ids or allowed.search_count([("email_normalized", "=", address)], limit=1):
            return False
        limit, since = self._get_mail_limit()
        domain = Domain("model", "=", self._name) & Domain("res_id", "in", ids)
        domain &= Domain("message_type", "=", "email") & Domain("create_date", ">=", since)
        domain &= Domain("email_from", "ilike", address)
        # sudo: as above; a count only.
        messages = self.env["mail.message"].sudo()
        if messages.search_count(domain, limit=limit) < limit:
            return False
        # sudo: as above; the team's leader is told, not the sender.
        ticket = self.sudo().browse(ids[0])
        if self.env["aftersales.throttle"]._allow("mail-flood", f"{ticket.id}|{address}", 1, 7200):
            note = self.env._(
                "More than %(limit)s mails from %(sender)s in a short time: further ones are not "
                "kept for now. If they are no loop, allow the address under the technical settings "
                "of e-mail.",
                limit=limit,
                sender=address,
            )
            ticket._tell_chief(note)
        return True

    @api.model
    def _merge_mail_routes(self, routes, message_dict):
        """A mail to several teams of a company makes one ticket, of the first of them; each
        company has its own.
        """
        ours = [route for route in routes or [] if route[0] == self._name]
        if len(ours) < 2:
            return routes
        # sudo: as in ``_route_mail``.
        teams = self.env["aftersales.team"].sudo()
        kept, dropped = {}, []
        for route in sorted(ours, key=lambda r: (not r[1], self._get_team_of(r, teams).sequence)):
            team = self._get_team_of(route, teams)
            if kept.setdefault(team.company_id, route) is not route:
                dropped.append((route, team))
        for _route, team in dropped:
            first = kept[team.company_id]
            if not first[1]:
                remark = self.env._("Also sent to %s.", team.display_name)
                first[2].setdefault("aftersales_remarks", []).append(remark)
        gone = [route for route, _team in dropped]
        return [route for route in routes if not any(route is other for other in gone)]

    @api.model
    def _get_team_of(self, route, teams):
        if route[1]:
            # sudo: as in ``_route_mail``; the team only.
            return self.sudo().browse(route[1]).team_id
        return teams.browse((route[2] or {}).get("team_id"))

    def _notify_get_reply_to(self, default=None, author_id=False):
        # Answers come back to the team's address.
        # sudo: whoever writes to the customer need not have rights on aliases.
        aliases = self.team_id.sudo()._notify_get_reply_to(default=default, author_id=author_id)
        result = {ticket.id: aliases.get(ticket.team_id.id) for ticket in self}
        rest = self.filtered(lambda ticket: not ticket.team_id)
        if rest:
            result |= super(AftersalesTicket, rest)._notify_get_reply_to(default, author_id)
        return result
