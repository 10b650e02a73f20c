from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date


class AftersalesDealerAgreement(models.Model):
    """Putting agreements in force, one at a time, and ending them (D01)."""

    _inherit = "aftersales.dealer.agreement"

    def write(self, vals):
        if "date_end" in vals:
            self.filtered(lambda a: a.state == "running")._check_no_overlap(
                fields.Date.to_date(vals["date_end"])
            )
        return super().write(vals)

    def _check_no_overlap(self, *date_end):
        """Raise when an agreement would run beside another one; before the database says so less
        clearly.

        :param date_end: the new end of all agreements; their own ends when left out
        :raise ValidationError: naming both agreements
        """
        parties = [
            ("dealer_id", "in", self.dealer_id.ids),
            ("company_id", "in", self.company_id.ids),
        ]
        running = self.search([*parties, ("state", "=", "running")]) | self
        by_party = running.grouped(lambda a: (a.dealer_id, a.company_id))
        for agreement in self:
            end = date_end[0] if date_end else agreement.date_end
            for other in by_party[agreement.dealer_id, agreement.company_id] - agreement:
                other_end = date_end[0] if date_end and other in self else other.date_end
                if (not other_end or agreement.date_start <= other_end) and (
                    not end or end >= other.date_start
                ):
                    raise ValidationError(
                        self.env._(
                            "%(agreement)s overlaps with %(other)s, which runs from %(start)s "
                            "until %(end)s. End or cancel that one first, or change the dates.",
                            agreement=agreement.display_name,
                            other=other.display_name,
                            start=format_date(self.env, other.date_start),
                            end=format_date(self.env, other_end) or self.env._("open end"),
                        )
                    )

    def action_start(self):
        """Put agreements in force (D01).

        :raise UserError: when one has ended already; ValidationError when it overlaps with another
        """
        today = fields.Date.context_today(self)
        ended = self.filtered(lambda a: a.date_end and a.date_end < today)
        if ended:
            raise UserError(
                self.env._(
                    "%(agreement)s ended on %(end)s. Move “Until” to a later day first.",
                    agreement=ended[0].display_name,
                    end=format_date(self.env, ended[0].date_end),
                )
            )
        self._check_no_overlap()
        self._set_state("running")

    def action_cancel(self, reason=None):
        """Cancel agreements for ``reason`` (str); without one, open the dialog that asks for it.

        :raise UserError: when one is cancelled or expired already
        """
        if not reason:
            return self.env["aftersales.dealer.reason"]._ask(
                self, "cancel", self.env._("Cancel Agreement")
            )
        self._set_state("cancelled", cancel_reason=reason)
        return None

    @api.model
    def _cron_expire(self, batch_size=1000):
        """Expire what ended before today (design rule 3)."""
        domain = [("state", "=", "running"), ("date_end", "<", fields.Date.context_today(self))]
        due = self.search(domain, limit=batch_size, order="id").try_lock_for_update()
        due._set_state("expired")
        remaining = self.search_count(domain, limit=batch_size) if len(due) == batch_size else 0
        self.env["ir.cron"]._commit_progress(len(due), remaining=remaining)
