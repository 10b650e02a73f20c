from odoo import models


class AftersalesDealerMailMixin(models.AbstractModel):
    """Documents of which the dealer is told by queued mails, all of them in one go (D11, D13)."""

    _name = "aftersales.dealer.mail.mixin"
    _description = "Document That a Dealer Is Told of"

    def _mail_dealers(self, xml_id, **context):
        """Queue one mail a document to its dealer, in the dealer's language; dealers without an
        address get none.

        :param str xml_id: of a mail template on this model
        :param context: what the template finds in its context
        """
        template = self.env.ref(xml_id, raise_if_not_found=False)
        told = self.filtered(lambda document: document.dealer_id.email)
        if template and told:
            # sudo: the text of the mail is the company's, whatever the user may read of it.
            template.sudo().with_context(**context).send_mail_batch(
                told.ids, email_layout_xmlid="mail.mail_notification_light"
            )
