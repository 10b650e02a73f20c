from odoo.tests import tagged

from .common import AftersalesCommon


@tagged("post_install", "-at_install")
class TestAttribution(AftersalesCommon):
    """T06: who answers for a fault, who said so, when, on what evidence."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        causes = cls.env["aftersales.cause"]
        cls.supplier_cause = causes.create({"name": "T porous", "responsible": "supplier"})
        cls.own_cause = causes.create({"name": "T loose bolt", "responsible": "manufacturing"})
        cls.asset = cls.sell("AT-1")
        cls.ticket = cls.make_ticket(cls.asset, technician_id=cls.technician.id)

    def make_visit(self, **values):
        visit = self.env["aftersales.visit"].create(
            {
                **self.ticket._prepare_visit_vals(),
                "date_start": "2026-01-05 09:00:00",
                "technician_id": self.technician.id,
            }
        )
        visit.action_schedule()
        visit = visit.with_user(self.technician_user)
        visit.action_depart()
        visit.action_arrive()
        visit.write({"work_done": "<p>Looked</p>", "fixed": "yes", "refusal_reason": "x", **values})
        visit.action_done()
        return visit

    def test_the_cause_says_who_answers_and_it_is_recorded_who_said_so(self):
        self.assertFalse(self.ticket.attributed_on)
        self.ticket.with_user(self.agent_user).cause_id = self.supplier_cause
        self.assertRecordValues(
            self.ticket, [{"responsible": "supplier", "attributed_by": self.agent_user.id}]
        )
        self.assertTrue(self.ticket.attributed_on)
        self.ticket.with_user(self.manager_user).responsible = "customer"
        self.assertEqual(
            self.ticket.attributed_by, self.manager_user, "the evidence said otherwise"
        )
        self.ticket.with_user(self.manager_user).write({"responsible": False, "cause_id": False})
        self.assertFalse(self.ticket.attributed_by)

    def test_who_said_so_is_not_typed_in(self):
        repair = self.env["repair.order"].create({"product_id": self.machine.id})
        for record in (self.ticket, repair):
            with self.subTest(record._name), self.assertRefused("not typed in"):
                record.with_user(self.env.ref("base.user_admin")).write(
                    {"attributed_by": self.agent_user.id}
                )

    def test_what_the_technician_found_is_taken_over_by_the_ticket(self):
        self.make_visit(
            cause_id=self.own_cause.id,
            responsible="installation",
            attribution_note="Torque 12 Nm instead of 40",
        )
        self.assertRecordValues(
            self.ticket,
            [
                {
                    "cause_id": self.own_cause.id,
                    "responsible": "installation",
                    "attribution_note": "Torque 12 Nm instead of 40",
                    "attributed_by": self.technician_user.id,
                }
            ],
        )

    def test_what_the_office_decided_stays(self):
        self.ticket.with_user(self.agent_user).responsible = "customer"
        self.make_visit(cause_id=self.supplier_cause.id)
        self.assertEqual(self.ticket.responsible, "customer")
        self.assertEqual(self.ticket.attributed_by, self.agent_user)

    def test_what_the_workshop_found_is_taken_over_when_it_is_done(self):
        repair = self.env["repair.order"].create(
            {
                **self.ticket._prepare_repair_vals(),
                "cause_id": self.supplier_cause.id,
                "attribution_note": "Cast is porous",
            }
        )
        self.assertFalse(self.ticket.responsible)
        repair.action_validate()
        repair.action_repair_start()
        repair.action_repair_end()
        self.assertRecordValues(
            self.ticket,
            [{"responsible": "supplier", "attribution_note": "Cast is porous"}],
        )

    def test_new_tickets_cost_nothing_more(self):
        values = {"subject": "Many", "team_id": self.team.id, "partner_id": self.customer.id}
        model = self.env["aftersales.ticket"].with_user(self.agent_user)

        def count(number):
            self.env.flush_all()
            before = self.cr.sql_log_count
            tickets = model.create([dict(values) for _i in range(number)])
            self.env.flush_all()
            self.assertFalse(tickets.filtered("attributed_on"))
            return self.cr.sql_log_count - before

        count(2)
        self.assertLessEqual(count(60), count(10) + 60)
