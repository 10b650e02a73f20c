from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .common_claim import ClaimCommon


@tagged("post_install", "-at_install")
class TestClaimChecksWork(ClaimCommon):
    """Distance, origin of parts, and what other dealers claim (D08)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dealer_a.write(
            {"city": "Lleida", "partner_latitude": 41.617, "partner_longitude": 0.62}
        )
        cls.site = cls.env["res.partner"].create(
            {
                "name": "Test Farm",
                "city": "Balaguer",
                "partner_latitude": 41.79,
                "partner_longitude": 0.81,
            }
        )
        cls.asset.site_id = cls.site

    def test_distance(self):
        """25 km in a straight line: 74.8 km there and back are allowed."""
        self.assertCheck(self.make_submitted(), "distance", "ok", "Lleida and Balaguer")
        claim = self.make_submitted(lines=[self.line_travel(km=120.0)])
        check = self.assertCheck(claim, "distance", "cut", "120.0 km claimed")
        self.assertIn("straight line", check.explanation)
        self.assertLess(claim.line_ids.amount_appraised, 60.0)
        self.assertGreater(claim.line_ids.amount_appraised, 30.0)
        self.assertCheck(
            self.make_submitted(lines=[self.line_labour()]), "distance", "ok", "No travel"
        )

    def test_distance_of_several_trips(self):
        claim = self.make_submitted(lines=[self.line_travel(km=120.0)], trips=2)
        self.assertCheck(claim, "distance", "ok", "trips: 2")

    def test_distance_unknown_is_no_fault(self):
        self.site.partner_latitude = self.site.partner_longitude = 0.0
        claim = self.make_submitted(lines=[self.line_travel(km=900.0)])
        self.assertCheck(claim, "distance", "ok", "has no coordinates")

    def test_distance_of_the_agreement(self):
        """What the agreement grants a claim at most is shared by its journeys."""
        self.site.partner_latitude = self.site.partner_longitude = 0.0
        self.agreement_a.action_cancel(reason="New terms")
        self.make_agreement(
            self.dealer_a, date_start=self.day(9), travel_limit=50.0, name="AGR/LIMIT"
        )
        claim = self.make_submitted(lines=[self.line_travel(40.0), self.line_travel(40.0)])
        self.assertCheck(claim, "distance", "cut", "10.0 are left")
        self.assertEqual(claim.line_ids.mapped("amount_appraised"), [20.0, 5.0])

    def make_pump(self, name="Genuine Pump", tracking="serial"):
        return self.env["product.product"].create(
            {
                "name": name,
                "is_storable": True,
                "tracking": tracking,
                "is_asset": False,
                "standard_price": 9.0,
            }
        )

    def deliver_part(self, product, partner, lot=None):
        """Deliver one of ``product`` to ``partner``, a hundred days ago."""
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
        self.env["stock.quant"].with_context(inventory_mode=True).create(
            {
                "product_id": product.id,
                "location_id": warehouse.lot_stock_id.id,
                "lot_id": lot and lot.id,
                "inventory_quantity": 1.0,
            }
        ).action_apply_inventory()
        picking = self.env["stock.picking"].create(
            {
                "partner_id": partner.id,
                "picking_type_id": warehouse.out_type_id.id,
                "location_id": warehouse.lot_stock_id.id,
                "location_dest_id": self.env.ref("stock.stock_location_customers").id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": 1.0,
                            "location_id": warehouse.lot_stock_id.id,
                            "location_dest_id": self.env.ref("stock.stock_location_customers").id,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        picking.action_assign()
        picking.move_ids.picked = True
        picking.with_context(skip_sms=True, skip_backorder=True).button_validate()
        self.assertEqual(picking.state, "done")
        picking.move_ids.date = picking.move_ids.move_line_ids.date = self.day(100)

    def submit_part(self, product, lot=None, **values):
        line = {"kind": "part", "product_id": product.id, "return_required": False}
        return self.make_submitted(
            lines=[Command.create({**line, "lot_id": lot and lot.id})], **values
        )

    def test_genuine_product(self):
        belt = self.make_pump("Genuine Belt", tracking="none")
        never = self.submit_part(belt)
        self.assertCheck(never, "genuine", "flag", "never delivered this part to the dealer")
        self.deliver_part(belt, self.dealer_b)
        self.assertCheck(self.submit_part(belt), "genuine", "flag", "never delivered")
        address = self.env["res.partner"].create(
            {"name": "Store", "type": "delivery", "parent_id": self.dealer_a.id}
        )
        self.deliver_part(belt, address)
        self.assertCheck(self.submit_part(belt), "genuine", "ok", "delivered to this dealer since")
        never.action_run_checks()
        self.assertCheck(never, "genuine", "ok", "delivered to this dealer")

    def test_genuine_serial(self):
        pump = self.make_pump()
        lots = self.env["stock.lot"].create(
            [{"name": f"GP-{number}", "product_id": pump.id} for number in range(3)]
        )
        self.deliver_part(pump, self.dealer_a, lots[0])
        self.deliver_part(pump, self.dealer_b, lots[1])
        self.assertCheck(self.submit_part(pump, lots[0]), "genuine", "ok", "GP-0 was delivered")
        claim = self.submit_part(pump, lots[1])
        check = self.assertCheck(claim, "genuine", "flag", "GP-1 was delivered to somebody else")
        self.assertNotIn("Test Dealer B", check.explanation)
        self.assertCheck(self.submit_part(pump, lots[2]), "genuine", "flag", "never left")

    def make_peers(self, amounts):
        """Claims of other dealers for the same symptom and machine, submitted."""
        self.symptom = self.env["aftersales.symptom"].create({"name": "Test Overheats"})
        dealers = self.env["res.partner"].create(
            [
                {"name": f"Peer {number}", "is_company": True, "is_dealer": True}
                for number in range(3)
            ]
        )
        values = self.env["aftersales.claim"]
        for number, amount in enumerate(amounts):
            values |= values.create(
                {
                    "dealer_id": dealers[number % 3].id,
                    "asset_id": self.asset_b.id,
                    "symptom_id": self.symptom.id,
                    "date_repair": self.day(9),
                    "line_ids": [
                        self.line_labour(hours=amount / 40.0, price_unit=40.0),
                    ],
                }
            )
        values._set_state("submitted", date_submitted=self.env.cr.now())
        self.env.flush_all()
        self.env["aftersales.claim.peer"]._compute_for(
            self.env["aftersales.claim.peer"]._get_pairs(values)
        )
        return values

    def test_outlier(self):
        self.make_peers([80.0, 84.0, 76.0] * 4)
        usual = self.make_submitted(symptom_id=self.symptom.id, lines=[self.line_labour(2.0)])
        self.assertCheck(usual, "outlier", "ok", "Near what other dealers")
        self.operation.standard_hours = 0.0
        high = self.make_submitted(symptom_id=self.symptom.id, lines=[self.line_labour(6.0)])
        check = self.assertCheck(high, "outlier", "flag", "3.0 times what other dealers")
        self.assertIn("12 claims of 3 dealers", check.explanation)
        self.assertTrue(check.internal)
        hours = self.check(high, "signal_hours")
        self.assertEqual(hours.result, "list")
        self.assertIn("6.00 h claimed", hours.explanation)
        self.assertEqual(high.line_ids.amount_appraised, 240.0, "a flag changes no amount")
        self.get_rule("outlier").severity = "cut"
        high.action_run_checks()
        self.assertEqual(high.line_ids.amount_appraised, 100.76, "80 + 3.5 usual deviations of 4")

    def test_outlier_needs_a_sample(self):
        self.make_peers([80.0, 84.0, 76.0])
        claim = self.make_submitted(symptom_id=self.symptom.id, lines=[self.line_labour(6.0)])
        self.assertCheck(claim, "outlier", "ok", "Not compared")

    def test_own_claims_are_no_peers(self):
        claims = self.make_peers([80.0, 84.0, 76.0] * 4)
        own = claims.copy({"dealer_id": self.dealer_a.id})
        self.assertTrue(own)
        peers = self.env["aftersales.claim.peer"]
        key = (
            "claim",
            self.company.id,
            claims[0].dealer_id.id,
            self.asset.product_id.id,
            self.symptom.id,
            0,
            0,
            self.company.currency_id.id,
        )
        found = peers._get_peers([key])[key]
        self.assertEqual((found.claims, found.dealers, found.median), (8, 2, 80.0))

    def test_dealers_do_not_see_internal_checks(self):
        self.make_peers([80.0, 84.0, 76.0] * 4)
        self.operation.standard_hours = 0.0
        claim = self.make_submitted(symptom_id=self.symptom.id, lines=[self.line_labour(6.0)])
        self.assertTrue(self.check(claim, "outlier"))
        own = claim.with_user(self.portal_a)
        own.invalidate_recordset()
        self.assertNotIn("outlier", own.check_ids.mapped("code"))
        self.assertNotIn("outlier", claim.sudo()._get_dealer_checks().mapped("code"))
        with self.assertRaises(AccessError):
            self.check(claim, "outlier").with_user(self.portal_a).read(["details"])
        with self.assertRaises(AccessError):
            self.env["aftersales.claim.peer"].with_user(self.portal_a).search([])

    def test_job_keeps_peers(self):
        claims = self.make_peers([80.0, 84.0, 76.0])
        peers = self.env["aftersales.claim.peer"]
        peers.search([]).unlink()
        with self.enter_registry_test_mode():
            self.env.ref("aftersales_dealer.ir_cron_aftersales_claim_peer").method_direct_trigger()
        rows = peers.search([("dealer_id", "in", claims.dealer_id.ids), ("metric", "=", "claim")])
        self.assertEqual(sorted(rows.mapped("median")), [76.0, 80.0, 84.0])
        claims[0].action_withdraw()
        self.env.flush_all()
        peers._compute_for(peers._get_pairs(claims))
        rows = peers.search([("dealer_id", "in", claims.dealer_id.ids), ("metric", "=", "claim")])
        self.assertEqual(sorted(rows.mapped("median")), [76.0, 84.0], "withdrawn ones are left out")
