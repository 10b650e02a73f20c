from odoo import fields, models
from odoo.tools import plaintext2html


class AftersalesTicket(models.Model):
    """Somebody calls the unhappy customer, and the team leader knows (R03, Q01)."""

    _inherit = "aftersales.ticket"

    def _follow_rating(self, rating):
        """Plan the call that a bad ``rating`` asks for, once; a better one given later cancels it.

        :param rating: the rating (sudo) that was just given
        """
        self.ensure_one()
        # Settings, return visits and activities are the company's; the rating is the customer's.
        ticket = self.sudo()
        if not ticket._is_unhappy(rating):
            ticket._forget_unhappy(rating)
        elif not rating.aftersales_told:
            rating.aftersales_told = True
            ticket._plan_unhappy_call(rating)
            ticket._tell_leader(rating)
        else:
            ticket._get_planned_calls().write({"opinion": rating.feedback})

    def _is_unhappy(self, rating):
        """Whether ``rating`` is bad enough to be followed."""
        return 0 < rating.rating <= self.company_id.aftersales_rating_unhappy

    def _get_planned_calls(self):
        """Return the return visits that are planned for the ticket's present end."""
        return self.return_visit_ids.filtered(
            lambda r: r.state == "planned" and r.ticket_round == self.reopen_count
        )

    def _plan_unhappy_call(self, rating):
        """The call that is planned anyway comes sooner; without one, one is planned."""
        vals = self._prepare_unhappy_call(rating)
        planned = self._get_planned_calls()[:1]
        if planned:
            del vals["user_id"]
            planned._write_past_guard(vals)
            return planned
        return self.env["aftersales.return.visit"].create(
            {
                **vals,
                "origin": "rating",
                "company_id": self.company_id.id,
                "ticket_id": self.id,
                "ticket_round": self.reopen_count,
                "asset_id": self.asset_id.id,
                "partner_id": self.partner_id.id,
            }
        )

    def _prepare_unhappy_call(self, rating):
        """Return what a bad ``rating`` says about the call: by phone, on the next working day."""
        return {
            "mode": "phone",
            "date_planned": self.company_id._get_next_working_day(fields.Datetime.now()),
            "reason": self._get_unhappy_text(rating),
            "opinion": rating.feedback,
            "user_id": (self.user_id or self.team_id.user_id).id,
        }

    def _get_unhappy_text(self, rating):
        return self.env._("The customer gave %s of 5.", f"{rating.rating:g}")

    def _tell_leader(self, rating):
        """Give the team leader an activity, unless the call is theirs anyway."""
        leader = self.team_id.user_id
        if leader and leader != self.user_id:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Unhappy customer"),
                note=plaintext2html(f"{self._get_unhappy_text(rating)} {rating.feedback or ''}"),
                user_id=leader.id,
            )

    def _forget_unhappy(self, rating):
        """The customer thought better of it: nobody has to call because of the first rating."""
        if not rating.aftersales_told:
            return
        rating.aftersales_told = False
        calls = self._get_planned_calls().filtered(lambda r: r.origin == "rating")
        calls.action_cancel()
        summary = self.env._("Unhappy customer")
        self.activity_ids.filtered(lambda a: a.summary == summary).unlink()
