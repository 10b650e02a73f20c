from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

MAX_FEEDBACK = 5000


class AftersalesTicket(models.Model):
    """The customer rates each end of a ticket once, asked by mail or unasked (Q01)."""

    _name = "aftersales.ticket"
    _inherit = ["aftersales.ticket", "aftersales.rating.ask.mixin"]
    _rating_template = "aftersales_service.mail_template_ticket_rating"

    rating_date_from = fields.Datetime(
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="When the ticket was last reopened: what was said before is about another end.",
    )

    def _get_rating_round(self):
        """Return which end of the ticket a rating is about (int, from 1)."""
        self.ensure_one()
        return self.reopen_count + 1

    def _get_round_rating(self, partner=None):
        """Return the rating (sudo) of the ticket's present end; made when there is none yet.

        :param partner: who rates; the caller or customer when left out
        """
        self.ensure_one()
        # Ratings are made for customers, who have no rights on them; callers checked the ticket.
        ratings = self.env["rating.rating"].sudo()
        rating = self._search_round_ratings()
        return rating or ratings.create(
            {
                "res_model_id": self.env["ir.model"]._get_id(self._name),
                "res_id": self.id,
                "aftersales_round": self._get_rating_round(),
                "partner_id": (partner or self._rating_get_partner()).id,
                "rated_partner_id": self._rating_get_operator().id,
            }
        )

    def _search_round_ratings(self):
        """Return the ratings (sudo) of the tickets' present ends, given or only asked for."""
        rounds = {ticket.id: ticket._get_rating_round() for ticket in self}
        # As above.
        found = (
            self.env["rating.rating"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("aftersales_round", ">", 0),
                ]
            )
        )
        return found.filtered(lambda r: r.aftersales_round == rounds[r.res_id])

    def _rating_get_access_token(self, partner=None):
        # Mails and pages use the one rating of this end; Odoo would make one for each person.
        self.check_access("read")
        return self._get_round_rating(partner).access_token

    def _is_rating_wanted(self):
        """Whether the end of this ticket is one that a customer rates: no internal work, no
        campaign, no ticket that went on in another one.
        """
        self.ensure_one()
        return bool(
            self.partner_id
            and self.service_category != "internal"
            and self.channel != "campaign"
            and not self.campaign_id
            and not self.merged_into_id
        )

    def _may_rate(self):
        """Whether the customer may rate now, or change what was given."""
        self.ensure_one()
        if self.stage_id.kind not in ("solved", "closed") or not self._is_rating_wanted():
            return False
        if not self.date_closed:
            return True
        # sudo: one setting of the company; customers read no companies.
        days = self.company_id.sudo().aftersales_rating_days
        return fields.Datetime.now() < self.date_closed + timedelta(days=days)

    def _rate_by_customer(self, author, value, feedback=""):
        """Keep the customer's rating; given again, it replaces the former one (Q01).

        :param value: 1 (very dissatisfied) to 5 (very satisfied)
        :raise UserError: when it is no such number, or too late
        """
        self.ensure_one()
        if value not in range(1, 6):
            raise UserError(self.env._("Please choose one to five stars."))
        if not self._may_rate():
            raise UserError(self.env._("This ticket can not be rated any more."))
        rating = self._get_round_rating(author)
        self.rating_apply(
            value, rating=rating, feedback=(feedback or "").strip()[:MAX_FEEDBACK] or False
        )
        return rating

    def rating_apply(
        self,
        rate,
        token=None,
        rating=None,
        feedback=None,
        subtype_xmlid=None,
        notify_delay_send=False,
    ):
        """Also follow up what customers are unhappy with (R03)."""
        rating = super().rating_apply(
            rate,
            token=token,
            rating=rating,
            feedback=feedback,
            subtype_xmlid=subtype_xmlid,
            notify_delay_send=notify_delay_send,
        )
        for ticket in self.filtered(lambda t: rating.aftersales_round == t._get_rating_round()):
            ticket._write_past_guard({"rating_date_due": False})
            ticket._follow_rating(rating.sudo())  # customers have no rights on ratings
        return rating

    def _on_closed(self):
        result = super()._on_closed()
        asked = self.filtered(lambda t: t._is_rating_wanted() and t.team_id._asks_ratings(t))
        asked._plan_rating_requests()
        return result

    def _count_reopening(self):
        result = super()._count_reopening()
        # It is asked again when it ends the next time.
        self._write_past_guard(
            {"rating_date_due": False, "rating_date_from": fields.Datetime.now()}
        )
        return result

    def _get_asked_for_rating(self):
        """Not those who have said it: here or on a voucher."""
        rated = set(self._search_round_ratings().filtered("consumed").mapped("res_id"))
        asked = self.filtered(
            lambda t: (
                t.id not in rated
                and t._is_rating_wanted()
                and t.is_closed
                and t._rating_get_partner().email
                and not t._is_rated_on_voucher()
            )
        )
        for ticket in asked:
            ticket._get_round_rating()
        return asked

    def _is_rated_on_voucher(self):
        """Whether the customer rated a visit since the ticket was last reopened."""
        self.ensure_one()
        since = self.rating_date_from
        return any(
            visit.state == "done"
            and int(visit.customer_rating or 0)
            and (not since or visit.date_done > since)
            for visit in self.visit_ids
        )

    def action_view_ratings(self):
        """Open the ratings of the ticket."""
        self.ensure_one()
        return self.env["rating.rating"]._get_aftersales_action(
            [("res_model", "=", self._name), ("res_id", "=", self.id)]
        )
