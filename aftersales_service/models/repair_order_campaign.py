from odoo import api, fields, models
from odoo.fields import Command

from .aftersales_campaign_line import DONE_STATES


class RepairOrder(models.Model):
    """The workshop does a campaign's work, on machines in stock too (W15)."""

    _inherit = "repair.order"

    aftersales_campaign_id = fields.Many2one(
        "aftersales.campaign", string="Campaign", index="btree_not_null", check_company=True
    )

    @api.model
    def _get_entitlement_triggers(self):
        return super()._get_entitlement_triggers() | {"aftersales_campaign_id"}

    def _prepare_entitlement_question(self):
        question = super()._prepare_entitlement_question()
        if question and self.aftersales_campaign_id:
            question["campaign"] = self.aftersales_campaign_id
        return question

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") == "done":
            self.filtered("aftersales_campaign_id")._finish_campaign_units()
        return result

    def _finish_campaign_units(self):
        """The machines repaired for a campaign are done."""
        # The unit follows the repair that the user ended.
        lines = self.env["aftersales.campaign.line"].sudo()
        lines = lines.search(
            [
                ("campaign_id", "in", self.aftersales_campaign_id.ids),
                ("state", "not in", DONE_STATES),
                "|",
                ("lot_id", "in", self.lot_id.ids),
                ("asset_id", "in", self.aftersales_asset_id.ids),
            ]
        )
        today = fields.Date.context_today(self)
        for repair in self:
            own = lines.filtered(lambda line, repair=repair: repair._is_for_campaign_unit(line))
            own._set_state("done", repair_id=repair.id, date_done=today)

    def _is_for_campaign_unit(self, line):
        """Whether this repair is the work of the campaign on the unit ``line``."""
        self.ensure_one()
        if line.campaign_id != self.aftersales_campaign_id:
            return False
        if line.asset_id and line.asset_id == self.aftersales_asset_id:
            return True
        return bool(line.lot_id) and line.lot_id == self.lot_id and line.tracking == "serial"


class AftersalesCampaignLine(models.Model):
    _inherit = "aftersales.campaign.line"

    def action_rework(self):
        """Rework a machine in stock: a repair order with the campaign's parts, the one that is
        under way when there is one (W15).
        """
        self.ensure_one()
        self._check_campaign_open()
        repairs = self.env["repair.order"]
        repair = repairs.search(
            [
                ("aftersales_campaign_id", "=", self.campaign_id.id),
                ("lot_id", "=", self.lot_id.id),
                ("state", "not in", ("done", "cancel")),
            ],
            limit=1,
        ) or repairs.create(self._prepare_repair_vals())
        action = repairs._get_service_action()
        forms = [view for view in action["views"] if view[1] == "form"]
        return dict(action, res_id=repair.id, views=forms, view_mode="form")

    def _prepare_repair_vals(self):
        """Return the values of the workshop repair of the unit."""
        self.ensure_one()
        parts = self.campaign_id.part_ids
        if not self.env["stock.move"].has_access("create"):
            parts = parts.browse()  # the hotline opens the repair, the workshop adds the parts
        return {
            "aftersales_campaign_id": self.campaign_id.id,
            "aftersales_asset_id": self.asset_id.id,
            "product_id": self.product_id.id,
            "lot_id": self.lot_id.id,
            "company_id": self.company_id.id,
            "internal_notes": self.campaign_id.instruction,
            "move_ids": [
                Command.create(
                    {
                        "repair_line_type": "add",
                        "product_id": part.product_id.id,
                        "product_uom_qty": part.quantity,
                    }
                )
                for part in parts
            ],
        }
