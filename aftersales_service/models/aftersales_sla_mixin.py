from odoo import api, fields, models

SLA_STATES = [
    ("none", "No promise"),
    ("running", "In time"),
    ("warning", "Soon due"),
    ("paused", "Paused"),
    ("late", "Late"),
    ("kept", "Kept"),
    ("broken", "Broken"),
]


class AftersalesSlaMixin(models.AbstractModel):
    """A document with promises that have deadlines: what was promised, and what became of it (S01,
    S03, S08).

    The inheriting model defines

    * ``_sla_clock_field``: the name of the many2one of ``aftersales.sla.clock`` that points to it,
      and ``clock_ids``, its inverse;
    * ``aftersales.sla.sweep._get_document_models``: its name among them;
    * what is different for it: the methods of the last section of ``aftersales_sla_mixin_flow.py``.
    """

    _name = "aftersales.sla.mixin"
    _description = "Document with Promises"
    _sla_clock_field = None

    sla_policy_id = fields.Many2one(
        "aftersales.sla.policy",
        string="SLA Policy",
        readonly=True,
        copy=False,
    )
    sla_explanation = fields.Char(string="Why this SLA", readonly=True, copy=False)
    sla_date_checked = fields.Datetime(readonly=True, copy=False)
    sla_date_deadline = fields.Datetime(
        string="Next Deadline",
        compute="_compute_sla",
        store=True,
        index="btree_not_null",
        copy=False,
    )
    sla_state = fields.Selection(
        SLA_STATES,
        string="SLA",
        compute="_compute_sla",
        store=True,
        copy=False,
        default="none",
    )

    @api.depends(
        "clock_ids.state",
        "clock_ids.date_deadline",
        "clock_ids.date_ended",
        "clock_ids.date_warned",
    )
    def _compute_sla(self):
        for document in self:
            clocks = [clock for clock in document.clock_ids if clock.state != "cancelled"]
            opened = [clock for clock in clocks if not clock.date_ended]
            deadlines = (clock.date_deadline for clock in opened if clock.state != "paused")
            document.sla_date_deadline = min(filter(None, deadlines), default=False)
            document.sla_state = self._get_sla_state(clocks, opened)

    @api.model
    def _get_sla_state(self, clocks, opened):
        """Return the worst of what the open clocks say, else what became of the closed ones.

        :param clocks: list of a document's clocks without the cancelled ones
        :param opened: list of those of them whose event has not come yet
        """
        states = {clock.state for clock in opened}
        if "breached" in states:
            return "late"
        if any(clock.state == "running" and clock.date_warned for clock in opened):
            return "warning"
        if "running" in states:
            return "running"
        if "paused" in states:
            return "paused"
        if any(clock.state == "breached" for clock in clocks):
            return "broken"
        return "kept" if clocks else "none"

    def action_view_clocks(self):
        """Open the document's clocks with their logs."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_sla_clock_action"
        )
        return dict(action, domain=[(self._sla_clock_field, "=", self.id)], context={})
