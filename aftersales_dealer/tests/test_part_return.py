from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common_claim import ClaimCommon


@tagged("post_install", "-at_install")
class TestPartReturn(ClaimCommon):
    def make_waiting(self, **line):
        """Return a submitted claim that waits for one old part."""
        return self.make_submitted(lines=[self.line_labour(), self.line_part(**line)])

    def make_shipped(self, claim=None, **line):
        claim = claim or self.make_waiting(**line)
        part_return = claim._create_part_returns()
        part_return.action_ship()
        return part_return

    def make_received(self, **line):
        part_return = self.make_shipped(**line)
        part_return.action_receive()
        return part_return

    def quantity_at(self, location, product=None):
        quants = self.env["stock.quant"].search(
            [("location_id", "=", location.id), ("product_id", "=", (product or self.part).id)]
        )
        return sum(quants.mapped("quantity"))

    def test_submitted_waits_for_parts(self):
        claim = self.make_waiting()
        self.assertEqual(claim.state, "awaiting_parts")
        self.assertEqual(claim.line_ids.mapped("return_state"), ["none", "awaiting"])
        self.assertTrue(claim.date_parts_due)
        with self.assertRefused("has not been appraised"):
            self.as_appraiser(claim).action_approve()

    def test_whole_way_usable(self):
        """Shipped, received, appraised: the part lands among the usable ones, the claim is
        appraised (D09).
        """
        claim = self.make_waiting()
        action = claim.action_ship_old_parts()
        part_return = (
            self.env["aftersales.part.return"].with_user(self.dealer_user).browse(action["res_id"])
        )
        self.assertEqual(part_return.line_ids.claim_line_id, claim.line_ids[1])
        part_return.action_ship()
        picking = part_return.picking_id.sudo()
        self.assertRecordValues(
            picking,
            [
                {
                    "location_dest_id": self.company.aftersales_old_part_location_id.id,
                    "owner_id": self.dealer_a.id,
                }
            ],
        )
        self.assertEqual(claim.line_ids[1].return_state, "in_transit")
        part_return.action_receive()
        self.assertEqual(picking.state, "done")
        self.assertEqual(claim.line_ids[1].return_state, "received")
        self.assertEqual(self.quantity_at(self.company.aftersales_old_part_location_id), 1.0)
        line = self.as_appraiser(part_return).line_ids
        line.write({"appraisal": "usable"})
        self.as_appraiser(part_return).action_appraise()
        self.assertEqual(self.quantity_at(self.company.aftersales_old_part_location_id), 0.0)
        self.assertEqual(self.quantity_at(self.company.aftersales_usable_location_id), 1.0)
        self.assertEqual(line.sudo().appraisal_move_id.state, "done")
        self.assertRecordValues(claim, [{"state": "appraised", "appraised_by": self.appraiser.id}])
        self.assertEqual(claim.amount_appraised, 80.0 + 60.0)
        self.as_appraiser(claim).action_approve()
        self.assertEqual(claim.amount_approved, 140.0)

    def test_unusable_lands_elsewhere(self):
        part_return = self.make_received()
        self.as_appraiser(part_return).line_ids.appraisal = "unusable"
        self.as_appraiser(part_return).action_appraise()
        self.assertEqual(self.quantity_at(self.company.aftersales_unusable_location_id), 1.0)
        self.assertEqual(self.quantity_at(self.company.aftersales_usable_location_id), 0.0)

    def test_old_parts_are_neither_for_sale_nor_valued(self):
        """Old parts count neither as stock on hand nor in its value: the dealer owns them (D09)."""
        part = self.part.sudo()
        before = (part.qty_available, part.free_qty, part.total_value)
        part_return = self.make_received()
        self.as_appraiser(part_return).line_ids.appraisal = "usable"
        self.as_appraiser(part_return).action_appraise()
        part.invalidate_recordset()
        self.assertEqual((part.qty_available, part.free_qty, part.total_value), before)
        quant = self.env["stock.quant"].search(
            [
                ("location_id", "=", self.company.aftersales_usable_location_id.id),
                ("product_id", "=", part.id),
            ]
        )
        self.assertEqual(quant.owner_id, self.dealer_a)
        self.assertEqual(quant.value, 0.0)

    def test_verdict_refuses_the_amount(self):
        """A part that failed through the dealer is not paid; the reason stands on the line
        (D18).
        """
        part_return = self.make_received()
        cause = self.env["aftersales.cause"].create(
            {"name": "Wrong fitting", "responsible": "seller"}
        )
        line = self.as_appraiser(part_return).line_ids
        line.write({"appraisal": "unusable", "cause_id": cause.id})
        self.assertEqual(line.responsible, "dealer")
        self.as_appraiser(part_return).action_appraise()
        claim_line = line.claim_line_id
        self.assertEqual((claim_line.amount_appraised, claim_line.amount_approved), (0.0, 0.0))
        self.assertIn("dealer", claim_line.appraisal_reason)
        self.as_appraiser(claim_line.claim_id).action_approve()
        self.assertRecordValues(
            claim_line.claim_id, [{"amount_approved": 80.0, "is_partial": True}]
        )

    def test_verdict_survives_checks_and_appeal(self):
        """Running the checks again, or an appeal, does not wipe out what the appraisal found."""
        part_return = self.make_received()
        self.as_appraiser(part_return).line_ids.write(
            {"appraisal": "unusable", "responsible": "dealer"}
        )
        self.as_appraiser(part_return).action_appraise()
        claim = part_return.line_ids.claim_id
        self.as_appraiser(claim).action_run_checks()
        self.assertEqual(claim.amount_appraised, 80.0)
        self.as_appraiser(claim).action_approve()
        claim.action_appeal(reason="The pump was faulty when delivered")
        self.assertRecordValues(claim, [{"state": "submitted", "amount_appraised": 80.0}])

    def test_less_arrived(self):
        part_return = self.make_shipped(quantity=3.0)
        part_return.line_ids.quantity_received = 2.0
        part_return.action_receive()
        self.assertTrue(part_return.has_discrepancy)
        self.as_appraiser(part_return).line_ids.appraisal = "usable"
        self.as_appraiser(part_return).action_appraise()
        self.assertEqual(part_return.line_ids.claim_line_id.amount_appraised, 120.0)
        self.assertEqual(self.quantity_at(self.company.aftersales_usable_location_id), 2.0)

    def test_nothing_arrived(self):
        part_return = self.make_shipped()
        part_return.line_ids.quantity_received = 0.0
        part_return.action_receive()
        claim_line = part_return.line_ids.claim_line_id
        self.assertRecordValues(claim_line, [{"return_state": "missing", "amount_appraised": 0.0}])
        self.assertEqual(part_return.picking_id.sudo().state, "cancel")
        self.as_appraiser(part_return).action_appraise()
        self.as_appraiser(claim_line.claim_id).action_appraise()
        self.as_appraiser(claim_line.claim_id).action_approve()
        self.assertEqual(claim_line.claim_id.amount_approved, 80.0)

    def test_validated_in_inventory(self):
        """The warehouse may validate the transfer in Odoo's own way: the return knows."""
        part_return = self.make_shipped()
        picking = part_return.picking_id.sudo()
        picking.action_assign()
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True, skip_sms=True).button_validate()
        self.assertRecordValues(part_return, [{"state": "received"}])
        self.assertEqual(part_return.line_ids.claim_line_id.return_state, "received")

    def test_never_twice(self):
        claim = self.make_waiting()
        part_return = self.make_shipped(claim)
        with self.assertRefused("no old part is waiting"):
            claim.action_ship_old_parts()
        with self.assertRefused("cannot become"):
            part_return.action_ship()
        part_return.action_receive()
        with self.assertRefused("cannot become"):
            part_return.action_receive()
        self.as_appraiser(part_return).line_ids.appraisal = "usable"
        self.as_appraiser(part_return).action_appraise()
        with self.assertRefused("cannot become"):
            self.as_appraiser(part_return).action_appraise()
        with self.assertRefused("can no longer be changed"):
            self.as_appraiser(part_return).line_ids.appraisal = "unusable"

    def test_one_live_return_a_part(self):
        claim = self.make_waiting()

        def create():
            lines = [Command.create({"claim_line_id": claim.line_ids[1].id})]
            return self.env["aftersales.part.return"].create(
                {"dealer_id": self.dealer_a.id, "line_ids": lines}
            )

        first = create()
        with self.assertRefused("packed in"):
            create()
        first.action_cancel()
        self.assertEqual(create().line_ids.claim_line_id, claim.line_ids[1])

    def test_malformed_lines(self):
        claim = self.make_waiting()
        line = claim.line_ids[1]
        returns = self.env["aftersales.part.return"]
        with self.assertRefused("another dealer", ValidationError):
            returns.create(
                {
                    "dealer_id": self.dealer_b.id,
                    "line_ids": [Command.create({"claim_line_id": line.id})],
                }
            )
        with self.assertRefused("no more than", ValidationError):
            returns.create(
                {
                    "dealer_id": self.dealer_a.id,
                    "line_ids": [Command.create({"claim_line_id": line.id, "quantity": 2.0})],
                }
            )
        with self.assertRefused("not awaited"):
            returns.create(
                {
                    "dealer_id": self.dealer_a.id,
                    "line_ids": [Command.create({"claim_line_id": claim.line_ids[0].id})],
                }
            )
        part_return = self.make_shipped(claim)
        with self.assertRefused("more was received", ValidationError):
            part_return.line_ids.quantity_received = 2.0
        with self.assertRefused("no parts"):
            returns.create({"dealer_id": self.dealer_a.id}).action_ship()

    def test_roles(self):
        part_return = self.make_shipped()
        for user in (self.portal_a, self.agent_user, self.technician_user):
            with self.subTest(user.login), self.assertRaises(AccessError):
                part_return.with_user(user).action_receive()
        part_return.action_receive()
        with self.assertRaises(AccessError):
            part_return.line_ids.appraisal = "usable"
        self.as_appraiser(part_return).line_ids.appraisal = "usable"
        with self.assertRaises(AccessError):
            part_return.action_appraise()

    def test_verdict_is_needed(self):
        part_return = self.make_received()
        with self.assertRefused("usable or unusable"):
            self.as_appraiser(part_return).action_appraise()

    def test_serial_of_old_part(self):
        pump = self.env["product.product"].create(
            {
                "name": "Serial Pump",
                "is_storable": True,
                "tracking": "serial",
                "is_asset": False,
                "standard_price": 9,
            }
        )
        fitted, removed = self.env["stock.lot"].create(
            [{"name": name, "product_id": pump.id} for name in ("NEW-1", "OLD-1")]
        )
        line = {"kind": "part", "product_id": pump.id, "lot_id": fitted.id}
        part_return = self.make_shipped(self.make_submitted(lines=[Command.create(line)]))
        with self.assertRefused("enter the serial"):
            part_return.action_receive()
        part_return.line_ids.lot_id = removed
        part_return.action_receive()
        self.as_appraiser(part_return).line_ids.appraisal = "unusable"
        self.as_appraiser(part_return).action_appraise()
        self.assertEqual(removed.location_id, self.company.aftersales_unusable_location_id)

    def test_waive(self):
        claim = self.make_waiting()
        with self.assertRaises(AccessError):
            claim.line_ids[1].action_waive_return(reason="Scrapped on site")
        self.as_appraiser(claim).line_ids[1].action_waive_return(reason="Scrapped on site")
        self.assertEqual(claim.line_ids[1].return_state, "waived")
        self.assertEqual(claim.state, "appraised")

    def test_two_claims_in_one_parcel(self):
        claims = self.make_waiting() | self.make_waiting()
        part_return = claims._create_part_returns()
        self.assertEqual(len(part_return), 1)
        part_return.action_ship()
        self.assertEqual(
            len(part_return.picking_id.sudo().move_ids), 2, "each part keeps its own move"
        )
        part_return.action_receive()
        self.as_appraiser(part_return).line_ids.write({"appraisal": "usable"})
        self.as_appraiser(part_return).action_appraise()
        self.assertEqual(claims.mapped("state"), ["appraised", "appraised"])

    def test_correction_does_not_ask_for_the_part_again(self):
        claim = self.make_waiting()
        part_return = self.make_shipped(claim)
        self.as_appraiser(claim).action_return(reason="Add the hours")
        claim.action_submit()
        self.assertEqual(claim.line_ids[1].return_state, "in_transit")
        part_return.action_receive()
        self.assertEqual(claim.state, "awaiting_parts")

    def test_withdrawn_claim_awaits_nothing(self):
        claim = self.make_waiting()
        claim.action_withdraw()
        self.assertEqual(claim.line_ids[1].return_state, "none")
