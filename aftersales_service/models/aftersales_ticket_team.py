from collections import defaultdict

from odoo import api, models
from odoo.exceptions import ValidationError


class AftersalesTicket(models.Model):
    """A ticket goes the way of its team: another team, the stage of the same meaning (T03)."""

    _inherit = "aftersales.ticket"

    def write(self, vals):
        if "team_id" in vals and "stage_id" not in vals:
            misfits = self._get_misfits(self.env["aftersales.team"].browse(vals["team_id"]))
            for stage, tickets in misfits.items():
                tickets.write(dict(vals, stage_id=stage.id))
            self -= self.browse().union(*misfits.values())
        return super().write(vals)

    def _complete_new(self):
        result = super()._complete_new()
        self._enter_first_stage()
        return result

    def _get_misfits(self, team):
        """Return {stage to enter: tickets} of the tickets whose stage ``team`` does not have."""
        misfits = defaultdict(self.browse)
        for stage, tickets in self.grouped("stage_id").items():
            if not stage._is_of_team(team):
                misfits[stage._get_stage(stage.kind, team)] |= tickets
        return misfits

    def _enter_first_stage(self):
        """A new ticket, made before its team was known, begins where its team's tickets begin."""
        common = self.env["aftersales.ticket"]._get_stage("open")
        for tickets in self.filtered(lambda t: t.stage_id == common).grouped("team_id").values():
            first = tickets[:1]._get_stage("open")
            if first != common:
                tickets.stage_id = first

    @api.constrains("stage_id", "team_id")
    def _check_stage_team(self):
        for ticket in self:
            if ticket.stage_id and not ticket.stage_id._is_of_team(ticket.team_id):
                raise ValidationError(
                    self.env._(
                        "%(ticket)s: the stage “%(stage)s” is not one of %(team)s. Choose a stage "
                        "of the team, or the team first.",
                        ticket=ticket.display_name,
                        stage=ticket.stage_id.display_name,
                        team=ticket.team_id.display_name or self.env._("a ticket without team"),
                    )
                )
