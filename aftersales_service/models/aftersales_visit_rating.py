from datetime import timedelta

from odoo import fields, models


class AftersalesVisit(models.Model):
    """A visit that belongs to no ticket is rated once: on its voucher, else asked by mail (Q01).

    The customer of a ticket is asked about the ticket when that ends, not about each visit.
    """

    _name = "aftersales.visit"
    _inherit = ["aftersales.visit", "aftersales.rating.ask.mixin"]
    _rating_template = "aftersales_service.mail_template_visit_rating"

    def _is_rating_wanted(self):
        """Whether the customer is asked by mail about this visit."""
        self.ensure_one()
        return bool(
            self.state == "done"
            and not self.ticket_id
            and self.type_id.rating_ask
            # sudo: one setting of the company, whoever hands the voucher in.
            and self.company_id.sudo().aftersales_rating_ask
            and not int(self.customer_rating or 0)
        )

    def _may_rate(self):
        """Whether the customer may rate now, or change what was given."""
        self.ensure_one()
        # sudo: one setting of the company; customers read no companies.
        days = self.company_id.sudo().aftersales_rating_days
        return self.state == "done" and fields.Datetime.now() < self.date_done + timedelta(
            days=days
        )

    def _get_done_day(self):
        """Return the day (date) on which the visit was done, where the customer or we are; False
        before: Odoo tries a template on any record when it is loaded.
        """
        self.ensure_one()
        if not self.date_done:
            return False
        tz = self.partner_id.tz or self.company_id._get_aftersales_tz()
        return fields.Datetime.context_timestamp(self.with_context(tz=tz), self.date_done).date()

    def _on_done(self):
        result = super()._on_done()
        self.filtered(lambda v: v._is_rating_wanted())._plan_rating_requests()
        return result

    def _get_asked_for_rating(self):
        return self.filtered(
            lambda v: v._is_rating_wanted() and v._may_rate() and v._rating_get_partner().email
        )

    def rating_apply(
        self,
        rate,
        token=None,
        rating=None,
        feedback=None,
        subtype_xmlid=None,
        notify_delay_send=False,
    ):
        """Also have the unhappy customer called (R03)."""
        rating = super().rating_apply(
            rate,
            token=token,
            rating=rating,
            feedback=feedback,
            subtype_xmlid=subtype_xmlid,
            notify_delay_send=notify_delay_send,
        )
        for visit in self.filtered(lambda v: not v.ticket_id):
            # sudo: customers have no rights on ratings and return visits.
            visit.sudo()._follow_rating(rating.sudo())
        return rating

    def _follow_rating(self, rating):
        """Plan the call that a bad ``rating`` asks for, once; a better one given later cancels it.

        :param rating: the rating (sudo) that was just given; the visit is in superuser mode too
        """
        self.ensure_one()
        is_unhappy = 0 < rating.rating <= self.company_id.aftersales_rating_unhappy
        calls = self.env["aftersales.return.visit"]
        planned = calls.search([("visit_id", "=", self.id), ("state", "=", "planned")])
        if is_unhappy and not rating.aftersales_told:
            rating.aftersales_told = True
            self._plan_unhappy_call(rating, planned[:1])
        elif is_unhappy:
            planned.write({"opinion": rating.feedback})
        elif rating.aftersales_told:
            rating.aftersales_told = False
            planned.filtered(lambda call: call.origin == "rating").action_cancel()

    def _plan_unhappy_call(self, rating, planned):
        """The call that is ``planned`` anyway comes sooner; without one, one is planned."""
        vals = {
            "mode": "phone",
            "date_planned": self.company_id._get_next_working_day(fields.Datetime.now()),
            "reason": self.env._("The customer gave %s of 5.", f"{rating.rating:g}"),
            "opinion": rating.feedback,
        }
        if planned:
            planned._write_past_guard(vals)
            return
        self.env["aftersales.return.visit"].create(
            {
                **vals,
                "origin": "rating",
                "company_id": self.company_id.id,
                "visit_id": self.id,
                "asset_id": self.asset_ids[:1].id,
                "partner_id": self.partner_id.id,
            }
        )
