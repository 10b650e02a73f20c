import itertools

from odoo.tests import new_test_user

from odoo.addons.mail.tests.common import MailCase

from .common import AftersalesCommon

NUMBERS = itertools.count(1)


class AftersalesMailCommon(MailCase, AftersalesCommon):
    """A team with an address, a customer's contact with one, and real messages for the gateway."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # As the gateway has it: nothing of the tests' switched-off mail.
        cls.env = cls.env(context={"lang": "en_US"})
        domains = cls.env["mail.alias.domain"]
        cls.domain = domains.create({"name": "maker.example", "company_ids": cls.company.ids})
        cls.company.alias_domain_id = cls.domain
        cls.company.email = "office@maker.example"
        cls.team = cls.team.with_env(cls.env)
        cls.team.write(
            {
                "alias_name": "service",
                "alias_domain_id": cls.domain.id,
                "user_id": cls.manager_user.id,
                "agent_ids": [(4, cls.agent_user.id)],
            }
        )
        cls.customer.email = "office@farm.example"
        cls.caller.email = "joe@farm.example"
        cls.agent_user.email = "agent@maker.example"
        cls.tickets = cls.env["aftersales.ticket"]
        cls.stranger = '"Sam Stranger" <sam@elsewhere.example>'

    @classmethod
    def make_portal_user(cls, partner):
        return new_test_user(
            cls.env, "t_portal_mail", groups="base.group_portal", partner_id=partner.id
        )

    def message(self, body="The pump leaks.", sender="joe@farm.example", **headers):
        """Return the text of a plain RFC 822 message."""
        number = next(NUMBERS)
        values = {
            "From": sender,
            "To": "service@maker.example",
            "Subject": f"Matter {number}",
            "Message-Id": f"<{number}.test@farm.example>",
            "Content-Type": 'text/plain; charset="utf-8"',
        }
        values |= {name.replace("_", "-"): value for name, value in headers.items()}
        lines = [f"{name}: {value}" for name, value in values.items() if value is not None]
        return "\n".join(lines) + f"\n\n{body}\n"

    def receive(self, body="The pump leaks.", sender="joe@farm.example", raw=None, **headers):
        """Give a message to Odoo's gateway and return the tickets it made."""
        before = self.tickets.search([])
        raw = self.message(body, sender, **headers) if raw is None else raw
        with self.mock_mail_gateway():
            self.env["mail.thread"].sudo().message_process(None, raw)
        self.sent = [mail for mail in self._new_mails.exists() if mail.email_to]
        return self.tickets.search([]) - before

    def answer(self, ticket, body="More of it.", sender="joe@farm.example", to=None, **headers):
        """Receive an answer to the last message of ``ticket`` (or to ``to``)."""
        answered = to or ticket.message_ids.sorted("id")[-1:]
        return self.receive(
            body,
            sender,
            Subject=f"Re: {ticket.subject}",
            References=answered.message_id,
            In_Reply_To=answered.message_id,
            **headers,
        )

    def mails(self, ticket):
        """Return the e-mails received on ``ticket``, oldest first."""
        return ticket.message_ids.filtered(lambda m: m.message_type == "email").sorted("id")
