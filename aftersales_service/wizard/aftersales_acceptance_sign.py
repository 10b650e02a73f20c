from odoo import api, fields, models
from odoo.exceptions import UserError


class AftersalesAcceptanceSign(models.TransientModel):
    """The acceptance on the screen: the customer signs, and so do we, in either order (W06)."""

    _name = "aftersales.acceptance.sign"
    _description = "Sign Acceptance"

    document_id = fields.Many2one("aftersales.acceptance.document", required=True, readonly=True)
    state = fields.Selection(related="document_id.state")
    needs_customer = fields.Boolean(compute="_compute_needs")
    needs_company = fields.Boolean(compute="_compute_needs")
    date = fields.Date(
        string="Accepted on", compute="_compute_from_document", store=True, readonly=False
    )
    remarks = fields.Text(
        string="Customer's Remarks", compute="_compute_from_document", store=True, readonly=False
    )
    signed_by = fields.Char(
        string="Customer's Name", compute="_compute_from_document", store=True, readonly=False
    )
    signature = fields.Image(string="Customer's Signature")
    company_signed_by = fields.Char(
        string="For Us", default=lambda self: self.env.user.name, readonly=True
    )
    company_signature = fields.Image(string="Our Signature")

    @api.depends("document_id")
    def _compute_needs(self):
        for dialog in self:
            dialog.needs_customer = not dialog.document_id.signed_on
            dialog.needs_company = not dialog.document_id.company_signed_on

    @api.depends("document_id")
    def _compute_from_document(self):
        for dialog in self:
            document = dialog.document_id
            partner = document.partner_id
            today = document.company_id and document.company_id._get_aftersales_today()
            dialog.date = document.date or today
            dialog.remarks = document.customer_remarks
            dialog.signed_by = document.signed_by or (not partner.is_company and partner.name)

    def action_sign(self):
        """Record the signatures given; the machines are accepted with the second one.

        :raise UserError: when nobody has signed, or see the document's signing
        """
        self.ensure_one()
        document = self.document_id
        document.check_access("write")
        by_customer = self.needs_customer and self.signature
        by_company = self.needs_company and self.company_signature
        if not by_customer and not by_company:
            raise UserError(
                self.env._(
                    "%(document)s: nobody has signed yet. Let the customer sign with name and "
                    "signature, or sign for us.",
                    document=document.display_name,
                )
            )
        if by_customer:
            document._sign_customer(self.signed_by, self.signature, self.date, self.remarks or "")
        if by_company:
            document._sign_company(self.company_signature)
        return {"type": "ir.actions.act_window_close"}
