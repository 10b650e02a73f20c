from odoo import api, fields, models
from odoo.tools import html2plaintext

# The promise that the register shows: when somebody comes, else when it is solved or answered.
PROMISES = ("on_site", "solution", "answer", "close")
CATEGORY_LETTERS = {"paid": "A", "contract": "B", "warranty": "C", "internal": "D"}
RESULT_LENGTH = 160


class AftersalesTicket(models.Model):
    """The columns of the call register (叫修登记簿) that the ticket itself does not have (T03)."""

    _inherit = "aftersales.ticket"

    register_category = fields.Char(
        string="A–D",
        compute="_compute_register_category",
        help="A paid, B under contract, C free under warranty, D internal.",
    )
    register_date_promised = fields.Datetime(string="Promised", compute="_compute_register_dates")
    register_date_arrived = fields.Datetime(string="Arrived", compute="_compute_register_dates")
    register_date_solved = fields.Datetime(string="Solved", compute="_compute_register_dates")
    register_result = fields.Char(string="Result", compute="_compute_register_result")
    register_satisfaction = fields.Char(
        string="Satisfaction", compute="_compute_register_satisfaction"
    )

    @api.depends("service_category")
    def _compute_register_category(self):
        for ticket in self:
            ticket.register_category = CATEGORY_LETTERS.get(ticket.service_category, "")

    @api.depends("clock_ids.date_deadline", "visit_ids.date_arrived", "stage_id")
    def _compute_register_dates(self):
        # sudo: three dates of the tickets that the user may read.
        promised = self.sudo()._get_promised_dates()
        arrived = dict(
            # As above.
            self.env["aftersales.visit"]
            .sudo()
            ._read_group(
                [("ticket_id", "in", self.ids), ("date_arrived", "!=", False)],
                ["ticket_id"],
                ["date_arrived:min"],
            )
        )
        # As above.
        solved = self.env["aftersales.ticket.stage.log"].sudo()._get_last_dates(self, "solved")
        for ticket in self:
            # sudo: a key of the dates above; nothing is read.
            key = ticket._origin.sudo()
            done = ticket.stage_id.kind in ("solved", "closed")
            ticket.register_date_promised = promised.get(key, False)
            ticket.register_date_arrived = arrived.get(key, False)
            ticket.register_date_solved = done and (solved[key] or ticket.date_closed)

    def _get_promised_dates(self):
        """Return {ticket: first deadline of the foremost promise}, in one query."""
        groups = self.env["aftersales.sla.clock"]._read_group(
            [
                ("ticket_id", "in", self.ids),
                ("kind", "in", PROMISES),
                ("state", "!=", "cancelled"),
                ("date_deadline", "!=", False),
            ],
            ["ticket_id", "kind"],
            ["date_deadline:min"],
        )
        groups.sort(key=lambda group: PROMISES.index(group[1]), reverse=True)
        return {ticket: deadline for ticket, _kind, deadline in groups}

    @api.depends("resolution")
    def _compute_register_result(self):
        for ticket in self:
            text = " ".join(html2plaintext(ticket.resolution or "").split())
            cut = len(text) > RESULT_LENGTH
            ticket.register_result = f"{text[:RESULT_LENGTH]}…" if cut else text

    @api.depends("rating_last_value", "return_visit_ids.satisfied")
    def _compute_register_satisfaction(self):
        # sudo: technicians read what the customer of their ticket said, not the return visits.
        answers = self.env["aftersales.return.visit"].sudo()
        labels = dict(answers._fields["satisfied"]._description_selection(self.env))
        said = {
            answer.ticket_id.id: labels[answer.satisfied]
            for answer in answers.search_fetch(
                [("ticket_id", "in", self.ids), ("satisfied", "!=", False)],
                ["ticket_id", "satisfied"],
                order="date_done, id",
            )
        }
        for ticket in self:
            rated = f"{ticket.rating_last_value:g}/5" if ticket.rating_last_value else ""
            answers_given = [text for text in (said.get(ticket._origin.id), rated) if text]
            ticket.register_satisfaction = " · ".join(answers_given)
