from odoo import api, fields, models


class AftersalesVisit(models.Model):
    """The visits a service contract includes are counted down (W11)."""

    _inherit = "aftersales.visit"

    contract_id = fields.Many2one(
        "aftersales.contract",
        string="Service Contract",
        compute="_compute_contract_id",
        store=True,
        readonly=False,
        check_company=True,
        index="btree_not_null",
        help="The visit is one of those that the contract includes.",
    )
    contract_exceeded = fields.Boolean(
        string="Beyond the Contract",
        readonly=True,
        copy=False,
        help="The visits of the contract were used up: this one is paid.",
    )
    contract_visits = fields.Char(compute="_compute_contract_visits")

    @api.depends("ticket_id.contract_id", "ticket_id.service_category", "ticket_id.type")
    def _compute_contract_id(self):
        for visit in self:
            ticket = visit.ticket_id.sudo()  # technicians have no rights on contracts
            if visit.state in ("done", "cancelled") or not ticket:
                visit.contract_id = visit.contract_id
            elif ticket.service_category == "contract" or ticket.type == "preventive":
                visit.contract_id = ticket.contract_id
            else:
                visit.contract_id = False

    @api.depends("contract_id", "state", "contract_exceeded")
    def _compute_contract_visits(self):
        for visit in self:
            contract = visit.sudo().contract_id  # a sentence for the technician
            if visit.contract_exceeded:
                visit.contract_visits = self.env._(
                    "The visits of contract %s were used up: this visit is paid.", contract.name
                )
            else:
                visit.contract_visits = contract._format_visits(visit.state != "done")

    def _on_done(self):
        result = super()._on_done()
        self._count_contract_visits()
        return result

    def _count_contract_visits(self):
        """Flag what goes beyond the visits of the contract; nothing is held up."""
        for contract, visits in self.sudo().grouped("contract_id").items():  # as above
            if not contract.visits_included:
                continue
            contract.invalidate_recordset(["visits_used"])
            beyond = contract.visits_used - contract.visits_included
            if beyond > 0:
                paid = visits.sorted(lambda v: (v.date_done, v.id))[-beyond:]
                paid._write_past_guard({"contract_exceeded": True})
                note = self.env._(
                    "The %(count)s visits of contract %(contract)s were used up: the visit is "
                    "paid.",
                    count=contract.visits_included,
                    contract=contract.name,
                )
                paid._message_log_batch(bodies=dict.fromkeys(paid.ids, note))
                tickets = paid.ticket_id
                tickets._message_log_batch(bodies=dict.fromkeys(tickets.ids, note))


class AftersalesContract(models.Model):
    _inherit = "aftersales.contract"

    ticket_ids = fields.One2many("aftersales.ticket", "contract_id", string="Tickets")
    visit_ids = fields.One2many("aftersales.visit", "contract_id", string="Visits")
    ticket_count = fields.Integer(compute="_compute_ticket_count")
    visits_used = fields.Integer(compute="_compute_visits_used")
    visits_info = fields.Char(compute="_compute_visits_used", string="Included Visits Used")

    def _compute_ticket_count(self):
        tickets, counts = self.env["aftersales.ticket"], {}
        if tickets.has_access("read"):
            counts = dict(
                tickets._read_group([("contract_id", "in", self.ids)], ["contract_id"], ["__count"])
            )
        for contract in self:
            contract.ticket_count = counts.get(contract, 0)

    @api.depends("visit_ids.state", "line_ids.visits")
    def _compute_visits_used(self):
        # sudo: a count; salespeople and customers have no rights on visits.
        counts = dict(
            self.env["aftersales.visit"]
            .sudo()
            ._read_group(
                [("contract_id", "in", self.ids), ("state", "=", "done")],
                ["contract_id"],
                ["__count"],
            )
        )
        counts = {contract.id: count for contract, count in counts.items()}
        for contract in self:
            contract.visits_used = counts.get(contract._origin.id, 0)
            contract.visits_info = bool(contract.visits_included) and self.env._(
                "%(used)s of %(included)s used",
                used=contract.visits_used,
                included=contract.visits_included,
            )

    def _format_visits(self, is_open=True):
        """Return how many visits are used, in a sentence; False when they are not counted."""
        if not self.visits_included:
            return False
        if is_open and self.visits_used >= self.visits_included:
            return self.env._(
                "Contract %(contract)s: all %(included)s visits are used, the next one is paid.",
                contract=self.name,
                included=self.visits_included,
            )
        return self.env._(
            "Contract %(contract)s: %(used)s of %(included)s visits used.",
            contract=self.name,
            used=self.visits_used,
            included=self.visits_included,
        )

    def action_view_tickets(self):
        """Open the tickets under the contract."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_ticket_action"
        )
        return dict(action, domain=[("contract_id", "=", self.id)], context={})

    def action_view_visits(self):
        """Open the visits under the contract."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_visit_action"
        )
        return dict(
            action,
            domain=[("contract_id", "=", self.id)],
            context={"default_contract_id": self.id, "default_partner_id": self.partner_id.id},
        )
