from datetime import timedelta

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.aftersales_dealer.tools import season

from .common import AftersalesDealerCommon


@tagged("post_install", "-at_install")
class TestDealerReturn(AftersalesDealerCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.asset = cls.sell_to_dealer("RET-1", days_ago=30)

    def make_return(self, reason="quality", request=True, **values):
        vals = {
            "dealer_id": self.dealer_a.id,
            "reason": reason,
            "line_ids": [Command.create({"asset_id": self.asset.id})],
        }
        returns = self.env["aftersales.dealer.return"].with_user(self.dealer_user)
        stock_return = returns.create(dict(vals, **values))
        if request:
            stock_return.action_request()
        return stock_return

    def as_manager(self, records):
        return records.with_user(self.dealer_manager)

    def make_received(self, *args, **kwargs):
        stock_return = self.make_return(*args, **kwargs)
        self.as_manager(stock_return).action_approve()
        stock_return.action_receive()
        return stock_return

    def invoice(self):
        order = self.asset.sale_line_id.order_id.sudo()
        invoice = order._create_invoices()
        invoice.action_post()
        return invoice

    def test_quality_problem(self):
        """The company bears the freight, the machine is back in stock, its warranty void (D12)."""
        invoice = self.invoice()
        stock_return = self.make_return()
        self.as_manager(stock_return).action_approve()
        picking = stock_return.sudo().picking_ids
        self.assertEqual(picking.return_id, self.asset.sudo().stock_move_id.picking_id)
        self.assertEqual(picking.move_line_ids.lot_id, self.asset.sudo().lot_id)
        stock_return.action_receive()
        self.assertRecordValues(stock_return, [{"state": "received"}])
        self.assertEqual(stock_return.line_ids.quantity_received, 1.0)
        self.assertEqual(self.asset.state, "returned")
        self.assertEqual(set(self.asset.warranty_ids.mapped("state")), {"void"})
        stock_return.write({"freight_amount": 90.0, "freight_paid_by": "dealer"})
        self.as_manager(stock_return).action_complete()
        charge = stock_return.sudo()._get_charges()
        self.assertRecordValues(charge, [{"kind": "freight", "amount": 90.0, "state": "approved"}])
        credit = stock_return.sudo().credit_ids
        self.assertRecordValues(
            credit, [{"move_type": "out_refund", "state": "draft", "reversed_entry_id": invoice.id}]
        )
        self.assertEqual(credit.amount_total, invoice.amount_total)
        order_line = self.asset.sudo().sale_line_id
        self.assertEqual((order_line.qty_delivered, order_line.qty_invoiced), (0.0, 0.0))
        with self.assertRefused("cannot become"):
            self.as_manager(stock_return).action_complete()

    def test_dismantled(self):
        """The dealer bears freight, parts and labour to restore (D12, F06)."""
        stock_return = self.make_received("dismantled")
        stock_return.write(
            {
                "freight_amount": 50.0,
                "freight_paid_by": "company",
                "work_ids": [
                    Command.create({"kind": "labour", "description": "Refit", "quantity": 2.0}),
                    Command.create({"product_id": self.part.id, "price_unit": 25.0}),
                ],
            }
        )
        self.assertEqual(stock_return.amount_work, 105.0)
        self.assertIn("charged to the dealer", stock_return.explanation)
        self.as_manager(stock_return).action_complete()
        charges = stock_return.sudo()._get_charges().sorted("kind")
        self.assertEqual(
            charges.mapped(lambda c: (c.kind, c.amount)),
            [("freight", -50.0), ("restoration", -105.0)],
        )
        with self.assertRefused("can no longer be changed"):
            stock_return.work_ids[0].quantity = 1.0

    def test_freight_that_its_payer_laid_out_is_no_charge(self):
        stock_return = self.make_received("dismantled")
        stock_return.write({"freight_amount": 50.0, "freight_paid_by": "dealer"})
        self.as_manager(stock_return).action_complete()
        self.assertFalse(stock_return.sudo()._get_charges())

    def test_inspection_finds_another_reason(self):
        stock_return = self.make_received()
        stock_return.found_reason = "dismantled"
        self.assertEqual(stock_return.freight_payer, "dealer")

    def test_unsellable_too_early_and_deemed_sold(self):
        """Unsellable goods come back at the end of two seasons only; later they are sold (D12)."""
        stock_return = self.make_return("unsellable", request=False)
        with self.assertRefused("only at the end of 2 seasons"):
            stock_return.action_request()
        self.assertEqual(stock_return.state, "draft")
        stock_return.action_cancel()
        self.asset.date_delivery = self.today - timedelta(days=5 * 365)
        stock_return = self.make_return("unsellable", request=False)
        stock_return.line_ids.invalidate_recordset()
        self.assertEqual(stock_return.line_ids.date_delivery, self.asset.date_delivery)
        with self.assertRefused("deemed sold"):
            stock_return.action_request()

    def test_unsellable_in_its_window(self):
        end = self.today - timedelta(days=3)
        self.dealer_b.dealer_agreement_ids.action_cancel(reason="New terms")
        self.make_agreement(self.dealer_b, season_end_month=str(end.month), season_end_day=end.day)
        asset = self.sell_to_dealer("RET-B", dealer=self.dealer_b, days_ago=400)
        stock_return = self.make_return(
            "unsellable",
            dealer_id=self.dealer_b.id,
            line_ids=[Command.create({"asset_id": asset.id})],
        )
        self.assertEqual(stock_return.state, "requested")

    def test_season_arithmetic(self):
        for days in range(0, 800, 37):
            delivered = self.today - timedelta(days=days)
            first, last = season.return_window(delivered, 10, 31, 60)
            self.assertGreaterEqual((first - delivered).days, 365)
            self.assertLessEqual((first - delivered).days, 2 * 366)
            self.assertEqual((last - first).days, 60)

    def test_never_twice(self):
        self.make_received()
        with self.assertRefused("came back already|stock return already", Exception):
            self.make_return(line_ids=[Command.create({"asset_id": self.asset.id})])

    def test_foreign_and_unknown_serials_get_one_answer(self):
        self.sell_to_dealer("RET-FOREIGN", dealer=self.dealer_b)
        for serial in ("RET-FOREIGN", "NO-SUCH"):
            with self.assertRefused("is not among the machines", ValidationError):
                self.make_return(line_ids=[Command.create({"serial": serial})])
        known = self.make_return(line_ids=[Command.create({"serial": "RET-1"})])
        self.assertEqual(known.line_ids.asset_id, self.asset)

    def test_registered_machine_is_no_stock(self):
        self.make_card(self.asset)
        with self.assertRefused("sold to an end user", ValidationError):
            self.make_return()

    def test_no_more_than_delivered(self):
        move = self.deliver_parts(4.0)
        line = {"product_id": self.part.id, "move_id": move.id, "quantity": 3.0}
        first = self.make_return(line_ids=[Command.create(line)])
        with self.assertRefused("1.0 of what was delivered"):
            self.make_return(line_ids=[Command.create(line)])
        self.as_manager(first).action_approve()
        first.action_receive()
        with self.assertRefused("1.0 of what was delivered"):
            self.make_return(line_ids=[Command.create(line)])
        rest = self.make_return(line_ids=[Command.create(dict(line, quantity=1.0))])
        self.assertEqual(rest.state, "requested")

    def test_no_more_than_delivered_on_two_lines(self):
        move = self.deliver_parts(4.0)
        line = Command.create({"product_id": self.part.id, "move_id": move.id, "quantity": 3.0})
        with self.assertRefused("4.0 of what was delivered can still be returned, not 6.0"):
            self.make_return(line_ids=[line, line])

    def deliver_parts(self, quantity):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.dealer_a.id,
                "order_line": [
                    Command.create({"product_id": self.part.id, "product_uom_qty": quantity})
                ],
            }
        )
        order.action_confirm()
        picking = order.picking_ids
        picking.move_ids.quantity = quantity
        picking.move_ids.picked = True
        picking.with_context(skip_sms=True, skip_backorder=True).button_validate()
        return picking.move_ids

    def test_roles_and_states(self):
        stock_return = self.make_return()
        with self.assertRaises(AccessError):
            stock_return.action_approve()
        with self.assertRaises(AccessError):
            stock_return.with_user(self.portal_a).action_request()
        with self.assertRefused("cannot become"):
            stock_return.action_receive()
        with self.assertRefused("not by writing"):
            stock_return.state = "done"
        action = self.as_manager(stock_return).action_refuse()
        self.assertEqual(action["res_model"], "aftersales.dealer.reason")
        self.as_manager(stock_return).action_refuse(reason="No room")
        self.assertRecordValues(stock_return, [{"state": "refused", "decision_reason": "No room"}])
        with self.assertRefused("decided"):
            stock_return.line_ids.quantity = 2.0
        self.assertEqual(self.make_return().state, "requested", "asked again after a refusal")

    def test_without_delivery_in_odoo(self):
        line = {
            "product_id": self.part.id,
            "quantity": 2.0,
            "date_delivery": self.today - timedelta(days=90),
        }
        stock_return = self.make_received(line_ids=[Command.create(line)])
        self.assertEqual(stock_return.line_ids.quantity_received, 2.0)
        self.as_manager(stock_return).action_complete()
        self.assertFalse(stock_return.sudo().credit_ids)

    def test_companies_and_dealers_apart(self):
        stock_return = self.make_return()
        returns = self.env["aftersales.dealer.return"]
        self.assertFalse(returns.with_user(self.foreign_manager).search([]))
        self.assertFalse(returns.with_user(self.portal_b).search([]))
        self.assertEqual(returns.with_user(self.portal_a).search([]), stock_return)

    def test_validated_in_inventory(self):
        stock_return = self.make_return()
        self.as_manager(stock_return).action_approve()
        picking = stock_return.sudo().picking_ids
        picking.move_ids.picked = True
        picking.with_context(skip_sms=True, skip_backorder=True).button_validate()
        self.assertEqual(stock_return.state, "received")
