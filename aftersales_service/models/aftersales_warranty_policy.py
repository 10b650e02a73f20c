from odoo import api, fields, models
from odoo.exceptions import ValidationError

START_EVENTS = [
    ("delivery", "Delivery"),
    ("acceptance", "Signed acceptance"),
    ("commissioning", "Commissioning"),
    ("registration", "Registration of the sale to the end user"),
    ("completion", "Completion"),
]


class AftersalesWarrantyPolicy(models.Model):
    """What is promised for a product: terms by component, and what starts them (W04)."""

    _name = "aftersales.warranty.policy"
    _description = "Warranty Policy"
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        help="Leave empty to share the policy between companies.",
    )
    start_event = fields.Selection(
        START_EVENTS,
        required=True,
        default="delivery",
        help="The day after which the terms are counted. Until it is known the warranty is a "
        "draft.",
    )
    term_ids = fields.One2many(
        "aftersales.warranty.policy.term", "policy_id", string="Terms", copy=True
    )
    note = fields.Html(string="Conditions", translate=True, help="Printed on the warranty card.")
    product_count = fields.Integer(compute="_compute_product_count")

    def _compute_product_count(self):
        counts = dict(
            self.env["product.template"]._read_group(
                [("warranty_policy_id", "in", self.ids)], ["warranty_policy_id"], ["__count"]
            )
        )
        for policy in self:
            policy.product_count = counts.get(policy, 0)

    @api.constrains("term_ids")
    def _check_terms(self):
        for policy in self:
            keys = [(term.component or "", term.part_category_id.id) for term in policy.term_ids]
            if len(keys) != len(set(keys)):
                raise ValidationError(
                    self.env._(
                        "%(policy)s: two terms are for the same component and part category. "
                        "Merge them or name another component.",
                        policy=policy.display_name,
                    )
                )

    def action_view_products(self):
        """Open the products that use this policy directly."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "stock.product_template_action_product"
        )
        return dict(action, domain=[("warranty_policy_id", "=", self.id)], context={})
