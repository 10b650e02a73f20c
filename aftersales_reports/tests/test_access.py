from ast import literal_eval

from lxml import etree

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.aftersales_dealer.tests.common_notice import NoticeCommon

from .common import DEALER_MODELS, MODELS, READER, ReportsMixin


@tagged("post_install", "-at_install")
class TestAccess(ReportsMixin, NoticeCommon):
    """J01, J02: who reads which analysis, and from where the documents are opened."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls.make_ticket(cls.sell("ACCESS-1"))
        cls.notice = cls.make_notice(cls.make_claim(100))
        cls.make_invoice(100)
        cls.env.flush_all()

    def readable(self, user):
        """Return the names of the analyses that ``user`` may read."""
        return [name for name in MODELS if self.env[name].with_user(user).has_access("read")]

    def test_roles(self):
        everything = list(MODELS)
        for user in (
            self.reader,
            self.manager_user,
            self.dealer_manager,
            self.verifier,
            self.clerk,
        ):
            self.assertEqual(self.readable(user), everything, user.login)
        # Who posts the notices sees the money, not how the hotline works.
        self.assertEqual(self.readable(self.accountant), list(DEALER_MODELS))
        nobody = (self.plain_user, self.technician_user, self.agent_user, self.dealer_user)
        for user in (*nobody, self.appraiser, self.portal_a, self.portal_customer):
            self.assertEqual(self.readable(user), [], user.login)

    def test_refused_by_record_too(self):
        report = self.env["aftersales.report.ticket"].with_user(self.plain_user)
        with self.assertRaises(AccessError):
            report.search([])
        with self.assertRaises(AccessError):
            report.browse(self.ticket.id).read(["partner_id"])

    def test_analyses_are_read_only(self):
        for name in MODELS:
            report = self.env[name].with_user(self.reader)
            for operation in ("write", "create", "unlink"):
                self.assertFalse(report.has_access(operation), f"{operation} {name}")

    def test_other_companies_see_nothing(self):
        foreign = new_test_user(
            self.env,
            "t_reader_foreign",
            groups=READER,
            company_id=self.company_2.id,
            company_ids=[Command.set(self.company_2.ids)],
        )
        own = {
            "aftersales.report.ticket": [("ticket_id", "=", self.ticket.id)],
            "aftersales.report.sla": [("ticket_id", "=", self.ticket.id)],
            "aftersales.report.claim": [("dealer_id", "=", self.dealer_a.id)],
            "aftersales.report.settlement": [("notice_id", "=", self.notice.id)],
            "aftersales.report.receivable": [("dealer_id", "=", self.dealer_a.id)],
        }
        for name, domain in own.items():
            self.assertTrue(self.env[name].with_user(self.reader).search_count(domain), name)
            self.assertFalse(self.env[name].with_user(foreign).search_count(domain), name)

    def test_drill_down_opens_the_document_for_those_who_may_read_it(self):
        row = self.env["aftersales.report.ticket"].search([("ticket_id", "=", self.ticket.id)])
        action = row.with_user(self.manager_user).action_open_document()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("aftersales.ticket", self.ticket.id)
        )
        with self.assertRefused("You may read the analysis but not", AccessError):
            row.with_user(self.reader).action_open_document()
        notice = self.env["aftersales.report.settlement"].search(
            [("notice_id", "=", self.notice.id)]
        )
        action = notice.with_user(self.clerk).action_open_document()
        self.assertEqual(action["res_model"], "aftersales.notice")

    def test_views_load_and_lists_read_for_each_role(self):
        for user in (self.reader, self.manager_user, self.clerk, self.accountant):
            for name in self.readable(user):
                report = self.env[name].with_user(user)
                views = [(False, kind) for kind in ("graph", "pivot", "list", "form", "search")]
                loaded = report.get_views(views)
                self.assertEqual(set(loaded["views"]), {kind for __, kind in views})
                columns = [*report.fields_get()]
                specification = {
                    column: {"fields": {"display_name": {}}}
                    if report._fields[column].relational
                    else {}
                    for column in columns
                }
                # Names of documents are shown to readers who may not open them.
                report.web_search_read([], specification, limit=5)

    def test_menus(self):
        menus = self.env["ir.ui.menu"]
        root = self.env.ref("aftersales_service.aftersales_menu_root")
        reports = self.env.ref("aftersales_reports.aftersales_menu_reports")
        tickets = self.env.ref("aftersales_service.aftersales_ticket_menu")
        seen = menus.with_user(self.reader)._visible_menu_ids()
        self.assertLessEqual({root.id, reports.id, *reports.child_id.ids}, seen)
        self.assertNotIn(tickets.id, seen)
        claims = self.env.ref("aftersales_reports.aftersales_report_claim_menu")
        analysis = self.env.ref("aftersales_reports.aftersales_report_ticket_menu")
        seen_by_accountant = menus.with_user(self.accountant)._visible_menu_ids()
        self.assertIn(claims.id, seen_by_accountant)
        self.assertNotIn(analysis.id, seen_by_accountant)
        self.assertNotIn(reports.id, menus.with_user(self.agent_user)._visible_menu_ids())
        self.assertNotIn(root.id, menus.with_user(self.plain_user)._visible_menu_ids())

    def test_filters_and_groupings_of_the_search_views_work(self):
        groupings = 0
        for name in MODELS:
            report = self.env[name].with_user(self.reader)
            arch = report.get_view(view_type="search")["arch"]
            for node in etree.fromstring(arch).iter("filter"):
                if node.get("domain") and node.get("domain") != "[]":
                    report.search_count(literal_eval(node.get("domain")))
                group = literal_eval(node.get("context") or "{}").get("group_by")
                if group:
                    report.formatted_read_group([], [group], ["__count"])
                    groupings += 1
        self.assertGreater(groupings, 50)
