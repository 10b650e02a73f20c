from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import coverage

OWN_FAULTS = ("design", "manufacturing", "installation")


class AftersalesEntitlementMixin(models.AbstractModel):
    """What our own fault makes necessary is internal work: nobody else pays (T07, W07)."""

    _inherit = "aftersales.entitlement.mixin"

    def _is_own_fault(self):
        """Whether we put right what is our own fault."""
        return False

    def _prepare_entitlement_vals(self, answer=None):
        vals = super()._prepare_entitlement_vals(answer)
        if not self._is_own_fault():
            return vals
        return {
            **vals,
            "service_category": coverage.INTERNAL,
            "entitlement_kind": False,
            **{f"entitlement_{aspect}": True for aspect in coverage.ASPECTS},
            "entitlement_date_end": False,
            "entitlement_source": False,
            "entitlement_source_name": False,
            "entitlement_details": [coverage.pack("own_fault", {})],
        }


class AftersalesAsset(models.Model):
    _inherit = "aftersales.asset"

    @api.model
    def _get_reason_templates(self):
        return {
            **super()._get_reason_templates(),
            "own_fault": self.env._("The fault is our own: internal work, free for the customer."),
        }


class AftersalesTicket(models.Model):
    """The task lists of a ticket whose fault is our own (T07)."""

    _inherit = "aftersales.ticket"

    own_fault = fields.Boolean(
        readonly=True, copy=False, help="A task list for our own fault was approved."
    )
    task_list_ids = fields.One2many("aftersales.task.list", "ticket_id", string="Task Lists")
    task_list_count = fields.Integer(compute="_compute_task_list_count")
    task_list_missing = fields.Boolean(compute="_compute_task_list_count")

    def _compute_task_list_count(self):
        lists, counts = self.env["aftersales.task.list"], {}
        if lists.has_access("read"):
            domain = [("ticket_id", "in", self.ids), ("state", "!=", "cancelled")]
            counts = dict(lists._read_group(domain, ["ticket_id"], ["__count"]))
        for ticket in self:
            count = counts.get(ticket._origin, 0)
            ticket.task_list_count = count
            ticket.task_list_missing = ticket.responsible in OWN_FAULTS and not count

    def _is_own_fault(self):
        return self.own_fault

    def _follow_task_lists(self):
        """Approved lists make the service of the tickets and their repairs internal work."""
        # sudo: the lists decide, whoever approved them.
        lists = self.env["aftersales.task.list"].sudo()
        own = lists.search(
            [("ticket_id", "in", self.ids), ("state", "in", ("approved", "done"))]
        ).ticket_id
        # sudo: as above; who approves a list need not edit tickets.
        changed = self.sudo().filtered(lambda t: t.own_fault != (t in own))
        for ticket in changed:
            ticket.own_fault = ticket in own
        changed._decide_entitlement()
        changed.repair_ids.filtered(
            lambda r: r.entitlement_date and r.state not in ("done", "cancel")
        )._decide_entitlement()

    def _get_open_task_list(self):
        """Return the task list that new work of the ticket is for, if any."""
        self.ensure_one()
        # sudo: who plans a visit need not see what it costs.
        lists = self.sudo().task_list_ids
        return lists.filtered(lambda t: t.state in ("draft", "submitted", "approved"))[:1].sudo(
            False
        )

    def _prepare_visit_vals(self):
        return {**super()._prepare_visit_vals(), "task_list_id": self._get_open_task_list().id}

    def _prepare_repair_vals(self):
        task_list = self._get_open_task_list()
        return {**super()._prepare_repair_vals(), "aftersales_task_list_id": task_list.id}

    def action_make_task_list(self):
        """Open a new task list for our own fault (T07).

        :raise UserError: when the ticket is closed
        """
        self.ensure_one()
        if self.is_closed:
            raise UserError(
                self.env._(
                    "%(ticket)s is closed: reopen it before you plan work.",
                    ticket=self.display_name,
                )
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Own-Fault Task List"),
            "res_model": "aftersales.task.list",
            "views": [(False, "form")],
            "context": {
                "default_ticket_id": self.id,
                "default_company_id": self.company_id.id,
                "default_reason": self.attribution_note,
            },
        }

    def action_view_task_lists(self):
        """Open the ticket's task lists."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_task_list_action"
        )
        context = self.action_make_task_list()["context"] if not self.is_closed else {}
        action = dict(action, domain=[("ticket_id", "=", self.id)], context=context)
        lists = self.task_list_ids.filtered(lambda t: t.state != "cancelled")
        if len(lists) == 1:
            action.update(res_id=lists.id, views=[(False, "form")], view_mode="form")
        return action
