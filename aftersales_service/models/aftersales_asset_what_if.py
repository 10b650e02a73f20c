from odoo import models


class AftersalesAsset(models.Model):
    _inherit = "aftersales.asset"

    def action_what_if(self):
        """Open the question "is it covered?" for these assets (W17)."""
        return self._get_what_if_action(default_asset_ids=self.ids)

    def _get_what_if_action(self, **context):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_cover_question_action"
        )
        return dict(action, context={"dialog_size": "large", **context})


class AftersalesTicket(models.Model):
    _inherit = "aftersales.ticket"

    def action_what_if(self):
        """Open the question "is it covered?" with the facts of the ticket (W17)."""
        self.ensure_one()
        question = self._prepare_entitlement_question() or {}
        return self.asset_id._get_what_if_action(
            default_asset_ids=self.asset_id.ids,
            default_ticket_id=self.id,
            default_date=question.get("date"),
            default_part_id=self.part_id.id,
            default_symptom_id=self.symptom_id.id,
            default_meter=self.meter,
            default_exclusion=self.exclusion,
        )
