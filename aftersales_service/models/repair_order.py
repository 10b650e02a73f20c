from odoo import api, fields, models
from odoo.fields import Domain


class RepairOrder(models.Model):
    _inherit = "repair.order"

    aftersales_asset_id = fields.Many2one(
        "aftersales.asset",
        string="Asset",
        compute="_compute_aftersales_asset_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        check_company=True,
        help="Found by the serial.",
    )
    aftersales_ticket_id = fields.Many2one(
        "aftersales.ticket", string="Ticket", index="btree_not_null", check_company=True
    )

    @api.depends("lot_id")
    def _compute_aftersales_asset_id(self):
        """The serial tells the asset, so that the workshop need not look for it (P01)."""
        # Which asset it is is known to the workshop, whatever its rights on stock and assets.
        assets = self.env["aftersales.asset"].sudo()
        live = Domain("lot_id", "in", self.lot_id.ids) & assets._get_live_domain()
        by_lot = assets.search(live).grouped("lot_id")
        for repair in self:
            asset = repair.aftersales_asset_id
            # Workshop staff need not read the asset that the repair names already.
            if repair.lot_id and asset.sudo().lot_id != repair.lot_id:
                asset = repair._choose_asset(by_lot.get(repair.lot_id._origin, assets))
            repair.aftersales_asset_id = asset

    def _choose_asset(self, assets):
        """Return the one of ``assets`` (of the repair's lot) that is meant, empty when unclear."""
        self.ensure_one()
        ours = assets.filtered(lambda a: a.company_id == self.company_id)
        if len(ours) > 1 and self.partner_id:
            customer = self.partner_id.commercial_partner_id
            ours = ours.filtered(lambda a: a.partner_id.commercial_partner_id == customer)
        return ours.sudo(False) if len(ours) == 1 else ours.browse()

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
