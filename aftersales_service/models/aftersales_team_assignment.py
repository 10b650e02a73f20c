from collections import defaultdict, namedtuple

from odoo import fields, models

from ..tools import assignment

# {technician: {skill id: line}}, {ticket: needs}, {asset id: (technician id, day)}
AssignmentFacts = namedtuple("AssignmentFacts", "skills needs last")


class AftersalesTeam(models.Model):
    """What the choice of a technician is made from: skills, zones, load, leaves, history (T10)."""

    _inherit = "aftersales.team"

    def _get_assignment_facts(self, tickets):
        """Return the :class:`AssignmentFacts` that choosing technicians for ``tickets`` and
        explaining the choice both need.
        """
        self.ensure_one()
        return AssignmentFacts(
            # sudo: as in ``_get_assignment_candidates``.
            skills=self.sudo().technician_ids._get_aftersales_skills(),
            needs=self.env["aftersales.skill.need"]._get_needs(tickets),
            last=self._get_last_repairs(tickets),
        )

    def _propose_technicians(self, tickets, facts=None):
        """Return {ticket: ratings of the team's technicians, best first} (see
        ``tools/assignment.py``), in a constant number of queries.

        Processes that assign at the same moment see the same load: nobody locks, because a
        transaction that waited would still see the load of its first moment, and would have to be
        started anew, while the caller waits. Instead equals take turns by the ticket's id, which
        no two processes share: two tickets made at once go to two of the least busy. More at
        once, or batches, may leave somebody with one too many for each process more, until the
        next tickets even it out; they go by what was committed.

        :param facts: what ``_get_assignment_facts`` says about the tickets, when it is known
        """
        self.ensure_one()
        now = fields.Datetime.now()
        facts = facts or self._get_assignment_facts(tickets)
        candidates = self._get_assignment_candidates(tickets, now, facts)
        jobs = self._get_assignment_jobs(tickets, facts)
        mode = "balanced" if self.assignment == "balanced" else "skill"
        answers = assignment.assign(jobs, candidates, now, mode)
        return {ticket: answers[ticket.id] for ticket in tickets}

    def _get_assignment_candidates(self, tickets, now, facts):
        """Return the team's technicians as candidates for ``tickets`` that are open now."""
        # sudo: who assigns sees skills, zones and presence of the team, not the personal file.
        technicians = self.sudo().technician_ids
        presences = technicians._get_aftersales_presence(now)
        load = self._get_open_load()
        for ticket in tickets.filtered("technician_id"):
            # What is given to another is no load of the one who has it now.
            if ticket.technician_id.sudo() in load:
                # sudo: as above; a key of ``load``, nothing is read.
                load[ticket.technician_id.sudo()] -= 1
        return [
            assignment.Candidate(
                key=technician.id,
                load=load.get(technician, 0),
                capacity=self.ticket_capacity,
                skills={
                    skill: line.level_progress for skill, line in facts.skills[technician].items()
                },
                zones=frozenset(technician.aftersales_zone_ids.ids),
                free_from=presences[technician].free_from,
                away=presences[technician].away,
            )
            for technician in technicians
        ]

    def _get_assignment_jobs(self, tickets, facts):
        """Return ``tickets`` as jobs."""
        jobs = []
        for ticket in tickets:
            levels = defaultdict(int)
            for need in facts.needs[ticket]:
                level = need.skill_level_id.level_progress
                levels[need.skill_id.id] = max(levels[need.skill_id.id], level)
            jobs.append(
                assignment.Job(
                    key=ticket.id,
                    needs=dict(levels),
                    zone=ticket.zone_id.id or None,
                    emergency=ticket.emergency,
                    last=facts.last.get(ticket.asset_id.id),
                )
            )
        return jobs

    def _get_last_repairs(self, tickets):
        """Return {asset id: (technician id, day)} of the last visit that repaired it."""
        assets = tickets.asset_id
        if not assets:
            return {}
        groups = (
            # sudo: past visits decide for agents who read no visits of other teams.
            self.env["aftersales.visit"]
            .sudo()
            ._read_group(
                [
                    ("asset_ids", "in", assets.ids),
                    ("state", "=", "done"),
                    ("fixed", "=", "yes"),
                    ("technician_id", "!=", False),
                ],
                ["asset_ids", "technician_id"],
                ["date_done:max"],
            )
        )
        last = {}
        for asset, technician, date in groups:
            if asset.id not in last or last[asset.id][1] < date:
                last[asset.id] = (technician.id, date)
        return {asset: (technician, date.date()) for asset, (technician, date) in last.items()}
