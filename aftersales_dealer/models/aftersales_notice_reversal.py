from markupsafe import Markup

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_amount, format_date

from .account_move import SETTLING
from .aftersales_notice_settlement import ACCOUNTANT


class AftersalesNotice(models.Model):
    """The way back from a settlement, with its trail (F03)."""

    _inherit = "aftersales.notice"

    def action_reverse(self, reason=None, date=None):
        """Undo a settlement: the dealer's invoices are open again, the claims and charges wait for
        a new notice (F03).

        The settlement entries stay, each with a posted reversal it is reconciled with. What people
        reconciled with them since, payments too, is open again; the chatter says what it was.

        :param str reason: required
        :param date date: date of the reversal entries, default today
        :raise AccessError: the user may not post invoices
        :raise UserError: not settled, no reason, a date before the settlement or in a closed period
        """
        self._check_groups(ACCOUNTANT)
        reason = self._check_reason(reason)
        self._lock()
        self._ensure_transition("reversed")
        date = self._get_booking_date(date)
        for notice in self:
            notice.with_company(notice.company_id)._reverse_entries(reason, date)
        self._set_state_in_bulk("reversed")
        self._log_note(self.env._("Settlement reversed"), reason)
        # As when settling: the accountant need not have the right to change claims and charges.
        self.line_ids.sudo()._follow_notice()

    def _reverse_entries(self, reason, date):
        """Unreconcile and reverse the entries of one notice, the last one first."""
        self.ensure_one()
        entries = self._get_live_entries()
        if entries and date < max(entries.mapped("date")):
            raise UserError(
                self.env._(
                    "%(notice)s was settled on %(date)s; the reversal cannot be dated before.",
                    notice=self.display_name,
                    date=format_date(self.env, max(entries.mapped("date"))),
                )
            )
        self._ensure_open_period(entries, date)
        self._log_matches(entries)
        entries = entries.sorted("id", reverse=True).with_context(aftersales_settling=SETTLING)
        entries.line_ids.remove_move_reconcile()
        entries._reverse_moves(
            [self._prepare_reversal_vals(entry, reason, date) for entry in entries], cancel=True
        )

    def _get_live_entries(self):
        """Return the entries that settled the notices: of the notice, and its set-off."""
        return self.move_ids.filtered(
            lambda move: move.aftersales_notice_role in ("settlement", "offset")
        )

    def _log_matches(self, entries):
        """Write what the reversal opens again to the chatter: invoices, and payments since."""
        lines = entries.line_ids
        matched = [
            *((part.debit_move_id, part.debit_amount_currency) for part in lines.matched_debit_ids),
            *(
                (part.credit_move_id, part.credit_amount_currency)
                for part in lines.matched_credit_ids
            ),
        ]
        items = [
            Markup("<li>%s: %s</li>")
            % (line.move_id.name, format_amount(self.env, amount, line.currency_id))
            for line, amount in matched
            if line.move_id not in entries
            and line.journal_id not in line.company_id.currency_exchange_journal_id
        ]
        if items:
            body = Markup("<b>%s</b><ul>%s</ul>") % (
                self.env._("Open again by the reversal"),
                Markup("").join(items),
            )
            self._message_log(body=body)

    def _prepare_reversal_vals(self, entry, reason, date):
        """Return the values of the reversal of ``entry``."""
        return {
            "ref": self.env._("Reversal of %(entry)s: %(reason)s", entry=entry.name, reason=reason),
            "date": date,
            "invoice_date": date if entry.is_invoice() else False,
            "invoice_date_due": date if entry.is_invoice() else False,
            "invoice_payment_term_id": False,
            "invoice_origin": self.name,
            "aftersales_notice_id": self.id,
            "aftersales_notice_role": f"{entry.aftersales_notice_role}_reversal",
        }
