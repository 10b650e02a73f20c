from odoo import fields, models


class AftersalesTicketStage(models.Model):
    _name = "aftersales.ticket.stage"
    _description = "Ticket Stage"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    fold = fields.Boolean(string="Folded in Kanban")
    is_closed = fields.Boolean(string="Closing Stage", help="Tickets in this stage are done.")
    is_waiting = fields.Boolean(
        string="Waiting Stage", help="We wait for somebody else: service clocks may pause here."
    )
    team_ids = fields.Many2many("aftersales.team", string="Teams", help="Empty: used by all teams.")
