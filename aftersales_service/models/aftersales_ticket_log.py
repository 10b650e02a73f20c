from odoo import fields, models


class AftersalesTicket(models.Model):
    """A ticket remembers each stage it was in, and how long (T04)."""

    _inherit = "aftersales.ticket"

    stage_log_ids = fields.One2many(
        "aftersales.ticket.stage.log", "ticket_id", string="Stages so Far", readonly=True
    )

    def _complete_new(self):
        # Before anything moves the new tickets on: assignment takes some to the next stage.
        # sudo: whoever makes a ticket, the customer on the portal too, does not write its log.
        logs = self.env["aftersales.ticket.stage.log"].sudo()
        logs._enter(self, {ticket: ticket.date_open for ticket in self})
        return super()._complete_new()

    def _on_stage_changed(self, stages_before):
        result = super()._on_stage_changed(stages_before)
        # sudo: as above; who moves a ticket was allowed to.
        tickets = self.sudo()
        staying = tickets.stage_log_ids.filtered(lambda log: not log.date_left)
        # A hook within this change may have moved some on, and logged it.
        left = staying.filtered(lambda log: log.stage_id != log.ticket_id.stage_id)
        left._leave()
        staying._enter(tickets - (staying - left).ticket_id)
        return result
