from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from .aftersales_advance import CLAIM_FIELDS

MANAGER = "aftersales_dealer.group_aftersales_dealer_manager"
ANSWERS = [
    ("accepts", "We do not object"),
    ("paid", "We have paid the consumer ourselves"),
    ("objects", "We object"),
]


class AftersalesAdvance(models.Model):
    """The dealer is heard, then a dealer manager decides who did not enter it (F05)."""

    _inherit = "aftersales.advance"

    date_heard = fields.Datetime(string="Dealer Asked on", readonly=True, copy=False)
    date_answer_due = fields.Date(string="Answer by", copy=False, tracking=True)
    dealer_answer = fields.Selection(ANSWERS, readonly=True, copy=False, tracking=True)
    dealer_answer_text = fields.Text(string="What the Dealer Says", readonly=True, copy=False)
    date_answered = fields.Datetime(string="Answered on", readonly=True, copy=False)
    answered_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    answer_file_ids = fields.Many2many(
        "ir.attachment",
        "aftersales_advance_answer_rel",
        "advance_id",
        "attachment_id",
        string="Dealer's Documents",
        copy=False,
        bypass_search_access=True,
        groups="base.group_user",
    )

    awaits_answer = fields.Boolean(compute="_compute_awaits_answer")

    @api.depends("state", "dealer_answer", "date_answer_due")
    @api.depends_context("uid")
    def _compute_awaits_answer(self):
        today = fields.Date.context_today(self)
        for advance in self:
            due = advance.date_answer_due
            waiting = advance.state == "hearing" and not advance.dealer_answer
            advance.awaits_answer = bool(waiting and due and today <= due)

    def write(self, vals):
        if "date_answer_due" in vals and not self.env.su:
            self._check_answer_time(fields.Date.to_date(vals["date_answer_due"]))
        # Who changes what is claimed has entered it: somebody else decides (J01).
        changed = self.browse()
        if CLAIM_FIELDS & vals.keys() and not self.env.su:
            changed = self.filtered(
                lambda a: a.state == "draft" and a.entered_by_id != self.env.user
            )
        result = super().write(vals)
        if changed:
            changed._write_past_guard({"entered_by_id": self.env.uid})
        return result

    def _check_answer_time(self, due):
        """Raise when a dealer that was asked would get less time to answer."""
        for advance in self.filtered(lambda advance: advance.state == "hearing"):
            if advance.date_answer_due and (not due or due < advance.date_answer_due):
                raise UserError(
                    self.env._(
                        "%(advance)s: the dealer was told to answer by %(date)s. The time may be "
                        "extended, not shortened.",
                        advance=advance.display_name,
                        date=format_date(self.env, advance.date_answer_due),
                    )
                )

    def action_hear_dealer(self):
        """Tell the dealers what is claimed from them, by e-mail with the letter, and ask for their
        answer by a day (F05).

        :raise UserError: when the evidence, the fault or the dealer's address is missing
        """
        self.check_access("write")
        self._ensure_transition("hearing")
        today = fields.Date.context_today(self)
        for advance in self:
            advance._check_complete()
        for advance in self:
            due = advance.date_answer_due
            if not due or due < today:
                due = today + timedelta(days=advance.company_id.aftersales_advance_answer_days)
            advance._set_state("hearing", date_heard=fields.Datetime.now(), date_answer_due=due)
        self._send("aftersales_dealer.mail_template_aftersales_advance_hearing")

    def _check_complete(self):
        """Raise when something is missing without which nobody can answer or decide."""
        self.ensure_one()
        missing = []
        if not self.evidence_ids:
            missing.append(self.env._("attach the evidence"))
        if not (self.description or "").strip():
            missing.append(self.env._("write down what the consumer says"))
        if not self.dealer_id.email:
            missing.append(self.env._("enter the dealer's e-mail address on its contact"))
        if missing:
            raise UserError(
                self.env._(
                    "%(advance)s cannot go to the dealer yet: %(missing)s.",
                    advance=self.display_name,
                    missing="; ".join(missing),
                )
            )

    def action_answer(self, answer=None, text=None):
        """Record the dealer's answer, given on the portal by its owner, or noted by dealer staff.

        :param str answer: ``accepts``, ``paid`` or ``objects``
        :param str text: what the dealer says; required unless it accepts
        :raise AccessError: another dealer's, or a user who is neither owner nor dealer staff
        :raise UserError: not asked, answered already, or without words
        """
        self.ensure_one()
        self.check_access("read")
        if self.env.user.share:
            if self.dealer_id != self.env.user.owned_dealer_id:
                raise AccessError(self.env._("This is another dealer's."))
        else:
            self.check_access("write")
        if self.state != "hearing" or self.dealer_answer:
            raise UserError(
                self.env._(
                    "%(advance)s does not wait for the dealer's answer.", advance=self.display_name
                )
            )
        text = (text or "").strip()
        if answer not in dict(ANSWERS) or (answer != "accepts" and not text):
            raise UserError(self.env._("Choose an answer, and say why unless you do not object."))
        # A portal owner has no write rights; what it answers is set here and nowhere else.
        self.sudo()._write_past_guard(
            {
                "dealer_answer": answer,
                "dealer_answer_text": text or False,
                "date_answered": fields.Datetime.now(),
                "answered_by_id": self.env.uid,
            }
        )
        self._ask_for_decision()

    def _ask_for_decision(self):
        """Remind who entered it that the dealer has answered."""
        for advance in self.sudo():  # whoever answers; the activity is the office's
            advance.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("The dealer has answered: have it decided"),
                user_id=advance.entered_by_id.id,
            )

    def action_approve(self):
        """Grant what stands in “Granted” (F05).

        :raise AccessError: the user is no dealer manager
        :raise UserError: the user entered it, the dealer may still answer, nothing is granted, or
            less without a reason
        """
        self._check_may_decide()
        for advance in self:
            compared = advance.currency_id.compare_amounts(
                advance.amount_approved, advance.amount_claimed
            )
            if advance.currency_id.is_zero(advance.amount_approved):
                raise UserError(
                    self.env._(
                        "%(advance)s: grant an amount, or refuse it.", advance=advance.display_name
                    )
                )
            if compared and not (advance.decision_reason or "").strip():
                raise UserError(
                    self.env._(
                        "%(advance)s: say in “Decision reason” why less is granted than claimed.",
                        advance=advance.display_name,
                    )
                )
        self._decide("approved")

    def action_refuse(self, reason=None):
        """Refuse it for ``reason`` (str); asks for it when empty (F05)."""
        if not reason:
            return self.env["aftersales.dealer.reason"]._ask(
                self, "refuse", self.env._("Refuse the Advance Compensation")
            )
        self._check_may_decide()
        return self._decide("refused", decision_reason=reason)

    def _decide(self, state, **values):
        """Bring them to ``state``, signed by the user, and tell the consumers."""
        self._set_state(
            state, decided_by_id=self.env.uid, date_decided=fields.Datetime.now(), **values
        )
        self.activity_unlink(["mail.mail_activity_data_todo"])
        self._send("aftersales_dealer.mail_template_aftersales_advance_decision")

    def _check_may_decide(self):
        """Raise unless the user may decide on each, and each is ready to be decided."""
        self.env["aftersales.notice"]._check_groups(MANAGER)
        self.check_access("write")
        self.lock_for_update()
        for advance in self:
            if advance.state != "hearing":
                continue  # the transition refuses it
            advance._check_complete()
            if advance.entered_by_id == self.env.user and not self.env.su:
                raise UserError(
                    self.env._(
                        "%(advance)s: you entered it, so another dealer manager decides.",
                        advance=advance.display_name,
                    )
                )
            if advance.awaits_answer:
                raise UserError(
                    self.env._(
                        "%(advance)s: the dealer may answer until %(date)s. Decide after that, or "
                        "when it has answered.",
                        advance=advance.display_name,
                        date=format_date(self.env, advance.date_answer_due),
                    )
                )

    def action_hear_again(self):
        """Take a refusal up again: the dealer's answer stays, the decision is open."""
        self.env["aftersales.notice"]._check_groups(MANAGER)
        self._set_state("hearing", decided_by_id=False, date_decided=False)

    def action_cancel(self, reason=None):
        """Drop it before it is paid, for ``reason`` (str); asks for it when empty."""
        if not reason:
            return self.env["aftersales.dealer.reason"]._ask(
                self, "cancel", self.env._("Cancel the Advance Compensation")
            )
        self.check_access("write")
        if any(advance.state == "approved" for advance in self):
            self.env["aftersales.notice"]._check_groups(MANAGER)
        return self._set_state("cancelled", decision_reason=reason)

    def _send(self, template_xmlid):
        """Send a mail of the flow with its letter; parties without an address get none."""
        # sudo: the text of the mail is the company's, whatever the user may read of templates.
        template = self.env.ref(template_xmlid).sudo()
        to_dealer = template_xmlid.endswith(("_hearing", "_recourse"))
        # Only actions that checked their own rights send; who receives it is fixed below.
        for advance in self.sudo():
            party = advance.dealer_id if to_dealer else advance.partner_id
            if party.email:
                advance.message_post_with_source(template, subtype_xmlid="mail.mt_comment")
