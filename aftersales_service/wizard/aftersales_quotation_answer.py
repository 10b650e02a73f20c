import base64

from odoo import api, fields, models
from odoo.exceptions import UserError


class AftersalesQuotationAnswer(models.TransientModel):
    """Records what the customer answered to a quotation, on the spot, on paper or by phone (T11).

    Online answers come by Odoo's own page of the quotation.
    """

    _name = "aftersales.quotation.answer"
    _description = "Answer to a Quotation"

    ticket_id = fields.Many2one("aftersales.ticket", required=True, readonly=True)
    quotation = fields.Char(compute="_compute_quotation")
    answer = fields.Selection(
        [
            ("signed", "Accepted: signed here"),
            ("paper", "Accepted on paper"),
            ("refused", "Refused"),
        ],
        required=True,
        default="signed",
    )
    signed_by = fields.Char(
        string="Who Answered",
        compute="_compute_signed_by",
        compute_sudo=False,  # who cannot read a ticket learns nothing of it here
        store=True,
        readonly=False,
    )
    signed_on = fields.Datetime(string="When", default=fields.Datetime.now, required=True)
    signature = fields.Image(max_width=1024)
    paper = fields.Binary(string="Signed Paper")
    paper_name = fields.Char()
    reason = fields.Char(string="Refused Because")

    @api.depends("ticket_id")
    def _compute_quotation(self):
        for wizard in self:
            wizard.ticket_id.check_access("read")
            wizard.quotation = wizard.ticket_id.quotation_summary

    @api.depends("ticket_id")
    def _compute_signed_by(self):
        for wizard in self:
            ticket = wizard.ticket_id
            wizard.signed_by = ticket.caller_name or ticket.partner_id.name

    def action_record(self):
        """Accept or refuse the quotation that waits for an answer, as the customer did."""
        self.ensure_one()
        problem = self._get_problem()
        if problem:
            raise UserError(
                self.env._(
                    "%(ticket)s: %(problem)s", ticket=self.ticket_id.display_name, problem=problem
                )
            )
        order = self.ticket_id._get_open_quotation()
        if self.answer == "refused":
            order._refuse_paid_work(self.reason.strip())
        else:
            order._accept_paid_work(self._prepare_signature_vals())
            self._file_paper(order)
        return {"type": "ir.actions.act_window_close"}

    def _get_problem(self):
        """Return the sentence about what is missing, or False."""
        if self.answer == "refused":
            return not (self.reason or "").strip() and self.env._(
                "write down why the customer refused."
            )
        if not (self.signed_by or "").strip():
            return self.env._("write down who accepted.")
        if self.signed_on > fields.Datetime.now():
            return self.env._("the customer cannot have accepted in the future.")
        if self.answer == "signed" and not self.signature:
            return self.env._("have the customer sign.")
        if self.answer == "paper" and not self.paper:
            return self.env._("attach the signed paper.")
        return False

    def _prepare_signature_vals(self):
        """Return Odoo's own fields of the accepted quotation."""
        return {
            "signed_by": self.signed_by.strip(),
            "signed_on": self.signed_on,
            "signature": self.signature if self.answer == "signed" else False,
        }

    def _file_paper(self, order):
        """Keep the signed paper with the order."""
        if self.answer == "paper":
            paper = self.with_context(bin_size=False).paper
            order.message_post(
                body=self.env._("Accepted on paper by %s.", self.signed_by),
                attachments=[(self.paper_name or "quotation", base64.b64decode(paper))],
            )
