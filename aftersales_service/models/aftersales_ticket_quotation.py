from odoo import api, fields, models
from odoo.exceptions import UserError

QUOTATION_STATES = [
    ("draft", "Quotation being prepared"),
    ("sent", "Quotation sent"),
    ("accepted", "Quotation accepted"),
    ("refused", "Quotation refused"),
    ("overspent", "More than was accepted"),
]
ACCEPTED = ("accepted", "overspent")
MANAGER = "aftersales_service.group_aftersales_manager"


class AftersalesTicket(models.Model):
    """Paid work waits for the quotation that the customer accepts (T11)."""

    _inherit = "aftersales.ticket"

    quotation_ids = fields.One2many(
        "sale.order",
        "aftersales_ticket_id",
        string="Quotations of Paid Work",
        domain=[("aftersales_paid_work", "=", True)],
    )
    quotation_state = fields.Selection(
        QUOTATION_STATES, string="Quotation", readonly=True, copy=False, tracking=True
    )
    quotation_summary = fields.Char(compute="_compute_quotation_summary")
    waits_for_quotation = fields.Boolean(compute="_compute_waits_for_quotation")
    agreed_amount = fields.Monetary(
        string="Agreed on the Phone",
        currency_field="company_currency_id",
        copy=False,
        tracking=True,
        help="A small amount that the customer agreed to pay on the spot, without quotation.",
    )
    unquoted_reason = fields.Char(
        string="Started without Quotation Because", readonly=True, copy=False, tracking=True
    )

    _quotation_idx = models.Index("(quotation_state) WHERE quotation_state IS NOT NULL")

    @api.depends("quotation_state", "quotation_ids.amount_total")
    def _compute_quotation_summary(self):
        for ticket in self:
            # sudo: agents and technicians see number and amount; the order has its own rights.
            order = ticket.sudo()._get_live_quotations()[-1:]
            ticket.quotation_summary = (
                f"{order.name} · {order.currency_id.format(order.amount_total)}" if order else False
            )

    @api.depends("service_category", "quotation_state", "unquoted_reason", "emergency")
    def _compute_waits_for_quotation(self):
        for ticket in self:
            ticket.waits_for_quotation = not ticket.is_closed and not ticket._may_start_work()

    def _get_live_quotations(self):
        """Return the quotations of paid work that are not cancelled, oldest first."""
        return self.quotation_ids.filtered(lambda order: order.state != "cancel").sorted("id")

    def _may_start_work(self):
        """Whether work on the ticket may start: not paid, accepted, or excepted."""
        self.ensure_one()
        # sudo: settings of the company.
        company = self.company_id.sudo()
        return (
            self.service_category != "paid"
            or not company.aftersales_quotation_required
            or self.quotation_state in ACCEPTED
            or bool(self.unquoted_reason)
            or (self.emergency and company.aftersales_emergency_first)
            or 0 < self.agreed_amount <= company.aftersales_spot_limit
        )

    def _check_work_may_start(self):
        """Raise UserError for the first of these tickets whose paid work was not accepted yet."""
        # sudo: technicians and the workshop need not read the ticket.
        for ticket in self.sudo():
            if not ticket._may_start_work():
                raise UserError(
                    self.env._(
                        "%(ticket)s is paid service, and the customer has not accepted a "
                        "quotation (%(state)s). Have it accepted first; a manager may let the "
                        "work start with a reason.",
                        ticket=ticket.display_name,
                        state=ticket._get_quotation_label() or self.env._("none made"),
                    )
                )

    def _get_quotation_label(self):
        """Return the state of the quotation in the user's language, or False."""
        self.ensure_one()
        labels = dict(self._fields["quotation_state"]._description_selection(self.env))
        return labels.get(self.quotation_state, False)

    def action_allow_unquoted(self, reason=None):
        """Let paid work start before the customer has accepted a quotation (T11).

        :param reason: why (str), kept on the ticket
        :raise UserError: when the user is no manager or gives no reason
        """
        self.check_access("write")
        if not (self.env.su or self.env.user.has_group(MANAGER)):
            raise UserError(
                self.env._("Only a manager may let paid work start without a quotation.")
            )
        reason = (reason or "").strip()
        if not reason:
            raise UserError(
                self.env._(
                    "%(ticket)s: write down why the work starts without a quotation.",
                    ticket=self[:1].display_name,
                )
            )
        self._write_past_guard({"unquoted_reason": reason})

    def _sync_quotation_state(self):
        """Store what became of the quotations of these tickets, in a constant number of
        queries.
        """
        # sudo: follows the orders, whoever signed, sent or cancelled them.
        for ticket in self.sudo():
            state = ticket._find_quotation_state()
            if ticket.quotation_state != state:
                ticket._write_past_guard({"quotation_state": state})

    def _find_quotation_state(self):
        """Return the value of ``quotation_state`` that the orders tell."""
        self.ensure_one()
        live = self._get_live_quotations()
        states = set(live.mapped("state"))
        if "sale" in states:
            _delivered, beyond = self._allocate_work()
            return "overspent" if beyond else "accepted"
        for state in ("sent", "draft"):
            if state in states:
                return state
        last = self.quotation_ids.sorted("id")[-1:]
        return "refused" if last.aftersales_refusal else False

    def _on_quotation_sent(self):
        """Hook: a quotation went to the customer: the tickets wait for the answer, and so do the
        clocks that pause while we wait.
        """
        waiting = self.filtered(lambda t: t.stage_id.kind in ("open", "assigned", "progress"))
        waiting.filtered(lambda t: t.quotation_state == "sent")._enter_stage("waiting")

    def _on_quotation_accepted(self, order):
        """Hook: the customer accepted ``order``: the work may start."""
        if not self:
            return
        others = self._get_live_quotations() - order
        first = "sale" not in others.mapped("state")
        self._sync_quotation_state()
        order.order_line._compute_qty_delivered()
        self._tell_of_quotation(
            self.env._(
                "%(name)s accepted quotation %(order)s.",
                name=order.signed_by or order.partner_id.display_name,
                order=order.name,
            )
        )
        if first and self.stage_id.kind in ("solved", "closed"):
            self.action_reopen(reason=self.env._("Quotation %s was accepted.", order.name))
        elif self.stage_id.kind == "waiting":
            self._enter_stage("assigned" if self.technician_id else "open")

    def _on_quotation_cancelled(self, order):
        """Hook: ``order`` was refused by the customer, or taken back by us."""
        self._sync_quotation_state()
        if self and order.aftersales_refusal:
            self._tell_of_quotation(
                self.env._(
                    "Quotation %(order)s was refused: %(reason)s",
                    order=order.name,
                    reason=order.aftersales_refusal,
                )
            )

    def _tell_of_quotation(self, text):
        """Leave ``text`` in the chatter and on the agent's list for today."""
        self._message_log(body=text)
        user = self.user_id or self.team_id.user_id
        if user.active and not user.share:
            self.activity_schedule("mail.mail_activity_data_todo", summary=text, user_id=user.id)

    def _on_merged(self, merged):
        result = super()._on_merged(merged)
        self._sync_quotation_state()
        return result
