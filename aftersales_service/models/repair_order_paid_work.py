from odoo import models
from odoo.exceptions import UserError


class RepairOrder(models.Model):
    _inherit = "repair.order"

    def action_repair_start(self):
        """Also see that paid work was accepted (T11)."""
        self.aftersales_ticket_id._check_work_may_start()
        return super().action_repair_start()

    def action_create_sale_order(self):
        """Paid work of a ticket is quoted on the ticket, once (T11)."""
        # sudo: the workshop need not read the ticket.
        quoted = self.aftersales_ticket_id.sudo().filtered("quotation_state")
        if quoted:
            raise UserError(
                self.env._(
                    "%(ticket)s has the quotation %(order)s: it invoices this repair too. Make a "
                    "supplement on the ticket for what goes beyond it.",
                    ticket=quoted[0].display_name,
                    order=quoted[0].quotation_summary or quoted[0].quotation_ids[-1:].name,
                )
            )
        return super().action_create_sale_order()

    def action_repair_done(self):
        """The accepted quotation of the ticket invoices what was fitted."""
        result = super().action_repair_done()
        self.aftersales_ticket_id._on_work_done()
        return result
