from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import is_html_empty, plaintext2html

from .aftersales_dealer_dispatch import LIVE_STATES


class AftersalesTicket(models.Model):
    """What the dealer that has the ticket did about it, and what it promised (D03, D04)."""

    _inherit = "aftersales.ticket"

    dispatch_ids = fields.One2many(
        "aftersales.dealer.dispatch", "ticket_id", string="Given to Dealers", copy=False
    )
    dispatch_id = fields.Many2one(
        "aftersales.dealer.dispatch",
        string="At the Dealer",
        compute="_compute_dispatch_id",
        store=True,
        index="btree_not_null",
        copy=False,
    )
    dispatch_state = fields.Selection(related="dispatch_id.state", string="At the Dealer's")
    dispatch_date_planned = fields.Datetime(related="dispatch_id.date_planned")
    dispatch_technician = fields.Char(
        compute="_compute_dispatch_technician", string="Dealer's Technician"
    )
    dispatch_work_done = fields.Text(related="dispatch_id.work_done", string="Dealer's Report")
    dispatch_photo_ids = fields.Many2many(related="dispatch_id.photo_ids", string="Dealer's Photos")
    hand_back_count = fields.Integer(
        string="Handed Back", compute="_compute_dispatch_id", store=True, copy=False
    )
    dealer_promise = fields.Text(
        string="Promised by the Dealer",
        copy=False,
        tracking=True,
        help="What the dealer promised the customer beyond the warranty policy: at the dealer's "
        "own cost.",
    )

    @api.depends("dispatch_ids.state", "dispatch_dealer_id")
    def _compute_dispatch_id(self):
        for ticket in self:
            dispatches = ticket.dispatch_ids
            live = dispatches.filtered(lambda d: d.state in LIVE_STATES)
            done = dispatches.filtered(
                lambda d, ticket=ticket: (
                    d.state == "done" and d.dealer_id == ticket.dispatch_dealer_id
                )
            )
            ticket.dispatch_id = (live or done)[:1]
            ticket.hand_back_count = len(dispatches.filtered(lambda d: d.state == "handed_back"))

    @api.depends("dispatch_ids.technician_name", "dispatch_ids.technician_phone")
    def _compute_dispatch_technician(self):
        for ticket in self:
            dispatch = ticket.dispatch_id
            parts = (dispatch.technician_name, dispatch.technician_phone)
            ticket.dispatch_technician = ", ".join(filter(None, parts))

    def _get_live_dispatches(self):
        """Return the dispatches (sudo) that dealers have to do with now."""
        # sudo: agents give tickets to dealers without rights on what dealers do.
        return self.sudo().dispatch_ids.filtered(lambda d: d.state in LIVE_STATES)

    def _start_dispatches(self):
        """The tickets were given to their dealers: each has what to do from now on."""
        # The unique index of live ones must see those that have just ended.
        self.env["aftersales.dealer.dispatch"].flush_model(["state"])
        # sudo: as in ``_get_live_dispatches``; the ticket itself was written by its user.
        self.sudo().dispatch_ids.create(
            [
                {
                    "ticket_id": ticket.id,
                    "company_id": ticket.company_id.id,
                    "dealer_id": ticket.dispatch_dealer_id.id,
                    "date_given": ticket.date_dispatched,
                }
                for ticket in self
            ]
        )

    def _end_dispatches(self):
        """The tickets are with nobody or with others now: the dealers before have no more to do."""
        live = self._get_live_dispatches()
        if live:
            live._set_state("withdrawn", date_ended=fields.Datetime.now())

    def _on_dealer_reported(self, dispatch):
        """The dealer reported back: the record is filled, what is fixed is solved (D03)."""
        self.ensure_one()
        values = {}
        if dispatch.fixed and is_html_empty(self.resolution):
            values["resolution"] = plaintext2html(dispatch.work_done)
        if dispatch.meter > self.meter:
            values["meter"] = dispatch.meter
        if dispatch.promise:
            values["dealer_promise"] = dispatch.promise
        if values:
            self.write(values)
        if dispatch.fixed:
            self._reach_sla("arranged")
            if not self.is_closed and self.stage_id.kind != "solved":
                self.action_solve()
        dispatch._tell_company(
            lambda d: (
                d.env._("%(dealer)s reports: fixed. %(work)s", **d._get_report_words())
                if d.fixed
                else d.env._("%(dealer)s reports: not fixed yet. %(work)s", **d._get_report_words())
            )
        )

    def _on_handed_back(self, dispatch):
        """The dealer does not do it: we take over at once (D03)."""
        self.ensure_one()
        if self.dispatch_dealer_id == dispatch.dealer_id:
            self.dispatch_dealer_id = False
        if self.is_closed:
            return
        if self.stage_id.kind in ("assigned", "waiting"):
            self._enter_stage("open")
        user = self.user_id or self.team_id.user_id
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=self.env._("Handed back by %s: take over", dispatch.dealer_id.name),
            note=plaintext2html(dispatch.hand_back_reason),
            user_id=user.id or self.env.ref("base.user_root").id,
        )

    def _on_reopened(self):
        result = super()._on_reopened()
        # The dealer that "fixed" it has to do with it again.
        again = self.filtered(lambda t: t.dispatch_dealer_id and not t._get_live_dispatches())
        again._on_given_to_dealer()
        return result

    def _on_closed(self):
        result = super()._on_closed()
        self._end_dispatches()
        return result

    def action_dealer_take_back(self):
        """Take the tickets back from their dealers (D03)."""
        self._check_given_to_dealer()
        self.write({"dispatch_dealer_id": False})

    def action_dealer_supervise(self):
        """Ask what was found out about the dealer's service, and write it down (D03)."""
        self._check_given_to_dealer()
        return self._get_live_dispatches().sudo(False).action_supervise()

    def action_dealer_hand_back(self):
        """The dealer said by phone that it cannot do it: ask why, and take over (D03)."""
        self._check_given_to_dealer()
        live = self._get_live_dispatches()
        if not live:
            raise UserError(self.env._("The dealer has reported that it is fixed."))
        return live.sudo(False).action_hand_back()


class AftersalesDealerDispatch(models.Model):
    _inherit = "aftersales.dealer.dispatch"

    def _get_report_words(self):
        """Return what the sentence about the report says."""
        self.ensure_one()
        return {"dealer": self.dealer_id.name, "work": self.work_done}
