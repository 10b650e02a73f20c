from odoo import models

# Dealing with these is the office's own work: nothing is to be quoted.
DESK_TYPES = ("enquiry", "complaint", "return", "other")


class AftersalesTicket(models.Model):
    """Paid work does not start before its quotation was accepted, by whichever door (T11).

    What may start is decided in ``_may_start_work``; who starts it asks ``_check_work_may_start``:

    - a visit that sets off, arrives, or is handed in with parts or as fixed. Visit types marked
      "Before the Quotation" find out what to quote: they may go, and fit nothing;
    - a repair that begins or ends, by button or by its state written through the API;
    - a ticket that enters a stage meaning "In progress": stage bar, board, list, import, API.
      All of them come by ``write`` or ``create`` here;
    - whoever else is told to do the work asks ``_check_not_held``.

    What is no work goes on: calls and visits are planned, quotations made, tickets assigned,
    solved by phone, and closed because the customer wants nothing. Tickets of the office's own
    work (enquiries, complaints …), and those that name neither machine nor exclusion, of which
    nobody has found out yet who pays, may be in progress until they have a quotation; a visit or
    repair of theirs is asked all the same. Where the system itself moves a held ticket on (the
    customer writes, it is reopened), it waits in "Assigned" or "New". A team whose only open
    stages mean "In progress" says nothing by them.
    """

    _inherit = "aftersales.ticket"

    def write(self, vals):
        if "stage_id" not in vals:
            return super().write(vals)
        before = {ticket: ticket.stage_id.kind for ticket in self}
        result = super().write(vals)
        # Afterwards: the same change may say that it is paid, or that it is an emergency.
        self.filtered(lambda t: before[t] != "progress")._check_stage_of_work()
        return result

    def _complete_new(self):
        result = super()._complete_new()
        self._check_stage_of_work()
        return result

    def _check_stage_of_work(self):
        """Raise UserError for the first of these tickets that is in progress too early."""
        working = self.filtered(lambda t: t.stage_id.kind == "progress")
        # Where no stage comes before the work, being there does not mean that it began.
        working.filtered(lambda t: t._get_stage("open").kind != "progress")._check_not_held()

    def _check_not_held(self):
        """Raise UserError for the first of these tickets about work that waits for its quotation;
        addons that give the work to others ask it (T11).
        """
        self.filtered(lambda t: t._is_held())._check_work_may_start()

    def _is_held(self):
        """Whether the ticket is about work that waits for its quotation."""
        self.ensure_one()
        decided = (self.asset_id or self.exclusion) and self.type not in DESK_TYPES
        return bool(self.quotation_state or decided) and not self._may_start_work()

    def _enter_stage(self, kind):
        held = self.browse()
        if kind == "progress":
            held = self.filtered(lambda t: t._is_held())
            going = held.filtered("technician_id")
            super(AftersalesTicket, going)._enter_stage("assigned")
            super(AftersalesTicket, held - going)._enter_stage("open")
        return super(AftersalesTicket, self - held)._enter_stage(kind)

    def _on_visits_departed(self, visits):
        """Who sets off to find out what to quote does not begin the work."""
        # sudo: as in the method itself; technicians need not read the ticket.
        held = self.filtered(lambda t: t.sudo()._is_held())
        return super(AftersalesTicket, self - held)._on_visits_departed(visits)
