from odoo import api, models


class AftersalesSlaPolicy(models.Model):
    """What a service contract promises comes before the list of policies (W11, S01)."""

    _inherit = "aftersales.sla.policy"

    @api.model
    def _match_documents(self, documents):
        result = super()._match_documents(documents)
        if documents._name != "aftersales.ticket":
            return result
        for ticket in documents.filtered("contract_id"):
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
    def _try_policies(self, document):
        answer = super()._try_policies(document)
        is_ticket = document._name == "aftersales.ticket"
        if (
            answer["policy"]
            and is_ticket
            and answer["policy"] == document.contract_id.sla_policy_id
        ):
            # The contract says which; the others were not even asked.
            answer["misses"] = []
        return answer
