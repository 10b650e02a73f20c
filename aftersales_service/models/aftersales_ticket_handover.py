from odoo import api, fields, models

HANDOVER_KINDS = [
    ("help", "Asked for help"),
    ("colleague", "Handed to a colleague"),
    ("back", "Given back to the dispatcher"),
    ("absence", "Taken over from somebody absent"),
]
HANDOVER_REASONS = [
    ("skill", "I lack the skill or the tool"),
    ("time", "I cannot be there in time"),
    ("distance", "Too far away"),
    ("safety", "Not safe to do alone"),
    ("absence", "Leave or illness"),
    ("other", "Another reason"),
]


class AftersalesTicketHandover(models.Model):
    """A technician asked for help or passed a ticket on: who, to whom and why (T10).

    Nobody declines a ticket; what happens instead is written down here, and can be counted.
    """

    _name = "aftersales.ticket.handover"
    _description = "Hand-over of a Ticket"
    _order = "id desc"
    _check_company_auto = True

    ticket_id = fields.Many2one(
        "aftersales.ticket",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
        readonly=True,
    )
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    team_id = fields.Many2one("aftersales.team", index="btree_not_null", readonly=True)
    kind = fields.Selection(HANDOVER_KINDS, required=True, readonly=True)
    reason = fields.Selection(HANDOVER_REASONS, required=True, readonly=True)
    note = fields.Text(readonly=True)
    technician_id = fields.Many2one(
        "hr.employee", string="From", index="btree_not_null", readonly=True
    )
    colleague_id = fields.Many2one(
        "hr.employee", string="To", index="btree_not_null", readonly=True
    )
    user_id = fields.Many2one("res.users", string="Recorded by", readonly=True)
    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)

    @api.depends("ticket_id", "kind")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for handover in self:
            handover.display_name = f"{handover.ticket_id.name}: {kinds.get(handover.kind, '')}"
