from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import is_html_empty

AGENT = "aftersales_service.group_aftersales_agent"
MANAGER = "aftersales_service.group_aftersales_manager"
UPHELD = [("yes", "Upheld"), ("partly", "Partly upheld"), ("no", "Not upheld")]


class AftersalesTicket(models.Model):
    """A complaint: what is claimed, answered in a day, decided by the centre in a month (T08)."""

    _inherit = "aftersales.ticket"

    complaint_claim = fields.Text(
        string="What Is Claimed", help="The complaint, in the words of the customer."
    )
    complaint_remedy = fields.Selection(
        [
            ("apology", "An apology"),
            ("repair", "Repair"),
            ("replacement", "Replacement"),
            ("refund", "Refund"),
            ("compensation", "Compensation"),
            ("other", "Something else"),
        ],
        string="Wanted Remedy",
    )
    complaint_form = fields.Selection(
        [
            ("spoken", "Spoken"),
            ("written", "In writing"),
            ("authority", "Through an authority or association"),
            ("public", "In public"),
        ],
        string="How Received",
    )
    complaint_answer = fields.Html(
        string="Answer", copy=False, groups=AGENT, help="Sent to the customer as it stands here."
    )
    complaint_date_answered = fields.Datetime(
        string="Answered on", readonly=True, copy=False, groups=AGENT
    )
    complaint_answered_by = fields.Many2one(
        "res.users", readonly=True, copy=False, index="btree_not_null", groups=AGENT
    )
    complaint_upheld = fields.Selection(
        UPHELD,
        string="Decision",
        readonly=True,
        copy=False,
        tracking=True,
        index="btree_not_null",
        groups=AGENT,
    )
    complaint_reason = fields.Text(
        string="Reasons", readonly=True, copy=False, tracking=True, groups=AGENT
    )
    complaint_decided_by = fields.Many2one(
        "res.users", readonly=True, copy=False, index="btree_not_null", groups=AGENT
    )
    complaint_date_decided = fields.Datetime(
        string="Decided on", readonly=True, copy=False, groups=AGENT
    )
    complaint_employee_id = fields.Many2one(
        "hr.employee",
        string="Concerns",
        readonly=True,
        copy=False,
        index="btree_not_null",
        check_company=True,
        groups=MANAGER,
        help="Whose conduct an upheld complaint is about.",
    )

    def action_send_complaint_answer(self):
        """Send the answer to the customer as a message; the promise of an answer is kept (T08).

        :raise UserError: when the ticket is closed or no complaint, there is no text, or nobody
            to send it to
        """
        self._check_open_for_sla()
        for ticket in self:
            ticket._check_complaint()
            if is_html_empty(ticket.complaint_answer):
                raise UserError(
                    self.env._(
                        "%(ticket)s: write the answer to the customer first.",
                        ticket=ticket.display_name,
                    )
                )
            addressee = ticket.caller_id if ticket.caller_id.email else ticket.partner_id
            if not addressee.email:
                raise UserError(
                    self.env._(
                        "%(ticket)s: %(customer)s has no e-mail address. Enter it, or answer by "
                        "phone and press “Customer Answered”.",
                        ticket=ticket.display_name,
                        customer=addressee.display_name or self.env._("nobody"),
                    )
                )
            ticket.message_post(
                body=ticket.complaint_answer,
                subject=ticket.display_name,
                partner_ids=addressee.ids,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
        self._reach_sla("answer")

    def action_decide_complaint(self, upheld=None, reason=None, employee_id=None):
        """Decide whether the complaint is upheld; without arguments open the dialog (T08).

        :param upheld: ``yes``, ``partly`` or ``no``
        :param reason: why (str)
        :param employee_id: id of the employee whose conduct it is about
        :raise AccessError: when the user is no service manager
        :raise UserError: when it is no complaint or closed, or the reason is missing
        """
        self.check_access("write")
        if not (self.env.su or self.env.user.has_group(MANAGER)):
            raise AccessError(
                self.env._(
                    "Complaints are decided by the service manager, not by who handles them."
                )
            )
        self._check_open_for_sla()
        for ticket in self:
            ticket._check_complaint()
        if not upheld:
            return self._get_complaint_dialog()
        if upheld not in dict(UPHELD):
            raise UserError(self.env._("Decide “upheld”, “partly upheld” or “not upheld”."))
        if not (reason or "").strip():
            raise UserError(self.env._("Give the reasons: the customer has a right to them."))
        concerned = employee_id if upheld != "no" else None
        self._write_past_guard(
            {
                "complaint_upheld": upheld,
                "complaint_reason": reason.strip(),
                "complaint_employee_id": concerned,
                "complaint_decided_by": self.env.uid,
                "complaint_date_decided": fields.Datetime.now(),
            }
        )
        self._on_complaint_decided()
        return True

    def _get_complaint_dialog(self):
        """Return the action of the dialog that decides on the complaint."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_complaint_decide_action"
        )
        context = {
            "default_ticket_id": self.id,
            "default_upheld": self.complaint_upheld,
            "default_reason": self.complaint_reason,
            "default_employee_id": self.complaint_employee_id.id,
        }
        return dict(action, context=context)

    @api.depends("complaint_date_answered", "complaint_upheld")
    def _compute_next_step(self):
        return super()._compute_next_step()

    def _get_handling_step(self):
        """A complaint is answered, decided by a manager, and closed; nobody repairs it."""
        step = super()._get_handling_step()
        if self.type != "complaint" or step != "solve":
            return step
        # sudo: whoever handles a ticket need not see how complaints are decided.
        complaint = self.sudo()
        if not complaint.complaint_date_answered:
            return "answer"
        return "close" if complaint.complaint_upheld else False

    def _on_complaint_decided(self):
        """Hook: it is decided whether these complaints are upheld, and whom they concern
        (``complaint_employee_id``). Extended by the conduct record.
        """

    def _check_complaint(self):
        """Raise unless the ticket is a complaint."""
        self.ensure_one()
        if self.type != "complaint":
            raise UserError(
                self.env._(
                    "%(ticket)s is no complaint. Change its type first.", ticket=self.display_name
                )
            )

    def _reach_sla(self, kind, date=None):
        result = super()._reach_sla(kind, date)
        if kind == "answer":
            # sudo: whoever answers need not see how complaints are decided.
            complaints = self.sudo().filtered(
                lambda t: t.type == "complaint" and not t.complaint_date_answered
            )
            complaints.write(
                {
                    "complaint_date_answered": date or fields.Datetime.now(),
                    "complaint_answered_by": self.env.uid,
                }
            )
        return result

    def _check_may_enter(self, stage):
        """A complaint is closed when it is answered and decided (T08)."""
        result = super()._check_may_enter(stage)
        if not stage.is_closed:
            return result
        # sudo: whoever closes a ticket need not see how complaints are decided.
        for ticket in self.sudo().filtered(lambda t: t.type == "complaint" and not t.is_closed):
            if not ticket.complaint_date_answered:
                raise UserError(
                    self.env._(
                        "%(ticket)s: the customer has no answer to the complaint yet. Send it "
                        "before you close it.",
                        ticket=ticket.display_name,
                    )
                )
            if not ticket.complaint_upheld:
                raise UserError(
                    self.env._(
                        "%(ticket)s: a service manager decides first whether the complaint is "
                        "upheld.",
                        ticket=ticket.display_name,
                    )
                )
        return result
