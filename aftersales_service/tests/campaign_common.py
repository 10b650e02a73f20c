from odoo.fields import Command

from .common import AftersalesCommon


class CampaignCommon(AftersalesCommon):
    """A safety recall of the test machine: one unit at a customer, one in stock."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.asset = cls.sell("RC-1")
        cls.lot_stock = cls.make_serials("RC-2")
        cls.campaign = cls.make_campaign()
        cls.campaign._add_units(cls.asset.lot_id | cls.lot_stock)
        cls.unit = cls.campaign.line_ids.filtered(lambda line: line.serial == "RC-1")
        cls.unit_stock = cls.campaign.line_ids - cls.unit

    @classmethod
    def make_campaign(cls, **values):
        """Return a recall, made by the manager."""
        vals = {
            "title": "Brake hose",
            "kind": "recall",
            "customer_text": "<p>The brake hose may leak. Do not drive on roads.</p>",
            "instruction": "<p>Replace the hose, bleed the brakes.</p>",
            "part_ids": [Command.create({"product_id": cls.part.id, "quantity": 2})],
            "labour_hours": 1.5,
        }
        return (
            cls.env["aftersales.campaign"].with_user(cls.manager_user).create(dict(vals, **values))
        )

    def add(self, campaign=None, user=None, **values):
        """Return the checked wizard that adds units."""
        wizard = (
            self.env["aftersales.campaign.add"]
            .with_user(user or self.manager_user)
            .create(dict(values, campaign_id=(campaign or self.campaign).id))
        )
        wizard.action_check()
        return wizard

    def order(self, lot):
        """Return a confirmed order's transfer that reserves ``lot``."""
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [Command.create({"product_id": lot.product_id.id})],
            }
        )
        order.action_confirm()
        picking = order.picking_ids
        picking.move_line_ids.lot_id = lot
        return picking
