from odoo import fields, models
from odoo.tools import format_date, format_datetime

# So many of those who were passed over are told of.
PASSED_OVER = 3
# When nobody can take it, everybody is told of, up to so many.
EVERYBODY = 20


class AftersalesTeam(models.Model):
    """Why this technician and not that one, in sentences of the user's language (T10)."""

    _inherit = "aftersales.team"

    def _explain_choices(self, proposals, facts=None):
        """Return {ticket: text} that says who was chosen, why, and who was passed over.

        :param proposals: {ticket: ratings, best first} of ``_propose_technicians``
        :param facts: the :class:`AssignmentFacts` they were made from, when they are known
        """
        sentences = self._get_rating_sentences(proposals, facts)
        explanations = {}
        for ticket, ratings in proposals.items():
            refused = [rating for rating in ratings if rating.refusal]
            if len(refused) == len(ratings):
                lines, told = [self.env._("Nobody can take it:")], refused[:EVERYBODY]
            else:
                # Besides the one chosen only those matter who were not possible at all.
                lines, told = [], ratings[:1] + refused[:PASSED_OVER]
            lines += [sentences[ticket, rating] for rating in told]
            explanations[ticket] = "\n".join(lines)
        return explanations

    def _get_rating_sentences(self, proposals, facts=None):
        """Return a mapping of (ticket, rating) to the sentence about it, made when asked for."""
        return RatingSentences(self, proposals, facts)

    def _format_rating(self, ticket, rating, names):
        """Return one sentence about ``rating``; ``names`` knows technicians, skills, levels."""
        reasons = []
        if rating.missing:
            missing = ", ".join(names.need(ticket, skill) for skill in rating.missing)
            reasons.append(self.env._("lacks %s", missing))
        if rating.refusal != "unqualified":
            reasons += names.skills(ticket, rating.candidate)
        reasons += self._format_presence(ticket, rating.candidate)
        if rating.was_last:
            day = format_date(self.env, names.last[ticket.asset_id.id][1])
            reasons.append(self.env._("repaired this machine on %s", day))
        if ticket.zone_id and rating.candidate.zones:
            reasons.append(
                self.env._("works in %s", ticket.zone_id.name)
                if rating.in_zone
                else self.env._("does not work in %s", ticket.zone_id.name)
            )
        if rating.over_capacity:
            reasons.append(
                self.env._(
                    "open tickets: %(load)s of at most %(capacity)s",
                    load=rating.candidate.load,
                    capacity=rating.candidate.capacity,
                )
            )
        else:
            reasons.append(self.env._("open tickets: %s", rating.candidate.load))
        return self.env._(
            "%(name)s: %(reasons)s.",
            name=names.technicians[rating.candidate.key].name,
            reasons=", ".join(reasons),
        )

    def _format_presence(self, ticket, candidate):
        """Return what is to be said about when ``candidate`` is at work, as a list."""
        if candidate.free_from is None:
            return [self.env._("away until further notice")]
        tz = ticket.company_id._get_aftersales_tz()
        if candidate.away:
            back = fields.Datetime.context_timestamp(self.with_context(tz=tz), candidate.free_from)
            return [self.env._("away until %s", format_date(self.env, back.date()))]
        if ticket.emergency and candidate.free_from > fields.Datetime.now():
            moment = format_datetime(self.env, candidate.free_from, tz=tz, dt_format="short")
            return [self.env._("at work from %s", moment)]
        return []


class RatingSentences:
    """The names that sentences about ratings need, read once for all of them."""

    def __init__(self, team, proposals, facts=None):
        facts = facts or team._get_assignment_facts(team.env["aftersales.ticket"].union(*proposals))
        # sudo: names, levels and dates of the team; see ``_get_assignment_candidates``.
        technicians = team.sudo().technician_ids
        self.team = team
        self.technicians = {technician.id: technician for technician in technicians}
        self.lines, self.needs, self.last = facts

    def __getitem__(self, key):
        ticket, rating = key
        return self.team._format_rating(ticket, rating, self)

    def need(self, ticket, skill):
        """Return "Pumps (Expert)": the highest level that ``ticket`` asks for."""
        needs = self.needs[ticket].filtered(lambda need: need.skill_id.id == skill)
        return needs.sorted(lambda need: need.skill_level_id.level_progress)[-1:].display_name

    def skills(self, ticket, candidate):
        """Return ["knows Pumps (Expert)"] of the skills that ``ticket`` asks for, or nothing."""
        lines = self.lines[self.technicians[candidate.key]]
        known = [
            f"{lines[skill.id].skill_id.name} ({lines[skill.id].skill_level_id.name})"
            for skill in self.needs[ticket].skill_id
            if skill.id in lines
        ]
        return [self.team.env._("knows %s", ", ".join(known))] if known else []
