from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import AftersalesCommon


@tagged("post_install", "-at_install")
class TestMassIncident(AftersalesCommon):
    """T09: one trouble of many customers is led by one ticket."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        partners = cls.env["res.partner"].create(
            [{"name": f"Farm {n}", "email": f"farm{n}@example.com"} for n in range(3)]
        )
        cls.children = cls.env["aftersales.ticket"].browse()
        for partner in [*partners, partners[0]]:
            cls.children |= cls.make_ticket(partner_id=partner.id, subject="No signal")
        cls.parent = cls.make_ticket(partner_id=False, subject="Server is down")

    def join(self):
        self.children.with_user(self.agent_user)._join_incident(self.parent)

    def test_dialog_makes_the_incident(self):
        action = self.children.with_user(self.agent_user).action_make_incident()
        model = self.env["aftersales.ticket.incident"].with_user(self.agent_user)
        dialog = Form(model.with_context(**action["context"]))
        dialog.subject = "Server is down"
        parent = self.env["aftersales.ticket"].browse(dialog.save().action_join()["res_id"])
        self.assertEqual(parent.child_ids, self.children)
        self.assertRecordValues(parent, [{"child_count": 4, "child_open_count": 4}])
        self.children[0].action_leave_incident()
        self.assertEqual(parent.child_count, 3)

    def test_cyclic_parent_is_refused(self):
        self.join()
        with self.assertRefused("belongs to it already", ValidationError):
            self.parent.parent_id = self.children[0]
        with self.assertRefused("belongs to it already", ValidationError):
            self.parent.parent_id = self.parent

    def test_closed_incident_takes_nobody(self):
        self.parent.resolution = "<p>Restarted</p>"
        self.parent.action_close()
        with self.assertRefused("is closed"):
            self.join()

    def test_each_customer_gets_one_mail(self):
        self.join()
        wizard = self.env["aftersales.ticket.answer"].with_user(self.agent_user)
        wizard = wizard.create({"parent_id": self.parent.id, "body": "<p>We are at it</p>"})
        self.assertEqual(wizard.ticket_ids, self.children)
        before = self.env["mail.mail"].search([])
        wizard.action_send()
        mails = self.env["mail.mail"].search([]) - before
        self.assertEqual(len(mails), 3)
        for ticket in self.children | self.parent:
            self.assertIn("We are at it", "".join(ticket.message_ids.mapped("body")))

    def test_nobody_to_answer_is_said(self):
        wizard = self.env["aftersales.ticket.answer"].create(
            {"parent_id": self.parent.id, "body": "<p>x</p>"}
        )
        with self.assertRefused("nobody to answer"):
            wizard.action_send()

    def test_children_are_solved_the_same_way(self):
        self.join()
        self.parent.resolution = "<p>Restarted</p>"
        self.children[0].resolution = "<p>Cable</p>"
        self.parent.action_solve()
        self.assertEqual(self.parent.child_open_count, 4)
        action = self.parent.with_user(self.agent_user).action_solve_children()
        model = self.env["aftersales.ticket.solve"].with_user(self.agent_user)
        dialog = Form(model.with_context(**action["context"])).save()
        dialog.ticket_ids = [Command.unlink(self.children[3].id)]
        dialog.action_solve()
        self.assertEqual(set(self.children[:3].mapped("stage_kind")), {"solved"})
        self.assertNotEqual(self.children[3].stage_kind, "solved")
        self.assertIn("Cable", self.children[0].resolution)
        self.assertIn("Restarted", self.children[1].resolution)

    def test_cause_of_the_incident_is_that_of_its_tickets(self):
        self.join()
        cause, own = self.env["aftersales.cause"].create([{"name": "Fuse"}, {"name": "Cable"}])
        self.parent.cause_id = cause
        self.children[0].cause_id = own
        self.children.with_user(self.agent_user)._solve_as("<p>Restarted</p>", self.parent)
        self.assertEqual(self.children[0].cause_id, own)
        self.assertEqual(self.children[1:].cause_id, cause)

    def test_campaign_of_the_incident_is_that_of_affected_machines(self):
        affected, other = self.sell("INC-1"), self.sell("INC-2")
        campaign = self.env["aftersales.campaign"].create(
            {"title": "Modem", "customer_text": "<p>x</p>", "instruction": "<p>Update it.</p>"}
        )
        campaign._add_units(affected.lot_id)
        joined, later, foreign = (self.make_ticket(asset) for asset in (affected, affected, other))
        self.parent.campaign_id = campaign
        (joined | foreign).with_user(self.agent_user)._join_incident(self.parent)
        self.assertEqual(joined.campaign_id, campaign)
        self.assertFalse(foreign.campaign_id, "its machine is none of the campaign's")
        self.assertEqual(campaign.line_ids.ticket_id, joined)
        self.parent.campaign_id = False
        later.parent_id = self.parent
        self.assertFalse(later.campaign_id)
        self.parent.with_user(self.agent_user).campaign_id = campaign
        self.assertEqual(later.campaign_id, campaign)
        tickets = self.children
        tickets.asset_id = False
        tickets.parent_id = self.parent
        self.env.flush_all()
        with self.assertQueryCount(2):
            tickets._follow_parent_campaign()

    def test_merging_the_parent_into_a_child_leaves_no_circle(self):
        self.join()
        self.parent.action_merge_into(self.children[0].id)
        self.assertFalse(self.children[0].parent_id)
        self.assertEqual(self.children[1:].parent_id, self.children[0])

    def test_dialogs_are_the_hotlines(self):
        with self.assertRaises(AccessError):
            self.env["aftersales.ticket.incident"].with_user(self.technician_user).create(
                {"ticket_ids": self.children.ids, "subject": "x"}
            )
