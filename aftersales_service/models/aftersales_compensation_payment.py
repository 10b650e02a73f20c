from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

ACCOUNTANT = "account.group_account_invoice"


class AftersalesCompensation(models.Model):
    """Paid by a credit note of Odoo's accounting: drafted once, posted by an accountant, reversible
    (X05).

    The credit note tells the compensation what happens to it (``account_move_compensation.py``),
    so that what is posted and what is shown here are the same.
    """

    _inherit = "aftersales.compensation"

    move_ids = fields.One2many(
        "account.move", "aftersales_compensation_id", string="Credit Notes", copy=False
    )
    move_id = fields.Many2one("account.move", string="Credit Note", compute="_compute_move_id")
    move_name = fields.Char(string="Credit Note Number", compute="_compute_move_id")

    @api.depends("move_ids.state")
    def _compute_move_id(self):
        for compensation in self:
            # The office sees which credit note pays it, not what else is in it.
            move = compensation.sudo().move_ids.filtered(lambda m: m.state != "cancel")[:1]
            compensation.move_id = move
            draft = self.env._("Draft credit note")
            name = move.name if move.state == "posted" else draft
            compensation.move_name = name if move else False

    def action_create_credit_note(self):
        """Draft the credit notes of approved compensations that have none (any more).

        :return: the action that shows them
        :raise UserError: when the user is no accountant, or there is nothing to credit
        """
        self.check_access("read")
        self._ensure_accountant()
        self.lock_for_update()
        self._draft_credit_notes()
        return self.action_view_credit_note()

    def action_view_credit_note(self):
        """Open the credit notes of the compensations.

        :raise UserError: when there is none
        """
        moves = self.move_id
        if not moves:
            raise UserError(
                self.env._(
                    "%(compensation)s is not approved, or its credit note was deleted: there is "
                    "none to open.",
                    compensation=", ".join(self.mapped("name")),
                )
            )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account.action_move_out_refund_type"
        )
        if len(moves) == 1:
            return dict(action, res_id=moves.id, views=[(False, "form")], view_mode="form")
        return dict(action, domain=[("id", "in", moves.ids)])

    def action_reverse(self, reason=None):
        """Take back what was credited by reversing the credit note, for ``reason`` (str).

        :raise UserError: when the user is no accountant, or the credit note is not posted
        """
        if not reason:
            return self._ask_reason("reverse")
        self.check_access("read")
        self._ensure_accountant()
        self.lock_for_update()
        self._ensure_transition("reversed")
        text = self._clean_reason(reason)
        # sudo: accountants read compensations; the reversal below is of their own notes.
        self.sudo()._write_past_guard({"decision_reason": text})
        for compensation in self:
            move = compensation.move_id.sudo(False)
            move._reverse_moves([{"ref": f"{compensation.name}: {text}"}], cancel=True)
        return True

    def _ensure_accountant(self):
        if not (self.env.su or self.env.user.has_group(ACCOUNTANT)):
            raise UserError(
                self.env._("Credit notes are made by accountants. Ask one of them to do it.")
            )

    def _draft_credit_notes(self):
        """Draft a credit note for each approved compensation without one: once (unique index)."""
        # sudo: the manager's decision makes the draft; only accountants post it.
        due = self.sudo().filtered(lambda c: c.state == "approved" and not c.move_id)
        # Drafts cancelled just now make room in the unique index only when that is in the
        # database.
        due.move_ids.flush_recordset(["state"])
        for company, compensations in due.grouped("company_id").items():
            # sudo: as above; drafts only.
            self.env["account.move"].sudo().with_company(company).create(
                [compensation._prepare_credit_note_vals() for compensation in compensations]
            )

    def _prepare_credit_note_vals(self):
        """Return the values of the credit note that pays the compensation."""
        self.ensure_one()
        env = self.with_context(lang=self.partner_id.lang or self.env.lang).env
        reasons = dict(self._fields["reason"]._description_selection(env))
        text = env._(
            "Compensation %(number)s (%(reason)s)", number=self.name, reason=reasons[self.reason]
        )
        if self.ticket_id:
            text = f"{text}, {self.ticket_id.name}"
        return {
            "move_type": "out_refund",
            "partner_id": self.partner_id.commercial_partner_id.id,
            "currency_id": self.currency_id.id,
            "company_id": self.company_id.id,
            "invoice_origin": self.name,
            "ref": self.name,
            "aftersales_compensation_id": self.id,
            "invoice_line_ids": [Command.create(self._prepare_credit_note_line_vals(text))],
        }

    def _prepare_credit_note_line_vals(self, text):
        """Return the values of the one line of the credit note; its taxes are the product's."""
        self.ensure_one()
        product = self.company_id.aftersales_compensation_product_id or self.env.ref(
            "aftersales_service.product_compensation", raise_if_not_found=False
        )
        return {
            "product_id": product.id if product else False,
            "name": text,
            "quantity": 1.0,
            "price_unit": self.amount_approved,
            **({} if product else {"tax_ids": [Command.clear()]}),
        }

    def _cancel_credit_drafts(self):
        """The draft credit notes of these are not wanted any more."""
        # sudo: as when they were drafted; what is posted is not touched.
        self.sudo().move_ids.filtered(lambda m: m.state == "draft").button_cancel()

    # What credit notes tell.

    def _on_credit_posted(self):
        """The credit notes were posted: the customers have their money."""
        self.filtered(lambda c: c.state == "approved")._set_state("paid")

    def _on_credit_withdrawn(self):
        """The credit notes are drafts again: nothing is paid."""
        self.filtered(lambda c: c.state == "paid")._set_state("approved")

    def _on_credit_reversed(self):
        """What was credited was taken back."""
        self.filtered(lambda c: c.state == "paid")._set_state("reversed")

    def _on_reversal_withdrawn(self):
        """The reversal does not count any more: what was credited is."""
        self.filtered(lambda c: c.state == "reversed")._set_state("paid")
