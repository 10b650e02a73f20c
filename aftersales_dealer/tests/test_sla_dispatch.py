from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import AftersalesDealerCommon

MONDAY = datetime(2026, 3, 2, 10)


@tagged("post_install", "-at_install")
class TestSlaDispatch(AftersalesDealerCommon):
    """S01, S02: promises for tickets of dealers, and for those given to one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.preset = cls.env.ref("aftersales_dealer.aftersales_sla_policy_dispatch")
        cls.team.resource_calendar_id = False

    def make_ticket_at(self, **values):
        with freeze_time(MONDAY):
            return self.make_ticket(date_open=MONDAY, date_failure="2026-03-01", **values)

    def clocks(self, ticket):
        open_clocks = ticket.sudo().clock_ids.filtered("is_open")
        return {c.kind: c.date_deadline for c in open_clocks}

    def test_the_partners_channel_is_called_dealer(self):
        for model in ("aftersales.ticket", "aftersales.sla.policy", "aftersales.sla.trial"):
            labels = dict(self.env[model].fields_get(["channel"])["channel"]["selection"])
            self.assertEqual(labels["partner"], "Dealer", model)

    def test_a_ticket_given_to_a_dealer_gets_exactly_its_clocks(self):
        ticket = self.make_ticket_at()
        self.assertNotEqual(ticket.sla_policy_id, self.preset)
        given = MONDAY + timedelta(hours=1)
        with freeze_time(given):
            ticket.dispatch_dealer_id = self.dealer_a
        self.assertEqual(ticket.sla_policy_id, self.preset)
        self.assertEqual(
            self.clocks(ticket),
            {"arranged": given + timedelta(hours=2), "supervised": given + timedelta(hours=4)},
        )
        with freeze_time(given + timedelta(hours=1)):
            ticket.action_dealer_arranged()
        with freeze_time(given + timedelta(hours=3)):
            ticket.action_dealer_supervised()
        states = {c.kind: c.state for c in ticket.sudo().clock_ids if c.state != "cancelled"}
        self.assertEqual((states["arranged"], states["supervised"]), ("reached", "reached"))

    def test_the_dealer_is_told(self):
        ticket = self.make_ticket_at(dispatch_dealer_id=self.dealer_a.id)
        message = self.env["mail.message"].search(
            [("partner_ids", "in", self.dealer_a.ids), ("subject", "like", ticket.name)]
        )
        self.assertEqual(len(message), 1)

    def test_not_supervised_in_four_hours_goes_to_the_leaders(self):
        boss = new_test_user(
            self.env, "t_boss", groups="aftersales_service.group_aftersales_technician"
        )
        self.company.aftersales_leader_ids = boss
        ticket = self.make_ticket_at(dispatch_dealer_id=self.dealer_a.id)
        cron = self.env.ref("aftersales_service.ir_cron_aftersales_sla_escalate")
        for hours, told in ((3, False), (4, True)):
            with freeze_time(MONDAY + timedelta(hours=hours)), self.enter_registry_test_mode():
                cron.method_direct_trigger()
            self.env.invalidate_all()
            runs = self.env["aftersales.sla.escalation.run"].search(
                [("ticket_id", "=", ticket.id), ("user_ids", "in", boss.ids)]
            )
            self.assertEqual(bool(runs), told)

    def test_another_dealer_starts_anew_none_gives_it_back(self):
        ticket = self.make_ticket_at(dispatch_dealer_id=self.dealer_a.id)
        later = MONDAY + timedelta(hours=1)
        with freeze_time(later):
            ticket.dispatch_dealer_id = self.dealer_b
        self.assertEqual(self.clocks(ticket)["arranged"], later + timedelta(hours=2))
        with freeze_time(later):
            ticket.dispatch_dealer_id = False
        self.assertFalse({"arranged", "supervised"} & self.clocks(ticket).keys())
        self.assertNotEqual(ticket.sla_policy_id, self.preset)
        with self.assertRefused("given to no dealer"):
            ticket.action_dealer_arranged()

    def test_tickets_of_dealers_and_grades_are_conditions(self):
        asset = self.sell_to_dealer("DISPATCH-1")
        policy = self.env["aftersales.sla.policy"].create(
            {
                "name": "Sold by dealers",
                "sequence": 1,
                "dealer_match": "sold",
                "target_ids": [Command.create({"kind": "answer", "duration": 1})],
            }
        )
        sold = {"asset_id": asset.id, "partner_id": self.dealer_a.id}
        self.assertEqual(self.make_ticket(**sold).sla_policy_id, policy)
        self.assertNotEqual(self.make_ticket().sla_policy_id, policy)
        policy.dealer_ids = self.dealer_b
        self.assertNotEqual(self.make_ticket(**sold).sla_policy_id, policy)
        policy.write({"dealer_ids": False, "dealer_grade_ids": self.grade.ids})
        self.assertEqual(self.make_ticket(**sold).sla_policy_id, policy)
        policy.write({"dealer_match": "none", "dealer_grade_ids": False})
        self.assertNotEqual(self.make_ticket(**sold).sla_policy_id, policy)
        self.assertEqual(self.make_ticket().sla_policy_id, policy)
        self.assertIn("Without a dealer", policy.scope)
