from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    aftersales_asset_count = fields.Integer(compute="_compute_aftersales_counts", string="Assets")
    aftersales_ticket_count = fields.Integer(
        compute="_compute_aftersales_counts", string="Service Tickets"
    )

    def _compute_aftersales_counts(self):
        children = self.with_context(active_test=False).search([("id", "child_of", self.ids)])
        parents = {partner: partner.parent_id for partner in children}
        for model, field in (
            ("aftersales.asset", "aftersales_asset_count"),
            ("aftersales.ticket", "aftersales_ticket_count"),
        ):
            self[field] = 0
            if not self.env[model].has_access("read"):
                continue
            groups = self.env[model]._read_group(
                [("partner_id", "in", children.ids)], ["partner_id"], ["__count"]
            )
            for partner, count in groups:
                while partner:
                    if partner in self:
                        partner[field] += count
                    partner = parents.get(partner) or partner.parent_id

    def action_view_aftersales_assets(self):
        """Open the assets of this customer and its contacts."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_asset_action"
        )
        return dict(
            action,
            domain=[("partner_id", "child_of", self.id)],
            context={"default_partner_id": self.id},
        )

    def action_view_aftersales_tickets(self):
        """Open the tickets of this customer and its contacts."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_ticket_action"
        )
        return dict(
            action,
            domain=[("partner_id", "child_of", self.id)],
            context={"default_partner_id": self.id},
        )
