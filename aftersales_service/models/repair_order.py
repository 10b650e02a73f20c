from odoo import api, fields, models


class RepairOrder(models.Model):
    _inherit = "repair.order"

    aftersales_asset_id = fields.Many2one(
        "aftersales.asset", string="Asset", index="btree_not_null", check_company=True
    )
    aftersales_ticket_id = fields.Many2one(
        "aftersales.ticket", string="Ticket", index="btree_not_null", check_company=True
    )

    @api.model
    def _get_service_action(self):
        """Return Odoo's window action on repairs, with a form that the hotline may open: Odoo's
        own reads moves of the stock.
        """
        action = self.env["ir.actions.act_window"]._for_xml_id("repair.action_repair_order_tree")
        if not self.env.user.has_group("stock.group_stock_user"):
            form = self.env.ref("aftersales_service.repair_order_view_form_service")
            action.update(views=[(False, "list"), (form.id, "form")], view_mode="list,form")
        return action
