from odoo import models

from ..tools.contact_key import name_key


class AftersalesRegistration(models.Model):
    """Who the end user of a card is: chosen, known from the same dealer, or new (D02)."""

    _inherit = "aftersales.registration"

    def _find_or_create_end_users(self):
        """Return {card: end user}: the chosen one, one of the same dealer's earlier ones, or a new
        contact.

        An earlier end user is the same when name and either e-mail or phone agree. Contacts of
        other
        dealers are never looked at, so that nothing of them shows.
        """
        result = {card: card.end_user_id for card in self if card.end_user_id}
        missing = self - self.browse([card.id for card in result])
        known = missing._get_known_end_users()
        firsts = {}
        for card in missing:
            keys = card._get_end_user_keys()
            partner = next((known[key] for key in keys if key in known), None)
            if partner:
                result[card] = partner
            else:
                first = next((firsts[key] for key in keys if key in firsts), card)
                firsts.update(dict.fromkeys(keys, first))
                result[card] = first
        makers = missing.filtered(lambda card: result[card] == card)
        # The end user is made from the card by whoever may register, dealer staff included.
        partners = (
            # They need no right to make contacts; the values are the card's.
            self.env["res.partner"]
            .sudo()
            .create([card._prepare_end_user_vals() for card in makers])
        )
        # The card goes on with the rights of whoever registers.
        made = dict(zip(makers, partners.sudo(False), strict=True))
        return {card: made.get(found, found) for card, found in result.items()}

    def _get_known_end_users(self):
        """Return {key: end user} of the dealers' earlier cards, for the cards' e-mails and
        phones."""
        emails = [email for email in self.mapped("end_user_email_key") if email]
        phones = [phone for phone in self.mapped("end_user_phone_key") if phone]
        # Earlier cards of the same dealers and companies only; the portal dealer acts through
        # here, too.
        earlier = self.sudo().search(
            [
                ("dealer_id", "in", self.dealer_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("end_user_id.active", "=", True),
                ("state", "=", "registered"),
                "|",
                ("end_user_email_key", "in", emails),
                ("end_user_phone_key", "in", phones),
            ],
            order="id",
        )
        return {
            # Found as superuser, handed on with the rights of whoever registers.
            key: card.end_user_id.sudo(False)
            for card in earlier
            for key in card._get_end_user_keys()
        }

    def _get_end_user_keys(self):
        """Return what identifies the card's end user: (dealer, company, name, kind, e-mail or
        phone)."""
        self.ensure_one()
        who = (self.dealer_id.id, self.company_id.id, name_key(self.end_user_name))
        keys = (("email", self.end_user_email_key), ("phone", self.end_user_phone_key))
        return [(*who, kind, value) for kind, value in keys if value]

    def _prepare_end_user_vals(self):
        """Return the values of the contact that the card describes."""
        self.ensure_one()
        return {
            "name": self.end_user_name.strip(),
            "phone": self.end_user_phone,
            "email": self.end_user_email,
            "street": self.end_user_street,
            "city": self.end_user_city,
            "zip": self.end_user_zip,
            "state_id": self.end_user_state_id.id,
            "country_id": self.end_user_country_id.id or self.dealer_id.country_id.id,
            "lang": self.dealer_id.lang or self.env.lang,
            "company_id": self.company_id.id,
        }
