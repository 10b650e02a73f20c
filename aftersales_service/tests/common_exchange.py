from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.fields import Command

from .common import AftersalesCommon


class ExchangeCommon(AftersalesCommon):
    """Faults that come back, and replacements that are approved, delivered and returned."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.write({"repeat_count": 3, "repeat_days": 30})
        cls.company.aftersales_exchange_user_id = cls.manager_user
        cls.symptom, cls.other_symptom = cls.env["aftersales.symptom"].create(
            [{"name": "Test: leaks"}, {"name": "Test: rattles"}]
        )
        cls.today = fields.Date.today()

    @classmethod
    def age(cls, asset, months=6):
        """Let the asset be delivered some months ago, its warranty with it."""
        asset.date_delivery = cls.today - relativedelta(months=months)
        return asset

    def fault(self, asset, days_ago=0, **values):
        values.setdefault("symptom_id", self.symptom.id)
        day = self.today - relativedelta(days=days_ago)
        return self.make_ticket(asset, date_failure=day, **values)

    def propose(self, asset, **values):
        vals = {"asset_id": asset.id, "reason": "Cracked frame", **values}
        return self.env["aftersales.exchange"].with_user(self.agent_user).create(vals).sudo()

    def approve(self, exchange):
        exchange.with_user(self.manager_user).sudo(False).action_approve()
        return exchange

    def deliver_replacement(self, exchange, serial):
        """Deliver the replacement with a new serial, as the warehouse does."""
        picking = exchange.move_ids.picking_id
        if exchange.product_id.tracking == "serial":
            lots = self.make_serials(serial, product=exchange.product_id)
            picking.move_ids.move_line_ids.unlink()
            move = picking.move_ids
            move.move_line_ids = [
                Command.create(dict(move._prepare_move_line_vals(quantity=1), lot_id=lots.id))
            ]
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True, skip_sms=True).button_validate()
        return exchange.replacement_id

    def bring_back(self, exchange):
        picking = exchange.return_picking_id
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True, skip_sms=True).button_validate()
