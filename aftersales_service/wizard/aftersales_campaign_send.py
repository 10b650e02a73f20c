from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.aftersales_campaign_letter import BATCH


class AftersalesCampaignSend(models.TransientModel):
    """Tells the owners: e-mail where there is an address, else a letter on paper (W15)."""

    _name = "aftersales.campaign.send"
    _description = "Send Campaign Letters"

    campaign_id = fields.Many2one("aftersales.campaign", required=True, readonly=True)
    kind = fields.Selection(
        [("first", "Information: owners not told yet"), ("reminder", "Reminder: no reaction yet")],
        string="Letter",
        required=True,
        default="first",
    )
    reminder_days = fields.Integer(related="campaign_id.reminder_days")
    unit_count = fields.Integer(string="Machines", compute="_compute_counts")
    email_count = fields.Integer(string="E-mails", compute="_compute_counts")
    paper_count = fields.Integer(string="Letters on Paper", compute="_compute_counts")

    @api.depends("campaign_id", "kind")
    def _compute_counts(self):
        for wizard in self:
            lines = self.env["aftersales.campaign.line"]
            if wizard.campaign_id and wizard.kind:
                lines = lines.search(wizard.campaign_id._get_letter_domain(wizard.kind))
            recipients = list(lines._get_recipients())
            wizard.unit_count = len(lines)
            wizard.email_count = len([partner for partner in recipients if partner.email])
            wizard.paper_count = len(recipients) - wizard.email_count

    def action_send(self):
        """Send the e-mails, and print the letters for owners without address.

        Many e-mails are sent in the background.

        :raise UserError: when the campaign is not open or nobody is to be told
        """
        self.ensure_one()
        campaign = self.campaign_id
        campaign.check_access("write")
        if campaign.state != "open":
            raise UserError(
                self.env._(
                    "%(campaign)s is not open: open it before you tell the owners.",
                    campaign=campaign.display_name,
                )
            )
        letters = campaign._write_letters(self.kind)
        if not letters:
            raise UserError(
                self.env._(
                    "%(campaign)s: no owner is left to tell.", campaign=campaign.display_name
                )
            )
        mails = letters.filtered(lambda letter: letter.channel == "email")
        if len(mails) <= BATCH:
            mails and mails._send_mails()
        else:
            # Only administrators have rights on jobs; this one is woken, not changed.
            self.env.ref("aftersales_service.ir_cron_campaign_letter").sudo()._trigger()
        paper = letters - mails
        campaign._message_log(
            body=self.env._(
                "%(kind)s: %(mails)s e-mails, %(paper)s letters on paper.",
                kind=dict(letters._fields["kind"]._description_selection(self.env))[self.kind],
                mails=len(mails),
                paper=len(paper),
            )
        )
        close = {"type": "ir.actions.act_window_close"}
        if paper:
            return dict(paper.with_env(self.env).action_print(), close_on_report_download=True)
        return close
