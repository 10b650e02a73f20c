from odoo import fields, models


class ResPartner(models.Model):
    """The service contracts of a customer."""

    _inherit = "res.partner"

    aftersales_contract_count = fields.Integer(compute="_compute_aftersales_contract_count")

    def _compute_aftersales_contract_count(self):
        contracts, counts = self.env["aftersales.contract"], {}
        commercial = self.commercial_partner_id
        if contracts.has_access("read"):
            rows = contracts._read_group(
                [("partner_id.commercial_partner_id", "in", commercial.ids)],
                ["partner_id"],
                ["__count"],
            )
            for partner, count in rows:
                root = partner.commercial_partner_id
                counts[root] = counts.get(root, 0) + count
        for partner in self:
            own = partner.commercial_partner_id == partner
            partner.aftersales_contract_count = counts.get(partner, 0) if own else 0

    def action_view_aftersales_contracts(self):
        """Open the service contracts of this customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_contract_action"
        )
        return dict(
            action,
            domain=[("partner_id", "child_of", self.id)],
            context={"default_partner_id": self.id},
        )
