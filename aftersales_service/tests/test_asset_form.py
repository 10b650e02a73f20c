from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .common import AftersalesCommon
from .view_spec import get_specification


@tagged("post_install", "-at_install")
class TestAssetForm(AftersalesCommon):
    """W01: the form of an asset is the place where all of it is seen."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.asset = cls.sell("FORM-1")

    def get_titles(self, **arguments):
        entries = self.asset.with_user(self.agent_user).get_timeline(**arguments)["entries"]
        return [entry["title"] for entry in entries]

    # Cover bar

    def test_the_cover_bar_counts_the_days_left(self):
        end = self.asset.warranty_date_end
        with freeze_time(end - timedelta(days=412)):
            self.env.invalidate_all()
            bar = self.asset.with_user(self.agent_user).cover_bar
        self.assertEqual((bar["summary"], bar["summary_state"]), ("412 days left", "running"))
        whole, wear = bar["covers"]
        self.assertEqual(
            (whole["kind"], whole["state"], whole["end"]),
            ("warranty", "running", fields.Date.to_string(end)),
        )
        self.assertEqual((wear["kind"], wear["state"]), ("component", "ended"))
        self.assertIn("Ended on", wear["status"])
        self.assertIn("Covers: parts, labour", wear["text"])
        self.assertNotIn("travel", wear["text"])

    def test_an_ended_cover_is_said_in_words(self):
        with freeze_time(self.asset.warranty_date_end + timedelta(days=1)):
            self.env.invalidate_all()
            bar = self.asset.cover_bar
        self.assertEqual(bar["summary_state"], "ended")
        self.assertIn("Ended on", bar["summary"])

    def test_a_cover_that_waits_for_its_event_has_no_dates(self):
        self.policy.start_event = "commissioning"
        bar = self.sell("FORM-2").cover_bar
        self.assertEqual((bar["summary_state"], bar["summary"]), ("waiting", "Not started yet"))
        self.assertFalse(bar["covers"][0]["start"])

    def test_without_any_cover(self):
        asset = self.env["aftersales.asset"].create({"product_id": self.part.id})
        self.assertEqual(asset.cover_bar["summary_state"], "none")
        self.assertEqual(asset.cover_bar["covers"], [])

    def test_who_sees_the_asset_sees_its_cover_without_rights_on_warranties(self):
        bar = self.asset.with_user(self.plain_user).cover_bar
        self.assertEqual(bar["summary_state"], "running")

    # Open matters

    def test_open_matters_name_what_is_open_and_no_more(self):
        ticket = self.make_ticket(self.asset)
        done = self.make_ticket(self.asset, subject="Solved long ago")
        done.resolution = "<p>Told how</p>"
        done.action_close()
        repair = self.env["repair.order"].create(
            {"product_id": self.machine.id, "aftersales_asset_id": self.asset.id}
        )
        self.env.invalidate_all()
        matters = self.asset.with_user(self.agent_user).open_matters
        self.assertEqual(
            {(matter["model"], matter["id"]) for matter in matters},
            {("aftersales.ticket", ticket.id), ("repair.order", repair.id)},
        )

    def test_open_matters_are_those_the_user_may_read(self):
        self.make_ticket(self.asset)
        self.assertFalse(self.asset.with_user(self.plain_user).open_matters)
        self.assertFalse(self.asset.with_user(self.technician_user).open_matters)
        mine = self.make_ticket(self.asset, technician_id=self.technician.id)
        self.env.invalidate_all()
        matters = self.asset.with_user(self.technician_user).open_matters
        self.assertEqual([matter["id"] for matter in matters], [mine.id])

    # Timeline

    def test_the_timeline_tells_what_happened_newest_first(self):
        with freeze_time(fields.Date.today() + timedelta(days=40)):
            ticket = self.make_ticket(self.asset)
            self.asset.date_commissioning = fields.Date.today()
        with freeze_time(fields.Date.today() + timedelta(days=41)):
            self.env["aftersales.asset.meter"].create({"asset_id": self.asset.id, "value": 1250})
            titles = self.get_titles()
        self.assertEqual(titles[0], "Meter reading: 1,250 h")
        self.assertIn(f"Ticket {ticket.name} opened: Does not start", titles)
        self.assertLess(
            titles.index(f"Ticket {ticket.name} opened: Does not start"),
            titles.index("Delivered to Test Farm"),
        )
        self.assertIn("Commissioned", titles)
        self.assertIn(f"Warranty {self.asset.warranty_ids.name} started", titles)

    def test_voiding_and_its_reason_are_on_the_timeline(self):
        asset = self.asset.with_context(tracking_disable=False, mail_notrack=False)
        self.env.cr.precommit.run()
        asset.warranty_ids._void("Seal broken")
        self.env.cr.precommit.run()
        self.assertIn(
            f"Warranty {asset.warranty_ids.name} is void: Seal broken",
            self.get_titles(kinds=["warranty"]),
        )

    def test_owner_and_state_changes_are_on_the_timeline(self):
        asset = self.asset.with_context(tracking_disable=False, mail_notrack=False)
        self.env.cr.precommit.run()
        asset.partner_id = self.env["res.partner"].create({"name": "Second Farm"})
        self.env.cr.precommit.run()
        asset.action_scrap()
        self.env.cr.precommit.run()
        titles = self.get_titles(kinds=["delivery"])
        self.assertIn("Owner changed from Test Farm to Second Farm", titles)
        self.assertIn("Scrapped", titles)
        self.assertIn("Delivered to Test Farm", titles)

    def test_pages_of_the_timeline_join_without_gap_or_repetition(self):
        day = fields.Date.today()
        self.env["aftersales.asset.meter"].create(
            [{"asset_id": self.asset.id, "value": value, "date": day} for value in range(25)]
        )
        for number in range(5):
            self.make_ticket(self.asset, subject=f"Call {number}")
        asset = self.asset.with_user(self.agent_user)
        whole = asset.get_timeline(limit=200)
        self.assertFalse(whole["next"])
        pages, before = [], None
        for _page in range(20):
            page = asset.get_timeline(limit=4, before=before)
            pages += page["entries"]
            before = page["next"]
            if not before:
                break
        self.assertEqual(pages, whole["entries"])

    def test_the_timeline_filters_by_kind_and_date(self):
        self.make_ticket(self.asset)
        page = self.asset.get_timeline(kinds=["ticket"])
        self.assertEqual({entry["kind"] for entry in page["entries"]}, {"ticket"})
        yesterday = fields.Date.to_string(fields.Date.today() - timedelta(days=1))
        self.assertFalse(self.asset.get_timeline(before=yesterday)["entries"])
        with self.assertRefused("no place on the timeline"):
            self.asset.get_timeline(before="last summer")

    def test_the_timeline_shows_only_what_the_user_may_read(self):
        self.make_ticket(self.asset)
        for user in (self.plain_user, self.technician_user):
            page = self.asset.with_user(user).get_timeline()
            self.assertNotIn("ticket", {entry["kind"] for entry in page["entries"]})
            self.assertIn("delivery", {entry["kind"] for entry in page["entries"]})

    def test_the_timeline_of_another_company_is_closed(self):
        company = self.env["res.company"].create({"name": "Other Company"})
        self.agent_user.write({"company_ids": [Command.set(company.ids)], "company_id": company.id})
        with self.assertRaises(AccessError):
            self.asset.with_user(self.agent_user).get_timeline()

    def test_the_queries_of_the_form_do_not_grow_with_the_history(self):
        asset = self.asset.with_user(self.agent_user)

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            asset.get_timeline()
            asset.read(["cover_bar", "open_matters"])
            return self.env.cr.sql_log_count - before

        self.make_ticket(self.asset)
        self.env["aftersales.asset.meter"].create({"asset_id": self.asset.id, "value": 1})
        count()
        few = count()
        for number in range(10):
            self.make_ticket(self.asset, subject=f"Call {number}")
            self.env["aftersales.asset.meter"].create(
                {"asset_id": self.asset.id, "value": number + 1}
            )
        self.assertLessEqual(count(), few)

    # The form as each role sees it

    def test_each_role_opens_the_form(self):
        seller = self.env["res.users"].create(
            {
                "name": "Seller",
                "login": "t_seller",
                "group_ids": [
                    Command.set(self.env.ref("sales_team.group_sale_salesman_all_leads").ids)
                ],
            }
        )
        self.make_ticket(self.asset, technician_id=self.technician.id)
        users = self.technician_user | self.agent_user | self.manager_user | self.plain_user
        for user in users | seller:
            timeline = self.asset.with_user(user).get_timeline()
            self.assertIn("delivery", [entry["kind"] for entry in timeline["entries"]])
            for view_type in ("form", "list", "kanban"):
                self.env.invalidate_all()
                asset = self.asset.with_user(user)
                specification = get_specification(asset.browse(), view_type)
                values = asset.web_read(specification)[0]
                self.assertEqual(
                    values["product_id"]["display_name"], "Test Tractor", (user.login, view_type)
                )


@tagged("post_install", "-at_install")
class TestAssetSearch(AftersalesCommon):
    """W01: assets are found at once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first, cls.second, cls.third = cls.sell("SN-77", "SN-771", "SN-5772")
        cls.assets = cls.env["aftersales.asset"].with_user(cls.agent_user)

    def get_ids(self, name, **arguments):
        return [asset_id for asset_id, _name in self.assets.name_search(name, **arguments)]

    def test_the_exact_serial_is_offered_first_then_its_beginning(self):
        self.assertEqual(self.get_ids("SN-77"), [self.first.id, self.second.id])
        self.assertEqual(set(self.get_ids("77")), set((self.first | self.second | self.third).ids))
        self.assertEqual(self.get_ids(self.third.name), self.third.ids)
        self.assertEqual(self.get_ids("SN-77", limit=1), self.first.ids)

    def test_the_product_finds_its_machines(self):
        self.assertIn(self.third.id, self.get_ids("Test Tractor"))
        self.assertEqual(self.get_ids("no such thing"), [])

    def test_the_domain_of_the_picker_holds(self):
        self.assertEqual(
            self.get_ids("SN-77", domain=[("id", "!=", self.first.id)])[:1], self.second.ids
        )

    def test_a_serial_in_full_finds_that_machine_alone(self):
        def search(text):
            return self.assets.search([("serial_or_number", "ilike", text)])

        self.assertEqual(search("SN-77"), self.first)
        self.assertEqual(search("SN-7"), self.first | self.second)
        self.assertEqual(search("sn-577"), self.third)
        self.assertEqual(search(self.third.name), self.third)
        self.assertFalse(search("SN-778"))

    def test_search_by_the_days_a_warranty_has_left(self):
        end = self.first.warranty_date_end
        with freeze_time(end - timedelta(days=45)):
            self.env.invalidate_all()
            self.assertEqual(self.first.warranty_days_left, 45)
            ours = [("id", "in", (self.first | self.second).ids)]
            for operator, days, count in (
                ("<=", 60, 2),
                ("<=", 45, 2),
                ("<", 45, 0),
                ("<=", 30, 0),
                (">", 44, 2),
                ("=", 45, 2),
            ):
                domain = [*ours, ("warranty_days_left", operator, days)]
                self.assertEqual(self.assets.search_count(domain), count, (operator, days))

    def test_a_warranty_that_ended_has_no_days_left(self):
        with freeze_time(self.first.warranty_date_end + timedelta(days=1)):
            self.env.invalidate_all()
            self.assertFalse(
                self.assets.search_count(
                    [("id", "in", self.first.ids), ("warranty_days_left", "<=", 30)]
                )
            )

    def test_search_with_open_tickets(self):
        self.make_ticket(self.second)
        ours = [("id", "in", (self.first | self.second).ids)]
        self.assertEqual(self.assets.search([*ours, ("has_open_tickets", "=", True)]), self.second)
        self.assertEqual(self.assets.search([*ours, ("has_open_tickets", "=", False)]), self.first)

    def test_search_with_open_campaign_or_contract(self):
        for name in ("has_open_campaigns", "has_running_contract"):
            ours = [("id", "in", self.first.ids)]
            self.assertFalse(self.assets.search([*ours, (name, "=", True)]), name)
            self.assertTrue(self.assets.search([*ours, (name, "=", False)]), name)
            self.assertFalse(self.first.with_user(self.agent_user)[name])

    def test_groups_by_what_is_not_stored(self):
        for groupby in ("salesperson_id", "product_categ_id"):
            groups = self.assets._read_group([("id", "in", self.first.ids)], [groupby], ["__count"])
            self.assertEqual([count for _key, count in groups], [1])
