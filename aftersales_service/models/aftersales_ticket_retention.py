from odoo import fields, models


class AftersalesTicket(models.Model):
    """A ticket is kept from its closing; deleting a contact or an asset never takes the name with
    it under which the ticket is filed (T13).
    """

    _name = "aftersales.ticket"
    _inherit = ["aftersales.ticket", "aftersales.retention.mixin"]
    _retention_date = "date_closed"
    _personal_links = ("caller_id",)
    _customer_links = ("partner_id", "site_id")
    _personal_parts = {
        "aftersales.ticket.handover": ("ticket_id", {"note"}),
        "aftersales.sla.clock": ("ticket_id", {"breach_reason"}),
        "aftersales.ticket.link": ("ticket_id", {"note"}),
        "aftersales.compensation": ("ticket_id", {"description", "decision_reason"}),
        "aftersales.goodwill": ("ticket_id", {"description", "decision_reason"}),
        "aftersales.task.list": ("ticket_id", {"reason", "decision_reason"}),
        "aftersales.task.list.line": ("list_id.ticket_id", {"method", "done_note"}),
        "aftersales.supplier.notice": (
            "ticket_id",
            {"description", "evidence", "answer_note", "visit_name", "visit_outcome"},
        ),
    }

    partner_id = fields.Many2one(ondelete="restrict")
    caller_id = fields.Many2one(ondelete="restrict")
    site_id = fields.Many2one(ondelete="restrict")
    asset_id = fields.Many2one(ondelete="restrict")

    _expired_idx = models.Index(
        "(company_id, date_closed) WHERE date_anonymised IS NULL AND date_closed IS NOT NULL"
    )

    def unlink(self):
        if not self._is_uninstalling():
            self.check_access("unlink")
            self._check_retention()
            # Call-backs of the ticket go with it, unless they are records that must stay longer.
            # sudo: they belong to the ticket, which the user may delete.
            calls = self.env["aftersales.return.visit"].sudo()
            calls.search([("ticket_id", "in", self.ids)]).unlink()
        return super().unlink()

    def _anonymise(self):
        result = super()._anonymise()
        # sudo: clocks keep the customer of their ticket.
        clocks = self.sudo().clock_ids
        if clocks:
            self._forget_private_customers(clocks, "partner_id")
            clocks.invalidate_recordset(flush=False)
        return result

    def _get_impersonal_fields(self):
        explained = {
            name
            for name in self._fields
            if name.startswith(("entitlement_", "sla_", "assignment_", "exchange_"))
        }
        return super()._get_impersonal_fields() | explained
