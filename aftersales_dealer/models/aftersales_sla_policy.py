from odoo import api, fields, models

from odoo.addons.aftersales_service.models.aftersales_sla_policy_match import SlaCondition


class AftersalesSlaPolicy(models.Model):
    """Promises for claims, and for tickets of dealers (S01, S08)."""

    _inherit = "aftersales.sla.policy"

    applies_to = fields.Selection(
        selection_add=[("aftersales.claim", "Dealer claims")],
        ondelete={"aftersales.claim": "cascade"},
    )
    dealer_match = fields.Selection(
        [
            ("any", "With or without a dealer"),
            ("sold", "Sold by a dealer"),
            ("given", "Given to a dealer"),
            ("none", "Without a dealer"),
        ],
        string="Dealer",
        default="any",
        required=True,
        help="Sold: the machine came to the customer through a dealer. Given: the ticket was "
        "handed to a dealer to be done.",
    )
    dealer_ids = fields.Many2many(
        "res.partner",
        "aftersales_sla_policy_dealer_rel",
        string="Dealers",
        domain="[('is_dealer', '=', True)]",
        help="Empty: every dealer.",
    )
    dealer_grade_ids = fields.Many2many(
        "aftersales.dealer.grade", string="Dealer Grades", help="Empty: every grade."
    )

    @api.model
    def _get_condition_fields(self):
        return super()._get_condition_fields() | {"dealer_match", "dealer_ids", "dealer_grade_ids"}

    def _get_conditions(self):
        if self.applies_to == "aftersales.claim":
            return self._get_dealer_conditions()
        return [*super()._get_conditions(), *self._get_dealer_conditions()]

    def _get_dealer(self, document):
        """Return the dealer that the policy asks about."""
        if document._name == "aftersales.ticket" and self.dealer_match == "given":
            return document.dispatch_dealer_id
        return document.dealer_id

    def _get_dealer_conditions(self):
        """Conditions on the dealer of the ticket or the claim."""
        rows, dealers, grades = [], self.dealer_ids, self.dealer_grade_ids
        if self.dealer_match != "any" and self.applies_to == "aftersales.ticket":
            wanted = self.dealer_match != "none"
            rows.append(
                self._condition(
                    "dealer_match",
                    lambda d: bool(self._get_dealer(d)) == wanted,
                    lambda d: self._get_dealer(d).display_name,
                )
            )
        if self.dealer_match == "none" and self.applies_to == "aftersales.ticket":
            return rows
        if dealers:
            rows.append(
                self._condition(
                    "dealer_ids",
                    lambda d: self._get_dealer(d).commercial_partner_id in dealers,
                    lambda d: self._get_dealer(d).display_name,
                )
            )
        if grades:
            rows.append(
                SlaCondition(
                    lambda: self._get_label("dealer_grade_ids"),
                    lambda d: self._get_dealer(d).dealer_grade_id in grades,
                    lambda: self._get_text("dealer_grade_ids"),
                    lambda d: self._get_dealer(d).dealer_grade_id.display_name,
                )
            )
        return rows

    def _describe_scope(self):
        scope = super()._describe_scope()
        if self.applies_to == "aftersales.claim":
            return self.env._("Claims: %s", scope)
        return scope
