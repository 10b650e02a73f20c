import base64
import io
import logging

from PIL import Image

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

_logger = logging.getLogger(__name__)

MAX_SIGNATURE = 2 * 1024 * 1024
FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
REPORT = "aftersales_service.aftersales_acceptance_report"


class AftersalesAcceptanceDocument(models.Model):
    """Sending, signing, countersigning and cancelling an acceptance (W06)."""

    _inherit = "aftersales.acceptance.document"

    def action_send(self):
        """Ask the customers by mail to sign on the portal; the documents wait for them.

        :raise UserError: for a document without machines or a customer without e-mail
        """
        self.check_access("write")
        self._check_has_machines()
        for document in self:
            if not document.partner_id.email:
                raise UserError(
                    self.env._(
                        "%(document)s: %(customer)s has no e-mail. Enter it, or let the customer "
                        "sign here.",
                        document=document.display_name,
                        customer=document.partner_id.display_name,
                    )
                )
        self.filtered(lambda d: d.state == "draft")._set_state("to_sign")
        waiting = self.filtered(lambda d: d.state == "to_sign")
        for document in waiting:
            document._portal_ensure_token()
        template = self.env.ref("aftersales_service.mail_template_acceptance")
        if waiting:
            template.send_mail_batch(waiting.ids, email_layout_xmlid="mail.mail_notification_light")
            waiting._message_log_batch(
                bodies={
                    document.id: self.env._(
                        "%s was asked by mail to sign.", document.partner_id.display_name
                    )
                    for document in waiting
                }
            )

    def action_sign(self):
        """Open the dialog in which customer and we sign on this screen."""
        self.ensure_one()
        self._check_has_machines()
        self._ensure_signable()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_acceptance_sign_action"
        )
        return dict(action, context={"default_document_id": self.id})

    def action_draft(self):
        """Take back what is not signed by the customer, with our signature on it."""
        self.check_access("write")
        for document in self.filtered("signed_on"):
            document._check_unsigned()
        self._set_state(
            "draft", company_signature=False, company_user_id=False, company_signed_on=False
        )

    def action_cancel(self):
        """Cancel documents that are not signed by both; their machines can be accepted anew."""
        self.check_access("write")
        self._set_state("cancelled")
        self._end_countersign_activities()

    def action_print(self):
        """Print the acceptance in the customer's language (H03)."""
        return self.env.ref(REPORT).report_action(self)

    def _get_report_base_filename(self):
        """Return the name under which the portal hands out the document."""
        self.ensure_one()
        return self.env._("Acceptance %s", self.name)

    def _check_has_machines(self):
        """Raise UserError for the first document that lists nothing."""
        for document in self:
            if not document.line_ids:
                raise UserError(
                    self.env._(
                        "%(document)s: add the machines that are accepted first.",
                        document=document.display_name,
                    )
                )

    def _ensure_signable(self):
        """Raise UserError unless a signature is missing and the machines are not accepted yet."""
        self.ensure_one()
        if self.state not in ("draft", "to_sign", "to_countersign"):
            raise UserError(
                self.env._(
                    "%(document)s is %(state)s already and is not signed again.",
                    document=self.display_name,
                    state=self._get_state_label(self.state),
                )
            )
        self.line_ids._check_asset()  # a machine may have been sold on since it was listed
        self.line_ids.asset_id._check_not_accepted()

    def _sign_customer(self, name, signature, date=None, remarks=None):
        """Record the customer's signature; call with sudo from the portal, the access checked.

        :param name: who signs (str)
        :param signature: base64 of an image (str or bytes)
        :param date: the day of acceptance, when it is not today
        :param remarks: what the customer remarks (str); kept as it is when None
        :raise UserError: without name or signature, for one that cannot be read, and when the
            customer has signed before
        """
        self.ensure_one()
        self.lock_for_update()
        self._ensure_signable()
        if self.signed_on:
            raise UserError(
                self.env._(
                    "%(document)s was signed by %(name)s on %(date)s already.",
                    document=self.display_name,
                    name=self.signed_by,
                    date=format_date(self.env, self.signed_on),
                )
            )
        if not (name or "").strip() or not signature:
            raise UserError(
                self.env._(
                    "%(document)s: the customer's name and signature are needed for the "
                    "acceptance.",
                    document=self.display_name,
                )
            )
        values = {
            "signature": self._check_signature(signature),
            "signed_by": name.strip()[:200],
            "signed_on": fields.Datetime.now(),
            "date": date or self.date or self.company_id._get_aftersales_today(),
        }
        if remarks is not None:
            values["customer_remarks"] = remarks.strip()[:5000]
        self._write_past_guard(values)
        self._after_signature()

    def _sign_company(self, signature):
        """Record the signature of the current user for us.

        :param signature: base64 of an image (str or bytes)
        :raise UserError: as for the customer's
        """
        self.ensure_one()
        self.check_access("write")
        self.lock_for_update()
        self._ensure_signable()
        if self.company_signed_on:
            raise UserError(
                self.env._(
                    "%(document)s was signed for us by %(name)s already.",
                    document=self.display_name,
                    name=self.company_user_id.name,
                )
            )
        self._write_past_guard(
            {
                "company_signature": self._check_signature(signature),
                "company_user_id": self.env.uid,
                "company_signed_on": fields.Datetime.now(),
            }
        )
        self._after_signature()

    def _check_signature(self, signature):
        """Return ``signature`` as base64 bytes.

        :raise UserError: when it is no image, or a huge one
        """
        try:
            data = signature.encode() if isinstance(signature, str) else signature
            if not isinstance(data, bytes) or len(data) > MAX_SIGNATURE:
                raise ValueError
            with Image.open(io.BytesIO(base64.b64decode(data, validate=True))) as image:
                if image.format not in FORMATS or max(image.size) > 5000:
                    raise ValueError
                image.verify()
        except (ValueError, TypeError, OSError, SyntaxError, Image.DecompressionBombError):
            message = self.env._(
                "%(document)s: the signature cannot be read. Clear it and sign again.",
                document=self.display_name,
            )
            raise UserError(message) from None
        return data

    def _after_signature(self):
        """Go on to what is missing, or accept the machines when both sides have signed."""
        self.ensure_one()
        if self.signed_on and self.company_signed_on:
            self._complete()
        elif self.signed_on:
            self._set_state("to_countersign")
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=(self.user_id or self.create_uid).id,
                summary=self.env._("Countersign the acceptance"),
            )
        elif self.state == "draft":
            self._set_state("to_sign")

    def _complete(self):
        """Both have signed: the machines are accepted and warranties start as policies say."""
        # Technicians and portal customers may sign, and this is the one change of assets they
        # cause; their right on the document was checked.
        lines = self.sudo().line_ids
        lines.asset_id.lock_for_update()
        lines.asset_id._check_not_accepted()
        self._set_state("signed")
        lines.write({"is_signed": True})
        lines.asset_id._write_past_guard(
            {"date_acceptance": self.date, "acceptance_document_id": self.id}
        )
        lines.asset_id._message_log_batch(
            bodies={
                asset.id: self.env._(
                    "Accepted with %(document)s, signed by %(customer)s and %(user)s.",
                    document=self.name,
                    customer=self.signed_by,
                    # sudo: the name of who signs for us stands on the document.
                    user=self.sudo().company_user_id.name,
                )
                for asset in lines.asset_id
            }
        )
        self._end_countersign_activities()
        self._send_signed()

    def _end_countersign_activities(self):
        """Nothing is waited for any more."""
        # As above: whoever completes the document ends the activity of the responsible.
        self.sudo().activity_unlink(["mail.mail_activity_data_todo"])

    def _send_signed(self):
        """Send the customer the signed document as PDF, in their language."""
        lang = self.partner_id.lang or self.env.lang
        # The mail is the company's; who signed in the portal has no rights on its template.
        document = self.sudo().with_context(lang=lang)
        try:
            report = self.env["ir.actions.report"].sudo()  # portal customers complete it too
            pdf = report._render_qweb_pdf(REPORT, document.ids)[0]
            attachments = [(f"{document.name}.pdf", pdf)]
        except UserError:
            # A signature is not lost because the server cannot make PDFs just now.
            _logger.exception("The PDF of acceptance %s could not be made.", document.name)
            attachments = []
        document.message_post(
            body=document.env._(
                "Signed by %(customer)s and %(user)s.",
                customer=document.signed_by,
                user=document.company_user_id.name,
            ),
            attachments=attachments,
            partner_ids=document.partner_id.ids,
            subtype_xmlid="mail.mt_comment",
        )
