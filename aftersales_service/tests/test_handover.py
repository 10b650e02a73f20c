from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .sla_common import MONDAY
from .test_assignment import AssignmentCommon


@tagged("post_install", "-at_install")
class TestHandover(AssignmentCommon):
    """T10: a technician cannot decline, only ask for help or hand over with a reason."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls.make_ticket()
        cls.ticket.sudo().technician_id = cls.technician
        cls.mine = cls.ticket.with_user(cls.technician_user)

    def confirm(self, action, **values):
        """Fill in and confirm the dialog that ``action`` opens, as the technician."""
        dialogs = self.env["aftersales.ticket.pass.on"].with_user(self.technician_user)
        with Form(dialogs.with_context(**action["context"])) as dialog:
            for name, value in values.items():
                dialog[name] = value
        return dialog.record.action_confirm()

    def test_asking_for_help_leaves_the_ticket_where_it_is(self):
        self.confirm(self.mine.action_open_help(), reason="skill", note="Which seal?")
        self.assertEqual(self.ticket.technician_id, self.technician)
        self.assertRecordValues(
            self.ticket.handover_ids,
            [
                {
                    "kind": "help",
                    "reason": "skill",
                    "technician_id": self.technician.id,
                    "user_id": self.technician_user.id,
                    "team_id": self.team.id,
                }
            ],
        )
        self.assertEqual(self.ticket.activity_ids.user_id, self.leader)

    def test_help_from_a_colleague_without_user_is_refused(self):
        with self.assertRefused("has no user"):
            self.mine.action_ask_help("skill", "Help", colleague_id=self.technician_2.id)

    def test_handing_over_to_a_colleague_is_recorded_with_its_reason(self):
        self.confirm(
            self.mine.action_open_hand_over(),
            reason="distance",
            note="I am in the north today.",
            colleague_id=self.technician_2,
        )
        self.assertEqual(self.ticket.technician_id, self.technician_2)
        self.assertIn("I am in the north today.", self.ticket.assignment_explanation)
        self.assertRecordValues(
            self.ticket.handover_ids,
            [{"kind": "colleague", "reason": "distance", "colleague_id": self.technician_2.id}],
        )
        with self.assertRaises(AccessError):
            self.mine.read(["subject"])
        # What I passed on stays visible to me, to count and to remember.
        self.assertTrue(self.ticket.handover_ids.with_user(self.technician_user).read(["kind"]))

    def test_given_back_it_waits_for_the_dispatcher(self):
        self.assertEqual(self.ticket.stage_kind, "assigned")
        action = self.confirm(self.mine.action_open_hand_over(), reason="time", note="Ill")
        self.assertEqual(action["res_model"], "aftersales.ticket")
        self.assertRecordValues(self.ticket, [{"technician_id": False, "stage_kind": "open"}])
        self.assertEqual(self.ticket.handover_ids.kind, "back")
        self.assertEqual(self.ticket.activity_ids.user_id, self.leader)

    def test_what_is_refused(self):
        with self.assertRefused("no technician of"):
            stranger = self.env["hr.employee"].create({"name": "Elsewhere"})
            self.mine.action_hand_over("time", "x", colleague_id=stranger.id)
        with self.assertRefused("is no reason"):
            self.mine.action_hand_over("lazy", "x")
        with self.assertRefused("to somebody else"):
            self.mine.action_hand_over("time", "x", colleague_id=self.technician.id)
        self.ticket.resolution = "<p>x</p>"
        self.ticket.action_close()
        with self.assertRefused("is closed"):
            self.mine.action_hand_over("time", "x")

    def test_colleagues_do_not_pass_on_what_is_not_theirs(self):
        self.ticket.sudo().technician_id = self.technician_2
        with self.assertRaises(AccessError):
            self.mine.action_hand_over("time", "x")
        with self.at(MONDAY), self.assertRefused("assigned by Leader"):
            self.ticket.with_user(self.agent_user).action_hand_over("time", "x")
        self.ticket.with_user(self.dispatcher_user).action_hand_over("time", "Moved")
        self.assertFalse(self.ticket.technician_id)

    def test_nobody_writes_or_forges_hand_overs(self):
        self.mine.action_ask_help("skill", "Which seal?")
        for user in (self.technician_user, self.manager_user):
            with self.assertRaises(AccessError):
                self.ticket.handover_ids.with_user(user).reason = "other"
