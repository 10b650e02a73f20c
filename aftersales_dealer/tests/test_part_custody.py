from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common_claim import ClaimCommon


@tagged("post_install", "-at_install")
class TestPartCustody(ClaimCommon):
    """Labels, receipt by scan, sampling and overdue old parts (D09, D18)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.part.standard_price = 60.0

    def make_waiting(self, **values):
        lines = [self.line_labour(), self.line_part(**values)]
        return self.make_submitted(lines=lines)

    def make_shipment(self, count=1, **values):
        claims = self.env["aftersales.claim"].union(
            *(self.make_waiting(**values) for __ in range(count))
        )
        shipment = claims._create_part_returns()
        shipment.action_ship()
        return shipment.with_user(self.dealer_user)

    def old_part(self, claim):
        return claim.line_ids.sudo().return_line_ids.with_user(self.dealer_user)

    def scan(self, code, shipment=None):
        returns = self.env["aftersales.part.return"].with_user(self.dealer_user)
        return returns.scan_code(code, shipment.id if shipment else False)

    def test_label_from_the_day_it_is_asked_for(self):
        part = self.old_part(self.make_waiting())
        self.assertRecordValues(part, [{"state": "awaiting", "return_id": False}])
        label = part.label
        self.assertTrue(label)
        self.assertEqual(part.custody_ids.mapped("event"), ["asked"])
        shipment = part.claim_id._create_part_returns()
        self.assertEqual((part.state, part.label), ("draft", label))
        shipment.action_cancel()
        self.assertRecordValues(part, [{"state": "awaiting", "label": label}])
        with self.assertRefused("not typed in"):
            part.label = "MINE"
        with self.assertRefused("is not changed"):
            part.sudo().custody_ids[:1].note = "x"

    def test_whole_chain_of_custody(self):
        shipment = self.make_shipment()
        part = shipment.line_ids
        shipment.carrier = "Truck 7"
        self.scan(part.label)
        shipment.scan_finish()
        part.with_user(self.appraiser).write({"appraisal": "unusable", "responsible": "supplier"})
        with self.assertRefused("enter the supplier", ValidationError):
            shipment.with_user(self.appraiser).action_appraise()
        part.with_user(self.appraiser).supplier_id = self.customer
        shipment.with_user(self.appraiser).action_appraise()
        log = part.custody_ids.sorted("id")
        self.assertEqual(
            log.mapped("event"), ["asked", "packed", "shipped", "received", "unusable"]
        )
        self.assertEqual(log[0].place, self.dealer_a.display_name)
        self.assertEqual(part.location_id, self.company.aftersales_unusable_location_id)
        self.assertEqual(log[-1].user_id, self.appraiser)

    def test_moves_come_from_the_dealers_location(self):
        shipment = self.make_shipment()
        move = shipment.sudo().picking_id.move_ids
        self.assertEqual(move.location_id, self.company.aftersales_dealer_location_id)

    def test_boxes(self):
        claims = self.make_waiting() | self.make_waiting() | self.make_waiting()
        shipment = claims._create_part_returns().with_user(self.dealer_user)
        shipment.action_pack(2)
        self.assertEqual(shipment.box_ids.mapped("part_count"), [2, 1])
        self.assertEqual(len(set(shipment.box_ids.mapped("name"))), 2)
        shipment.action_ship()
        found = self.scan(shipment.box_ids[0].name)
        self.assertEqual((found["result"], found["shipment"]["id"]), ("box", shipment.id))
        self.assertTrue(shipment.box_ids[0].arrived)
        with self.assertRefused("can no longer be changed"):
            shipment.action_pack(1)

    def test_scan_finds_every_discrepancy(self):
        shipment = self.make_shipment(3)
        first, second, third = shipment.line_ids
        loose = self.old_part(self.make_waiting())
        self.assertEqual(self.scan(shipment.name)["result"], "shipment")
        self.assertEqual(self.scan(first.label.lower())["result"], "part")
        self.assertEqual(self.scan(first.label, shipment)["result"], "again")
        self.assertEqual(self.scan("NOPE", shipment)["result"], "unknown")
        self.assertEqual(self.scan(loose.label, shipment)["result"], "unexpected")
        self.scan(second.label, shipment)
        shipment.scan_set(second.id, damaged=True)
        messages = len(shipment.message_ids)
        result = shipment.scan_finish()
        self.assertEqual(result["shipment"]["state"], "received")
        self.assertEqual(
            sorted(shipment.discrepancy_ids.mapped("kind")),
            ["damaged", "missing", "unexpected", "unknown"],
        )
        self.assertEqual(third.state, "missing")
        self.assertRecordValues(loose, [{"state": "received", "return_id": shipment.id}])
        self.assertEqual(loose.sudo().move_id.state, "done")
        mail = shipment.message_ids[: len(shipment.message_ids) - messages]
        self.assertIn(self.dealer_a, mail.partner_ids)
        self.assertIn(third.label, " ".join(mail.mapped("body")))

    def test_foreign_part_is_put_aside_and_not_named(self):
        shipment = self.make_shipment()
        claim = self.make_submitted(
            dealer_id=self.dealer_b.id, asset_id=self.asset_b.id, lines=[self.line_part()]
        )
        foreign = self.old_part(claim)
        result = self.scan(foreign.label, shipment)
        self.assertEqual(result["result"], "foreign")
        sentence = shipment.discrepancy_ids.sentence
        self.assertNotIn(self.dealer_b.name, sentence)
        self.assertEqual(foreign.state, "awaiting")

    def test_missing_part_turns_up_later(self):
        first = self.make_shipment(2)
        lost, came = first.line_ids
        self.scan(came.label)
        first.scan_finish()
        line = lost.claim_line_id
        self.assertEqual((line.return_state, line.amount_appraised), ("missing", 0.0))
        second = self.make_shipment()
        self.assertEqual(self.scan(lost.label, second)["result"], "found")
        self.scan(second.line_ids.filtered(lambda part: part != lost).label, second)
        second.scan_finish()
        self.assertEqual((line.return_state, line.amount_appraised), ("received", 60.0))

    def test_more_than_sent_is_refused(self):
        shipment = self.make_shipment(quantity=2.0)
        part = shipment.line_ids
        self.scan(part.label)
        with self.assertRefused("more was received", ValidationError):
            shipment.scan_set(part.id, quantity=3.0)
        picking = shipment.sudo().picking_id
        picking.move_ids.quantity = 3.0
        picking.move_ids.picked = True
        with self.assertRefused("more was received", ValidationError):
            picking.with_context(skip_sms=True, skip_backorder=True).button_validate()

    def test_scan_roles(self):
        shipment = self.make_shipment()
        label = shipment.line_ids.label
        returns = self.env["aftersales.part.return"]
        for user in (self.portal_a, self.agent_user, self.technician_user):
            with self.subTest(user.login), self.assertRaises(AccessError):
                returns.with_user(user).scan_code(label)
        found = returns.with_user(self.foreign_manager).scan_code(label)
        self.assertEqual(found["result"], "unknown", "another company's part")
        with self.assertRefused("nothing was scanned"):
            shipment.scan_finish()

    # -- verdict --------------------------------------------------------------------------------

    def test_verdict_in_shares(self):
        shipment = self.make_shipment()
        shipment.action_receive()
        part = shipment.with_user(self.appraiser).line_ids
        part.write({"appraisal": "unusable", "release_percent": 50.0})
        with self.assertRefused("Write the finding", ValidationError):
            shipment.with_user(self.appraiser).action_appraise()
        part.note = "Half worn"
        shipment.with_user(self.appraiser).action_appraise()
        self.assertEqual(part.claim_line_id.amount_appraised, 30.0)
        self.assertIn("Half worn", part.claim_line_id.appraisal_reason)

    # -- sampling -------------------------------------------------------------------------------

    def make_sampled(self, rule, count=6):
        self.env["aftersales.part.sampling"].create(
            {"name": "Test", "percent": 30.0, "minimum": 1, "rest_rule": rule}
        )
        shipment = self.make_shipment(count)
        shipment.action_receive()
        return shipment.with_user(self.appraiser)

    def drawn(self, shipment):
        return shipment.line_ids.filtered(lambda part: part.sampling == "sample")

    def test_sample_speaks_for_the_rest(self):
        shipment = self.make_sampled("share")
        drawn = self.drawn(shipment)
        self.assertEqual(len(drawn), 2)
        self.assertTrue(shipment.sample_seed)
        drawn.write({"appraisal": "unusable"})
        drawn[0].responsible = "dealer"
        shipment.action_appraise()
        rest = shipment.line_ids - drawn
        self.assertEqual(set(rest.mapped("claim_line_id.amount_appraised")), {30.0})
        self.assertIn("2 of 6", rest[0].sampling_explanation)
        self.assertIn("2 of 6", rest[0].claim_line_id.appraisal_reason)
        self.assertEqual(set(rest.mapped("state")), {"appraised"})

    def test_finding_in_the_sample_recalls_all(self):
        shipment = self.make_sampled("full")
        drawn = self.drawn(shipment)
        drawn.write({"appraisal": "unusable"})
        drawn[0].responsible = "dealer"
        shipment.action_appraise()
        self.assertEqual(shipment.state, "received")
        with self.assertRefused("usable or unusable"):
            shipment.action_appraise()
        (shipment.line_ids - drawn).write({"appraisal": "usable"})
        shipment.action_appraise()
        self.assertEqual(shipment.state, "appraised")

    def test_clean_sample_releases_the_rest(self):
        shipment = self.make_sampled("full")
        self.drawn(shipment).write({"appraisal": "unusable"})
        shipment.action_appraise()
        self.assertEqual(set(shipment.line_ids.mapped("claim_line_id.amount_appraised")), {60.0})

    # -- overdue --------------------------------------------------------------------------------

    def make_overdue(self, days=20, **values):
        claim = self.make_waiting(**values)
        part = self.old_part(claim)
        part.sudo()._past_guard().write({"date_extended": self.today - timedelta(days=days)})
        return claim, part

    def run_cron(self, name):
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", return_value=1.0):
            getattr(self.env["aftersales.part.return.line"], name)()

    def test_overdue_is_refused_after_the_days_of_grace(self):
        claim, part = self.make_overdue(days=14)
        self.run_cron("_cron_refuse_overdue")
        self.assertEqual(part.state, "awaiting", "the last day of grace")
        part.sudo()._past_guard().write({"date_extended": self.today - timedelta(days=15)})
        self.run_cron("_cron_refuse_overdue")
        line = claim.line_ids[1]
        self.assertEqual((part.state, line.return_state), ("overdue", "overdue"))
        self.assertEqual(line.amount_appraised, 0.0)
        self.assertIn(part.label, line.appraisal_reason)
        self.assertEqual(claim.state, "appraised")
        with self.assertRaises(AccessError):
            part.action_waive_return(reason="x")
        part.with_user(self.appraiser).action_waive_return(reason="Burnt with the barn")
        self.assertEqual((line.return_state, line.amount_appraised), ("waived", 60.0))
        self.assertIn("Burnt", line.appraisal_reason)

    def test_more_time(self):
        claim, part = self.make_overdue()
        self.run_cron("_cron_refuse_overdue")
        appraiser = part.with_user(self.appraiser)
        with self.assertRefused("is past"):
            appraiser.action_extend(self.today - timedelta(days=1), "Late truck")
        appraiser.action_extend(self.today + timedelta(days=10), "Late truck")
        self.assertRecordValues(part, [{"state": "awaiting", "is_overdue": False}])
        self.assertEqual(claim.state, "awaiting_parts")
        self.assertEqual(claim.line_ids[1].amount_appraised, 60.0)

    def test_approved_claim_and_settled_notice(self):
        """A part asked for after approval is refused in an approved claim, never in a notice."""
        claims = self.env["aftersales.claim"]
        for dealer, asset in ((self.dealer_a, self.asset), (self.dealer_b, self.asset_b)):
            lines = [self.line_part(return_required=False)]
            claim = self.make_submitted(dealer_id=dealer.id, asset_id=asset.id, lines=lines)
            claim.with_user(self.appraiser).action_approve()
            claim.line_ids.with_user(self.appraiser).action_ask_old_part()
            claims |= claim
        self.assertEqual(claims.line_ids.mapped("return_state"), ["awaiting", "awaiting"])
        parts = self.old_part(claims)
        parts.sudo()._past_guard().write({"date_extended": self.today - timedelta(days=30)})
        claims[1]._set_state("noticed")
        self.run_cron("_cron_refuse_overdue")
        self.assertEqual(claims.line_ids.mapped("amount_approved"), [0.0, 60.0])
        self.assertEqual(claims[0].amount_approved, 0.0)
        parts.with_user(self.appraiser)[0].action_waive_return(reason="Found")
        self.assertEqual(claims[0].amount_approved, 60.0)

    def test_bulk_waiver_asks_the_reason(self):
        parts = self.old_part(self.make_waiting() | self.make_waiting())
        action = parts.with_user(self.appraiser).action_waive_return()
        self.assertEqual(action["res_model"], "aftersales.dealer.reason")
        parts.with_user(self.appraiser).action_waive_return(reason="Cheap parts")
        self.assertEqual(set(parts.mapped("state")), {"waived"})

    def test_reminders_once_before_and_once_after(self):
        __, part = self.make_overdue(days=-3)
        count = len(self.env["mail.message"].search([("model", "=", "res.partner")]))

        def messages():
            return len(self.env["mail.message"].search([("model", "=", "res.partner")])) - count

        self.run_cron("_cron_remind")
        self.run_cron("_cron_remind")
        self.assertEqual(part.reminded_before, self.today)
        part.sudo()._past_guard().write({"date_extended": self.today - timedelta(days=5)})
        self.run_cron("_cron_remind")
        self.run_cron("_cron_remind")
        self.assertEqual(part.reminded_after, self.today)
        self.assertEqual(part.custody_ids.mapped("event").count("reminded"), 2)

    # -- technicians ----------------------------------------------------------------------------

    def make_technician_part(self):
        self.company.aftersales_technician_parts = "all"
        visit = self.env["aftersales.visit"].create(
            {
                "partner_id": self.customer.id,
                "technician_id": self.technician.id,
                "line_ids": [Command.create({"kind": "removed", "product_id": self.part.id})],
            }
        )
        visit._move_parts()
        return self.env["aftersales.part.return.line"].search(
            [("visit_line_id", "in", visit.line_ids.ids)]
        )

    def test_technicians_parts_go_the_same_way(self):
        before = (self.part.qty_available, self.part.total_value)
        part = self.make_technician_part()
        self.assertRecordValues(
            part, [{"technician_id": self.technician.id, "state": "awaiting", "dealer_id": False}]
        )
        returns = self.env["aftersales.part.return"].with_user(self.technician_user)
        shipment = returns._pack_awaited(part.with_user(self.technician_user))
        shipment.action_ship()
        with self.assertRaises(AccessError):
            shipment.action_receive()
        self.scan(part.label)
        shipment.with_user(self.dealer_user).scan_finish()
        part.with_user(self.appraiser).appraisal = "unusable"
        shipment.with_user(self.appraiser).action_appraise()
        self.assertEqual(part.location_id, self.company.aftersales_unusable_location_id)
        self.part.invalidate_recordset()
        self.assertEqual((self.part.qty_available, self.part.total_value), before)
        places = part.custody_ids.filtered(lambda log: log.holder == "sender").mapped("place")
        self.assertEqual(set(places), {self.technician.name})

    def test_technicians_see_their_own_parts_only(self):
        part = self.make_technician_part()
        other = new_test_user(
            self.env, "t_technician_3", groups="aftersales_service.group_aftersales_technician"
        )
        parts = self.env["aftersales.part.return.line"]
        self.assertEqual(parts.with_user(self.technician_user).search([]), part)
        self.assertFalse(parts.with_user(other).search([]))

    def test_off_by_default(self):
        self.assertEqual(self.company.aftersales_technician_parts, "no")

    def test_hundreds_of_parts_cost_no_more_queries(self):
        """Receiving and appraising ten times as many parts costs about the same queries (D18)."""

        def count(number):
            shipment = self.make_shipment(number)
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            parts = shipment.line_ids
            self.env["aftersales.part.custody"]._log(parts.sudo(), "reminded")
            parts.sudo()._refuse_overdue()
            self.env.flush_all()
            return self.env.cr.sql_log_count - start

        few, many = count(2), count(12)
        self.assertLess(many - few, 40)
        with self.assertRaises(UserError):
            self.env["aftersales.part.custody"].sudo().search([], limit=1).write({"note": "x"})
