from odoo import api, models


class AftersalesClaim(models.Model):
    """Dealers are told what was decided: by a mail for one claim, by one mail a dealer for many
    (D07); the messages stay on the claims.
    """

    _inherit = "aftersales.claim"

    def _notify_dealer(self, template):
        """Tell each claim's dealer in the dealer's language; the number of queries does not grow
        with the claims.

        :param str template: XML id of the mail template
        """
        # Whoever decides need not have the right to read mail templates.
        template = self.env.ref(template, raise_if_not_found=False)
        template = template and template.sudo()
        if not template or not self:
            return
        if len(self) == 1:
            self.message_post_with_source(template, subtype_xmlid="mail.mt_comment")
            return
        messages = self._create_decision_messages(template)
        mails = self._create_decision_mails(messages)
        # As above: rows about messages that were made here.
        self.env["mail.notification"].sudo().create(
            [
                {
                    "author_id": message.author_id.id,
                    "mail_message_id": message.id,
                    "mail_mail_id": mails[claim.dealer_id].id,
                    "res_partner_id": claim.dealer_id.id,
                    "notification_type": "email",
                    "notification_status": "ready",
                    "is_read": True,
                }
                for claim, message in messages.items()
            ]
        )

    def _create_decision_messages(self, template):
        """Return {claim: the message that tells its dealer what was decided}, made in batch."""
        subjects = template._render_field("subject", self.ids, compute_lang=True)
        bodies = template._render_field(
            "body_html", self.ids, compute_lang=True, options={"post_process": True}
        )
        author = self._get_message_author()
        reply_to = self._notify_get_reply_to(default=author["email_from"])
        messages = (
            self.env["mail.message"]
            .sudo()  # claims may be decided on by whoever may not write messages of others
            .create(
                [
                    {
                        **author,
                        "model": self._name,
                        "res_id": claim.id,
                        "record_name": claim.name,
                        "subject": subjects[claim.id],
                        "body": bodies[claim.id],
                        "message_type": "auto_comment",
                        "subtype_id": self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment"),
                        "partner_ids": [claim.dealer_id.id],
                        "reply_to": reply_to[claim.id],
                    }
                    for claim in self
                ]
            )
        )
        return dict(zip(self, messages, strict=True))

    def _create_decision_mails(self, messages):
        """Return {dealer: its one queued mail} about its claims; ``messages`` is {claim: message}.

        A dealer with one claim gets the message itself.
        """
        by_dealer = self.grouped("dealer_id")
        values = [
            claims._prepare_decision_mail(dealer, [messages[claim] for claim in claims])
            for dealer, claims in by_dealer.items()
        ]
        mails = self.env["mail.mail"].sudo().create(values)  # as for the messages
        return dict(zip(by_dealer, mails, strict=True))

    def _prepare_decision_mail(self, dealer, messages):
        """Return the values of one dealer's mail about these claims."""
        if len(messages) == 1:
            content = {
                "mail_message_id": messages[0].id,
                "subject": messages[0].subject,
                "body_html": messages[0].body,
            }
        else:
            # The claims in the reader's language, whoever decides.
            claims = self.with_context(lang=dealer.lang or self.env.lang).sudo()
            content = {
                **self._get_message_author(),
                "subject": claims._get_digest_subject(),
                "body_html": self.env["ir.qweb"]._render(
                    "aftersales_dealer.claim_decision_digest",
                    {"claims": claims, "dealer": claims.dealer_id},
                    lang=dealer.lang or self.env.lang,
                ),
            }
        return {
            **content,
            "recipient_ids": [dealer.id],
            "is_notification": True,
            "auto_delete": True,
        }

    def _get_decision_text(self):
        """Return why the claim was decided as it was: its reason, else those of the lines that
        were cut.
        """
        self.ensure_one()
        cut = self.line_ids.filtered(
            lambda line: (
                line.currency_id.compare_amounts(line.amount_approved, line.amount_claimed) < 0
            )
        )
        reasons = [
            f"{line.name}: {line.reason or line.appraisal_reason}"
            for line in cut
            if line.reason or line.appraisal_reason
        ]
        return self.decision_reason or "; ".join(reasons)

    def _get_digest_subject(self):
        return self.env._("Decisions on %s of your claims", len(self))

    @api.model
    def _get_message_author(self):
        """Return author and sender of what is told to dealers."""
        author_id, email_from = self._message_compute_author()
        return {"author_id": author_id, "email_from": email_from}
