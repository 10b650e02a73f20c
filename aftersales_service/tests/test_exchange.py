from dateutil.relativedelta import relativedelta

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common_exchange import ExchangeCommon


@tagged("post_install", "-at_install")
class TestExchange(ExchangeCommon):
    def test_replaced_through_stock(self):
        """W09, W16: approved, delivered, returned: the replacement goes on with the cover."""
        asset = self.age(self.sell("EX-1"))
        warranty = asset.warranty_ids
        terms = warranty.term_ids
        order_line = asset.sale_line_id
        exchange = self.approve(self.propose(asset))
        self.assertEqual(exchange.state, "approved")
        self.assertEqual(exchange.return_picking_id.move_ids.lot_ids, asset.lot_id)
        self.assertEqual(exchange.return_picking_id.return_id, asset.picking_id)
        replacement = self.deliver_replacement(exchange, "EX-1-NEW")
        self.assertEqual(replacement.replaces_id, asset)
        self.assertEqual(asset.replaced_by_id, replacement)
        self.assertEqual(replacement.partner_id, asset.partner_id)
        self.assertEqual(replacement.site_id, asset.site_id)
        own = replacement.warranty_ids
        self.assertEqual(own.state, "active")
        self.assertNotEqual(own.name, warranty.name)
        self.assertEqual((own.date_start, own.date_end), (warranty.date_start, warranty.date_end))
        self.assertEqual(own.term_ids.mapped("date_end"), terms.mapped("date_end"))
        self.assertEqual(warranty.state, "void")
        self.assertIn(replacement.serial, warranty.void_reason)
        self.assertEqual(exchange.state, "approved", "the defective one is still out")
        self.bring_back(exchange)
        self.assertEqual(asset.state, "returned")
        self.assertEqual(exchange.state, "done")
        titles = {
            event["title"] for event in asset.with_user(self.agent_user).get_timeline()["entries"]
        }
        self.assertIn(f"Replaced by {replacement.display_name}", titles)
        self.assertEqual(order_line.qty_delivered, 1)
        self.assertEqual(order_line.qty_to_invoice, 1, "sold once, whatever was exchanged")

    def test_returned_before_replaced(self):
        """W16: the cover waits for the replacement when the defective asset comes back first."""
        asset = self.age(self.sell("EX-2"))
        warranty = asset.warranty_ids
        exchange = self.approve(self.propose(asset))
        self.bring_back(exchange)
        self.assertEqual((asset.state, warranty.state), ("returned", "active"))
        replacement = self.deliver_replacement(exchange, "EX-2-NEW")
        self.assertEqual(exchange.state, "done")
        self.assertEqual(replacement.warranty_date_end, warranty.date_end)
        self.assertEqual(warranty.state, "void")

    def test_dates_stay_when_corrected(self):
        """W16: dates of the replacement recorded later do not give a new full term."""
        asset = self.age(self.sell("EX-3"))
        end = asset.warranty_date_end
        replacement = self.deliver_replacement(self.approve(self.propose(asset)), "EX-3-NEW")
        replacement.date_commissioning = self.today
        replacement.date_delivery = self.today - relativedelta(days=1)
        self.assertEqual(replacement.warranty_date_end, end)

    def test_used_meter_is_handed_on(self):
        """W16: hours that were used are not given twice."""
        self.policy.term_ids[0].meter_limit = 2000
        asset = self.age(self.sell("EX-4"))
        asset.meter_ids = [Command.create({"value": 1500})]
        replacement = self.deliver_replacement(self.approve(self.propose(asset)), "EX-4-NEW")
        self.assertEqual(replacement.warranty_ids.term_ids[0].meter_limit, 500)
        self.assertEqual(replacement.warranty_ids.term_ids[1].meter_limit, 0)

    def test_policy_promises_new_warranty(self):
        """W16: a policy may give the replacement a warranty of its own."""
        self.policy.replacement_cover = "full"
        asset = self.age(self.sell("EX-5"))
        replacement = self.deliver_replacement(self.approve(self.propose(asset)), "EX-5-NEW")
        self.assertEqual(replacement.warranty_date_end, self.today + relativedelta(months=24))
        self.assertEqual(asset.warranty_state, "void")

    def test_asset_without_delivery(self):
        """W09: what was imported without a delivery is exchanged by two plain transfers."""
        lot = self.env["stock.lot"].create({"name": "EX-6", "product_id": self.machine.id})
        asset = self.env["aftersales.asset"].create(
            {
                "product_id": self.machine.id,
                "lot_id": lot.id,
                "partner_id": self.customer.id,
                "date_delivery": self.today - relativedelta(months=3),
                "state": "in_service",
            }
        )
        exchange = self.approve(self.propose(asset))
        replacement = self.deliver_replacement(exchange, "EX-6-NEW")
        self.bring_back(exchange)
        self.assertEqual(exchange.state, "done")
        self.assertEqual(replacement.warranty_date_end, asset.warranty_ids.date_end)
        self.assertEqual(asset.state, "returned")

    def test_successor_and_scrapped_on_site(self):
        """W09: another product of the same grade; the defective one is scrapped where it stands."""
        successor = self.env["product.product"].create(
            {"name": "Test Tractor II", "is_storable": True, "tracking": "serial"}
        )
        asset = self.age(self.sell("EX-7"))
        exchange = self.propose(asset, product_id=successor.id, return_defective=False)
        self.approve(exchange)
        self.assertFalse(exchange.return_picking_id)
        replacement = self.deliver_replacement(exchange, "EX-7-NEW")
        self.assertEqual(replacement.product_id, successor)
        self.assertEqual((asset.state, exchange.state), ("scrapped", "done"))

    def test_three_steps(self):
        """W09: with pick, pack and ship it is the last step that hands the cover on."""
        self.warehouse.delivery_steps = "pick_pack_ship"
        asset = self.age(
            self.env["aftersales.asset"].create(
                {
                    "product_id": self.machine.id,
                    "partner_id": self.customer.id,
                    "date_delivery": self.today - relativedelta(months=3),
                    "state": "in_service",
                }
            )
        )
        self.make_serials("EX-8-NEW")
        exchange = self.approve(self.propose(asset))
        for _step in range(3):
            picking = exchange.move_ids.picking_id.filtered(lambda p: p.state != "done")
            self.assertFalse(exchange.replacement_id)
            self.deliver(picking)
        self.assertEqual(exchange.replacement_id.serial, "EX-8-NEW")

    def test_cancelled_before_delivery(self):
        """W09: an approval is taken back with its transfers; what came back then simply ended."""
        asset = self.age(self.sell("EX-9"))
        exchange = self.approve(self.propose(asset))
        pickings = exchange.move_ids.picking_id | exchange.return_picking_id
        exchange.with_user(self.manager_user).action_cancel()
        self.assertEqual(set(pickings.mapped("state")), {"cancel"})
        self.assertEqual(asset.warranty_state, "active")
        again = self.approve(self.propose(asset))
        self.bring_back(again)
        again.with_user(self.manager_user).action_cancel()
        self.assertEqual((asset.state, asset.warranty_state), ("returned", "void"))

    def test_replacement_comes_back(self):
        """W16: the customer keeps the old one after all: its cover is its own again."""
        asset = self.age(self.sell("EX-10"))
        end = asset.warranty_date_end
        exchange = self.approve(self.propose(asset))
        replacement = self.deliver_replacement(exchange, "EX-10-NEW")
        with self.assertRefused("with the customer already"):
            exchange.with_user(self.manager_user).action_cancel()
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=replacement.picking_id.id, active_model="stock.picking")
            .create({})
        )
        wizard.product_return_moves.quantity = 1
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        self.deliver(back)
        self.assertEqual((replacement.state, replacement.warranty_state), ("returned", "void"))
        self.assertEqual((asset.warranty_state, asset.warranty_date_end), ("active", end))
        self.assertEqual(exchange.state, "cancelled")
        self.assertEqual(exchange.return_picking_id.state, "cancel")
        self.assertFalse(asset.replaced_by_id)

    def test_replaced_asset_back_in_service_has_no_cover(self):
        """W16: the cover was given away; using the repaired machine again does not double it."""
        asset = self.age(self.sell("EX-20"))
        exchange = self.approve(self.propose(asset))
        self.deliver_replacement(exchange, "EX-20-NEW")
        asset._action_return("Picked up by hand")
        asset._put_back_in_service()
        self.assertEqual(asset.warranty_state, "void")
        self.assertEqual(exchange.replacement_id.warranty_state, "active")

    def test_void_warranty_is_not_revived(self):
        """W05, W16: what was voided for misuse is neither handed on nor valid again."""
        asset = self.age(self.sell("EX-11"))
        asset.warranty_ids._void("Opened by others")
        replacement = self.deliver_replacement(self.approve(self.propose(asset)), "EX-11-NEW")
        self.assertFalse(replacement.warranty_ids)
        with self.assertRefused("cannot become"):
            asset.warranty_ids._set_state("active")

    def test_free_for_the_customer(self):
        """W09: nothing to invoice, and Odoo's valuation has the cost of what left."""
        self.machine.standard_price = 700
        asset = self.age(self.sell("EX-12"))
        orders = self.env["sale.order"].search_count([])
        exchange = self.approve(self.propose(asset))
        self.deliver_replacement(exchange, "EX-12-NEW")
        self.assertEqual(self.env["sale.order"].search_count([]), orders)
        self.assertEqual(exchange.move_ids.filtered("is_out").value, 700)

    def test_only_manager_decides(self):
        """J01: an agent proposes, a service manager decides, once."""
        exchange = self.propose(self.age(self.sell("EX-13")))
        for method in ("action_approve", "action_refuse", "action_cancel"):
            with self.assertRefused("Only a service manager", AccessError):
                getattr(exchange.with_user(self.agent_user), method)()
        with self.assertRefused("why no replacement"):
            exchange.with_user(self.manager_user)._refuse(" ")
        self.approve(exchange)
        with self.assertRefused("It is decided already"):
            self.approve(exchange)
        with self.assertRefused("can no longer be changed"):
            exchange.with_user(self.manager_user).product_id = self.part
        with self.assertRefused("worked out or set by the buttons"):
            exchange.with_user(self.manager_user).date_replaced = self.today

    def test_refused_proposals(self):
        """J03: no reason, twice, not in service, foreign ticket, a product that is no asset."""
        asset, other = self.age(self.sell("EX-14", "EX-15"))
        with self.assertRefused("Reason", ValidationError):
            self.propose(asset, reason=" ")
        ticket = self.make_ticket(other)
        with self.assertRefused("not about", ValidationError):
            self.propose(asset, ticket_id=ticket.id)
        exchange = self.propose(asset)
        with (
            self.assertRefused("open_uniq|open replacement", Exception),
            mute_logger("odoo.sql_db"),
        ):
            self.propose(asset)
        other.action_scrap()
        with self.assertRefused("it is Scrapped"):
            self.propose(other)
        exchange.product_id = self.part
        with self.assertRefused("does not become an asset"):
            self.approve(exchange)
        self.assertEqual(exchange.state, "proposed")

    def test_other_company_is_invisible(self):
        """J02: a manager of another company neither sees nor decides."""
        exchange = self.propose(self.age(self.sell("EX-16")))
        company = self.env["res.company"].create({"name": "Other Maker"})
        self.manager_user.write(
            {"company_ids": [Command.set(company.ids)], "company_id": company.id}
        )
        stranger = exchange.with_user(self.manager_user).with_company(company)
        self.assertFalse(stranger.search([("id", "=", exchange.id)]))
        with self.assertRaises(AccessError):
            stranger.action_approve()

    def test_forms(self):
        """W09: proposed from the ticket by hand, decided on the form."""
        ticket = self.make_ticket(self.age(self.sell("EX-17")))
        action = ticket.with_user(self.agent_user).action_propose_replacement()
        model = self.env[action["res_model"]].with_user(self.agent_user)
        with Form(model.with_context(**action["context"])) as form:
            self.assertEqual(form.product_id, self.machine)
            form.reason = "Three pumps within a year"
        exchange = form.record
        self.assertEqual(exchange.ticket_id, ticket)
        self.assertEqual(exchange.user_id, self.manager_user)
        wizard = Form(
            self.env["aftersales.exchange.refuse"]
            .with_user(self.manager_user)
            .with_context(default_exchange_ids=exchange.ids)
        )
        wizard.reason = "Repair is cheaper"
        wizard.save().action_refuse()
        self.assertEqual((exchange.state, exchange.refuse_reason), ("refused", "Repair is cheaper"))
        self.assertFalse(exchange.activity_ids)
