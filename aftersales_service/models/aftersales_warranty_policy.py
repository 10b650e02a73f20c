from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

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
        help="Leave empty to share the policy between companies. A policy of a company is never "
        "used by another one.",
    )
    start_event = fields.Selection(
        START_EVENTS,
        required=True,
        default="delivery",
        help="The day after which the terms are counted. Until it is known the warranty is a "
        "draft.",
    )
    fallback_event = fields.Selection(
        START_EVENTS,
        string="Otherwise from",
        help="Starts the warranty when the start event does not happen, or cannot be shown.",
    )
    fallback_days = fields.Integer(
        string="Days after", help="Calendar days from that event to the start; 0 means its day."
    )
    fallback_mode = fields.Selection(
        [
            ("latest", "Latest start: a later event no longer moves it"),
            ("until", "Until the event is known: then the event counts"),
        ],
        string="When the event comes later",
        required=True,
        default="latest",
    )
    term_ids = fields.One2many(
        "aftersales.warranty.policy.term", "policy_id", string="Terms", copy=True
    )
    note = fields.Html(string="Conditions", translate=True, help="Printed on the warranty card.")
    product_count = fields.Integer(compute="_compute_usage")
    category_count = fields.Integer(compute="_compute_usage")
    warranty_count = fields.Integer(compute="_compute_usage")
    usage_text = fields.Char(compute="_compute_usage")

    def _compute_usage(self):
        companies = self.env["res.company"].search_fetch(
            [("aftersales_warranty_policy_id", "in", self.ids)], ["aftersales_warranty_policy_id"]
        )
        defaults = companies.grouped("aftersales_warranty_policy_id")
        products = self._count_by_policy("product.template", "warranty_policy_id")
        categories = self._count_by_policy("product.category", "warranty_policy_id")
        warranties = self._count_by_policy("aftersales.warranty", "policy_id")
        for policy in self:
            policy.product_count = products.get(policy, 0)
            policy.category_count = categories.get(policy, 0)
            policy.warranty_count = warranties.get(policy, 0)
            names = ", ".join(defaults.get(policy, companies.browse()).mapped("name"))
            policy.usage_text = names and self.env._("Default of %s.", names)

    def _count_by_policy(self, model, field):
        """Return {policy: number of records of ``model``}; none for users who may not read them."""
        records = self.env[model]
        if not records.has_access("read"):
            return {}
        return dict(records._read_group([(field, "in", self.ids)], [field], ["__count"]))

    @api.constrains("start_event", "fallback_event", "fallback_days")
    def _check_fallback(self):
        for policy in self:
            if policy.fallback_event == policy.start_event:
                raise ValidationError(
                    self.env._(
                        "%(policy)s: “Otherwise from” is the start event itself. Choose another "
                        "event or leave it empty.",
                        policy=policy.display_name,
                    )
                )
            if policy.fallback_days < 0:
                raise ValidationError(
                    self.env._(
                        "%(policy)s: “Days after” is %(days)s. Enter 0 or more days.",
                        policy=policy.display_name,
                        days=policy.fallback_days,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        used = self.filtered("warranty_count")
        if used:
            raise UserError(
                self.env._(
                    "%(policy)s: %(count)s warranties were made from it. Archive the policy "
                    "instead of deleting it.",
                    policy=used[0].display_name,
                    count=used[0].warranty_count,
                )
            )

    def copy_data(self, default=None):
        vals_list = super().copy_data(default=default)
        if "name" in (default or {}):
            return vals_list
        return [
            dict(vals, name=self.env._("%s (copy)", policy.name))
            for policy, vals in zip(self, vals_list, strict=True)
        ]

    @api.model
    def _get_usable_domain(self, company):
        """Domain of the policies that ``company`` may use: its own and shared ones (J02)."""
        return Domain("company_id", "in", (False, company.id)) & Domain("active", "=", True)

    def _get_usable_ids(self, company):
        """Return the set of the ids of those policies that ``company`` may use."""
        # Also who may not see a policy of another company must learn that it is not to be used.
        return set(self.sudo().filtered_domain(self._get_usable_domain(company)).ids)

    def action_view_products(self):
        """Open the products that use this policy directly."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "stock.product_template_action_product"
        )
        return dict(action, domain=[("warranty_policy_id", "=", self.id)], context={})

    def action_view_categories(self):
        """Open the categories that use this policy directly."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "product.product_category_action_form"
        )
        return dict(action, domain=[("warranty_policy_id", "=", self.id)], context={})

    def action_view_warranties(self):
        """Open the warranties that were made from this policy."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_warranty_action"
        )
        return dict(action, domain=[("policy_id", "=", self.id)], context={})
