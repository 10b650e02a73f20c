from odoo import api, fields, models


class AftersalesSlaClock(models.Model):
    """The promises of tickets that become one: what was reached stays reached, and of two that
    still run the earlier one counts (T09, S03).
    """

    _inherit = "aftersales.sla.clock"

    @api.model
    def _before_ticket_merge(self, survivor, merged):
        """Settle the clocks before those of ``merged`` move to ``survivor``; their logs go on, so
        that they replay as before.
        """
        # sudo: agents cause clocks to move and may not write them.
        clocks, theirs = (survivor | merged).sudo().clock_ids, merged.sudo().clock_ids
        for kind, own in clocks.grouped("kind").items():
            own._reach_by_other()
            own.filtered("is_open")._keep_earliest(kind)
        theirs._renumber_rounds(max(clocks.mapped("round"), default=-1) + 1)
        numbers = ", ".join(merged.mapped("name"))
        theirs._log(
            "change",
            fields.Datetime.now(),
            self.env._("%(merged)s became %(survivor)s.", merged=numbers, survivor=survivor.name),
        )
        self.env.flush_all()

    def _reach_by_other(self):
        """The same event that came on one ticket came for the others, when they had begun."""
        dates = sorted(date for date in self.mapped("date_reached") if date)
        for clock in self.filtered("is_open"):
            later = [date for date in dates if date >= clock.date_start]
            if later:
                clock._reach(later[0])

    def _keep_earliest(self, kind):
        """Cancel all of these open clocks but the one that is due first."""
        order = self.sorted(lambda c: (c.date_deadline or fields.Datetime.now().max, c.id))
        kept, others = order[:1], order[1:]
        if others:
            others._cancel(
                self.env._("The earlier promise counts: %s.", kept.ticket_id.display_name)
            )

    def _renumber_rounds(self, first):
        """Give the rounds of these clocks numbers from ``first`` on, which are free on the ticket
        that they move to.
        """
        rounds = sorted({(clock.ticket_id.id, clock.round) for clock in self})
        numbers = {key: first + index for index, key in enumerate(rounds)}
        for number, clocks in self.grouped(lambda c: numbers[c.ticket_id.id, c.round]).items():
            clocks.round = number


class AftersalesReturnVisit(models.Model):
    _inherit = "aftersales.return.visit"

    @api.model
    def _before_ticket_merge(self, survivor, merged):
        """The customer is asked once, and when all is done (T09, R03)."""
        # sudo: agents merge, the questions follow.
        theirs = merged.sudo().return_visit_ids.filtered(lambda r: r.origin != "manual")
        asked = survivor.sudo().return_visit_ids.filtered(lambda r: r.state == "planned")
        if asked or survivor.stage_id.kind not in ("solved", "closed"):
            theirs.filtered(lambda r: r.state == "planned").action_cancel()
        for record in theirs:
            record.ticket_round = -record.id  # a turn of its own: the index knows one a turn


class AftersalesTicketStageLog(models.Model):
    _inherit = "aftersales.ticket.stage.log"

    @api.model
    def _before_ticket_merge(self, survivor, merged):
        """The merged tickets leave their stages; the one that stays is where it is (T04, T09)."""
        # sudo: nobody but the tickets writes their log.
        merged.sudo().stage_log_ids.filtered(lambda log: not log.date_left)._leave()


class RatingRating(models.Model):
    _inherit = "rating.rating"

    @api.model
    def _before_ticket_merge(self, survivor, merged):
        """What was said of the merged tickets stays; it is about no end of the other (T09, Q01)."""
        # sudo: agents merge, the ratings follow.
        for rating in merged.sudo().rating_ids.filtered(lambda r: r.aftersales_round > 0):
            rating.aftersales_round = -rating.id
