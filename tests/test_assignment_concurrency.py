import threading

from odoo.fields import Command
from odoo.tests import tagged

from .concurrency import ConcurrencyCase


@tagged("post_install", "-at_install")
class TestAssignmentConcurrency(ConcurrencyCase):
    """Two tickets of a team that balances the load are made at the same second (T14)."""

    def _make_data(self, env):
        technicians = env["hr.employee"].create([{"name": f"Same second {n}"} for n in range(3)])
        team = env["aftersales.team"].create(
            {
                "name": "Same second",
                "technician_ids": [Command.set(technicians.ids)],
                "assignment": "balanced",
            }
        )
        self.technician_ids, self.team_id, self.ticket_ids = technicians.ids, team.id, []
        # The last one is busy: the two before share what comes.
        self.ticket_ids.append(self._make_ticket(env, technician_id=technicians[2].id).id)

    def _make_ticket(self, env, **values):
        return env["aftersales.ticket"].create(
            {"subject": "At once", "team_id": self.team_id, **values}
        )

    def _remove_data(self):
        with self._connect() as env:
            self._delete_tickets(env, self.ticket_ids)
            team = env["aftersales.team"].browse(self.team_id)
            partner = team.alias_id
            team.unlink()
            partner.exists().unlink()
            technicians = env["hr.employee"].browse(self.technician_ids)
            resources = technicians.resource_id
            technicians.unlink()
            resources.exists().unlink()

    def test_each_of_the_idle_gets_one_and_nobody_waits(self):
        seen, made = threading.Barrier(2, timeout=60), threading.Barrier(2, timeout=60)
        errors = []

        def create():
            try:
                with self._connect() as env:
                    # Both have their snapshot of the load before either makes its ticket …
                    env["aftersales.team"].browse(self.team_id).mapped("name")
                    seen.wait()
                    self.ticket_ids.append(self._make_ticket(env).id)
                    env.flush_all()
                    # … and both have made it before either commits: none waited for the other.
                    made.wait()
            except Exception as error:
                errors.append(error)

        threads = [threading.Thread(target=create) for _n in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(errors, [])
        with self._connect() as env:
            chosen = env["aftersales.ticket"].browse(self.ticket_ids).mapped("technician_id")
            self.assertEqual(sorted(chosen.ids), sorted(self.technician_ids))
