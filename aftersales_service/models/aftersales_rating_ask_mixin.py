from datetime import timedelta

from odoo import api, fields, models


class AftersalesRatingAskMixin(models.AbstractModel):
    """A document whose customer is asked by mail for a rating, once, some hours after its end
    (Q01).

    The inheriting model is a ``rating.mixin`` with a ``company_id`` and the guard, and defines
    ``_rating_template``, the mail that asks, and ``_get_asked_for_rating``.
    """

    _name = "aftersales.rating.ask.mixin"
    _description = "Asking for Ratings"
    _rating_template = ""

    rating_date_due = fields.Datetime(
        string="Rating Asked for on",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups="base.group_user",
        help="When the customer will be asked by mail; empty when there is nothing to ask.",
    )

    def _plan_rating_requests(self):
        """Have the customers of these documents asked after the hours that their company waits."""
        now = fields.Datetime.now()
        for company, documents in self.grouped("company_id").items():
            # sudo: one setting of the company, whoever ends the document.
            delay = timedelta(hours=company.sudo().aftersales_rating_delay)
            documents._write_past_guard({"rating_date_due": now + delay})

    @api.model
    def _cron_ask_for_ratings(self, batch_size=200):
        """Send the requests that are due, one for each end of a document."""
        domain = [("rating_date_due", "<=", fields.Datetime.now())]
        due = self.search(domain, order="rating_date_due, id", limit=batch_size)
        due = due.try_lock_for_update()
        if not due:
            return
        due._ask_for_ratings()
        remaining = self.search_count(domain) if len(due) == batch_size else 0
        self.env["ir.cron"]._commit_progress(len(due), remaining=remaining)

    def _ask_for_ratings(self):
        """Ask the customers by mail, those who are still to be asked."""
        self._write_past_guard({"rating_date_due": False})
        asked = self._get_asked_for_rating()
        self.env.ref(self._rating_template).send_mail_batch(asked.ids)
        asked._message_log_batch(
            bodies=dict.fromkeys(asked.ids, self.env._("The customer was asked for a rating."))
        )

    def _get_asked_for_rating(self):
        """Return those of the documents whose customers are asked now: they have an address and
        did not say it elsewhere.
        """
        raise NotImplementedError
