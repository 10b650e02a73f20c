from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import is_html_empty


class AftersalesTicketSolve(models.TransientModel):
    """Solves the tickets of a mass incident the way the incident was solved (T09)."""

    _name = "aftersales.ticket.solve"
    _description = "Solve Affected Tickets"

    parent_id = fields.Many2one("aftersales.ticket", required=True, readonly=True)
    ticket_ids = fields.Many2many(
        "aftersales.ticket",
        string="Tickets",
        compute="_compute_from_parent",
        store=True,
        readonly=False,
    )
    resolution = fields.Html(compute="_compute_from_parent", store=True, readonly=False)

    @api.depends("parent_id")
    def _compute_from_parent(self):
        for wizard in self:
            wizard.ticket_ids = wizard.parent_id.child_ids.filtered(
                lambda t: t.stage_id.kind not in ("solved", "closed")
            )
            wizard.resolution = wizard.parent_id.resolution

    def action_solve(self):
        """Solve the chosen tickets; each gets its record.

        :raise UserError: when the record is empty
        """
        self.ensure_one()
        if is_html_empty(self.resolution):
            raise UserError(
                self.env._(
                    "%(ticket)s: write down under “Resolution” what was done.",
                    ticket=self.parent_id.display_name,
                )
            )
        self.ticket_ids._solve_as(self.resolution, self.parent_id)
        return {"type": "ir.actions.act_window_close"}
