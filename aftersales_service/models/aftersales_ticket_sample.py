from odoo import api, fields, models
from odoo.exceptions import UserError


class AftersalesTicket(models.Model):
    """A sample that the customer sent in to be tested: its result is promised, too (S02)."""

    _inherit = "aftersales.ticket"

    date_sample = fields.Datetime(
        string="Sample Came In",
        readonly=True,
        copy=False,
        tracking=True,
        help="The promise of a test result counts from here.",
    )
    sla_waits_for_sample = fields.Boolean(compute="_compute_sla_waits_for_sample")

    @api.depends("clock_ids.date_ended")
    def _compute_sla_waits_for_sample(self):
        for ticket in self:
            ticket.sla_waits_for_sample = "sample_result" in ticket.clock_ids.filtered(
                "is_open"
            ).mapped("kind")

    @api.model
    def _get_sla_triggers(self):
        return super()._get_sla_triggers() | {"date_sample"}

    def _get_sla_start(self, kind, start):
        if kind == "sample_result":
            return self.date_sample
        return super()._get_sla_start(kind, start)

    def action_receive_sample(self):
        """A sample came in: from now on its test result is promised (S02).

        :raise UserError: when a ticket is closed, or its sample is there already
        """
        self._check_open_for_sla()
        known = self.filtered("date_sample")
        if known:
            raise UserError(
                self.env._("%(ticket)s: the sample is here already.", ticket=known[0].display_name)
            )
        self._write_past_guard({"date_sample": fields.Datetime.now()})

    def action_give_sample_result(self):
        """The customer has the test result of the sample: that promise is kept (S02).

        :raise UserError: when a ticket is closed, or no sample came in
        """
        self._check_open_for_sla()
        missing = self.filtered(lambda t: not t.date_sample)
        if missing:
            raise UserError(
                self.env._(
                    "%(ticket)s: no sample came in. Use “Sample Came In” first.",
                    ticket=missing[0].display_name,
                )
            )
        self._reach_sla("sample_result")
        self._message_log_batch(
            bodies={
                ticket.id: self.env._("The customer was given the test result of the sample.")
                for ticket in self
            }
        )
