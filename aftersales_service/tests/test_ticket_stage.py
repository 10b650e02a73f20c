import importlib.util

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.modules import get_module_path
from odoo.tests import Form, tagged

from .common import AftersalesCommon

PIXEL = (
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    b"+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@tagged("post_install", "-at_install")
class TestTicketStage(AftersalesCommon):
    """T03: stages have a meaning, may belong to teams, and a ticket follows its team."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stages = cls.env["aftersales.ticket.stage"]
        cls.lab = cls.env["aftersales.team"].create({"name": "Laboratory", "sequence": 99})
        cls.lab_open, cls.lab_work, cls.lab_done = cls.stages.create(
            [
                {"name": name, "kind": kind, "team_ids": [Command.set(cls.lab.ids)]}
                for name, kind in (
                    ("Sample in", "open"),
                    ("Testing", "progress"),
                    ("Reported", "closed"),
                )
            ]
        )

    def test_a_stage_says_whether_it_waits_or_closes(self):
        self.assertTrue(self.lab_done.is_closed)
        self.assertFalse(self.lab_work.is_closed or self.lab_work.is_waiting)
        self.lab_work.kind = "waiting"
        self.assertTrue(self.lab_work.is_waiting)

    def test_the_teams_own_stage_comes_before_the_common_one(self):
        self.assertEqual(self.stages._get_stage("closed", self.lab), self.lab_done)
        self.assertFalse(self.stages._get_stage("closed", self.team).team_ids)
        self.assertFalse(self.stages._get_stage("closed").team_ids)

    def test_the_nearest_kind_serves_when_there_is_none(self):
        self.stages.search([("team_ids", "=", False), ("kind", "=", "solved")]).unlink()
        self.assertEqual(self.stages._get_stage("solved", self.lab).kind, "waiting")

    def test_a_team_without_closing_stage_is_told(self):
        self.lab_done.unlink()
        self.stages.search([("kind", "=", "closed")]).write(
            {"team_ids": [Command.set(self.team.ids)]}
        )
        ticket = self.make_ticket(team_id=self.lab.id, resolution="<p>Done.</p>")
        with self.assertRefused("Ticket Stages"):
            ticket.action_close()

    def test_a_new_ticket_begins_where_its_team_begins(self):
        self.assertEqual(self.make_ticket(team_id=self.lab.id).stage_id, self.lab_open)
        self.lab.write({"sequence": -1, "ticket_type": "training"})
        found = self.make_ticket(team_id=False, type="training")
        self.assertRecordValues(found, [{"team_id": self.lab.id, "stage_id": self.lab_open.id}])

    def test_another_team_takes_the_ticket_to_the_stage_of_the_same_meaning(self):
        tickets = self.make_ticket() | self.make_ticket() | self.make_ticket(team_id=self.lab.id)
        tickets[0]._enter_stage("progress")
        tickets[1]._enter_stage("waiting")
        tickets[2]._enter_stage("progress")
        self.assertEqual(tickets[2].stage_id, self.lab_work)
        tickets.with_user(self.agent_user).team_id = self.team
        self.assertEqual(
            tickets.mapped("stage_kind"), ["progress", "waiting", "progress"], "same meaning"
        )
        self.assertFalse(tickets.stage_id.team_ids, "stages that the new team has")

    def test_common_stages_stay_when_the_team_changes(self):
        ticket = self.make_ticket()
        stage = ticket._get_stage("waiting")
        ticket.stage_id = stage
        ticket.team_id = self.lab
        self.assertEqual(ticket.stage_id, stage)

    def test_closed_tickets_stay_closed_with_another_team(self):
        ticket = self.make_ticket(team_id=self.lab.id, resolution="<p>Clean.</p>")
        ticket.action_close()
        closed = ticket.date_closed
        ticket.team_id = self.team
        self.assertRecordValues(ticket, [{"is_closed": True, "date_closed": closed}])

    def test_a_stage_of_another_team_is_refused(self):
        ticket = self.make_ticket().with_user(self.agent_user)
        with self.assertRefused("not one of"):
            ticket.stage_id = self.lab_work

    def test_the_form_moves_the_stage_with_the_team(self):
        ticket = self.make_ticket(team_id=self.lab.id).with_user(self.agent_user)
        with Form(ticket) as form:
            form.team_id = self.team
        self.assertEqual(ticket.stage_id, ticket._get_stage("open"))

    def test_what_the_module_works_out_is_not_typed_in(self):
        ticket = self.make_ticket().with_user(self.agent_user)
        for name, value in (("reopen_count", 0), ("date_closed", "2026-01-01"), ("is_closed", 1)):
            with self.assertRefused("worked out|set by", UserError):
                ticket.write({name: value})
        forged = self.env["aftersales.ticket"].with_user(self.agent_user)
        made = forged.with_context(default_reopen_count=7).create({"subject": "Forged"})
        self.assertEqual(made.reopen_count, 0)

    def test_photos_are_the_images_among_the_attachments(self):
        ticket = self.make_ticket()
        attachments = self.env["ir.attachment"].create(
            [
                {
                    "name": name,
                    "datas": data,
                    "mimetype": mimetype,
                    "res_model": ticket._name,
                    "res_id": ticket.id,
                }
                for name, data, mimetype in (
                    ("leak.png", PIXEL, "image/png"),
                    ("manual.txt", b"dGV4dA==", "text/plain"),
                )
            ]
        )
        self.assertEqual(ticket.with_user(self.agent_user).photo_ids, attachments[0])

    def test_migration_gives_stages_their_meaning(self):
        path = f"{get_module_path('aftersales_service')}/migrations/19.0.3.0.0/pre-stage-kind.py"
        spec = importlib.util.spec_from_file_location("aftersales_pre_stage_kind", path)
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        self.lab_work.kind = "waiting"
        self.env.flush_all()
        self.env.cr.execute("ALTER TABLE aftersales_ticket_stage DROP COLUMN kind")
        script.migrate(self.env.cr, "19.0.2.0.0")
        self.env.invalidate_all()
        own = self.lab_open | self.lab_work | self.lab_done
        self.assertEqual(own.mapped("kind"), ["progress", "waiting", "closed"])
        shipped = self.env.ref("aftersales_service.aftersales_ticket_stage_solved")
        self.assertEqual(shipped.kind, "solved")
