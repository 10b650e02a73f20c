import base64
import io

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import BaseCase, Form, tagged

from ..tools import serial_list
from .campaign_common import CampaignCommon


@tagged("post_install", "-at_install")
class TestSerialList(BaseCase):
    """W15: serials as people write them."""

    def test_pasted_list(self):
        text = "A-1\n\n A-2，A-3;A-4\tA-5\n"
        self.assertEqual(
            serial_list.parse_list(text),
            [(1, "A-1"), (3, "A-2"), (3, "A-3"), (3, "A-4"), (3, "A-5")],
        )
        self.assertEqual(serial_list.parse_list(None), [])

    def test_ranges_count_naturally(self):
        self.assertEqual(serial_list.expand_range("K9", "K11"), ["K9", "K10", "K11"])
        self.assertEqual(serial_list.expand_range("K09", "K11"), ["K09", "K10", "K11"])
        self.assertEqual(serial_list.expand_range("A1-7X", "A1-9X")[-1], "A1-9X")
        self.assertEqual(serial_list.expand_range("7", "7"), ["7"])

    def test_ranges_that_make_no_sense(self):
        for first, last, code in (
            ("ABC", "ABD", "range_number"),
            ("A1", "B2", "range_text"),
            ("A1X", "A2Y", "range_text"),
            ("A09", "A100", "range_width"),
            ("A5", "A4", "range_order"),
            ("A1", "A99999999", "too_many"),
            ("", None, "range_number"),
        ):
            with self.assertRaises(serial_list.SerialListError) as caught:
                serial_list.expand_range(first, last)
            self.assertEqual(caught.exception.code, code, (first, last))

    def test_files(self):
        csv = b"Product,Serial Number\nGT,S-1\nGT,S-2\nGT,\n"
        self.assertEqual(serial_list.read_file(csv, "a.csv"), [(2, "S-1"), (3, "S-2")])
        chinese = "产品;序列号\n拖拉机;出-1\n".encode("gb18030")
        self.assertEqual(serial_list.read_file(chinese, "a.csv"), [(2, "出-1")])
        self.assertEqual(serial_list.read_file(b"S-1\nS-2", "a.txt"), [(1, "S-1"), (2, "S-2")])
        import openpyxl

        book = openpyxl.Workbook()
        book.active.append(["Serial"])
        book.active.append([26001.0])
        target = io.BytesIO()
        book.save(target)
        self.assertEqual(serial_list.read_file(target.getvalue(), "a.XLSX"), [(2, "26001")])
        for name, code in (("a.xlsx", "file_broken"), ("a.pdf", "file_kind")):
            with self.assertRaises(serial_list.SerialListError) as caught:
                serial_list.read_file(b"nonsense", name)
            self.assertEqual(caught.exception.code, code)


@tagged("post_install", "-at_install")
class TestCampaignUnits(CampaignCommon):
    """W15: which machines a campaign affects."""

    def test_units_know_where_they_are(self):
        self.assertEqual(self.unit.asset_id, self.asset)
        self.assertEqual(self.unit.partner_id, self.customer)
        self.assertFalse(self.unit_stock.asset_id)
        self.assertEqual(self.campaign.unit_count, 2)
        self.assertEqual(self.campaign.stock_count, 1)

    def test_list_with_unknown_serials_changes_nothing(self):
        self.make_serials("RC-3")
        wizard = self.add(serials="RC-3\nRC-1\nNO-SUCH\nNO-SUCH")
        self.assertEqual((wizard.new_count, wizard.problem_count), (1, 1))
        self.assertIn("NO-SUCH", wizard.preview)
        with self.assertRefused("Line 3: the serial “NO-SUCH” is unknown"):
            wizard.action_add()
        self.assertEqual(self.campaign.unit_count, 2)
        wizard.only_known = True
        wizard.action_add()
        self.assertEqual(sorted(self.campaign.line_ids.mapped("serial")), ["RC-1", "RC-2", "RC-3"])
        with self.assertRefused("no unit to add"):
            self.add(serials="RC-1,RC-3").action_add()

    def test_range_takes_what_exists(self):
        self.make_serials("RG-009", "RG-010", "RG-012")
        wizard = self.add(mode="range", serial_first="RG-008", serial_last="RG-011")
        self.assertTrue(wizard.only_known)
        wizard.action_add()
        self.assertEqual(
            self.campaign.line_ids.filtered(lambda line: line.serial.startswith("RG")).mapped(
                "serial"
            ),
            ["RG-009", "RG-010"],
        )
        with self.assertRefused("comes before"):
            self.add(mode="range", serial_first="RG-9", serial_last="RG-8")

    def test_file(self):
        self.make_serials("RF-1")
        content = base64.b64encode(b"Serial\nRF-1\n")
        self.add(mode="file", file=content, filename="list.csv").action_add()
        self.assertIn("RF-1", self.campaign.line_ids.mapped("serial"))
        with self.assertRefused("neither .xlsx nor .csv"):
            self.add(mode="file", file=content, filename="list.pdf")
        with self.assertRefused("No serial number"):
            self.add(mode="file")

    def test_filter_by_serial_and_by_asset(self):
        lots = self.make_serials("RX-1", "RX-2")
        self.deliver(self.order(lots[1]))
        wizard = self.add(mode="filter", lot_domain="[('name', '=like', 'RX-%')]")
        self.assertEqual(wizard.new_count, 2)
        wizard = self.add(
            mode="filter",
            filter_on="aftersales.asset",
            asset_domain="[('serial', '=like', 'RX-%')]",
            product_ids=[Command.set(self.machine.ids)],
        )
        self.assertEqual(wizard.new_count, 1)
        wizard.action_add()
        with self.assertRefused("all would be affected"):
            self.add(mode="filter")
        with self.assertRefused("cannot be read"):
            self.add(mode="filter", lot_domain="[('name', '=', ")

    def test_serial_of_two_products_asks_for_the_product(self):
        other = self.env["product.product"].create(
            {"name": "Other tractor", "is_storable": True, "tracking": "serial"}
        )
        self.make_serials("TW-1")
        self.make_serials("TW-1", product=other)
        wizard = self.add(serials="TW-1")
        self.assertIn("several products", wizard.preview)
        wizard = self.add(serials="TW-1", product_ids=[Command.set(other.ids)])
        wizard.action_add()
        line = self.campaign.line_ids.filtered(lambda line: line.serial == "TW-1")
        self.assertEqual(line.product_id, other)

    def test_asset_without_serial(self):
        asset = self.env["aftersales.asset"].create(
            {"product_id": self.part.id, "partner_id": self.customer.id, "state": "in_service"}
        )
        self.add(serials=asset.name).action_add()
        line = self.campaign.line_ids.filtered("asset_id") - self.unit
        self.assertEqual(line.asset_id, asset)
        self.assertEqual(self.campaign._add_units(self.env["stock.lot"], asset), 0)

    def test_import_brings_serials_only(self):
        self.make_serials("IM-1", "IM-2")
        lines = self.env["aftersales.campaign.line"].with_user(self.manager_user)
        result = lines.load(
            ["campaign_id/.id", "serial"],
            [[str(self.campaign.id), "IM-1"], [str(self.campaign.id), "IM-2"]],
        )
        self.assertFalse(result["messages"])
        made = lines.browse(result["ids"])
        self.assertEqual(made.mapped("lot_id.name"), ["IM-1", "IM-2"])
        for serial, message in (("NONE", "is unknown"), ("IM-1", "in the campaign already")):
            with self.assertRefused(message):
                lines.create({"campaign_id": self.campaign.id, "serial": serial})
        with self.assertRefused("not typed in"):
            lines.create(
                {"campaign_id": self.campaign.id, "serial": "IM-1", "asset_id": self.asset.id}
            )

    def test_delivered_unit_is_linked(self):
        self.campaign.action_open()
        self.unit_stock.with_user(self.manager_user).release("Checked by hand")
        self.deliver(self.order(self.lot_stock))
        self.assertEqual(self.unit_stock.asset_id.lot_id, self.lot_stock)
        self.assertEqual(self.unit_stock.partner_id, self.customer)

    def test_resold_machine_is_to_be_informed_anew(self):
        self.campaign.action_open()
        self.unit.with_user(self.agent_user).decide("refused", reason="No time")
        self.asset._action_return()
        again = self.env["aftersales.asset"].create(
            {
                "product_id": self.machine.id,
                "lot_id": self.asset.lot_id.id,
                "partner_id": self.env["res.partner"].create({"name": "Second owner"}).id,
                "state": "in_service",
            }
        )
        self.assertRecordValues(self.unit, [{"asset_id": again.id, "state": "open"}])

    def test_lot_in_parts(self):
        pump = self.env["product.product"].create(
            {
                "name": "Pump by lot",
                "is_storable": True,
                "tracking": "lot",
                "warranty_policy_id": self.policy.id,
            }
        )
        lot = self.env["stock.lot"].create({"name": "L-1", "product_id": pump.id})
        self.env["stock.quant"]._update_available_quantity(pump, self.stock_location, 5, lot_id=lot)
        campaign = self.make_campaign(block_delivery=False)
        campaign._add_units(lot)
        campaign.action_open()
        self.deliver(self.order(lot))
        self.assertEqual(len(campaign.line_ids), 2)
        self.assertEqual(len(campaign.line_ids.asset_id), 1)

    def test_many_units_cost_constant_queries(self):
        def cost(count, start):
            lots = self.env["stock.lot"].create(
                [{"name": f"MQ-{start + n}", "product_id": self.machine.id} for n in range(count)]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.assertEqual(self.campaign._add_units(lots), count)
            self.env.flush_all()
            return self.cr.sql_log_count - before

        few, many = cost(10, 0), cost(400, 1000)
        self.assertLessEqual(many, few + 5)


@tagged("post_install", "-at_install")
class TestCampaignFlow(CampaignCommon):
    """W15: the life of a campaign, its roles and companies."""

    def test_open_needs_text_and_units(self):
        empty = self.make_campaign(customer_text="<p><br></p>")
        with self.assertRefused("Text for the Customer"):
            empty.action_open()
        empty.customer_text = "<p>Text</p>"
        with self.assertRefused("has no units"):
            empty.action_open()
        self.campaign.action_open()
        self.assertEqual(self.campaign.state, "open")

    def test_roles(self):
        for user in (self.agent_user, self.technician_user):
            self.assertEqual(self.campaign.with_user(user).title, "Brake hose")
            with self.assertRaises(AccessError):
                self.campaign.with_user(user).title = "x"
            with self.assertRaises(AccessError):
                self.campaign.with_user(user).action_open()
            with self.assertRaises(AccessError):
                self.unit.with_user(user).unlink()
        with self.assertRaises(AccessError):
            self.campaign.with_user(self.plain_user).read(["title"])
        with self.assertRaises(AccessError):
            self.add(user=self.agent_user, serials="RC-1")
        with self.assertRefused("buttons"):
            self.campaign.with_user(self.manager_user).write({"state": "open"})
        with self.assertRefused("not typed in"):
            self.unit.with_user(self.manager_user).write({"date_done": fields.Date.today()})

    def test_other_company_sees_nothing(self):
        other = self.env["res.company"].create({"name": "Other maker"})
        self.manager_user.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        for model in (
            "aftersales.campaign",
            "aftersales.campaign.line",
            "aftersales.campaign.part",
        ):
            self.assertFalse(self.env[model].with_user(self.manager_user).search([]))
        stranger = self.env["aftersales.campaign"].with_user(self.manager_user)
        stranger = stranger.with_company(other).create({"title": "Theirs", "company_id": other.id})
        lot = self.env["stock.lot"].create(
            {"name": "CO-1", "product_id": self.machine.id, "company_id": self.company.id}
        )
        _lots, _assets, problems = stranger.sudo()._find_serials(["CO-1"])
        self.assertEqual(problems, {"CO-1": "unknown"})
        self.assertTrue(lot)

    def test_dates_and_notices(self):
        with self.assertRefused("Until", ValidationError):
            self.campaign.date_end = fields.Date.subtract(self.campaign.date_start, days=1)
        form = Form(self.env["aftersales.campaign"].with_user(self.manager_user))
        form.title = "Update the firmware"
        form.kind = "recall"
        self.assertTrue(form.covers_parts and form.block_delivery)
        form.kind = "notice"
        self.assertFalse(form.covers_parts or form.block_delivery)
        notice = form.save()
        with self.assertRefused("covers nothing", ValidationError):
            notice.covers_labour = True

    def test_closing_with_units_left_asks_why(self):
        self.campaign.action_open()
        action = self.campaign.action_close()
        self.assertEqual(action["res_model"], "aftersales.campaign.decide")
        wizard = (
            self.env["aftersales.campaign.decide"]
            .with_user(self.manager_user)
            .with_context(**action["context"])
            .create({"reason": "Taken over by the new recall"})
        )
        wizard.action_apply()
        self.assertRecordValues(
            self.campaign, [{"state": "closed", "end_reason": "Taken over by the new recall"}]
        )
        with self.assertRefused("can no longer be changed"):
            self.campaign.title = "x"
        with self.assertRefused("its list of units is closed"):
            self.campaign._add_units(self.make_serials("RC-9"))
        with self.assertRefused("only units of open campaigns"):
            self.unit.with_user(self.agent_user).decide("done", reason="x")
        self.campaign.action_reopen()
        self.assertFalse(self.campaign.end_reason)

    def test_opened_campaigns_are_kept(self):
        self.campaign.action_open()
        with self.assertRefused("kept as a record"):
            self.campaign.unlink()
        with self.assertRefused("Mark RC-1 as exempt"):
            self.unit.with_user(self.manager_user).unlink()

    def test_decisions_need_reason_and_right(self):
        self.campaign.action_open()
        unit = self.unit.with_user(self.agent_user)
        with self.assertRefused("state the “Reason”"):
            unit.decide("done", reason=" ")
        with self.assertRefused("service manager"):
            unit.decide("exempt", reason="Exported")
        with self.assertRefused("hotline"):
            unit.with_user(self.technician_user).decide("done", reason="x")
        with self.assertRefused("future"):
            unit.decide("done", reason="x", date=fields.Date.add(fields.Date.today(), days=1))
        with self.assertRefused("no decision"):
            unit.decide("sold", reason="x")
        unit.decide("done", reason="Owner sent photos")
        self.assertRecordValues(
            self.unit,
            [{"state": "done", "date_done": fields.Date.today(), "user_id": self.agent_user.id}],
        )
        self.assertIn("Owner sent photos", self.campaign.message_ids[0].body)

    def test_progress(self):
        self.campaign.action_open()
        self.assertEqual(self.campaign.progress, 0)
        self.unit.with_user(self.agent_user).decide("done", reason="x")
        self.assertRecordValues(
            self.campaign, [{"progress": 50.0, "done_count": 1, "todo_count": 1}]
        )
        self.assertIn("width: 50.00%", self.campaign.progress_bar)
        self.unit_stock.with_user(self.manager_user).decide("exempt", reason="x")
        self.assertRecordValues(self.campaign, [{"progress": 100.0, "todo_count": 0}])

    def test_duplicate_makes_a_draft_without_units(self):
        self.campaign.action_open()
        copy = self.campaign.copy()
        self.assertEqual((copy.state, copy.unit_count), ("draft", 0))
        self.assertEqual(len(copy.part_ids), 1)


@tagged("post_install", "-at_install")
class TestCampaignDelivery(CampaignCommon):
    """W15: affected machines in stock stay there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.campaign.action_open()

    def test_delivery_is_stopped_and_released(self):
        picking = self.order(self.lot_stock)
        with self.assertRefused("RC-2: .*Brake hose"):
            self.deliver(picking)
        with self.assertRefused("service manager"):
            self.unit_stock.with_user(self.agent_user).release("x")
        with self.assertRefused("Reason"):
            self.unit_stock.with_user(self.manager_user).release("")
        wizard = (
            self.env["aftersales.campaign.decide"]
            .with_user(self.manager_user)
            .create(
                {
                    "line_ids": [Command.set(self.unit_stock.ids)],
                    "picking_id": picking.id,
                    "decision": "release",
                    "reason": "Export: rule does not apply",
                }
            )
        )
        wizard.action_apply()
        self.assertIn("Export: rule does not apply", picking.message_ids[0].body)
        self.assertIn("Export: rule does not apply", self.campaign.message_ids[0].body)
        self.assertEqual(self.deliver(picking).state, "done")

    def test_done_in_stock_is_free(self):
        self.unit_stock.with_user(self.agent_user).decide("done", reason="Reworked, job 12")
        self.assertEqual(self.deliver(self.order(self.lot_stock)).state, "done")

    def test_campaign_that_does_not_stop(self):
        self.campaign.block_delivery = False
        self.assertEqual(self.deliver(self.order(self.lot_stock)).state, "done")

    def test_moves_within_and_to_the_supplier_are_free(self):
        shelf = self.env["stock.location"].create(
            {"name": "Shelf", "location_id": self.stock_location.id}
        )
        supplier = self.env.ref("stock.stock_location_suppliers")
        for source, target in ((self.stock_location, shelf), (shelf, supplier)):
            move = self.env["stock.move"].create(
                {
                    "product_id": self.machine.id,
                    "product_uom_qty": 1,
                    "location_id": source.id,
                    "location_dest_id": target.id,
                }
            )
            move._action_confirm()
            move._action_assign()
            move.move_line_ids.lot_id = self.lot_stock
            move.picked = True
            move._action_done()
            self.assertEqual(move.state, "done")

    def test_no_campaign_costs_one_query(self):
        self.campaign.action_close(reason="x")
        picking = self.order(self.lot_stock)
        moves = picking.move_ids
        moves._get_stopped_campaign_lines()
        self.env.flush_all()
        with self.assertQueryCount(1):
            moves._check_campaigns()
