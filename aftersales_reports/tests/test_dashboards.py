import json

from odoo.tests import tagged

from odoo.addons.aftersales_dealer.tests.common_notice import NoticeCommon

from .common import ReportsMixin

DASHBOARDS = ("spreadsheet_dashboard_service", "spreadsheet_dashboard_settlement")


@tagged("post_install", "-at_install")
class TestDashboards(ReportsMixin, NoticeCommon):
    """H02: what the spreadsheets ask for exists and can be answered to those who see them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_ticket(cls.sell("DASH-1"))
        cls.make_notice(cls.make_claim(100), "confirmed")
        cls.make_invoice(100)

    def dashboards(self):
        for name in DASHBOARDS:
            dashboard = self.env.ref(f"aftersales_reports.{name}")
            yield dashboard, json.loads(dashboard.with_user(self.reader).spreadsheet_data)

    def sources(self, data):
        """Yield (label, model, domain, groups, measures, definition) of each source."""
        for pivot in data["pivots"].values():
            groups = [part["fieldName"] for part in pivot["rows"] + pivot["columns"]]
            measures = [measure["fieldName"] for measure in pivot["measures"]]
            yield self.source(
                pivot["name"], pivot["model"], pivot, pivot["domain"], groups, measures
            )
        for figure in data["sheets"][0]["figures"]:
            chart = figure["data"]
            if chart["type"].startswith("odoo_"):
                meta = chart["metaData"]
                domain = chart["searchParams"]["domain"]
                measures = [meta["measure"]]
                yield self.source(
                    figure["id"], meta["resModel"], chart, domain, meta["groupBy"], measures
                )
        for listing in data["lists"].values():
            yield self.source(listing["name"], listing["model"], listing, listing["domain"], [], [])

    def source(self, label, model, definition, domain, groups, measures):
        self.assertIn(model, self.env, label)
        return (
            label,
            self.report(model.removeprefix("aftersales.report.")),
            domain,
            groups,
            measures,
            definition,
        )

    def test_every_source_is_answered(self):
        count = 0
        for dashboard, data in self.dashboards():
            for label, report, domain, groups, measures, definition in self.sources(data):
                with self.subTest(dashboard=dashboard.name, source=label):
                    count += 1
                    aggregates = [
                        name if name == "__count" else f"{name}:{report._fields[name].aggregator}"
                        for name in measures
                    ]
                    report.formatted_read_group(domain, groups, aggregates or ["__count"])
                    columns = definition.get("columns", [])
                    if columns and isinstance(columns[0], str):
                        order = [
                            f"{o['name']} {'asc' if o['asc'] else 'desc'}"
                            for o in definition["orderBy"]
                        ]
                        report.search_read(domain, columns, order=",".join(order), limit=5)
        self.assertGreater(count, 30)

    def test_filters_reach_existing_fields_of_their_kind(self):
        for dashboard, data in self.dashboards():
            filters = {item["id"]: item for item in data["globalFilters"]}
            for label, report, __, __, __, definition in self.sources(data):
                for identifier, match in definition["fieldMatching"].items():
                    with self.subTest(dashboard=dashboard.name, source=label, filter=identifier):
                        field = report._fields[match["chain"]]
                        if filters[identifier]["type"] == "relation":
                            self.assertEqual(field.comodel_name, filters[identifier]["modelName"])
                        else:
                            self.assertIn(field.type, ("date", "datetime"))

    def test_formulas_refer_to_sources_of_the_file(self):
        for __, data in self.dashboards():
            text = json.dumps([sheet["cells"] for sheet in data["sheets"]])
            for identifier in data["pivots"]:
                used = f"PIVOT.VALUE({identifier}," in text or f"PIVOT({identifier}," in text
                self.assertTrue(used, f"pivot {identifier} is not shown")
            for identifier, listing in data["lists"].items():
                for column in listing["columns"]:
                    self.assertIn(f'ODOO.LIST({identifier},1,\\"{column}\\")', text)

    def test_menus_behind_the_figures_exist(self):
        for __, data in self.dashboards():
            figures = {figure["id"] for figure in data["sheets"][0]["figures"]}
            self.assertEqual(figures, set(data["chartOdooMenusReferences"]))
            for xml_id in set(data["chartOdooMenusReferences"].values()):
                self.assertTrue(self.env.ref(xml_id).action, xml_id)

    def test_who_sees_them(self):
        service, settlement = (self.env.ref(f"aftersales_reports.{name}") for name in DASHBOARDS)
        boards = self.env["spreadsheet.dashboard"]
        domain = [("id", "in", (service | settlement).ids)]
        expected = {
            self.reader: service | settlement,
            self.manager_user: service | settlement,
            self.accountant: settlement,
            self.agent_user: boards,
            self.plain_user: boards,
        }
        for user, seen in expected.items():
            self.assertEqual(boards.with_user(user).search(domain).sudo(), seen, user.login)
