from odoo.tests import tagged

from .common import AftersalesCommon


@tagged("post_install", "-at_install")
class TestCompanyCheck(AftersalesCommon):
    """Companies are compared for all records at once, and as strictly as by Odoo (J01)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tickets = cls.env["aftersales.ticket"].create(
            [{"subject": f"Machine {n} stands"} for n in range(3)]
        )
        cls.abroad = cls.env["res.company"].create({"name": "Branch abroad"})
        cls.foreign_team = cls.env["aftersales.team"].create(
            {"name": "Abroad", "company_id": cls.abroad.id}
        )

    def test_one_misfit_among_many_is_named(self):
        values = [{"subject": "Leaks"} for _n in range(3)]
        values[1]["team_id"] = self.foreign_team.id
        with self.assertRefused("Abroad"):
            self.env["aftersales.ticket"].create(values)

    def test_writing_to_many(self):
        with self.assertRefused("Abroad"):
            self.tickets.team_id = self.foreign_team

    def test_archived_records_of_another_company(self):
        self.foreign_team.active = False
        with self.assertRefused("Abroad"):
            self.tickets.team_id = self.foreign_team

    def test_another_company_for_many(self):
        self.tickets.team_id = self.env["aftersales.team"].create({"name": "At home"})
        with self.assertRefused("At home"):
            self.tickets.company_id = self.abroad

    def test_each_with_its_own_company(self):
        home = self.env["aftersales.team"].create({"name": "At home"})
        tickets = self.env["aftersales.ticket"].create(
            [
                {"subject": "Here", "team_id": home.id},
                {
                    "subject": "There",
                    "team_id": self.foreign_team.id,
                    "company_id": self.abroad.id,
                },
                {"subject": "Nowhere"},
            ]
        )
        self.assertEqual(tickets[0].team_id, home)
        self.assertEqual(tickets[1].team_id, self.foreign_team)
