from datetime import timedelta

from odoo.tests import tagged

from .sla_common import MONDAY, SlaCommon

MINUTES, HOURS = "minute", "hour"


@tagged("post_install", "-at_install")
class TestSlaPresets(SlaCommon):
    """S02: the shipped policies promise literally what the documents say."""

    # What a ticket of that sort gets: {kind: (number, unit)}.
    PROMISES = {
        "hotline": {
            "first_response": (10, MINUTES),
            "technician_contact": (5, MINUTES),
            "phone_solution": (4, HOURS),
            "solution": (48, HOURS),
        },
        "fax": {
            "first_response": (5, MINUTES),
            "technician_contact": (5, MINUTES),
            "phone_solution": (4, HOURS),
            "solution": (48, HOURS),
        },
        "region_inside": {"first_response": (2, HOURS), "on_site": (12, HOURS)},
        "region_outside": {"first_response": (2, HOURS), "on_site": (48, HOURS)},
        "unresolved": {"answer": (24, HOURS)},
        "emergency": {
            "first_response": (30, MINUTES),
            "on_site": (2, HOURS),
            "solution": (4, HOURS),
        },
        "complaint": {"answer": (24, HOURS), "close": (1, "month")},
        "contact": {"technician_contact": (24, HOURS)},
        "enquiry": {"answer": (4, HOURS)},
    }
    TICKETS = {
        "hotline": {},
        "fax": {"channel": "fax"},
        "emergency": {"emergency": True},
        "complaint": {"type": "complaint"},
        "contact": {"type": "installation"},
        "enquiry": {"type": "enquiry"},
        "unresolved": {"type": "other"},
    }

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy_fault.active = False
        cls.presets = {
            name: cls.env.ref(f"aftersales_service.aftersales_sla_policy_{name}")
            for name in cls.PROMISES
        }
        for preset in cls.presets.values():
            preset.active = True

    def assertPromised(self, ticket, name):
        self.assertEqual(ticket.sla_policy_id, self.presets[name])
        promised = {c.kind: (c.duration, c.duration_unit) for c in ticket.clock_ids}
        self.assertEqual(promised, self.PROMISES[name])
        self.assertEqual(len(ticket.clock_ids), len(self.PROMISES[name]))

    def test_a_ticket_of_each_sort_gets_exactly_its_clocks(self):
        for name, values in self.TICKETS.items():
            with self.subTest(name):
                self.assertPromised(self.make_ticket_at(**values), name)

    def test_deadlines_of_an_emergency_and_a_complaint(self):
        emergency = self.make_ticket_at(emergency=True)
        deadlines = {c.kind: c.date_deadline - MONDAY for c in emergency.clock_ids}
        self.assertEqual(
            deadlines,
            {
                "first_response": timedelta(minutes=30),
                "on_site": timedelta(hours=2),
                "solution": timedelta(hours=4),
            },
        )
        complaint = self.make_ticket_at(type="complaint")
        self.assertEqual(self.clock(complaint, "close").date_deadline, MONDAY.replace(month=4))

    def test_regions_wait_for_their_zones(self):
        inside, outside = self.presets["region_inside"], self.presets["region_outside"]
        self.assertTrue(inside.needs_zones)
        province = self.env["aftersales.zone"].create({"name": "Province"})
        (inside | outside).zone_ids = province
        near, far = self.make_ticket_at(zone_id=province.id), self.make_ticket_at()
        self.assertPromised(near, "region_inside")
        self.assertPromised(far, "region_outside")
        self.assertEqual(self.clock(near, "on_site").date_deadline, MONDAY + timedelta(hours=12))
        self.assertEqual(self.clock(far, "on_site").date_deadline, MONDAY + timedelta(hours=48))

    def test_a_sample_is_promised_from_the_day_it_comes_in(self):
        ticket = self.make_ticket_at(type="enquiry")
        self.assertFalse(ticket.sla_waits_for_sample)
        with self.assertRefused("no sample came in"):
            ticket.action_give_sample_result()
        later = MONDAY + timedelta(days=1)
        with self.at(later):
            ticket.action_receive_sample()
        clock = self.clock(ticket, "sample_result")
        self.assertEqual(clock.date_start, later)
        self.assertEqual(clock.date_deadline, later + timedelta(hours=24))
        self.assertTrue(ticket.sla_waits_for_sample)
        self.assertReplays(ticket)
        with self.assertRefused("already"):
            ticket.action_receive_sample()
        with self.at(later + timedelta(hours=20)):
            ticket.action_give_sample_result()
        self.assertEqual(clock.state, "reached")

    def test_clients_do_not_say_when_a_sample_came(self):
        ticket = self.make_ticket_at(type="enquiry")
        with self.assertRefused("worked out or set by the buttons"):
            ticket.date_sample = MONDAY

    def test_every_promise_has_its_ladder(self):
        for name, preset in self.presets.items():
            for target in preset.target_ids:
                with self.subTest(policy=name, kind=target.kind):
                    self.assertIn("breach", target.escalation_ids.mapped("trigger"))
                    self.assertTrue(target.reason_required)

    def test_presets_are_the_companys_to_change(self):
        data = self.env["ir.model.data"].search(
            [
                ("module", "=", "aftersales_service"),
                ("model", "=like", "aftersales.sla.%"),
                ("name", "=like", "aftersales_sla_%"),
                ("model", "in", ("aftersales.sla.policy", "aftersales.sla.target")),
            ]
        )
        self.assertTrue(all(data.mapped("noupdate")))
        preset = self.presets["hotline"].with_user(self.manager_user)
        preset.target_ids[0].duration = 15
        self.assertIn("15 min", preset.promise)
