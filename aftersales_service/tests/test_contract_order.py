from odoo.fields import Command
from odoo.tests import Form, HttpCase, freeze_time, new_test_user, tagged

from .contract_common import ContractCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-01-01 12:00:00")
class TestContractOrder(ContractCommon):
    """W11, W12: the order beside its contract: what it prints, invoices and still adds."""

    def _sell_with_goods(self, assets, **values):
        goods = self.env["product.product"].create(
            {"name": "Test Oil", "type": "consu", "list_price": 100.0, "invoice_policy": "order"}
        )
        goods.taxes_id = False
        order = self.sell_service(self.contract_product, assets, confirm=False, **values)
        order.order_line = [Command.create({"product_id": goods.id, "product_uom_qty": 2})]
        return order

    def _invoice(self, order, **values):
        return (
            self.env["sale.advance.payment.inv"]
            .with_context(active_model="sale.order", active_ids=order.ids)
            .create(values)
            .create_invoices()
        )

    def test_quotation_names_the_assets(self):
        assets = self.sell("O-1", "O-2")
        order = self.sell_service(self.contract_product, assets, confirm=False, start="2026-02-01")
        html = self.env["ir.actions.report"]._render_qweb_html("sale.report_saleorder", order.ids)[
            0
        ]
        self.assertRegex(html.decode(), "For: <span>O-1, O-2</span>")
        self.assertIn("02/01/2026", html.decode())

    def test_order_invoices_its_goods_only(self):
        order = self._sell_with_goods(self.sell("O-1"))
        order.action_confirm()
        self.assertEqual(order.invoice_status, "to invoice")
        invoice = order._create_invoices()
        self.assertEqual(invoice.amount_untaxed, 200)
        with self.assertRefused(f"{order.aftersales_contract_ids.name} invoices its periods"):
            order._create_invoices()

    def test_order_paid_online_in_full_does_not_invoice_the_contract(self):
        order = self._sell_with_goods(self.sell("O-1"))
        order.action_confirm()
        order._force_lines_to_invoice_policy_order()
        self.assertEqual(order._create_invoices(final=True).amount_untaxed, 200)
        self.assertEqual(order.aftersales_contract_ids._make_invoices().amount_untaxed, 100)

    def test_what_is_invoiced_by_period_is_not_paid_before(self):
        order = self._sell_with_goods(self.sell("O-1"), require_payment=True)
        self.assertEqual(order._get_prepayment_required_amount(), 200)
        order.order_line[1].unlink()
        self.assertFalse(order._has_to_be_paid())

    def test_down_payment_is_at_most_what_the_order_invoices(self):
        order = self._sell_with_goods(self.sell("O-1"))
        order.action_confirm()
        with self.assertRefused("Enter .*200.00.* at most"):
            self._invoice(order, advance_payment_method="percentage", amount=50)
        self._invoice(order, advance_payment_method="fixed", fixed_amount=150)
        with self.assertRefused("Enter .*50.00.* at most"):
            self._invoice(order, advance_payment_method="fixed", fixed_amount=60)
        self.assertEqual(order._create_invoices(final=True).amount_untaxed, 50)

    def _choose(self, order, assets, **values):
        action = order.order_line[0].with_user(self.salesman).action_choose_aftersales_assets()
        choice = (
            self.env["aftersales.asset.choice"]
            .with_user(self.salesman)
            .with_context(**action["context"])
        )
        with Form(choice) as form:
            for asset in assets:
                form.asset_ids.add(asset)
            for name, value in values.items():
                form[name] = value
        form.save().action_apply()

    def test_assets_are_chosen_after_the_customer_signed(self):
        assets = self.sell("O-1", "O-2", "O-3")
        order = self.sell_service(
            self.contract_product,
            assets.browse(),
            line={"product_uom_qty": 2},
            user_id=self.salesman.id,
        )
        contract = order.aftersales_contract_ids
        self.assertEqual((contract.state, contract.assets_missing), ("draft", 2))
        with self.assertRefused("is sold for 2 more assets, 3 are chosen"):
            self._choose(order, assets)
        self._choose(order, assets[:2])
        self.assertEqual(contract.state, "running")
        self.assertEqual(contract.line_ids.mapped("price"), [1200, 1200])
        with freeze_time("2026-03-10 12:00:00"):
            order.order_line[0].product_uom_qty = 3
            self._choose(order, assets[2])
            added = contract.line_ids[2]
            self.assertEqual(str(added.date_start), "2026-03-10")
            self.assertEqual(added.price, 1200)
            self.assertEqual(contract.date_end, added.date_end)

    def test_assets_added_later_are_checked(self):
        assets = self.sell("O-1", "O-2")
        self.sell_service(self.contract_product, assets[1])
        order = self.sell_service(self.contract_product, assets[0], user_id=self.salesman.id)
        order.order_line.product_uom_qty = 2
        with self.assertRefused("is under contract .* with the same cover"):
            self._choose(order, assets[1])
        self.assertEqual(order.aftersales_contract_ids.line_ids.asset_id, assets[0])

    def test_who_sees_own_quotations_only_renews_for_a_colleague(self):
        contract = self.sell_service(
            self.contract_product, self.sell("O-1")
        ).aftersales_contract_ids
        contract.user_id = self.manager_user
        action = contract.with_user(self.salesman).action_renew()
        order = self.env["sale.order"].browse(action["res_id"])
        self.assertEqual(order.user_id, self.salesman)
        colleague = new_test_user(
            self.env, "t_salesman_2", groups="sales_team.group_sale_salesman", name="Second"
        )
        with self.assertRefused(f"t_salesman.* has made the quotation {order.name}"):
            contract.with_user(colleague).action_renew()

    def test_order_tells_of_its_contract_when_cancelled(self):
        order = self.sell_service(self.contract_product, self.sell("O-1"))
        order.action_cancel()
        contract = order.aftersales_contract_ids
        self.assertEqual(contract.state, "cancelled")
        self.assertIn(contract.name, "".join(order.message_ids.mapped("body")))

    def test_many_that_end_at_once_cost_the_same(self):
        def cancelled(*serials):
            contracts = self.env["aftersales.contract"]
            for asset in self.sell(*serials):
                contracts |= self.make_contract(asset)
            contracts.action_confirm()
            contracts = contracts.sudo()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            contracts.with_context(tracking_disable=True)._cancel(contracts._get_today(), "End")
            self.env.flush_all()
            self.assertEqual(set(contracts.mapped("state")), {"cancelled"})
            return self.env.cr.sql_log_count - before

        few = cancelled("Q-1", "Q-2")
        many = cancelled(*(f"Q-1{number}" for number in range(10)))
        self.assertLessEqual(many, few + 2)


@tagged("post_install", "-at_install")
class TestContractTour(ContractCommon, HttpCase):
    """W11 in a browser."""

    def test_salesperson_sells_a_contract(self):
        asset = self.sell("CTOUR-1")
        order = self.sell_service(
            self.contract_product, asset.browse(), confirm=False, user_id=self.salesman.id
        )
        self.start_tour(f"/odoo/sales/{order.id}", "aftersales_contract_sale", login="t_salesman")
        self.assertRecordValues(
            order.aftersales_contract_ids, [{"state": "running", "asset_count": 1}]
        )
