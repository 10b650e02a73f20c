from odoo.tests import new_test_user, tagged

from .common import AftersalesCommon


@tagged("post_install", "-at_install")
class TestTicketQueries(AftersalesCommon):
    """A ticket from the form: what the call and the choice of a technician add (issue 4)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team = cls.env["aftersales.team"].create({"name": "Presets", "assignment": "manual"})
        cls.agent = new_test_user(
            cls.env, "t_cold_agent", groups="aftersales_service.group_aftersales_agent"
        )

    def count(self, **values):
        """Return (ticket, queries) of a second new ticket: the first one fills the caches of the
        configuration, and a new request knows no record yet.
        """
        vals = {"subject": "x", "partner_id": self.customer.id, "team_id": self.team.id}
        tickets = self.env["aftersales.ticket"].with_user(self.agent)
        logged = tickets.with_context(tracking_disable=False, mail_create_nolog=False)
        for _turn in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            started = self.env.cr.sql_log_count
            ticket = logged.create(dict(vals, type="fault", channel="phone", **values))
            self.env.flush_all()
        return ticket, self.env.cr.sql_log_count - started

    def test_phone_ticket_with_a_first_response(self):
        ticket, queries = self.count()
        clocks = ticket.sudo().clock_ids
        self.assertEqual(clocks.filtered(lambda c: c.kind == "first_response").state, "reached")
        self.assertLessEqual(queries, 25)

    def test_choice_of_a_technician(self):
        _ticket, manual = self.count()
        employees = self.env["hr.employee"].create([{"name": f"T{n}"} for n in range(3)])
        self.team.write({"technician_ids": employees.ids, "assignment": "balanced"})
        ticket, few = self.count()
        self.assertIn(ticket.technician_id, employees)
        self.assertLessEqual(few - manual, 15)
        employees = self.env["hr.employee"].create([{"name": f"U{n}"} for n in range(20)])
        self.team.technician_ids = employees
        _ticket, many = self.count()
        self.assertLess(many - few, 5, "twenty more candidates: no query for each")
