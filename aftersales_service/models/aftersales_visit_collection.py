from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools.snapshot import touch

ACCOUNTANT = "account.group_account_invoice"
VOID = ("canceled", "rejected")


class AftersalesVisit(models.Model):
    """What technicians collected on the spot becomes a payment of Odoo's, once (V10).

    Technicians write the amount on the voucher and hand the money in; they post nothing. An
    accountant registers it, from the invoice of the work or from the list of what is to be
    registered. The payment is posted and matched with the open invoices of the ticket; what they
    do not take stays the customer's credit. A payment that is cancelled or deleted leaves the
    amount to be registered again.
    """

    _inherit = "aftersales.visit"

    collection_payment_ids = fields.One2many(
        "account.payment", "aftersales_visit_id", string="Payments of What Was Collected"
    )
    collected_elsewhere = fields.Boolean(
        string="Registered Otherwise",
        readonly=True,
        copy=False,
        help="The accountant booked the money in another way.",
    )
    collection_note = fields.Char(compute="_compute_collection_note")
    is_to_register = fields.Boolean(compute="_compute_collection_note")

    _collected_idx = models.Index("(company_id) WHERE charge_amount > 0 AND state = 'done'")

    @api.depends("charge_amount", "state", "collected_elsewhere", "collection_payment_ids.state")
    def _compute_collection_note(self):
        to_register = self._filter_to_register()
        for visit in self:
            visit.is_to_register = visit in to_register
            payment = visit._get_collection_payment()
            if visit.state != "done" or not visit.charge_amount:
                visit.collection_note = False
            elif payment:
                visit.collection_note = self.env._("Registered as payment %s.", payment.name)
            elif visit.collected_elsewhere:
                visit.collection_note = self.env._("Registered by the accountant.")
            else:
                visit.collection_note = self.env._("Not registered by the accountant yet.")

    def _get_collection_payment(self):
        """Return the live payment (sudo) of what was collected, empty when there is none."""
        self.ensure_one()
        # sudo: technicians and agents see that it was registered; payments have their own rights.
        payments = self.sudo().collection_payment_ids
        return payments.filtered(lambda payment: payment.state not in VOID)[:1]

    @api.model
    def _get_to_register_domain(self):
        """Domain of the vouchers whose money is not in the books yet."""
        return (
            Domain("state", "=", "done")
            & Domain("charge_amount", ">", 0)
            & Domain("collected_elsewhere", "=", False)
            & ~Domain("collection_payment_ids", "any", [("state", "not in", VOID)])
        )

    def _filter_to_register(self):
        """Return those of these vouchers whose money is not in the books yet."""
        return self.filtered(
            lambda v: (
                v.state == "done"
                and v.charge_amount > 0
                and not v.collected_elsewhere
                and not v._get_collection_payment()
            )
        )

    def action_register_collected(self):
        """Register what was collected on these visits as payments, and match them with the open
        invoices of their tickets (V10).

        :return: window action on the payments
        :raise UserError: when the user is no accountant, an amount is registered already, or the
            company has no journal for it
        """
        self.check_access("read")
        return self._register_collected()._get_collection_action()

    def action_collected_elsewhere(self):
        """The money of these vouchers was booked in another way: offer it no more (V10).

        :raise UserError: when the user is no accountant, or an amount is registered already
        """
        self.check_access("read")
        self._check_may_register()
        # sudo: accountants read vouchers; what they say of the money is kept there.
        self.sudo()._write_past_guard({"collected_elsewhere": True})
        note = self.env._("The collected amount was registered otherwise.")
        self.sudo()._message_log_batch(bodies=dict.fromkeys(self.ids, note))

    def action_view_collected(self):
        """Open the payment of the voucher, else the invoices it is deducted from; the voucher
        itself is the service centre's.

        :return: window action, or False when there is neither
        """
        self.ensure_one()
        self.check_access("read")
        payment = self._get_collection_payment().sudo(False)
        if payment:
            return payment._get_collection_action()
        invoices = self._get_collection_invoices()
        if not invoices:
            return False
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account.action_move_out_invoice_type"
        )
        return dict(action, domain=[("id", "in", invoices.ids)], context={"create": False})

    def _check_may_register(self):
        """Raise unless the user is an accountant and all is to be registered still."""
        if not (self.env.su or self.env.user.has_group(ACCOUNTANT)):
            raise UserError(self.env._("Only an accountant registers what was collected."))
        # sudo: accountants have no right to write vouchers; nobody else may register them now.
        self.sudo().lock_for_update()
        touch(self.sudo())
        done = self - self._filter_to_register()
        if done:
            raise UserError(
                self.env._(
                    "%(visit)s: nothing is to be registered. %(note)s",
                    visit=done[0].display_name,
                    note=done[0].collection_note or "",
                )
            )

    def _register_collected(self, invoices=None):
        """Make, post and match the payments; return them.

        :param invoices: the invoices (account.move) to match; None: the open ones of each ticket
        """
        self._check_may_register()
        chosen = {visit: visit._get_collection_invoices(invoices) for visit in self}
        payments = self.env["account.payment"].create(
            [visit._prepare_collection_vals(found) for visit, found in chosen.items()]
        )
        for visit, payment in zip(self, payments, strict=True):
            # sudo: which voucher a payment is of is said by this method only.
            payment.sudo().aftersales_visit_id = visit
        payments.action_post()
        for found, payment in zip(chosen.values(), payments, strict=True):
            payment._match_collected(found)
        self.invalidate_recordset(["collection_note"])
        return payments

    def _get_collection_invoices(self, invoices=None):
        """Return the posted invoices of the voucher's work that are not paid yet, oldest first."""
        self.ensure_one()
        if invoices is None:
            # sudo: the accountant's own invoices follow; the ticket need not be readable.
            orders = self.sudo().ticket_id.quotation_ids
            invoices = orders.invoice_ids.sudo(False)._filtered_access("read")
        return invoices.filtered(
            lambda move: (
                move.move_type == "out_invoice"
                and move.state == "posted"
                and move.company_id == self.company_id
                and not move.currency_id.is_zero(move.amount_residual)
            )
        ).sorted(lambda move: (move.invoice_date_due or move.date, move.id))

    def _prepare_collection_vals(self, invoices):
        """Return the values of the payment: on the day of the visit, today when the books of that
        day are closed.
        """
        self.ensure_one()
        journal = self.company_id._get_collection_journal()
        day = fields.Datetime.context_timestamp(
            self.with_context(tz=self.company_id._get_aftersales_tz()), self.date_done
        ).date()
        if self.company_id._get_violated_lock_dates(day, False, journal):
            day = fields.Date.context_today(self)
        visit = self.sudo()  # number and customer of the ticket, for the memo
        customer = invoices[:1].partner_id or visit.partner_id
        receivable = invoices.line_ids.filtered(lambda li: li.display_type == "payment_term")
        vals = {
            "date": day,
            "amount": self.charge_amount,
            "currency_id": self.currency_id.id,
            "payment_type": "inbound",
            "partner_type": "customer",
            "partner_id": customer.commercial_partner_id.id,
            "journal_id": journal.id,
            "memo": " ".join(filter(None, (visit.name, visit.ticket_id.name))),
        }
        if receivable:
            vals["destination_account_id"] = receivable[:1].account_id.id
        return vals
