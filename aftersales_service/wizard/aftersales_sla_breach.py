from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class AftersalesSlaBreach(models.TransientModel):
    """Asks why promises were broken: one reason for all, or one for each (S05)."""

    _name = "aftersales.sla.breach"
    _description = "Why Were Promises Broken?"

    reason_id = fields.Many2one("aftersales.sla.reason", string="Reason for All")
    text = fields.Char(string="What Happened")
    line_ids = fields.One2many("aftersales.sla.breach.line", "breach_id", string="Broken Promises")
    ticket_ids = fields.Many2many(
        "aftersales.ticket", help="Are closed when their reasons are written down."
    )

    @api.model
    def _prepare_vals(self, clocks, tickets=None):
        """Return the values of the dialog about ``clocks``; ``tickets`` are closed afterwards."""
        return {
            "line_ids": [Command.create({"clock_id": clock.id}) for clock in clocks],
            "ticket_ids": [Command.set(tickets.ids if tickets else [])],
        }

    @api.model
    def _prepare_context(self, clocks, tickets):
        """Return the context that opens the dialog where nothing can be stored: in an error."""
        vals = self._prepare_vals(clocks, tickets)
        return {f"default_{name}": commands for name, commands in vals.items()}

    @api.model
    def _ask(self, clocks, tickets=None):
        """Return the action of the dialog about ``clocks``; ``tickets`` are closed afterwards."""
        wizard = self.create(self._prepare_vals(clocks, tickets))
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_sla_breach_action"
        )
        return dict(action, res_id=wizard.id)

    @api.onchange("reason_id", "text")
    def _onchange_reason(self):
        for line in self.line_ids:
            line.reason_id = self.reason_id or line.reason_id
            line.text = self.text or line.text

    def action_confirm(self):
        """Write the reasons down, and close the tickets that waited for them.

        :raise UserError: when a reason is missing
        """
        self.ensure_one()
        for line in self.line_ids:
            if not line.reason_id and not (line.text or "").strip():
                raise UserError(
                    self.env._(
                        "%(promise)s: choose a reason or write what happened.",
                        promise=line.clock_id.display_name,
                    )
                )
        self.line_ids._write_reasons()
        if self.ticket_ids:
            return self.ticket_ids.action_close()
        return {"type": "ir.actions.act_window_close"}


class AftersalesSlaBreachLine(models.TransientModel):
    """One broken promise of the dialog."""

    _name = "aftersales.sla.breach.line"
    _description = "Broken Promise to Explain"

    breach_id = fields.Many2one("aftersales.sla.breach", required=True, ondelete="cascade")
    clock_id = fields.Many2one("aftersales.sla.clock", required=True, ondelete="cascade")
    document = fields.Char(compute="_compute_clock")
    promise = fields.Char(compute="_compute_clock")
    late = fields.Char(compute="_compute_clock")
    reason_id = fields.Many2one("aftersales.sla.reason")
    text = fields.Char(string="What Happened")

    @api.depends("clock_id")
    def _compute_clock(self):
        for line in self:
            # sudo: who may read the document reads what was promised for it.
            clock = line.sudo().clock_id
            document = clock._get_document()
            document.sudo(False).check_access("read")
            line.document = document.display_name
            line.promise = clock.target_id.display_name
            line.late = clock.remaining

    def _write_reasons(self):
        """Store the reasons on the clocks that the user may write."""
        for (reason, text), lines in self.grouped(lambda li: (li.reason_id, li.text)).items():
            lines.clock_id.write(
                {"breach_reason_id": reason.id, "breach_reason": (text or "").strip() or False}
            )
