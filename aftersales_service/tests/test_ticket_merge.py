from odoo import fields
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import AftersalesCommon
from .sla_common import SlaCommon


def find_leftovers(env, ticket):
    """Return ["model.field"] of all stored fields of other records that point to ``ticket``."""
    left = []
    for name, model in sorted(env.items()):
        if model._abstract or model._transient or not model._auto or name == "ir.model.data":
            continue
        records = model.sudo().with_context(active_test=False)
        for field in model._fields.values():
            if not field.store or (name == ticket._name and field.name == "merged_into_id"):
                continue
            if field.type in ("many2one", "many2many") and field.comodel_name == ticket._name:
                domain = [(field.name, "in", ticket.ids)]
            elif field.type == "many2one_reference":
                domain = [(field.name, "=", ticket.id), (field.model_field, "=", ticket._name)]
            else:
                continue
            found = records.search(domain)
            if name == "mail.message":
                found = found.filtered(lambda m: "goes on there" not in (m.body or ""))
            if found:
                left.append(f"{name}.{field.name}")
    return left


@tagged("post_install", "-at_install")
class TestTicketMerge(AftersalesCommon):
    """T09: tickets about one matter become one, and nothing is lost."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.asset = cls.sell("M-1")
        cls.kept = cls.make_ticket(cls.asset, subject="Pump is loud")
        cls.merged = cls.make_ticket(cls.asset, subject="Pump again")

    def hang_everything_on(self, ticket):
        """Hang a record of every kind on ``ticket``."""
        env = self.env
        ticket.message_post(body="It leaks", message_type="comment", author_id=self.caller.id)
        ticket.message_subscribe(self.caller.ids)
        ticket.activity_schedule("mail.mail_activity_data_todo", user_id=self.agent_user.id)
        env["ir.attachment"].create(
            {"name": "a.txt", "raw": b"x", "res_model": ticket._name, "res_id": ticket.id}
        )
        visit = env["aftersales.visit"].create(ticket._prepare_visit_vals())
        visit.action_cancel()
        ticket.action_create_repair()
        env["aftersales.return.visit"].create(
            {"ticket_id": ticket.id, "partner_id": self.customer.id, "mode": "phone"}
        )
        env["aftersales.goodwill"].create(
            {
                "ticket_id": ticket.id,
                "reason_id": env["aftersales.goodwill.reason"].search([], limit=1).id,
                "description": "x",
                "amount": 5,
            }
        )
        env["rating.rating"].create(
            {
                "res_model_id": env["ir.model"]._get_id(ticket._name),
                "res_id": ticket.id,
                "rating": 4,
            }
        )
        env["sale.order"].create(
            {"partner_id": self.customer.id, "aftersales_ticket_id": ticket.id}
        )
        ticket._link_to(self.make_ticket(subject="Other"), "related")

    def merge(self, reason=None, user=None):
        self.merged.with_user(user or self.agent_user).action_merge_into(
            self.kept.id, reason=reason
        )

    def test_nothing_is_left_on_the_merged_ticket(self):
        self.hang_everything_on(self.merged)
        self.hang_everything_on(self.kept)
        message = self.merged.message_ids.filtered(lambda m: "It leaks" in (m.body or ""))
        told = (message.author_id, message.date)
        count = len(self.merged.message_ids | self.kept.message_ids)
        self.merge()
        self.assertEqual(find_leftovers(self.env, self.merged), [])
        self.assertEqual(message.res_id, self.kept.id)
        self.assertEqual((message.author_id, message.date), told)
        self.assertGreater(len(self.kept.message_ids), count)
        self.assertEqual(len(self.kept.visit_ids), 2)
        self.assertEqual(len(self.kept.repair_ids), 2)
        self.assertEqual(len(self.kept.goodwill_ids), 2)
        self.assertEqual(len(self.kept.sudo().rating_ids), 2)
        self.assertEqual(len(self.kept.link_ids), 2)
        self.assertIn(self.caller, self.kept.message_partner_ids)

    def test_merged_ticket_points_to_the_one_that_stays(self):
        self.merge()
        self.assertRecordValues(
            self.merged,
            [{"merged_into_id": self.kept.id, "active": False, "is_closed": True}],
        )
        tickets = self.env["aftersales.ticket"]
        self.assertFalse(tickets.search([("id", "=", self.merged.id)]))
        self.assertIn(
            self.kept.id, [row[0] for row in tickets.name_search(self.merged.name)], "by number"
        )
        self.assertEqual(self.merged.access_url, self.kept.access_url)
        answer = self.merged.message_post(body="Any news?", message_type="email")
        self.assertEqual(answer.res_id, self.kept.id, "answers to the old thread land there")
        self.assertIn("Pump again", "".join(self.kept.message_ids.mapped("body")))

    def test_merged_ticket_stays_closed(self):
        self.merge()
        for change in (
            lambda: self.merged.action_reopen(),
            lambda: self.merged.action_unarchive(),
            lambda: self.merged.write({"subject": "x"}),
            lambda: self.merged.sudo().write({"active": True}),
            lambda: self.merge(),
        ):
            with self.assertRefused("was merged into"):
                change()

    def test_chains_lead_to_the_last(self):
        third = self.make_ticket(self.asset)
        self.merge()
        self.kept.action_merge_into(third.id)
        self.assertEqual(self.merged.merged_into_id, third)
        self.assertEqual((self.merged | self.kept)._get_survivor(), third)

    def test_empty_facts_are_taken_over(self):
        symptom = self.env["aftersales.symptom"].search([], limit=1)
        self.merged.write({"symptom_id": symptom.id, "emergency": True, "priority": "2"})
        self.kept.technician_id = self.technician
        self.merged.technician_id = self.technician_2
        self.merge()
        self.assertRecordValues(
            self.kept,
            [
                {
                    "symptom_id": symptom.id,
                    "emergency": True,
                    "priority": "2",
                    "technician_id": self.technician.id,
                }
            ],
        )

    def test_different_customers_need_a_reason_and_see_nothing_of_each_other(self):
        other = self.env["res.partner"].create({"name": "Neighbour", "email": "n@example.com"})
        stranger = self.make_ticket(partner_id=other.id)
        stranger.message_subscribe(other.ids)
        message = stranger.message_post(
            body="Private", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        with self.assertRefused("different customers"):
            stranger.action_merge_into(self.kept.id)
        stranger.action_merge_into(self.kept.id, reason="Same shared machine")
        self.assertTrue(message.is_internal)
        self.assertEqual(message.res_id, self.kept.id)
        self.assertNotIn(other, self.kept.message_partner_ids)
        self.assertIn("Same shared machine", "".join(self.kept.message_ids.mapped("body")))

    def test_rated_tickets_are_merged_and_keep_their_ratings(self):
        for ticket in self.kept | self.merged:
            ticket.resolution = "<p>Done</p>"
            ticket.sudo().action_close()
            ticket.sudo()._rate_by_customer(self.caller, 4)
        self.merge()
        self.assertEqual(len(self.kept.sudo().rating_ids), 2)

    def test_refused(self):
        with self.assertRefused("by the hotline"):
            self.merge(user=self.plain_user)
        self.merged.technician_id = self.kept.technician_id = self.technician
        with self.assertRefused("by the hotline"):
            self.merge(user=self.technician_user)
        with self.assertRefused("at least two"):
            self.kept.action_merge_into(self.kept.id)
        self.kept.resolution = "<p>Done</p>"
        self.kept.action_close()
        with self.assertRefused("is closed and"):
            self.merge()
        self.assertFalse(self.merged.merged_into_id)

    def test_companies_stay_apart(self):
        company = self.env["res.company"].create({"name": "Other company"})
        team = self.env["aftersales.team"].create({"name": "Theirs", "company_id": company.id})
        self.env.user.company_ids = [Command.link(company.id)]
        foreign = self.make_ticket(
            user=self.env.user, company_id=company.id, team_id=team.id, partner_id=False
        )
        with self.assertRefused("different companies"):
            foreign.action_merge_into(self.kept.id, reason="x")

    def test_many_are_merged_at_once_in_few_queries(self):
        few = self.make_ticket(self.asset) | self.make_ticket(self.asset)
        many = self.env["aftersales.ticket"].create(
            [
                {"subject": str(n), "partner_id": self.customer.id, "team_id": self.team.id}
                for n in range(25)
            ]
        )
        counts = []
        for tickets in (few, many):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            tickets.action_merge_into(self.kept.id)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(many.merged_into_id, self.kept)
        self.assertEqual(find_leftovers(self.env, many[7]), [])
        self.assertLess(counts[1], counts[0] + 150, "not one query more for each")

    def test_dialog_keeps_the_first_open_one(self):
        action = (self.kept | self.merged).with_user(self.agent_user).action_merge()
        model = self.env["aftersales.ticket.merge"].with_user(self.agent_user)
        dialog = Form(model.with_context(**action["context"]))
        self.assertEqual(dialog.survivor_id, self.kept)
        self.assertFalse(dialog.other_customers)
        action = dialog.save().action_merge()
        self.assertEqual(action["res_id"], self.kept.id)
        self.assertEqual(self.merged.merged_into_id, self.kept)

    def test_banner_of_duplicates_is_remembered(self):
        ticket = self.kept.with_user(self.agent_user)
        self.assertEqual(ticket.duplicate_ids, self.merged)
        self.assertIn("Same machine", ticket.duplicate_hint)
        ticket.action_not_duplicate()
        self.assertFalse((self.kept | self.merged).mapped("duplicate_ids"))

    def test_banner_of_many_duplicates_is_short(self):
        for number in range(3):
            self.make_ticket(self.kept.asset_id, subject=f"Again {number}")
        ticket = self.kept.with_user(self.agent_user)
        self.assertEqual(len(ticket.duplicate_ids), 4)
        self.assertEqual(str(ticket.duplicate_hint).count("<a "), 2)
        self.assertIn("and 2 more", ticket.duplicate_hint)

    def test_merged_faults_count_once(self):
        self.merge()
        domain = self.kept._get_countable_domain()
        self.assertEqual((self.kept | self.merged).filtered_domain(domain), self.kept)

    def test_split_moves_messages_and_tells_when_clocks_start(self):
        ticket = self.kept
        second = ticket.message_post(
            body="And the lamp is broken",
            message_type="email",
            attachments=[("lamp.txt", b"dark")],
        )
        action = ticket.with_user(self.agent_user).action_split()
        model = self.env["aftersales.ticket.split"].with_user(self.agent_user)
        dialog = Form(model.with_context(**action["context"]))
        self.assertFalse(dialog.subject, "another matter has another subject")
        dialog.subject = "Lamp"
        dialog.message_ids.add(second)
        new = self.env["aftersales.ticket"].browse(dialog.save().action_split()["res_id"])
        self.assertEqual(new.partner_id, ticket.partner_id)
        self.assertEqual(second.res_id, new.id)
        self.assertEqual(second.attachment_ids.res_id, new.id)
        self.assertEqual(new.date_open, second.date)
        self.assertEqual(new.link_ids.other_id, ticket)
        self.assertIn("clocks run since", "".join(new.message_ids.mapped("body")))
        with self.assertRefused("messages of this ticket"):
            ticket._split({"subject": "x"}, second)
        with self.assertRefused("by the hotline"):
            ticket.with_user(self.technician_user)._split({"subject": "x"}, second)


@tagged("post_install", "-at_install")
class TestMergeClocks(SlaCommon):
    """T09, S03: what was reached stays reached, the earliest promise counts, logs replay."""

    def test_the_hotline_merges_where_the_leader_assigns(self):
        self.team.assigned_by = "manager"
        with self.at("10:00"):
            old = self.make_ticket(user=self.dispatcher_user, technician_id=self.technician.id)
            new = self.make_ticket()
            with self.assertRefused("who is at work now"):
                new.technician_id = self.technician
            old.with_user(self.agent_user).action_merge_into(new.id)
        self.assertEqual(new.technician_id, self.technician, "who had it goes on")

    def test_earliest_promise_counts_and_logs_replay(self):
        with self.at("10:00"):
            old = self.make_ticket(channel="email")
        with self.at("10:05"):
            new = self.make_ticket(channel="email")
            new._reach_sla("first_response", fields.Datetime.now())
        promised = old.clock_ids.filtered(lambda c: c.kind == "solution").date_deadline
        with self.at("10:06"):
            old.action_merge_into(new.id)
        clocks = new.clock_ids
        self.assertEqual(len(clocks), 8)
        self.assertFalse(old.clock_ids)
        solution = clocks.filtered(lambda c: c.kind == "solution")
        self.assertEqual(solution.filtered("is_open").date_deadline, promised)
        self.assertEqual(sorted(solution.mapped("state")), ["cancelled", "running"])
        first = clocks.filtered(lambda c: c.kind == "first_response")
        self.assertEqual(set(first.mapped("state")), {"reached"})
        for clock, deadline in clocks._replay().items():
            self.assertEqual(clock.date_deadline, deadline)
