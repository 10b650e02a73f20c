from datetime import datetime, timedelta
from io import BytesIO

from reportlab.pdfgen.canvas import Canvas

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools.pdf import PdfFileReader

from .sla_common import MONDAY, SlaCommon


@tagged("post_install", "-at_install")
class TestCallRegister(SlaCommon):
    """T03, H03: the call register, as list and as print-out."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.report = cls.env["report.aftersales_service.report_call_register"]

    def make_register(self, user=None, **values):
        registers = self.env["aftersales.call.register"].with_user(user or self.agent_user)
        return registers.create({"date_from": "2026-03-02", "date_to": "2026-03-03", **values})

    def get_rows(self, register):
        values = self.report.with_user(self.agent_user)._get_report_values(register.ids)
        return values, [row for day in values["days"] for row in day["rows"]]

    def test_the_row_has_the_columns_of_the_paper_book(self):
        ticket = self.make_ticket_at(
            MONDAY,
            caller_id=self.caller.id,
            seconds_to_answer=12,
            emergency=True,
            resolution="<p>Terminals</p><p>cleaned.</p>",
        )
        self.env["aftersales.visit"].create(
            {
                "partner_id": self.customer.id,
                "ticket_id": ticket.id,
                "date_arrived": "2026-03-02 12:00:00",
            }
        )
        ticket.sudo().technician_id = self.technician
        with self.at("15:00"):
            ticket.action_solve()
        self.env["aftersales.return.visit"].create(
            {"partner_id": self.customer.id, "ticket_id": ticket.id, "satisfied": "yes"}
        )
        _values, rows = self.get_rows(self.make_register(date_to="2026-03-02"))
        row = next(row for row in rows if row["name"] == ticket.name)
        self.assertEqual(
            row,
            {
                **row,
                "channel": "E-mail",
                "caller": "Test Caller",
                "phone": "+1 555 0100",
                "customer": "Test Farm",
                "category": "A",
                "emergency": True,
                "answered": "12 s",
                "technician": "Technician One",
                "result": "Terminals cleaned.",
                "satisfaction": "Satisfied",
            },
        )
        self.assertRegex(row["arrived"], r"3/2/26, 12:00\WPM")
        self.assertRegex(row["solved"], r"3:00\WPM")
        self.assertRegex(row["promised"], r"3/3/26")

    def test_days_are_the_companys_days(self):
        self.company.partner_id.tz = "Asia/Shanghai"
        late = self.make_ticket_at(datetime(2026, 3, 1, 16, 30))
        outside = self.make_ticket_at(datetime(2026, 3, 3, 16, 30))
        values, rows = self.get_rows(self.make_register())
        names = [row["name"] for row in rows]
        self.assertIn(late.name, names)
        self.assertNotIn(outside.name, names)
        self.assertIn("March 2, 2026", values["days"][0]["label"])

    def test_dates_are_written_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["res.lang"]._activate_lang("es_ES")
        self.make_ticket_at(MONDAY)
        register = self.make_register()
        for lang, text in (("zh_CN", "2026年3月2日"), ("es_ES", "2 de marzo de 2026")):
            values = self.report.with_context(lang=lang)._get_report_values(register.ids)
            self.assertIn(text, values["days"][0]["label"])

    def test_a_thousand_calls_take_as_many_queries_as_ten(self):
        def count(number):
            tickets = self.env["aftersales.ticket"].create(
                [
                    {"subject": "x", "team_id": self.team.id, "partner_id": self.customer.id}
                    for __ in range(number)
                ]
            )
            selection = self.env["report.aftersales_service.report_call_register_selection"]
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            selection._get_report_values(tickets.ids)
            return self.cr.sql_log_count - before

        count(2)
        few, many = count(5), count(60)
        self.assertLessEqual(many - few, 3)

    @freeze_time(MONDAY)
    def test_the_dialog_counts_and_refuses(self):
        self.make_ticket_at(MONDAY)
        registers = self.env["aftersales.call.register"].with_user(self.agent_user)
        with Form(registers) as form:
            self.assertEqual(fields.Date.to_string(form.date_from), "2026-03-01")
            self.assertTrue(form.count)
        self.assertEqual(form.record.action_print()["type"], "ir.actions.report")
        with self.assertRefused("before it begins"):
            self.make_register(date_to="2026-03-01").action_print()
        with self.assertRefused("No call"):
            self.make_register(date_from="1999-01-01", date_to="1999-01-02").action_print()
        with self.assertRaises(AccessError):
            self.make_register(user=self.technician_user)

    def test_a_selection_is_of_one_company(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        tickets = self.make_ticket() | self.make_ticket(
            user=self.env.user, company_id=other.id, team_id=False, partner_id=False
        )
        selection = self.env["report.aftersales_service.report_call_register_selection"]
        with self.assertRefused("one company"):
            selection._get_report_values(tickets.ids)

    def test_filters_of_day_week_and_month(self):
        view = self.env.ref("aftersales_service.aftersales_ticket_view_search_register")
        self.assertIn("filter_week", view.get_combined_arch())
        tickets = self.env["aftersales.ticket"]
        with self.at(MONDAY + timedelta(days=1)):
            before = self.make_ticket_at(MONDAY - timedelta(days=1))
            monday, today = self.make_ticket_at(MONDAY), self.make_ticket_at(MONDAY)
            today.sudo().date_open = MONDAY + timedelta(days=1)
            ours = [("id", "in", (before | monday | today).ids)]
            found = tickets.search([*ours, ("date_open", ">=", "today")])
            self.assertEqual(found, today)
            month = tickets.search([*ours, ("date_open", ">=", "today =1d")])
            self.assertEqual(month, before | monday | today)

    def test_the_html_is_whole_and_escaped(self):
        ticket = self.make_ticket_at(MONDAY, subject="Pump <b>leaks</b> 漏油")
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "aftersales_service.report_call_register", self.make_register().ids
        )
        text = html.decode()
        self.assertIn(ticket.name, text)
        self.assertIn("Pump &lt;b&gt;leaks&lt;/b&gt; 漏油", text)
        self.assertIn("Checked by", text)

    def test_the_columns_are_named_again_and_again(self):
        for minute in range(41):
            self.make_ticket_at(MONDAY + timedelta(minutes=minute))
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "aftersales_service.report_call_register", self.make_register().ids
        )
        self.assertEqual(html.decode().count("Answ. after"), 3)

    def test_numbering_unpacks_no_page(self):
        stream = BytesIO()
        canvas = Canvas(stream, pageCompression=1)
        for _line in range(2000):
            canvas.drawString(100, 100, "the same line")
        canvas.showPage()
        canvas.save()
        size = len(stream.getvalue())
        numbered = self.env["ir.actions.report"]._number_pages(stream)
        self.assertLess(len(numbered.getvalue()), size + 3000)

    def test_each_page_of_the_pdf_has_its_number(self):
        stream = BytesIO()
        canvas = Canvas(stream)
        for word in ("first", "second"):
            canvas.drawString(100, 100, word)
            canvas.showPage()
        canvas.save()
        numbered = PdfFileReader(self.env["ir.actions.report"]._number_pages(stream))
        texts = [numbered.getPage(number).extract_text() for number in range(2)]
        self.assertRegex(texts[0], r"(?s)first.*1 / 2")
        self.assertRegex(texts[1], r"(?s)second.*2 / 2")
