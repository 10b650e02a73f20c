import logging
from datetime import timedelta

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

_logger = logging.getLogger(__name__)
BATCH = 200


class AftersalesCampaignLetter(models.Model):
    """One letter or e-mail of a campaign to one recipient, about all their machines (W15).

    Each has the next number of its recipient: two runs at the same time cannot both write.
    """

    _name = "aftersales.campaign.letter"
    _description = "Campaign Letter"
    _order = "id desc"
    _rec_name = "partner_id"

    campaign_id = fields.Many2one(
        "aftersales.campaign", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(related="campaign_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(
        "res.partner", string="To", required=True, index=True, readonly=True
    )
    number = fields.Integer(required=True, readonly=True, help="Which letter to this recipient.")
    kind = fields.Selection(
        [("first", "Information"), ("reminder", "Reminder")], required=True, readonly=True
    )
    channel = fields.Selection(
        [("email", "E-mail"), ("paper", "Paper")], required=True, readonly=True
    )
    email = fields.Char(related="partner_id.email")
    line_ids = fields.Many2many(
        "aftersales.campaign.line",
        "aftersales_campaign_letter_line_rel",
        "letter_id",
        "line_id",
        string="Machines",
        readonly=True,
    )
    unit_count = fields.Integer(string="Machine Count", readonly=True)
    state = fields.Selection(
        [("queued", "To send"), ("sent", "Sent"), ("error", "Failed")],
        string="Status",
        required=True,
        default="queued",
        readonly=True,
    )
    date = fields.Date(string="Sent on", readonly=True)
    error = fields.Char(readonly=True)

    _number_uniq = models.UniqueIndex(
        "(campaign_id, partner_id, number)", "This letter was written already."
    )
    _queued_idx = models.Index("(channel, id) WHERE state = 'queued'")

    @api.depends("partner_id", "campaign_id")
    def _compute_display_name(self):
        for letter in self:
            letter.display_name = f"{letter.campaign_id.name} · {letter.partner_id.display_name}"

    def action_print(self):
        """Print the letters as one PDF; those that were to be sent on paper count as sent (W15)."""
        self.check_access("read")
        paper = self.filtered(lambda letter: letter.channel == "paper" and letter.state != "sent")
        # Who prints has seen the letters; the machines are marked by the system.
        paper.sudo()._mark_sent()
        report = self.env.ref("aftersales_service.aftersales_campaign_letter_report")
        return report.report_action(self.sorted("partner_id"))

    def action_retry(self):
        """Try failed e-mails again.

        :raise UserError: when none of the letters failed
        """
        self.check_access("read")
        failed = self.filtered(lambda letter: letter.state == "error")
        if not failed:
            raise UserError(self.env._("None of these letters failed."))
        # As above; only the sending is repeated.
        failed.sudo()._send_mails()

    def _send_mails(self):
        """Queue the e-mails of these letters; one that fails keeps its error and holds up no
        other.
        """
        template = self.env.ref("aftersales_service.mail_template_campaign_letter")
        try:
            with self.env.cr.savepoint():
                template.send_mail_batch(self.ids)
                self._mark_sent()
        except Exception as error:
            # A template is edited by users: whatever it raises belongs to one of these letters.
            if len(self) > 1:
                for letter in self:
                    letter._send_mails()
                return
            _logger.info("campaign letter %s failed: %s", self.id, error)
            self.write({"state": "error", "error": str(error)[:500]})

    def _mark_sent(self):
        """The letters are on their way: their machines are informed of, or reminded."""
        today = fields.Date.context_today(self)
        self.write({"state": "sent", "date": today, "error": False})
        first = self.filtered(lambda letter: letter.kind == "first").line_ids
        first.filtered(lambda line: line.state == "open")._set_state(
            "informed", date_informed=today
        )
        reminded = self.filtered(lambda letter: letter.kind == "reminder").line_ids
        # A machine whose owner and others are written to is reminded of once.
        reminded = reminded.filtered(lambda line: line.date_reminded != today)
        for count, lines in reminded.grouped("reminder_count").items():
            lines._write_past_guard({"date_reminded": today, "reminder_count": count + 1})

    @api.model
    def _cron_send(self):
        """Send the e-mails that wait, in batches (design rule 3)."""
        domain = [("state", "=", "queued"), ("channel", "=", "email")]
        cron = self.env["ir.cron"]
        remaining = self.search_count(domain)
        cron._commit_progress(remaining=remaining)
        last_id = 0
        while letters := self.search(
            Domain(domain) & Domain("id", ">", last_id), limit=BATCH, order="id"
        ):
            last_id = letters[-1].id
            free = letters.try_lock_for_update()
            free._send_mails()
            if not cron._commit_progress(len(letters)):
                break


class AftersalesCampaign(models.Model):
    """Who is told of a campaign, and reminded (W15)."""

    _inherit = "aftersales.campaign"

    letter_ids = fields.One2many(
        "aftersales.campaign.letter", "campaign_id", string="Letters", readonly=True
    )
    letter_count = fields.Integer(compute="_compute_letter_count")
    reminder_days = fields.Integer(
        string="Remind after (Days)",
        default=30,
        help="Owners who have not reacted are reminded this many days after the letter; never "
        "when 0.",
    )
    reminder_limit = fields.Integer(string="Reminders at Most", default=2)

    _reminder_positive = models.Constraint(
        "CHECK(reminder_days >= 0 AND reminder_limit >= 0)",
        "Days and number of reminders cannot be negative.",
    )

    @api.depends("letter_ids")
    def _compute_letter_count(self):
        letters, counts = self.env["aftersales.campaign.letter"], {}
        if letters.has_access("read"):
            counts = dict(
                letters._read_group([("campaign_id", "in", self.ids)], ["campaign_id"], ["__count"])
            )
        for campaign in self:
            campaign.letter_count = counts.get(campaign._origin, 0)

    def action_send(self):
        """Open the dialog that sends letters and e-mails."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_campaign_send_action"
        )
        kind = "first" if self.uninformed_count else "reminder"
        return dict(action, context={"default_campaign_id": self.id, "default_kind": kind})

    def action_view_letters(self):
        """Open the campaign's letters."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_campaign_letter_action"
        )
        return dict(action, domain=[("campaign_id", "=", self.id)], context={})

    def _get_letter_domain(self, kind):
        """Domain of the units at customers about which a letter of ``kind`` is due."""
        self.ensure_one()
        domain = Domain("campaign_id", "=", self.id) & Domain("partner_id", "!=", False)
        if kind == "first":
            # Letters are part of the campaign, which was read as the user.
            queued = self.letter_ids.sudo()._search(
                [("campaign_id", "=", self.id), ("state", "!=", "sent"), ("kind", "=", "first")]
            )
            return domain & Domain("state", "=", "open") & ~Domain("letter_ids", "in", queued)
        # One who was reminded lately, or whose reminder waits, is left in peace.
        due = fields.Date.context_today(self) - timedelta(days=self.reminder_days)
        # As above.
        queued = self.letter_ids.sudo()._search(
            [("campaign_id", "=", self.id), ("state", "!=", "sent"), ("kind", "=", "reminder")]
        )
        return (
            domain
            & Domain("state", "=", "informed")
            & Domain("date_informed", "<=", due)
            & (Domain("date_reminded", "=", False) | Domain("date_reminded", "<=", due))
            & Domain("reminder_count", "<", self.reminder_limit)
            & ~Domain("letter_ids", "in", queued)
        )

    def _write_letters(self, kind):
        """Make the letters of ``kind`` that are due: one for each recipient, about all machines.

        :return: the new ``aftersales.campaign.letter``, to be sent
        """
        self.ensure_one()
        self.lock_for_update()
        lines = self.env["aftersales.campaign.line"].search(self._get_letter_domain(kind))
        # Letters are the system's to make; the caller checked who asks for them.
        letters = self.env["aftersales.campaign.letter"].sudo()
        recipients = lines._get_recipients()
        numbers = dict(
            letters._read_group([("campaign_id", "=", self.id)], ["partner_id"], ["number:max"])
        )
        return letters.create(
            [
                {
                    "campaign_id": self.id,
                    "partner_id": partner.id,
                    "number": numbers.get(partner, 0) + 1,
                    "kind": kind,
                    "channel": "email" if partner.email else "paper",
                    "line_ids": [Command.set(own.ids)],
                    "unit_count": len(own),
                }
                for partner, own in recipients.items()
            ]
        )

    @api.model
    def _cron_remind(self):
        """Remind the owners who have not reacted, campaign by campaign (W15)."""
        campaigns = self.search(
            self._get_running_domain()
            & Domain("kind", "!=", "notice")
            & Domain("reminder_days", ">", 0)
            & Domain("reminder_limit", ">", 0)
        )
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(campaigns))
        for campaign in campaigns:
            try:
                with self.env.cr.savepoint():
                    letters = campaign._write_letters("reminder")
                    campaign._tell_paper(letters.filtered(lambda x: x.channel == "paper"))
            except OperationalError:
                raise  # another process was faster: Odoo runs the job again
            except Exception:
                self.env.invalidate_all(flush=False)
                _logger.exception("The owners of campaign %s were not reminded.", campaign.id)
            if not cron._commit_progress(1):
                break
        self.env.ref("aftersales_service.ir_cron_campaign_letter")._trigger()

    def _tell_paper(self, letters):
        """Ask the responsible to print what cannot be mailed."""
        self.ensure_one()
        if letters and self.user_id:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Print %s reminders and send them by post", len(letters)),
                user_id=self.user_id.id,
            )


class AftersalesCampaignLine(models.Model):
    _inherit = "aftersales.campaign.line"

    letter_ids = fields.Many2many(
        "aftersales.campaign.letter",
        "aftersales_campaign_letter_line_rel",
        "line_id",
        "letter_id",
        string="Letters",
        readonly=True,
        copy=False,
    )

    def _get_recipients(self):
        """Return {partner: units} of the letters about these units: their owners. Addons add
        others who are to be told.
        """
        self.partner_id.fetch(["email", "lang"])
        return dict(self.grouped("partner_id"))
