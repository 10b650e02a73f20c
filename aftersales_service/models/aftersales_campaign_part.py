from odoo import fields, models


class AftersalesCampaignPart(models.Model):
    """A part that the work of a campaign needs on each machine (W15)."""

    _name = "aftersales.campaign.part"
    _description = "Campaign Part"
    _order = "campaign_id, sequence, id"
    _check_company_auto = True
    _rec_name = "product_id"

    campaign_id = fields.Many2one(
        "aftersales.campaign", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="campaign_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    product_id = fields.Many2one(
        "product.product",
        string="Part",
        required=True,
        index=True,
        check_company=True,
        domain="[('type', '=', 'consu')]",
    )
    quantity = fields.Float(digits="Product Unit", default=1.0, required=True)
    uom_id = fields.Many2one(related="product_id.uom_id")

    _product_uniq = models.UniqueIndex(
        "(campaign_id, product_id)",
        "A part stands in a campaign once: change its quantity instead.",
    )
    _quantity_positive = models.Constraint(
        "CHECK(quantity > 0)", "The quantity of a part must be positive."
    )
