from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common import AftersalesCommon


@tagged("post_install", "-at_install")
class TestTicket(AftersalesCommon):
    """T02, T03, T05, T10, T12, T14: from the call to the closed ticket."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.asset = cls.sell("T-1")

    def test_call_form_shows_records_and_makes_the_ticket(self):
        view = "aftersales_service.aftersales_ticket_view_form_call"
        with Form(self.env["aftersales.ticket"].with_user(self.agent_user), view=view) as call:
            call.partner_id = self.customer
            [machines] = [p for p in call.caller_records["parts"] if p["key"] == "assets"]
            self.assertEqual(machines["lines"][0]["serial"], self.asset.serial)
            self.assertEqual(call.asset_id, self.asset, "the only machine of the customer")
            call.caller_id = self.caller
            self.assertEqual(call.caller_phone, self.caller.phone)
            call.subject = "Does not start"
            call.callback_promised = True
        ticket = call.record
        self.assertRecordValues(
            ticket,
            [
                {
                    "partner_id": self.customer.id,
                    "user_id": self.agent_user.id,
                    "service_category": "warranty",
                    "entitlement_parts": True,
                    "team_id": self.team.id,
                }
            ],
        )
        self.assertIn(self.asset.warranty_ids.name, ticket.entitlement_reasons)
        self.assertRegex(ticket.name, r"^T\d+$")

    def test_category_follows_what_the_technician_finds(self):
        ticket = self.make_ticket(self.asset)
        self.assertEqual(ticket.service_category, "warranty")
        ticket.exclusion = "misuse"
        self.assertEqual(ticket.service_category, "paid")
        ticket.write({"exclusion": False, "part_id": self.wear_part.id})
        self.assertEqual(ticket.service_category, "warranty")
        self.assertFalse(ticket.entitlement_travel)

    def test_ticket_without_asset_is_paid(self):
        self.assertEqual(self.make_ticket().service_category, "paid")

    def test_asset_of_another_customer_is_refused(self):
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        with self.assertRefused("belongs to"):
            self.make_ticket(self.asset, partner_id=stranger.id)

    def test_failure_before_delivery_is_refused(self):
        with self.assertRefused("before the delivery"):
            self.make_ticket(self.asset, date_failure="2001-01-01")

    def test_closing_needs_the_written_record(self):
        ticket = self.make_ticket(self.asset)
        with self.assertRefused("Resolution"):
            ticket.action_close()
        self.assertFalse(ticket.is_closed)
        ticket.resolution = "<p>Battery charged.</p>"
        ticket.action_close()
        self.assertTrue(ticket.is_closed and ticket.date_closed)
        with self.assertRefused("closed already"):
            ticket.action_close()
        ticket.action_reopen("Still does not start")
        self.assertRecordValues(
            ticket, [{"is_closed": False, "date_closed": False, "reopen_count": 1}]
        )
        with self.assertRefused("open already"):
            ticket.action_reopen()
        self.assertTrue(any("Battery charged." in (m.body or "") for m in ticket.message_ids))
        with self.assertRefused("Resolution"):
            ticket.action_close()

    def test_balanced_assignment_takes_the_one_with_fewest(self):
        self.team.assignment = "balanced"
        first, second = self.make_ticket(self.asset), self.make_ticket(self.asset)
        self.assertEqual(
            first.technician_id | second.technician_id, self.technician | self.technician_2
        )
        self.assertEqual(first.stage_id, first._get_stage("assigned"))
        self.assertTrue(first.date_assigned)

    def test_assignment_without_technicians_is_refused(self):
        self.team.technician_ids = False
        with self.assertRefused("no technician"):
            self.make_ticket(self.asset).action_assign()

    def test_team_without_technicians_still_gets_tickets(self):
        self.team.write({"assignment": "balanced", "technician_ids": False})
        ticket = self.make_ticket(self.asset)
        self.assertEqual(ticket.team_id, self.team)
        self.assertFalse(ticket.technician_id)

    def test_assignment_leaves_assigned_tickets_alone_and_refuses_closed_ones(self):
        assigned = self.make_ticket(self.asset, technician_id=self.technician_2.id)
        assigned |= self.make_ticket(self.asset, technician_id=self.technician_2.id)
        fresh = self.make_ticket(self.asset)
        closed = self.make_ticket(self.asset, resolution="<p>Told by phone.</p>")
        (assigned | fresh).with_user(self.dispatcher_user).action_assign()
        self.assertEqual(assigned.technician_id, self.technician_2)
        self.assertEqual(fresh.technician_id, self.technician)
        closed.action_close()
        with self.assertRefused("is closed"):
            closed.with_user(self.dispatcher_user).action_assign()
        self.assertFalse(closed.technician_id)

    def test_reopening_by_the_stage_is_counted_too(self):
        ticket = self.make_ticket(self.asset, resolution="<p>Told by phone.</p>")
        ticket.action_close()
        ticket.stage_id = ticket._get_stage("progress")
        self.assertEqual(ticket.reopen_count, 1)

    def test_agent_works_with_the_workshop_repair(self):
        ticket = self.make_ticket(self.asset).with_user(self.agent_user)
        action = ticket.action_create_repair()
        repair = self.env["repair.order"].with_user(self.agent_user).browse(action["res_id"])
        self.assertEqual(repair.aftersales_asset_id, self.asset)
        with Form(repair, view=action["views"][0][0]) as form:
            form.internal_notes = "<p>Comes on the trailer.</p>"
        # Pressed again, the button opens the repair that is under way.
        self.assertEqual(ticket.action_create_repair()["res_id"], repair.id)
        self.assertEqual(ticket.repair_count, 1)
        self.assertTrue(self.asset.with_user(self.agent_user).action_view_repairs()["views"])

    def test_technician_opens_ticket_and_asset_with_a_repair(self):
        ticket = self.make_ticket(self.asset, technician_id=self.technician.id)
        ticket.action_create_repair()
        for record in (ticket, self.asset):
            [values] = record.with_user(self.technician_user).read(["repair_count"])
            self.assertEqual(values["repair_count"], 0, "repairs are not the technician's")

    def test_technician_sees_own_tickets_only(self):
        mine = self.make_ticket(self.asset, technician_id=self.technician.id)
        other = self.make_ticket(self.asset, technician_id=self.technician_2.id)
        tickets = self.env["aftersales.ticket"].with_user(self.technician_user)
        self.assertEqual(tickets.search([("id", "in", (mine | other).ids)]), mine)
        with self.assertRaises(AccessError):
            other.with_user(self.technician_user).read(["subject"])

    def test_portal_customer_sees_own_tickets_only(self):
        portal = new_test_user(self.env, "t_portal", groups="base.group_portal")
        portal.partner_id.parent_id = self.customer
        mine = self.make_ticket(self.asset)
        foreign = self.make_ticket(partner_id=self.env["res.partner"].create({"name": "Other"}).id)
        tickets = self.env["aftersales.ticket"].with_user(portal)
        self.assertEqual(tickets.search([("id", "in", (mine | foreign).ids)]), mine)
        with self.assertRaises(AccessError):
            mine.with_user(portal).write({"subject": "x"})

    def test_plain_user_sees_no_tickets(self):
        ticket = self.make_ticket(self.asset)
        with self.assertRaises(AccessError):
            ticket.with_user(self.plain_user).read(["subject"])

    def test_tickets_are_records_that_stay(self):
        ticket = self.make_ticket(self.asset)
        with self.assertRaises(AccessError):
            ticket.with_user(self.manager_user).unlink()

    def test_number_is_unique(self):
        ticket = self.make_ticket()
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.make_ticket(name=ticket.name).flush_recordset()

    def test_overdue_debt_is_shown_to_the_agent(self):
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "invoice_date": "2025-01-01",
                "invoice_date_due": "2025-02-01",
                "invoice_line_ids": [
                    fields.Command.create(
                        {"name": "x", "quantity": 1, "price_unit": 250, "tax_ids": False}
                    )
                ],
            }
        )
        invoice.action_post()
        self.assertAlmostEqual(self.make_ticket(self.asset).customer_due, 250)

    def test_meter_runs_forward(self):
        readings = self.env["aftersales.asset.meter"].with_user(self.technician_user)
        readings.create({"asset_id": self.asset.id, "date": "2026-01-01", "value": 100})
        with self.assertRefused("below"):
            readings.create({"asset_id": self.asset.id, "date": "2026-02-01", "value": 90})
        readings.create(
            {
                "asset_id": self.asset.id,
                "date": "2026-02-01",
                "value": 5,
                "replaced": True,
                "note": "Display broken",
            }
        )
        self.assertEqual(self.asset.meter, 5)

    def test_queries_do_not_grow_with_tickets(self):
        self.make_ticket(self.asset)

        def count(number):
            self.env.flush_all()
            before = self.cr.sql_log_count
            vals = {
                "subject": "x",
                "partner_id": self.customer.id,
                "asset_id": self.asset.id,
                "team_id": self.team.id,
            }
            self.env["aftersales.ticket"].create([dict(vals) for __ in range(number)])
            self.env.flush_all()
            return self.cr.sql_log_count - before

        count(2)
        few, many = count(2), count(42)
        self.assertLessEqual(many - few, 10)

    def test_only_managers_archive_tickets(self):
        ticket = self.make_ticket(self.asset, technician_id=self.technician.id)
        for user in (self.technician_user, self.agent_user):
            with self.assertRefused("only a service manager"):
                ticket.with_user(user).action_archive()
        self.assertTrue(ticket.clock_ids.filtered("is_open"), "the promises still hold")
        ticket.with_user(self.manager_user).action_archive()
        self.assertFalse(ticket.active)
        with self.assertRefused("only a service manager"):
            ticket.with_user(self.agent_user).action_unarchive()
