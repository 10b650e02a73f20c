from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common_exchange import ExchangeCommon


@tagged("post_install", "-at_install")
class TestRepeatFault(ExchangeCommon):
    def test_third_fault_proposes_replacement(self):
        """W09: three times the same within thirty days: the manager is asked, with the reasons."""
        asset = self.age(self.sell("RF-1"))
        first = self.fault(asset, 30)
        self.fault(asset, 10)
        self.assertFalse(asset.exchange_id)
        last = self.fault(asset)
        exchange = asset.exchange_id
        self.assertEqual(exchange.origin, "repeat")
        self.assertEqual(len(exchange.ticket_ids), 3)
        self.assertEqual(exchange.product_id, asset.product_id)
        self.assertIn("3 times", exchange.explanation)
        self.assertIn(first.name, exchange.explanation)
        self.assertIn(self.symptom.name, exchange.explanation)
        self.assertEqual(exchange.activity_ids.user_id, self.manager_user)
        self.assertIn(first.name, exchange.activity_ids.note)
        self.assertEqual(last.exchange_state, "proposed")

    def test_not_the_same_fault_often_enough(self):
        """W09: other symptoms, longer ago, misuse, enquiries and other assets do not count."""
        asset, other = self.age(self.sell("RF-2", "RF-3"))
        self.fault(asset, 31)
        self.fault(asset, 20, symptom_id=self.other_symptom.id)
        self.fault(asset, 15, exclusion="misuse")
        self.fault(asset, 12, type="enquiry")
        self.fault(other, 10)
        self.fault(asset, 5)
        self.fault(asset)
        self.assertFalse((asset | other).exchange_ids)

    def test_off_or_paid(self):
        """W09: nothing is proposed by a policy that does not count, or when the customer pays."""
        asset = self.age(self.sell("RF-4"), months=30)
        for days in (20, 10, 0):
            self.fault(asset, days)
        self.assertFalse(asset.exchange_ids)
        self.policy.repeat_count = 0
        covered = self.age(self.sell("RF-5"))
        for days in (20, 10, 0):
            self.fault(covered, days)
        self.assertFalse(covered.exchange_ids)

    def test_symptom_known_later(self):
        """W09: the series is seen when the symptom is filled in later; closed tickets count."""
        asset = self.age(self.sell("RF-6"))
        closed = self.fault(asset, 9)
        closed.resolution = "<p>Tightened.</p>"
        closed.action_close()
        self.fault(asset, 5)
        late = self.fault(asset, symptom_id=False)
        self.assertFalse(asset.exchange_ids)
        late.symptom_id = self.symptom
        self.assertEqual(asset.exchange_id.ticket_ids, asset.ticket_ids)

    def test_once_per_series(self):
        """W09: one series proposes once; after a refusal it takes a whole new one."""
        asset = self.age(self.sell("RF-7"))
        for days in (9, 8, 7, 6):
            self.fault(asset, days)
        self.assertEqual(len(asset.exchange_ids), 1)
        asset.exchange_id.with_user(self.manager_user)._refuse("Gasket was fitted wrongly")
        self.fault(asset, 5)
        self.fault(asset, 4)
        self.assertEqual(len(asset.exchange_ids), 1, "the fourth belongs to the first series")
        self.fault(asset, 3)
        self.assertEqual(len(asset.exchange_ids), 2)
        sizes = [len(exchange.ticket_ids) for exchange in asset.exchange_ids.sorted("id")]
        self.assertEqual(sizes, [4, 3])

    def test_misuse_found_withdraws(self):
        """W09: a proposal that lost its reason is withdrawn, and may come again."""
        asset = self.age(self.sell("RF-8"))
        tickets = self.env["aftersales.ticket"]
        for days in (9, 8, 7):
            tickets |= self.fault(asset, days)
        exchange = asset.exchange_id
        tickets[0].exclusion = "misuse"
        self.assertEqual(exchange.state, "cancelled")
        self.assertFalse(exchange.activity_ids)
        self.assertFalse(tickets.exchange_id)
        tickets[0].exclusion = False
        self.assertEqual(asset.exchange_id.state, "proposed")

    def test_policy_refuses_one(self):
        with self.assertRefused("at least 2", ValidationError):
            self.policy.repeat_count = 1

    def test_many_tickets_in_constant_queries(self):
        """W09: a thousand faults take no more queries to count than ten."""

        def count(number):
            serials = [f"RFB-{self.env.cr.sql_log_count}-{index}" for index in range(number // 5)]
            assets = self.age(self.sell(*serials))
            tickets = self.env["aftersales.ticket"].create(
                [
                    {
                        "subject": "Leaks",
                        "asset_id": asset.id,
                        "partner_id": asset.partner_id.id,
                        "team_id": self.team.id,
                    }
                    for asset in assets
                    for _times in range(5)
                ]
            )
            self.env.cr.execute(
                "UPDATE aftersales_ticket SET symptom_id = %s WHERE id IN %s",
                (self.symptom.id, tuple(tickets.ids)),
            )
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            tickets._propose_replacements()
            self.env.flush_all()
            self.assertEqual(len(assets.exchange_ids), number // 5)
            return self.env.cr.sql_log_count - before

        count(10)  # what is asked once only
        self.assertLessEqual(count(200), count(20) + 5)
