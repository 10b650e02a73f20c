from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common import AftersalesCommon


@tagged("post_install", "-at_install")
class TestGoodwill(AftersalesCommon):
    """W18: goodwill is asked by one, granted by another, from a budget."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        prefix = "aftersales_service.group_aftersales_"
        cls.manager_2 = new_test_user(cls.env, "t_manager_2", groups=f"{prefix}manager")
        cls.admin_user = new_test_user(cls.env, "t_admin", groups=f"{prefix}admin")
        cls.asset = cls.sell("GW-1")
        cls.asset.warranty_ids._void("Ended")
        cls.ticket = cls.make_ticket(cls.asset)
        cls.reason = cls.env.ref("aftersales_service.aftersales_goodwill_reason_loyal")
        cls.year = fields.Date.today().year
        cls.budget = cls.env["aftersales.goodwill.budget"].create({"amount": 1000.0})

    def make_goodwill(self, request=True, user=None, **values):
        vals = {
            "ticket_id": self.ticket.id,
            "asset_id": self.asset.id,
            "reason_id": self.reason.id,
            "description": "Customer since 2009",
            "amount": 400.0,
        }
        goodwill = self.env["aftersales.goodwill"].with_user(user or self.agent_user)
        goodwill = goodwill.create(dict(vals, **values))
        if request:
            goodwill.action_request()
        return goodwill

    def approve(self, goodwill, user=None):
        goodwill.with_user(user or self.manager_user).action_approve()
        return goodwill

    def test_asked_from_an_asset_starts_today(self):
        goodwill = self.env["aftersales.goodwill"].with_user(self.agent_user)
        with Form(goodwill.with_context(**self.asset.action_ask_goodwill()["context"])) as form:
            self.assertEqual(form.asset_id, self.asset)
            self.assertEqual(form.date_start, fields.Date.today())
            form.reason_id = self.reason
            form.description = "Customer since 2009"
            form.amount = 400.0
        self.assertEqual(form.record.asset_id, self.asset)

    def test_granted_goodwill_pays_for_its_ticket(self):
        self.assertEqual(self.ticket.service_category, "paid")
        with Form(
            self.env["aftersales.goodwill"]
            .with_user(self.agent_user)
            .with_context(**self.ticket.action_ask_goodwill()["context"])
        ) as form:
            self.assertEqual(form.asset_id, self.asset)
            form.reason_id = self.reason
            form.description = "Customer since 2009"
            form.amount = 400.0
        goodwill = form.record
        goodwill.action_request()
        self.assertEqual(self.ticket.service_category, "paid", "asking is not granting")
        self.approve(goodwill)
        self.assertRecordValues(
            self.ticket,
            [
                {
                    "service_category": "warranty",
                    "entitlement_kind": "goodwill",
                    "entitlement_parts": True,
                    "entitlement_travel": False,
                    "entitlement_source": f"aftersales.goodwill,{goodwill.id}",
                }
            ],
        )
        self.assertIn(goodwill.name, self.ticket.entitlement_reasons)
        self.assertEqual(self.ticket.action_open_entitlement_source()["res_id"], goodwill.id)
        self.assertRecordValues(
            self.budget,
            [{"amount_committed": 400.0, "amount_used": 0.0, "amount_remaining": 600.0}],
        )
        other = self.make_ticket(self.asset)
        self.assertEqual(other.service_category, "paid", "another fault was not granted")

    def test_goodwill_of_an_asset_covers_its_days(self):
        goodwill = self.approve(self.make_goodwill(ticket_id=False))
        self.assertEqual(self.ticket.entitlement_kind, "goodwill")
        ask = self.asset.get_entitlement
        answer = ask(date=goodwill.date_end)[self.asset.id]
        self.assertEqual((answer["category"], answer["kind"]), ("goodwill", "goodwill"))
        after = fields.Date.add(goodwill.date_end, days=1)
        self.assertEqual(ask(date=after)[self.asset.id]["category"], "paid")
        goodwill.amount_used = 350.0
        goodwill.action_use()
        self.assertEqual(ask()[self.asset.id]["category"], "paid", "it is used up")
        self.assertEqual(self.ticket.entitlement_kind, "goodwill", "decided then")

    def test_goodwill_gets_past_an_exclusion(self):
        self.ticket.exclusion = "misuse"
        self.approve(self.make_goodwill())
        self.assertEqual(self.ticket.entitlement_kind, "goodwill")
        self.assertIn("Misuse", self.ticket.entitlement_reasons)

    def test_repair_of_the_ticket_follows(self):
        repair = self.env["repair.order"].browse(self.ticket.action_create_repair()["res_id"])
        repair._action_repair_confirm()
        self.assertFalse(repair.under_warranty)
        self.approve(self.make_goodwill())
        self.assertRecordValues(repair, [{"under_warranty": True, "entitlement_kind": "goodwill"}])

    def test_who_asks_does_not_grant(self):
        goodwill = self.make_goodwill(user=self.manager_user)
        with self.assertRefused("you asked for it yourself"):
            self.approve(goodwill)
        for user in (self.agent_user, self.dispatcher_user, self.technician_user):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.approve(goodwill, user)
        self.approve(goodwill, self.manager_2)
        self.assertEqual((goodwill.state, goodwill.approved_by), ("approved", self.manager_2))

    def test_limit_of_managers(self):
        self.company.aftersales_goodwill_limit = 399.0
        goodwill = self.make_goodwill()
        with self.assertRefused("above the limit", AccessError):
            self.approve(goodwill)
        self.approve(goodwill, self.admin_user)
        self.assertEqual(goodwill.state, "approved")

    def test_exhausted_budget_refuses_and_names_what_is_left(self):
        self.approve(self.make_goodwill(amount=700.0))
        goodwill = self.make_goodwill(amount=301.0)
        with self.assertRefused(rf"301\.00.*Goodwill {self.year}.*300\.00.*left"):
            self.approve(goodwill)
        self.assertEqual((goodwill.state, self.ticket.entitlement_kind), ("requested", "goodwill"))
        over = goodwill.with_user(self.manager_user)
        with self.assertRaises(AccessError):
            over.action_approve_over_budget(reason="The director wants it")
        over = goodwill.with_user(self.admin_user)
        self.assertEqual(over.action_approve_over_budget()["res_model"], f"{over._name}.decide")
        over.action_approve_over_budget(reason="The director wants it")
        self.assertRecordValues(
            goodwill, [{"state": "approved", "decision_reason": "The director wants it"}]
        )
        self.assertEqual(self.budget.amount_remaining, -1.0)

    def test_exactly_what_is_left_is_granted_and_several_at_once_are_summed(self):
        two = self.make_goodwill(amount=500.0) | self.make_goodwill(amount=500.0)
        self.approve(two)
        self.assertEqual(self.budget.amount_remaining, 0.0)
        three = self.make_goodwill(amount=0.01)
        with self.assertRefused("0.00 left"):
            self.approve(three)

    def test_no_budget_of_the_year(self):
        self.budget.year = self.year - 1
        with self.assertRefused(f"no goodwill budget for {self.year}"):
            self.approve(self.make_goodwill())

    def test_a_team_spends_its_own_budget(self):
        own = self.budget.copy({"team_id": self.team.id, "amount": 100.0})
        with self.assertRefused("100.00 left"):
            self.approve(self.make_goodwill())
        self.approve(self.make_goodwill(amount=100.0))
        self.assertEqual((own.amount_remaining, self.budget.amount_remaining), (0.0, 1000.0))
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.budget.copy({"team_id": self.team.id})

    def test_real_cost_replaces_what_was_committed(self):
        goodwill = self.approve(self.make_goodwill())
        with self.assertRefused("enter under “Real Cost”"):
            goodwill.action_use()
        with self.assertRefused("above what was granted", ValidationError):
            goodwill.amount_used = 400.01
        goodwill.amount_used = 250.0
        goodwill.action_use()
        self.assertRecordValues(
            self.budget,
            [{"amount_committed": 0.0, "amount_used": 250.0, "amount_remaining": 750.0}],
        )
        with self.assertRefused("can no longer be changed"):
            goodwill.amount_used = 1.0

    def test_what_is_not_used_is_free_again(self):
        goodwill = self.approve(self.make_goodwill())
        start = fields.Date.subtract(fields.Date.today(), days=90)
        goodwill._write_past_guard({"date_start": start, "date_end": fields.Date.today()})
        with self.enter_registry_test_mode():
            cron = self.env.ref("aftersales_service.ir_cron_goodwill_expire")
            cron.method_direct_trigger()
            self.assertEqual(goodwill.state, "approved")
            self.ticket.date_failure = False
            end = fields.Date.subtract(fields.Date.today(), days=40)
            self.cr.execute(
                "UPDATE aftersales_goodwill SET date_end = %s WHERE id = %s", (end, goodwill.id)
            )
            self.env.invalidate_all()
            cron.method_direct_trigger()
        self.assertEqual(goodwill.state, "expired")
        self.assertEqual(self.budget.amount_remaining, 1000.0)

    def test_withdrawn_grant(self):
        goodwill = self.approve(self.make_goodwill())
        with self.assertRaises(AccessError):
            goodwill.with_user(self.agent_user).action_cancel(reason="Mistake")
        with self.assertRefused("Give a reason"):
            goodwill.with_user(self.manager_user).action_cancel(reason="  ")
        goodwill.with_user(self.manager_user).action_cancel(reason="Mistake")
        self.assertEqual((goodwill.state, self.ticket.service_category), ("cancelled", "paid"))
        self.assertEqual(self.budget.amount_remaining, 1000.0)

    def test_refused_with_a_reason_and_asked_again(self):
        goodwill = self.make_goodwill(approver_id=self.manager_user.id)
        self.assertEqual(goodwill.activity_ids.user_id, self.manager_user)
        wizard = self.env["aftersales.goodwill.decide"].with_user(self.manager_user)
        wizard.create(
            {"goodwill_ids": goodwill.ids, "decision": "refuse", "reason": "Third time this year"}
        ).action_decide()
        self.assertRecordValues(
            goodwill, [{"state": "refused", "decision_reason": "Third time this year"}]
        )
        self.assertFalse(goodwill.activity_ids)
        goodwill.action_draft()
        goodwill.amount = 100.0
        goodwill.action_request()
        self.assertFalse(goodwill.decision_reason)

    def test_bad_wishes_are_refused(self):
        with self.assertRefused("say what is granted"):
            self.make_goodwill(covers_parts=False, covers_labour=False)
        with self.assertRefused("At Most"):
            self.make_goodwill(amount=0.0)
        with self.assertRefused("is about", ValidationError):
            self.make_goodwill(ticket_id=self.make_ticket().id, request=False)
        with self.assertRefused("is not between", ValidationError):
            self.make_goodwill(date_start="2001-01-01", date_end="2001-02-01")
        for values in ({"amount": -1.0}, {"date_start": "2099-01-01"}):
            with (
                self.subTest(values),
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
            ):
                self.make_goodwill(request=False, ticket_id=False, **values)

    def test_what_was_asked_stays_and_states_are_not_written(self):
        goodwill = self.make_goodwill()
        with self.assertRefused("can no longer be changed"):
            goodwill.amount = 10.0
        with self.assertRefused("with the buttons"):
            goodwill.state = "approved"
        with self.assertRefused("not typed in"):
            goodwill.approved_by = self.agent_user
        with self.assertRefused("is kept"):
            goodwill.unlink()
        self.approve(goodwill)
        with self.assertRefused("granted from it"):
            self.budget.unlink()

    def test_other_companies_see_nothing(self):
        goodwill = self.make_goodwill()
        other = self.env["res.company"].create({"name": "Other After-sales"})
        user = new_test_user(
            self.env,
            "t_other_manager",
            groups="aftersales_service.group_aftersales_manager",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        self.assertFalse(self.env["aftersales.goodwill"].with_user(user).search([]))
        with self.assertRaises(AccessError):
            goodwill.with_user(user).action_approve()
        self.assertNotIn(
            self.budget, self.env["aftersales.goodwill.budget"].with_user(user).search([])
        )
