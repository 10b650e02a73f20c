from odoo import api, fields, models


class AftersalesTicket(models.Model):
    """The service contract a ticket falls under (W11)."""

    _inherit = "aftersales.ticket"

    contract_id = fields.Many2one(
        "aftersales.contract",
        string="Service Contract",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The contract over the asset on the day it failed; it promises its SLA even while "
        "the warranty pays.",
    )
    contract_measures = fields.Html(related="contract_id.measures", string="Special Measures")
    contract_visits = fields.Char(compute="_compute_contract_visits")

    @api.depends("contract_id")
    def _compute_contract_visits(self):
        for ticket in self:
            # sudo: a sentence for who handles the ticket, technicians too.
            ticket.contract_visits = ticket.sudo().contract_id._format_visits()

    def _decide_entitlement(self):
        changes = super()._decide_entitlement()
        # sudo: as the decision itself; every ticket is told its contract, whoever made it.
        self.sudo()._find_contract()
        return changes

    @api.model
    def _get_sla_triggers(self):
        return super()._get_sla_triggers() | {"contract_id"}

    def _find_contract(self):
        """Store the contract of each ticket: the one that decides, else the one that runs longest
        on the day; in one query.
        """
        lines = self.env["aftersales.contract.line"].search(
            [
                ("asset_id", "in", self.asset_id.ids),
                ("contract_id.state", "!=", "draft"),
                ("date_start", "!=", False),
            ]
        )
        by_asset = lines.grouped("asset_id")
        for ticket in self:
            day = ticket.date_failure or ticket.date_open.date()
            own = by_asset.get(ticket.asset_id, lines.browse()).filtered(
                lambda line, day=day: line.date_start <= day <= line._get_cover_end()
            )
            deciding = own.filtered(
                lambda line, source=ticket.entitlement_source: (
                    f"aftersales.contract,{line.contract_id.id}" == source
                )
            )
            line = deciding or own.sorted(lambda line: (line._get_cover_end(), line.id))[-1:]
            if ticket.contract_id != line.contract_id:
                ticket.contract_id = line.contract_id
