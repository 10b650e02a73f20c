from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import AccessError

MINUTES = 10
MINUTES_OF = {"minutes": 1, "hours": 60, "days": 1440, "weeks": 10080, "months": 43200}


class AftersalesTeam(models.Model):
    """The team's e-mail address, and how it answers (T01, T15)."""

    _name = "aftersales.team"
    _inherit = ["mail.alias.mixin", "aftersales.team"]

    alias_id = fields.Many2one(help="Mail to this address becomes tickets of the team.")
    confirm_template_id = fields.Many2one(
        "mail.template",
        string="Confirmation",
        domain="[('model', '=', 'aftersales.ticket')]",
        default=lambda self: self._default_confirm_template_id(),
        help="Sent once to whoever opens a ticket by e-mail or web form. Empty: nothing is sent.",
    )
    lang = fields.Selection(
        lambda self: self.env["res.lang"].get_installed(),
        string="Language",
        help="In which senders are answered whose language is not known. Empty: the company's.",
    )
    closed_reply = fields.Selection(
        [("reopen", "Open the ticket again"), ("new", "Make a new ticket, linked to it")],
        string="Mail on a Closed Ticket",
        required=True,
        default="reopen",
    )
    closed_reply_days = fields.Integer(
        string="Reopen up to (days)",
        default=30,
        help="Mail on a ticket closed longer ago makes a new one, linked to it.",
    )
    cc_policy = fields.Selection(
        [
            ("customer", "Customer's people and ours follow"),
            ("none", "Nobody follows"),
        ],
        string="People in Copy",
        required=True,
        default="customer",
        help="Strangers in copy never follow: they would get every answer.",
    )
    mail_reading = fields.Char(compute="_compute_mail_reading")
    mail_is_slow = fields.Boolean(compute="_compute_mail_reading")

    _closed_reply_days_positive = models.Constraint(
        "CHECK(closed_reply_days >= 0)", "The days to reopen a ticket cannot be negative."
    )

    @api.model
    def _default_confirm_template_id(self):
        return self.env.ref(
            "aftersales_service.mail_template_ticket_received", raise_if_not_found=False
        )

    def _alias_get_creation_values(self):
        values = super()._alias_get_creation_values()
        values["alias_model_id"] = self.env["ir.model"]._get_id("aftersales.ticket")
        if self.id:
            defaults = literal_eval(self.alias_defaults or "{}")
            values["alias_defaults"] = dict(defaults, team_id=self.id)
        return values

    def _compute_mail_reading(self):
        # sudo: how often mail is read is no secret; the job itself is the administrator's.
        cron = self.env.ref("mail.ir_cron_mail_gateway_action").sudo()
        minutes = cron.interval_number * MINUTES_OF[cron.interval_type]
        text = self.env._(
            "No incoming mail server is set up here: mail arrives by your mail server's gateway."
        )
        if cron.active:
            text = self.env._("Mail is read every %s minutes.", minutes)
        self.mail_reading = text
        self.mail_is_slow = cron.active and minutes > MINUTES

    def action_read_mail_in_time(self):
        """Have mail read every ten minutes, as promised (T01).

        :raise AccessError: when the user does not administer after-sales
        """
        if not self.env.user.has_group("aftersales_service.group_aftersales_admin"):
            raise AccessError(self.env._("Only an after-sales administrator changes this."))
        # sudo: checked above; this one interval only.
        self.env.ref("mail.ir_cron_mail_gateway_action").sudo().write(
            {"interval_number": MINUTES, "interval_type": "minutes"}
        )

    def _get_lang_of(self, company):
        """Return the code of the team's language; without team or language ``company``'s."""
        # sudo: a language only.
        lang = self.sudo().lang or company.sudo().partner_id.lang or self.env.lang
        return lang or "en_US"

    def _get_mail_chief(self):
        """Return who is told of mail that needs a hand: the leader, else an agent of the team,
        else who administers the addon (``res.users``).
        """
        self.ensure_one()
        users = (self.user_id | self.agent_ids).filtered("active")[:1]
        if users:
            return users
        group = self.env.ref("aftersales_service.group_aftersales_admin")
        # sudo: whoever the gateway runs as; only to name somebody.
        admins = group.sudo().all_user_ids.filtered(
            lambda user: user.active and not user.share and self.company_id in user.company_ids
        )
        return (admins - self.env.ref("base.user_root"))[:1] or self.env.ref("base.user_root")
