from odoo.tests import HttpCase, tagged

from odoo.addons.aftersales_dealer.tests.common_notice import NoticeCommon

from .common import ReportsMixin

# Waits until the spreadsheet has all its data, then reads every cell of every sheet for an error.
READ_SPREADSHEET = """
(async () => {
    const { App } = odoo.loader.modules.get("@odoo/owl");
    const dashboard = (node) => {
        const found = node.component?.loader?.getActiveDashboard?.();
        if (found) {
            return found;
        }
        for (const child of Object.values(node.children || {})) {
            const below = dashboard(child);
            if (below) {
                return below;
            }
        }
    };
    const active = () =>
        [...App.apps].map((app) => app.root && dashboard(app.root)).find(Boolean);
    const cells = (getters) =>
        getters.getSheetIds().flatMap((sheet) =>
            Object.values(getters.getEvaluatedCells(sheet)));
    const loading = (cell) => cell.value === "Loading..." || cell.message === "Loading...";
    let waitsFor = "the dashboard";
    for (let turn = 0; turn < 450; turn++) {
        await new Promise((resolve) => setTimeout(resolve, 200));
        const model = active()?.model;
        if (active()?.status === "error" || active()?.status === "Error") {
            throw new Error(String(active().error));
        }
        if (!model) {
            continue;
        }
        const figures = document.querySelectorAll(".o-figure").length;
        if (figures < FIGURES) {
            waitsFor = `figures, has ${figures} of FIGURES`;
            continue;
        }
        const all = cells(model.getters);
        if (all.some(loading)) {
            waitsFor = `${all.filter(loading).length} of ${all.length} cells`;
            continue;
        }
        const errors = all.filter((cell) => cell.type === "error");
        if (errors.length) {
            const texts = errors.map((cell) => cell.value + " " + cell.message);
            throw new Error("Cells with errors: " + texts.join("; "));
        }
        if (!all.some((cell) => cell.type === "number" && cell.value > 0)) {
            throw new Error("No figure is shown");
        }
        console.log("test successful");
        return;
    }
    throw new Error(`The dashboard did not load: waits for ${waitsFor}`);
})();
"""


@tagged("post_install", "-at_install")
class TestDashboardsInBrowser(ReportsMixin, HttpCase, NoticeCommon):
    """H02: the dashboards render in the web client, as the people they are for."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_ticket(cls.sell("BROWSER-1"))
        cls.make_notice(cls.make_claim(100), "confirmed")
        cls.make_invoice(100)

    def open(self, action, figures, login):
        self.browser_js(
            f"/odoo/action-aftersales_reports.{action}",
            READ_SPREADSHEET.replace("FIGURES", str(figures)),
            "!!document.querySelector('.o_spreadsheet_dashboard_action')",
            login=login,
            timeout=120,
        )

    def test_service_dashboard_as_reader(self):
        self.open("aftersales_report_service_action_dashboard", 6, "t_reader")

    def test_settlement_dashboard_as_accountant(self):
        self.open("aftersales_report_settlement_action_dashboard", 6, "t_notice_accountant")
