from odoo import api, fields, models


class AftersalesTicket(models.Model):
    """First-time fix: a closed fault that one call or one visit put right for good (T16).

    "Yes" when the ticket was never reopened, at most one visit was made for it, that visit fixed
    it, and no later fault repeats it (``repeat_of_id``). Stored for closed faults that count (see
    ``_get_countable_domain``); empty for all others.
    """

    _inherit = "aftersales.ticket"

    first_fix = fields.Selection(
        [("yes", "Fixed the first time"), ("no", "Not the first time")],
        string="First-time Fix",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    first_fix_explanation = fields.Char(
        string="Why First-time Fix or Not",
        compute="_compute_first_fix_explanation",
        compute_sudo=True,
    )

    @api.depends("first_fix", "reopen_count", "visit_ids.state", "repeated_by_ids.name")
    def _compute_first_fix_explanation(self):
        for ticket in self:
            ticket.first_fix_explanation = ticket.first_fix and ticket._explain_first_fix()

    def _on_closed(self):
        result = super()._on_closed()
        self._review_first_fix()
        return result

    def _on_reopened(self):
        result = super()._on_reopened()
        self._review_first_fix()
        return result

    def _on_visits_done(self, visits):
        result = super()._on_visits_done(visits)
        # The voucher may come after the ticket was closed.
        self._review_first_fix()
        return result

    def _on_merged(self, merged):
        result = super()._on_merged(merged)
        # The visits of all are those of one ticket now; the others count nowhere.
        (self | merged)._review_first_fix()
        return result

    def write(self, vals):
        result = super().write(vals)
        if self._get_repeat_triggers() & vals.keys():
            self._review_first_fix()
        return result

    def _review_first_fix(self):
        """Store of each ticket whether it was fixed the first time."""
        # sudo: visits and faults of others decide, whoever closes the ticket.
        tickets = self.sudo().filtered(lambda t: t.first_fix or (t.is_closed and t.type == "fault"))
        if not tickets:
            return
        judged = tickets.filtered("is_closed").filtered_domain(self._get_countable_domain())
        fixed = judged._get_fixed_first()
        for value, own in (("yes", fixed), ("no", judged - fixed), (False, tickets - judged)):
            changed = own.filtered(lambda t, value=value: t.first_fix != value)
            if changed:
                changed.with_context(tracking_disable=True).first_fix = value

    def _get_fixed_first(self):
        """Return those of the closed faults that were fixed the first time, in one query."""
        visits = {
            ticket: (count, fixed)
            for ticket, count, fixed in self.env["aftersales.visit"]._read_group(
                [("ticket_id", "in", self.ids), ("state", "=", "done")],
                ["ticket_id"],
                ["__count", "fixed:array_agg"],
            )
        }
        return self.filtered(
            lambda t: (
                not t.reopen_count
                and not t.repeated_by_ids
                and visits.get(t, (1, ["yes"])) == (1, ["yes"])
            )
        )

    def _explain_first_fix(self):
        """Return the sentence that says why it counts as fixed the first time, or not."""
        self.ensure_one()
        done = self.visit_ids.filtered(lambda visit: visit.state == "done")
        if self.first_fix == "yes":
            return (
                self.env._("Fixed by visit %s; it did not come back.", done.name)
                if done
                else self.env._("Fixed without a visit; it did not come back.")
            )
        reasons = []
        if self.reopen_count:
            reasons.append(self.env._("it was reopened"))
        if len(done) > 1:
            reasons.append(self.env._("it took %s visits", len(done)))
        elif done and done.fixed != "yes":
            reasons.append(self.env._("visit %s did not fix it", done.name))
        if self.repeated_by_ids:
            names = ", ".join(self.repeated_by_ids.mapped("name"))
            reasons.append(self.env._("it came back as %s", names))
        return self.env._("Not fixed the first time: %s.", "; ".join(reasons))
