from odoo import api, models


class AftersalesSlaPolicy(models.Model):
    """What a service contract promises comes before the list of policies (W11, S01)."""

    _inherit = "aftersales.sla.policy"

    @api.model
    def _match_tickets(self, tickets):
        result = super()._match_tickets(tickets)
        for ticket in tickets.filtered("contract_id"):
            contract = ticket.contract_id
            policy = contract.sla_policy_id
            if policy.active:
                result[ticket] = (
                    policy,
                    self.env._(
                        "“%(policy)s” applies: contract %(contract)s promises it.",
                        policy=policy.name,
                        contract=contract.name,
                    ),
                )
        return result

    @api.model
    def _try_policies(self, ticket):
        answer = super()._try_policies(ticket)
        if answer["policy"] and answer["policy"] == ticket.contract_id.sla_policy_id:
            # The contract says which; the others were not even asked.
            answer["misses"] = []
        return answer
