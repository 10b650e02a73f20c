from datetime import date

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

    def _prepare_entitlement_vals(self, answer=None):
        vals = super()._prepare_entitlement_vals(answer)
        covers = answer.covers if answer else []
        contract_id = self._choose_contract(covers, vals["entitlement_source"])
        if self.contract_id.id != contract_id:
            vals["contract_id"] = contract_id
        return vals

    @api.model
    def _get_sla_triggers(self):
        return super()._get_sla_triggers() | {"contract_id"}

    def _find_contract(self):
        """Fill in the contract of each ticket, in one query."""
        covers = self.asset_id.sudo()._get_contract_covers()  # sudo: as the decision itself
        for ticket in self:
            own = covers.get(ticket.asset_id._origin.id, [])
            contract_id = ticket._choose_contract(own, ticket.entitlement_source)
            if ticket.contract_id._origin.id != contract_id:
                ticket.contract_id = contract_id

    def _choose_contract(self, covers, source):
        """Return the id of the contract that the ticket is under, or False: the one that decides,
        else the one that runs longest on the day.

        :param covers: the ``coverage.Cover`` list of the ticket's asset
        :param source: "model,id" of what decides who pays
        """
        self.ensure_one()
        day = self.date_failure or self.date_open.date()
        own = [
            cover
            for cover in covers
            if cover.kind == "contract"
            and cover.date_start
            and cover.date_start <= day <= (cover.date_end or date.max)
        ]
        if not own:
            return False
        # The keys are (contract, line).
        best = max(own, key=lambda c: (c.source == source, c.date_end or date.max, c.key[1]))
        return best.key[0]
