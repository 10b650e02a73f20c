from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ..tools.bulk_log import log_many


class AftersalesRegistration(models.Model):
    """Handing the card in, accepting a late one, cancelling a wrong one (D02)."""

    _inherit = "aftersales.registration"

    def action_register(self):
        """Hand the cards in: the end user becomes owner, warranties may start (D02, W04).

        :raise UserError: when a card is not a draft or lacks data, naming the card and the field
        """
        self.check_access("write")
        self._ensure_transition("registered")
        self._check_ready()
        # The terms of the day count, whatever was in force when the card was drafted.
        for name in ("agreement_id", "registration_days"):
            self.env.add_to_compute(self._fields[name], self)
        cards = self.with_context(tracking_disable=True)
        end_users = cards._find_or_create_end_users()
        cards.filtered(lambda r: not r.date_registered).write(
            {"date_registered": fields.Date.context_today(self)}
        )
        cards._set_state("registered")
        # Each card has its own values: one statement for all.
        numbers = cards._draw_numbers()
        cards._update_rows(
            {
                card: {"end_user_id": end_users[card].id, "name": numbers.get(card, card.name)}
                for card in cards
            }
        )
        # Dealer staff need no rights to change assets; this is the one change they cause.
        assets = cards.asset_id.sudo()
        assets._hand_to_end_users(
            # The cards were checked for writing above; in the same mode as the assets.
            {card.asset_id: card.end_user_id for card in cards.sudo()},
            {card.asset_id: card.date_sale for card in cards.sudo()},  # as above
        )
        self._log_registered()

    def _draw_numbers(self):
        """Return {card: number} of those that have none yet, a few queries a company."""
        numbers = {}
        new = self.filtered(lambda card: card.name == "/")
        for company, cards in new.grouped("company_id").items():
            sequences = self.env["ir.sequence"].with_company(company)
            drawn = sequences._next_numbers_by_code(self._number_sequence, len(cards))
            numbers.update(zip(cards, drawn, strict=True))
        return numbers

    def _check_ready(self):
        """Raise for the first card that cannot be handed in yet."""
        today = fields.Date.context_today(self)
        is_manager = self.env.su or self.env.user.has_group(
            "aftersales_dealer.group_aftersales_dealer_manager"
        )
        for card in self:
            asset = card.asset_id
            if asset.state != "in_service":
                raise UserError(
                    self.env._(
                        "%(card)s: %(asset)s is not in service (%(state)s), so its sale cannot be "
                        "registered.",
                        card=card.display_name,
                        asset=asset.display_name,
                        state=asset._get_state_label(asset.state),
                    )
                )
            if not (card.end_user_name or "").strip():
                raise UserError(
                    self.env._("%(card)s: enter the end user's name.", card=card.display_name)
                )
            if not (card.end_user_phone or card.end_user_email):
                raise UserError(
                    self.env._(
                        "%(card)s: enter the end user's phone or e-mail.", card=card.display_name
                    )
                )
            if card.date_registered and card.date_registered < today and not is_manager:
                raise UserError(
                    self.env._(
                        "%(card)s: only a dealer manager may enter a card as received earlier. "
                        "Empty “Registered on”.",
                        card=card.display_name,
                    )
                )

    def _log_registered(self):
        """Say on card and asset what happened and how the deadline was judged."""
        log_many(self, {card.id: card._get_deadline_sentence() for card in self})
        days = {day: format_date(self.env, day) for day in set(self.mapped("date_sale"))}
        log_many(
            self.asset_id.sudo(),  # see ``action_register``
            {
                card.asset_id.id: self.env._(
                    "Sold to the end user %(end_user)s on %(date)s; registered with the card "
                    "%(card)s.",
                    end_user=card.end_user_name,
                    date=days[card.date_sale],
                    card=card.name,
                )
                for card in self
            },
        )

    def _get_deadline_sentence(self):
        """Return in words whether the card came in time, and by which rule."""
        self.ensure_one()
        values = {
            "date": format_date(self.env, self.date_registered),
            "deadline": format_date(self.env, self.date_deadline),
            "days": self.registration_days,
            "late": self.days_late,
        }
        if not self.late:
            return self.env._(
                "Registered on %(date)s, in time: due by %(deadline)s (%(days)s days after the "
                "sale).",
                **values,
            )
        if self.override_date:
            return self.env._(
                "Registered on %(date)s, %(late)s days after the deadline of %(deadline)s; "
                "accepted all the same: %(reason)s",
                reason=self.override_reason,
                **values,
            )
        return self.env._(
            "Registered on %(date)s, %(late)s days after the deadline of %(deadline)s (%(days)s "
            "days after the sale): claims are refused unless the delay is accepted.",
            **values,
        )

    def action_override(self, reason=None):
        """Accept late cards for ``reason`` (str); without one, ask for it (D02).

        :raise AccessError: for users who are not dealer managers
        :raise UserError: when a card is not registered late, or its delay was accepted already
        """
        self._check_manager(self.env._("accept a late registration"))
        wrong = self.filtered(lambda r: r.state != "registered" or not r.late or r.override_date)
        if wrong:
            raise UserError(
                self.env._(
                    "%(card)s needs no acceptance: it is not registered late.",
                    card=wrong[0].display_name,
                )
            )
        if not (reason or "").strip():
            return self.env["aftersales.dealer.reason"]._ask(
                self, "override", self.env._("Accept Late Registration")
            )
        self._write_past_guard(
            {
                "override_reason": reason.strip(),
                "override_user_id": self.env.user.id,
                "override_date": fields.Datetime.now(),
            }
        )
        return None

    def action_cancel(self, reason=None):
        """Cancel cards for ``reason`` (str), without one ask; the dealer is owner again.

        :raise AccessError: for users who are not dealer managers, when a card was handed in
        :raise UserError: when a card is cancelled already or something relies on it
        """
        registered = self.filtered(lambda r: r.state == "registered")
        if registered:
            self._check_manager(self.env._("cancel a registration"))
        self._ensure_transition("cancelled")
        self._check_may_cancel()
        if not (reason or "").strip():
            return self.env["aftersales.dealer.reason"]._ask(
                self, "cancel", self.env._("Cancel Registration")
            )
        self._set_state("cancelled", cancel_reason=reason.strip())
        # As in ``action_register``: the one change of assets that follows from the card.
        registered.asset_id.sudo()._take_back_from_end_users()
        return None

    def _check_may_cancel(self):
        """Hook: raise UserError when a document relies on one of the cards; claims extend it."""

    def _check_manager(self, deed):
        """Raise AccessError unless the user is a dealer manager; ``deed`` completes "may …"."""
        if not self.env.su and not self.env.user.has_group(
            "aftersales_dealer.group_aftersales_dealer_manager"
        ):
            raise AccessError(
                self.env._(
                    "Only a dealer manager may %(deed)s. Ask one of them to do it.", deed=deed
                )
            )

    @api.model
    def _register_for_portal(self, dealer, values):
        """Hand in a card entered on the portal; call with sudo, the dealer checked (D14).

        The serial is looked for among the dealer's own machines only: an unknown one and another
        dealer's give the same answer.

        :param dealer: the user's commercial partner
        :param values: values of the card's contact fields, ``serial``, ``date_sale`` …
        :raise UserError: naming the field and the cure
        """
        serial = (values.get("serial") or "").strip()
        assets = self._find_assets({serial})[serial].filtered(lambda a: a.dealer_id == dealer)
        if not serial or len(assets) != 1:
            raise UserError(self._get_foreign_message(serial))
        if assets.registration_id:
            raise UserError(self._get_taken_message(serial, assets.registration_id))
        card = self.with_company(assets.company_id).create(
            {
                **values,
                "asset_id": assets.id,
                "dealer_id": dealer.id,
                "company_id": assets.company_id.id,
                "channel": "portal",
                "date_registered": False,
            }
        )
        card.action_register()
        return card
