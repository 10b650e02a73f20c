from odoo import api, fields, models
from odoo.exceptions import UserError

from .aftersales_sla_target import DISPATCH_KINDS

KINDS = ("arranged", "supervised")


class AftersalesTicket(models.Model):
    """A ticket given to a dealer: arranged in time, and supervised by us (S02)."""

    _inherit = "aftersales.ticket"

    sla_kind = fields.Selection(selection_add=DISPATCH_KINDS)
    dispatch_dealer_id = fields.Many2one(
        "res.partner",
        string="Given to Dealer",
        domain="[('is_dealer', '=', True)]",
        index="btree_not_null",
        tracking=True,
        copy=False,
        help="The dealer that does the service. It is told by e-mail.",
    )
    date_dispatched = fields.Datetime(string="Given to the Dealer on", readonly=True, copy=False)
    sla_waits_for_arrangement = fields.Boolean(compute="_compute_sla_waits_for_dealer")
    sla_waits_for_supervision = fields.Boolean(compute="_compute_sla_waits_for_dealer")

    @api.depends("clock_ids.date_ended")
    def _compute_sla_waits_for_dealer(self):
        for ticket in self:
            kinds = set(ticket.clock_ids.filtered("is_open").mapped("kind"))
            ticket.sla_waits_for_arrangement = "arranged" in kinds
            ticket.sla_waits_for_supervision = "supervised" in kinds

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        given = tickets.filtered("dispatch_dealer_id")
        given._check_not_held()
        given._on_given_to_dealer()
        return tickets

    def write(self, vals):
        if "dispatch_dealer_id" not in vals:
            return super().write(vals)
        changed = self.filtered(lambda t: t.dispatch_dealer_id.id != vals["dispatch_dealer_id"])
        result = super().write(vals)
        # What came with a merged ticket its dealer has already (T09).
        changed = changed.filtered(
            lambda t: (
                not t.dispatch_dealer_id
                or t.dispatch_dealer_id not in t._get_live_dispatches().dealer_id
            )
        )
        # A ticket that is given is an order to do the work (T11).
        changed.filtered("dispatch_dealer_id")._check_not_held()
        changed._on_given_to_dealer()
        return result

    def _prepare_taken_over(self, survivor):
        vals = super()._prepare_taken_over(survivor)
        giver = self.filtered(lambda t: t._get_live_dispatches())[:1]
        if giver and not survivor.dispatch_dealer_id:
            # The dealer goes on with it, under the same promises (T09).
            vals["dispatch_dealer_id"] = giver.dispatch_dealer_id.id
            vals["date_dispatched"] = giver.date_dispatched
        return vals

    @api.model
    def _get_sla_triggers(self):
        return super()._get_sla_triggers() | {"dispatch_dealer_id", "date_dispatched", "dealer_id"}

    def _on_given_to_dealer(self):
        """The tickets have another dealer, or none: what is promised begins now."""
        given = self.filtered("dispatch_dealer_id")
        again = given.filtered("date_dispatched")
        note = self.env._("The ticket was given to somebody else.")
        for kind in KINDS:
            (self - given | again)._cancel_sla(kind, note)
        (self - given)._write_past_guard({"date_dispatched": False})
        given._write_past_guard({"date_dispatched": fields.Datetime.now()})
        self._end_dispatches()
        given._start_dispatches()
        for dealer, tickets in given.grouped("dispatch_dealer_id").items():
            for ticket in tickets:
                ticket._tell_dispatched_dealer(dealer)

    def _tell_dispatched_dealer(self, dealer):
        """Send ``dealer`` what there is to do."""
        self.ensure_one()
        ticket = self.with_context(lang=dealer.lang or self.env.lang)
        link = self.get_base_url() + self._get_live_dispatches()[:1].access_url
        body = ticket.env["ir.qweb"]._render(
            "aftersales_dealer.aftersales_ticket_dispatch_mail",
            {
                "ticket": ticket,
                "dealer": dealer,
                "company": ticket.company_id,
                "link": link,
            },
        )
        ticket.message_notify(
            partner_ids=dealer.ids,
            subject=ticket.env._("%(ticket)s: please arrange the service", ticket=ticket.name),
            body=body,
            # The company signs it, whoever or whatever gave the ticket away.
            email_add_signature=False,
        )

    def action_dealer_arranged(self):
        """The dealer said who comes and when: that promise is kept (S02).

        :raise UserError: when a ticket is closed or was given to no dealer
        """
        self._check_given_to_dealer()
        self._reach_sla("arranged")
        self._get_live_dispatches().filtered(lambda d: d.state == "given")._set_state(
            "arranged", date_arranged=fields.Datetime.now()
        )
        self._log_dealer(self.env._("%s has arranged the service."))

    def action_dealer_supervised(self):
        """We made sure that the dealer does the service (S02).

        :raise UserError: when a ticket is closed or was given to no dealer
        """
        self._check_given_to_dealer()
        self._reach_sla("supervised")
        self._get_live_dispatches()._supervise()
        self._log_dealer(self.env._("The service of %s was supervised."))

    def _check_given_to_dealer(self):
        self._check_open_for_sla()
        for ticket in self.filtered(lambda t: not t.dispatch_dealer_id):
            raise UserError(
                self.env._(
                    "%(ticket)s was given to no dealer. Choose one under “Given to Dealer”.",
                    ticket=ticket.display_name,
                )
            )

    def _log_dealer(self, sentence):
        self._message_log_batch(
            bodies={ticket.id: sentence % ticket.dispatch_dealer_id.name for ticket in self}
        )

    def _get_sla_start(self, kind, start):
        if kind in KINDS:
            return self.date_dispatched
        return super()._get_sla_start(kind, start)

    @api.model
    def _get_sla_implied(self):
        implied = super()._get_sla_implied()
        on_site = (*implied.get("on_site", ()), "arranged")
        return {**implied, "on_site": on_site, "supervised": ("arranged",)}

    @api.model
    def _get_sla_dropped(self):
        return {kind: (*own, *KINDS) for kind, own in super()._get_sla_dropped().items()}

    def _on_visits_scheduled(self, visits):
        result = super()._on_visits_scheduled(visits)
        # A visit in the diary is the arrangement.
        self.filtered("dispatch_dealer_id")._reach_sla("arranged")
        return result
