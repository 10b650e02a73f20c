from odoo import api, models
from odoo.exceptions import UserError

WORKED_ON = ("under_repair", "done")


class RepairOrder(models.Model):
    _inherit = "repair.order"

    @api.model_create_multi
    def create(self, vals_list):
        repairs = super().create(vals_list)
        repairs._check_quotation(WORKED_ON)
        return repairs

    def write(self, vals):
        """Also see that paid work was accepted: the status is an ordinary field of Odoo's, which
        imports and the API may write (T11).
        """
        result = super().write(vals)
        if "state" in vals:
            self._check_quotation(WORKED_ON)
        elif "aftersales_ticket_id" in vals:
            # What is done already may be filed under its ticket.
            self._check_quotation(("under_repair",))
        return result

    def _check_quotation(self, states):
        """Raise UserError when one of these repairs is in one of ``states`` before its ticket's
        quotation was accepted (T11).
        """
        working = self.filtered(lambda r: r.aftersales_ticket_id and r.state in states)
        working.aftersales_ticket_id._check_work_may_start()

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
