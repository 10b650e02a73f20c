from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools.coverage import term_end

ISSUED_AT_ONCE = 5
CARD = "aftersales_service.aftersales_warranty_report"


class AftersalesWarranty(models.Model):
    """The certificate as a document that is issued to the customer by a deadline (W05)."""

    _inherit = "aftersales.warranty"

    department_id = fields.Many2one(
        "hr.department",
        string="Responsible Department",
        compute="_compute_department_id",
        store=True,
        precompute=True,
        readonly=False,
        index="btree_not_null",
        check_company=True,
    )
    date_issue_deadline = fields.Date(
        string="Issue by",
        compute="_compute_date_issue_deadline",
        store=True,
        precompute=True,
        help="The day by which the customer should have the warranty card. Empty when the policy "
        "sets no deadline, or when it had passed before the warranty was entered.",
    )
    date_issued = fields.Date(string="Issued on", readonly=True, copy=False, tracking=True)
    issue_user_id = fields.Many2one("res.users", string="Issued by", readonly=True, copy=False)
    issue_requested = fields.Boolean(
        string="Waiting to Be Issued", readonly=True, copy=False, help="Issued in the background."
    )
    issue_outdated = fields.Boolean(
        string="Changed since Issued",
        readonly=True,
        copy=False,
        help="Dates or owner changed after the card was issued: issue it again.",
    )
    is_issue_overdue = fields.Boolean(
        string="Card Overdue",
        compute="_compute_is_issue_overdue",
        search="_search_is_issue_overdue",
    )

    _issue_requested_idx = models.Index("(id) WHERE issue_requested IS TRUE")

    @api.depends("policy_id")
    def _compute_department_id(self):
        for warranty in self:
            # A shared policy may name a department of one of the companies.
            department = warranty.policy_id.sudo().department_id
            own = department.company_id in (department.company_id.browse(), warranty.company_id)
            warranty.department_id = own and department.id

    @api.depends("policy_id", "asset_id.date_delivery", "asset_id.date_completion")
    def _compute_date_issue_deadline(self):
        fields_by_event = self.env["aftersales.asset"]._get_start_event_fields()
        for warranty in self:
            event, duration, unit = warranty.policy_id._get_issue_rule(warranty.company_id)
            day = event in fields_by_event and warranty.asset_id[fields_by_event[event]]
            deadline = day and duration > 0 and term_end(day, duration, unit)
            now = fields.Datetime.now()
            made = min(warranty.create_date or now, now).date()
            warranty.date_issue_deadline = deadline if deadline and deadline >= made else False

    @api.depends("date_issue_deadline", "date_issued", "state")
    def _compute_is_issue_overdue(self):
        today = fields.Date.context_today(self)
        for warranty in self:
            warranty.is_issue_overdue = bool(
                not warranty.date_issued
                and warranty.state in ("draft", "active")
                and warranty.date_issue_deadline
                and warranty.date_issue_deadline < today
            )

    @api.model
    def _search_is_issue_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._get_issue_overdue_domain(fields.Date.context_today(self))

    @api.model
    def _get_issue_overdue_domain(self, today):
        """Domain of certificates that should have been issued before ``today``."""
        return (
            Domain("date_issue_deadline", "<", today)
            & Domain("date_issued", "=", False)
            & Domain("state", "in", ("draft", "active"))
        )

    def action_issue(self):
        """Issue the cards: send them to their owners as PDF, in the owner's language (W05).

        A few are issued at once, more in the background. A card that was issued is issued anew,
        which replaces its PDF. Owners without e-mail get theirs printed: the print-out is returned.

        :return: action that prints, or tells what happens
        :raise UserError: for a void or expired warranty, or an asset without owner
        """
        self.check_access("write")
        self._check_may_issue()
        if len(self) > ISSUED_AT_ONCE:
            self._write_past_guard({"issue_requested": True, "issue_user_id": self.env.uid})
            # The job is not the user's to change, it is only woken.
            self.env.ref("aftersales_service.ir_cron_warranty_issue").sudo()._trigger()
            return self._notify(
                self.env._("%s warranty cards are issued in the background.", len(self))
            )
        to_print = self._issue()
        if to_print:
            return to_print.action_print()
        return self._notify(
            self.env._("Sent to %s.", ", ".join(self.partner_id.mapped("display_name")))
        )

    def action_issue_selected(self):
        """Issue the cards that the selected warranties still need; nobody gets one twice (W05).

        :return: action that prints, or tells what happens
        :raise UserError: when none of them needs a card
        """
        needed = self.filtered(lambda warranty: warranty._needs_card())
        if not needed:
            raise UserError(
                self.env._(
                    "None of the selected warranties needs a card: each was issued already, is "
                    "void or expired, or has no owner. To send a card once more, open it."
                )
            )
        action = needed.action_issue()
        left_out = len(self) - len(needed)
        if left_out and action.get("tag") == "display_notification":
            action["params"]["message"] += " " + self.env._(
                "%s selected ones need no card and were left out.", left_out
            )
        return action

    def _needs_card(self):
        """Whether the owner waits for a card, or for a corrected one."""
        self.ensure_one()
        return bool(
            self.state in ("draft", "active")
            and self.partner_id
            and (not self.date_issued or self.issue_outdated)
            and not self.issue_requested
        )

    def _notify(self, message):
        """Return the action that shows ``message`` and refreshes the screen."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _check_may_issue(self):
        """Raise for the first warranty whose card cannot be issued."""
        for warranty in self:
            if warranty.state not in ("draft", "active"):
                raise UserError(
                    self.env._(
                        "%(warranty)s is %(state)s: its card is not issued. Only warranties that "
                        "run or will start have one.",
                        warranty=warranty.display_name,
                        state=warranty._get_state_label(warranty.state),
                    )
                )
            if not warranty.partner_id:
                raise UserError(
                    self.env._(
                        "%(warranty)s: nobody would get the card. Fill in “Owner” on the asset "
                        "%(asset)s first.",
                        warranty=warranty.display_name,
                        asset=warranty.asset_id.display_name,
                    )
                )

    def _issue(self):
        """Issue the cards now; return those that have to be printed as nobody can be mailed."""
        self._get_card_attachments().unlink()
        self._write_past_guard(
            {
                "date_issued": fields.Date.context_today(self),
                "issue_user_id": self.env.uid,
                "issue_requested": False,
                "issue_outdated": False,
            }
        )
        self._end_issue_activities()
        mailed = self.filtered("partner_id.email")
        if mailed:
            template = self.env.ref("aftersales_service.mail_template_warranty_card")
            template.send_mail_batch(mailed.ids, email_layout_xmlid="mail.mail_notification_light")
        printed = self - mailed
        self._message_log_batch(
            bodies={
                warranty.id: self.env._("Warranty card to be printed: %s has no e-mail.", name)
                if warranty in printed
                else self.env._("Warranty card sent to %s.", name)
                for warranty in self
                for name in [warranty.partner_id.display_name]
            }
        )
        return printed

    def _get_card_attachments(self):
        """Return the PDFs of the cards issued before."""
        # Who may issue the card may replace it, whoever issued it before.
        attachments = self.env["ir.attachment"].sudo()
        return attachments.search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("name", "in", self.filtered("date_issued").mapped("card_name")),
                ("mimetype", "=", "application/pdf"),
            ]
        )

    card_name = fields.Char(compute="_compute_card_name")

    @api.depends("name")
    def _compute_card_name(self):
        for warranty in self:
            # Not in anybody's language: it tells an issued card from other attachments.
            warranty.card_name = f"{(warranty.name or '').replace('/', '-')}.pdf"

    def _get_report_base_filename(self):
        """Return the name under which the portal hands out the card."""
        self.ensure_one()
        return self.env._("Warranty Card %s", self.name)

    def _start(self, date_start, basis=False):
        result = super()._start(date_start, basis)
        self._mark_outdated()
        return result

    def _mark_outdated(self):
        """What the issued cards say is no longer so: they want issuing anew."""
        outdated = self.filtered(lambda w: w.date_issued and not w.issue_outdated)
        outdated._write_past_guard({"issue_outdated": True})

    @api.model
    def _cron_issue(self, batch_size=20):
        """Issue the cards that were asked for from the list, some at a time (W05, rule 3)."""
        self._run_batches(
            Domain("issue_requested", "=", True),
            "id",
            lambda batch: batch._issue_requested(),
            batch_size,
        )

    def _issue_requested(self):
        """Issue those that still can be, as the user who asked; the rest is told of and left."""
        ready = self.filtered(lambda w: w.state in ("draft", "active") and w.partner_id)
        (self - ready)._write_past_guard({"issue_requested": False})
        for user, warranties in ready.grouped("issue_user_id").items():
            printed = warranties.with_context(lang=user.lang)._issue()
            warranties._write_past_guard({"issue_user_id": user.id})
            printed._ask_to_print(user)

    def _ask_to_print(self, user):
        """Leave ``user`` one activity for cards that have to be printed."""
        if self:
            self[0].activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=user.id,
                summary=self.env._("Print %s warranty cards", len(self)),
                note=self.env._("Their owners have no e-mail: %s", ", ".join(self.mapped("name"))),
            )
