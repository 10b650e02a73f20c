from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import is_html_empty


class AftersalesTicket(models.Model):
    """A mass incident: many customers report one trouble, one ticket leads them all (T09)."""

    _inherit = "aftersales.ticket"

    parent_id = fields.Many2one(
        "aftersales.ticket",
        string="Mass Incident",
        index="btree_not_null",
        check_company=True,
        tracking=True,
        copy=False,
        domain="[('id', '!=', id), ('parent_id', '=', False), ('is_closed', '=', False),"
        " ('company_id', '=', company_id)]",
        help="The ticket that leads all those about the same trouble.",
    )
    child_ids = fields.One2many("aftersales.ticket", "parent_id", string="Affected Tickets")
    child_count = fields.Integer(compute="_compute_child_count")
    child_open_count = fields.Integer(
        string="Open Affected Tickets", compute="_compute_child_count"
    )

    @api.depends("child_ids.stage_id")
    def _compute_child_count(self):
        groups = self.env["aftersales.ticket"]._read_group(
            [("parent_id", "in", self._origin.ids)], ["parent_id", "stage_id"], ["__count"]
        )
        for ticket in self:
            own = [row[1:] for row in groups if row[0] == ticket._origin]
            ticket.child_count = sum(count for _stage, count in own)
            ticket.child_open_count = sum(
                count for stage, count in own if stage.kind not in ("solved", "closed")
            )

    @api.constrains("parent_id")
    def _check_parent(self):
        for ticket in self.filtered("parent_id"):
            if ticket._has_cycle():
                raise ValidationError(
                    self.env._(
                        "%(ticket)s cannot belong to %(parent)s: that one belongs to it already. "
                        "Choose another mass incident, or empty the field.",
                        ticket=ticket.display_name,
                        parent=ticket.parent_id.display_name,
                    )
                )
            if ticket.parent_id.merged_into_id:
                ticket.parent_id._check_not_merged()

    def action_view_children(self):
        """Open the tickets that belong to this mass incident."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_ticket_action"
        )
        return dict(
            action,
            domain=[("parent_id", "=", self.id)],
            views=[(False, "list"), (False, "kanban"), (False, "form")],
            context={"default_parent_id": self.id},
        )

    def action_make_incident(self):
        """Open the dialog that puts these tickets under one mass incident (T09)."""
        return self._get_dialog_action("incident", default_ticket_ids=self.ids)

    def action_leave_incident(self):
        """Take these tickets out of their mass incidents: theirs is another trouble (T09)."""
        self.parent_id = False

    def action_answer_children(self):
        """Open the dialog that answers the customers of all affected tickets (T09)."""
        self.ensure_one()
        return self._get_dialog_action("answer", default_parent_id=self.id)

    def action_solve_children(self):
        """Open the dialog that solves the affected tickets as this one was solved (T09)."""
        self.ensure_one()
        return self._get_dialog_action("solve", default_parent_id=self.id)

    def _join_incident(self, parent):
        """Put these tickets under ``parent``, which is still open."""
        parent._check_not_merged()
        if parent.is_closed:
            raise UserError(
                self.env._(
                    "%(ticket)s is closed: reopen it before others join it.",
                    ticket=parent.display_name,
                )
            )
        (self - parent).parent_id = parent

    def _solve_as(self, resolution, parent=None):
        """Solve these tickets with the same record (T05); what has one of its own keeps it, and so
        it is with symptom and cause (T06), which ``parent`` knows.
        """
        waiting = self.filtered(lambda t: t.stage_id.kind not in ("solved", "closed"))
        waiting.filtered(lambda t: is_html_empty(t.resolution)).resolution = resolution
        for name in ("symptom_id", "cause_id"):
            if parent and parent[name]:
                waiting.filtered(lambda t, name=name: t._lacks_finding(name))[name] = parent[name]
        waiting.action_solve()

    @api.model
    def _before_ticket_merge(self, survivor, merged):
        result = super()._before_ticket_merge(survivor, merged)
        if survivor.parent_id in merged:
            survivor.parent_id = False  # it becomes its own parent
        return result

    def _prepare_taken_over(self, survivor):
        vals = super()._prepare_taken_over(survivor)
        parent = self.parent_id[:1]
        if parent and not survivor.parent_id and parent not in self | survivor:
            vals["parent_id"] = parent.id
        return vals
