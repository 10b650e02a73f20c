import json
from datetime import timedelta
from pathlib import Path

import openpyxl

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import AftersalesCommon

STATIC = Path(__file__).parent.parent / "static" / "xls"


@tagged("post_install", "-at_install")
class TestImport(AftersalesCommon):
    """J06: assets and warranties from a spreadsheet, by Odoo's own import."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lots = cls.make_lots("IM-1", "IM-2", "IM-3")

    @classmethod
    def make_lots(cls, *names, product=None):
        """Serials that are out already, not in stock."""
        product = product or cls.machine
        return cls.env["stock.lot"].create(
            [{"name": name, "product_id": product.id} for name in names]
        )

    def load(self, model, header, *rows, user=None):
        records = self.env[model].with_user(user or self.agent_user)
        return records.load(header, [list(row) for row in rows])

    def load_assets(self, *rows):
        header = ["product_id", "serial", "partner_id", "state", "date_delivery"]
        return self.load("aftersales.asset", header, *rows)

    def messages(self, result):
        return [(message["rows"]["from"], message["message"]) for message in result["messages"]]

    def test_assets_get_their_warranties(self):
        rows = [
            ("Test Tractor", serial, "Test Farm", "In service", "2024-03-15")
            for serial in ("IM-1", " IM-2 ")
        ]
        result = self.load_assets(*rows)
        self.assertEqual(result["messages"], [])
        self.assertRecordValues(
            self.env["aftersales.asset"].browse(result["ids"]),
            [
                {
                    "lot_id": lot.id,
                    "serial": lot.name,
                    "partner_id": self.customer.id,
                    "warranty_state": "expired",
                    "state": "in_service",
                }
                for lot in self.lots[:2]
            ],
        )

    def test_bad_lines_are_named_and_nothing_is_made(self):
        other = self.env["product.product"].create(
            {"name": "Test Mower", "is_storable": True, "tracking": "serial"}
        )
        self.make_lots("MO-1", product=other)
        self.sell("SOLD-1")
        before = self.env["aftersales.asset"].search_count([])
        for serial, message in (
            ("IM-99", "Serial IM-99 is not known. Correct it, or enter it first"),
            ("MO-1", "Serial MO-1 belongs to Test Mower, not to Test Tractor"),
            ("SOLD-1", "Serial SOLD-1 is asset AS"),
        ):
            result = self.load_assets(
                ("Test Tractor", "IM-1", "Test Farm", "In service", ""),
                ("Test Tractor", serial, "Test Farm", "In service", ""),
            )
            self.assertFalse(result["ids"])
            found = self.messages(result)
            self.assertTrue(any(row == 1 and message in text for row, text in found), found)
            self.assertEqual(self.env["aftersales.asset"].search_count([]), before)

    def test_product_follows_from_the_serial(self):
        asset = self.env["aftersales.asset"].with_user(self.agent_user).create({"serial": "IM-3"})
        self.assertRecordValues(
            asset, [{"product_id": self.machine.id, "lot_id": self.lots[2].id, "serial": "IM-3"}]
        )
        asset.serial = "IM-2"
        self.assertEqual(asset.lot_id, self.lots[1])
        with self.assertRefused("not known"):
            asset.serial = "IM-77"

    def test_unknown_policy_is_named(self):
        result = self.load(
            "aftersales.asset",
            ["serial", "warranty_policy_id"],
            ("IM-1", "Forever"),
        )
        self.assertIn("Forever", self.messages(result)[0][1])

    def load_warranties(self, *rows, user=None):
        header = ["asset_id", "policy_id", "given_start", "given_end"]
        return self.load("aftersales.warranty", header, *rows, user=user or self.manager_user)

    def test_warranties_with_given_dates(self):
        asset = self.sell("IW-1")
        other = self.policy.copy({"name": "Promised elsewhere"})
        result = self.load_warranties(("IW-1", other.name, "2026-01-01", "2031-06-30"))
        self.assertEqual(result["messages"], [])
        warranty = self.env["aftersales.warranty"].browse(result["ids"])
        end = fields.Date.to_date("2031-06-30")
        self.assertRecordValues(
            warranty,
            [{"asset_id": asset.id, "state": "active", "date_end": end}],
        )
        self.assertEqual(warranty.date_start, fields.Date.to_date("2026-01-01"))
        self.assertEqual(len(warranty.term_ids), 2)
        asset.date_delivery = fields.Date.subtract(fields.Date.today(), days=3)
        self.assertEqual(warranty.date_end, end, "what the asset records does not move it")

    def test_given_dates_of_an_existing_warranty(self):
        warranty = self.sell("IW-2").warranty_ids
        result = self.load(
            "aftersales.warranty",
            ["id", "given_start", "given_end"],
            (warranty.export_data(["id"])["datas"][0][0], "2020-01-01", "2021-01-01"),
            user=self.manager_user,
        )
        self.assertEqual(result["messages"], [])
        self.assertRecordValues(
            warranty, [{"state": "expired", "date_end": fields.Date.to_date("2021-01-01")}]
        )

    @mute_logger("odoo.sql_db")
    def test_warranties_that_are_refused(self):
        self.sell("IW-3")
        other = self.policy.copy({"name": "Promised elsewhere"})
        line = ("IW-3", other.name, "2026-01-01", "2025-01-01")
        self.assertIn("before the start", self.messages(self.load_warranties(line))[0][1])
        line = ("IW-3", other.name, "2026-01-01", "2027-01-01")
        refused = self.load_warranties(line, user=self.agent_user)
        self.assertIn("Service manager", self.messages(refused)[0][1])
        line = ("IW-4", other.name, "2026-01-01", "")
        self.assertIn("IW-4", self.messages(self.load_warranties(line))[0][1])
        line = ("IW-3", self.policy.name, "2026-01-01", "")
        self.assertIn("one warranty of a policy", self.messages(self.load_warranties(line))[0][1])

    def test_templates_match_the_fields(self):
        for model in ("aftersales.asset", "aftersales.warranty"):
            (template,) = self.env[model].get_import_templates()
            path = STATIC / Path(template["template"]).name
            header = [cell.value for cell in next(openpyxl.load_workbook(path).active.rows)]
            tree = self.env["base_import.import"].get_fields_tree(model)
            labels = {field["string"] for field in tree}
            self.assertEqual([name for name in header if name not in labels], [])


@tagged("post_install", "-at_install")
class TestApi(AftersalesCommon, HttpCase):
    """J06: the same by JSON-2 and XML-RPC, as the agent."""

    def test_json2(self):
        self.make_serials("API-1")
        keys = self.env(user=self.agent_user)["res.users.apikeys"]
        key = keys._generate("rpc", "test", fields.Datetime.now() + timedelta(days=1))
        url = "/json/2/aftersales.asset/create"
        headers = {"Authorization": f"bearer {key}", "Content-Type": "application/json"}

        def post(vals):
            return self.url_open(url, data=json.dumps({"vals_list": [vals]}), headers=headers)

        made = post({"serial": "API-1", "partner_id": self.customer.id, "state": "in_service"})
        self.assertEqual(made.status_code, 200, made.text)
        asset = self.env["aftersales.asset"].browse(made.json())
        self.assertEqual((asset.serial, asset.product_id), ("API-1", self.machine))
        refused = post({"serial": "API-2"})
        self.assertEqual(refused.status_code, 422)
        self.assertIn("Serial API-2 is not known", refused.json()["message"])

    def test_xmlrpc(self):
        self.make_serials("API-3")
        login = (self.env.cr.dbname, self.agent_user.id, "t_agentx")  # short passwords are padded

        def load(serial):
            arguments = [["serial", "partner_id"], [[serial, "Test Farm"]]]
            return self.xmlrpc_object.execute_kw(*login, "aftersales.asset", "load", arguments)

        self.assertTrue(load("API-3")["ids"])
        self.assertIn("Serial API-4 is not known", load("API-4")["messages"][0]["message"])
