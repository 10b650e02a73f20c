from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import AftersalesCommon


@tagged("post_install", "-at_install")
class TestGuessedIds(AftersalesCommon):
    """J01: who guesses an id is refused, and the refusal tells nothing of the record."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.visitor = new_test_user(cls.env, "t_guessing", groups="base.group_portal")
        cls.asset = cls.sell("GUESS-1")
        cls.ticket = cls.make_ticket(cls.asset, subject="Secret matter")

    def assert_tells_nothing(self, action, *secrets):
        """Assert that ``action`` is refused without naming any of ``secrets``."""
        with self.assertRaises(AccessError) as refused, self.env.cr.savepoint():
            action()
        for secret in secrets:
            self.assertNotIn(secret, str(refused.exception))

    def test_merged_ticket(self):
        merged = self.make_ticket(self.asset, subject="Merged matter")
        merged.with_user(self.manager_user).action_merge_into(self.ticket.id)
        guessed = merged.with_user(self.visitor)
        secrets = (merged.name, "Merged matter", self.ticket.name, "Secret matter")
        self.assert_tells_nothing(lambda: guessed.write({"subject": "x"}), *secrets)
        self.assert_tells_nothing(guessed.action_split, *secrets)
        self.assert_tells_nothing(guessed.action_view_survivor, *secrets)

    def test_quotations(self):
        self.assert_tells_nothing(self.ticket.with_user(self.visitor).action_view_quotations)

    def test_kept_files(self):
        file = self.env["ir.attachment"].create(
            {
                "name": "secret.pdf",
                "raw": b"x",
                "res_model": "aftersales.ticket",
                "res_id": self.ticket.id,
            }
        )
        guessed = file.with_user(self.visitor)
        self.assert_tells_nothing(lambda: guessed.write({"raw": b"y"}), "secret.pdf")
        self.assert_tells_nothing(guessed.unlink, "secret.pdf")

    def test_visit(self):
        visit = self.env["aftersales.visit"].create(self.ticket._prepare_visit_vals())
        self.assert_tells_nothing(visit.with_user(self.visitor).action_depart, visit.name)

    def test_colleague_of_another_company(self):
        company = self.env["res.company"].create({"name": "Other maker"})
        stranger = self.env["hr.employee"].create(
            {"name": "Secret Person", "company_id": company.id}
        )
        ticket = self.ticket.with_user(self.manager_user)
        with self.assertRefused("Who was chosen is no technician of"):
            ticket.action_hand_over("other", "Note", stranger.id)
