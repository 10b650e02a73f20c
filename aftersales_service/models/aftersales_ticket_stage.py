from odoo import api, fields, models, tools
from odoo.exceptions import UserError

STAGE_KINDS = [
    ("open", "New"),
    ("assigned", "Assigned"),
    ("progress", "In progress"),
    ("waiting", "Waiting for somebody else"),
    ("solved", "Solved"),
    ("closed", "Closed"),
]


class AftersalesTicketStage(models.Model):
    """A step of a team's way to the satisfied customer (T03)."""

    _name = "aftersales.ticket.stage"
    _description = "Ticket Stage"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        STAGE_KINDS,
        string="Meaning",
        required=True,
        default="progress",
        help="What it means that a ticket is here. Clocks, buttons and reports go by it, whatever "
        "the stage is called.",
    )
    fold = fields.Boolean(string="Folded in Kanban")
    is_closed = fields.Boolean(
        string="Closing Stage",
        compute="_compute_is_closed",
        store=True,
        help="Tickets in this stage are done.",
    )
    is_waiting = fields.Boolean(
        string="Waiting Stage",
        compute="_compute_is_closed",
        store=True,
        help="We wait for somebody else: service clocks may pause here.",
    )
    team_ids = fields.Many2many("aftersales.team", string="Teams", help="Empty: used by all teams.")

    @api.depends("kind")
    def _compute_is_closed(self):
        for stage in self:
            stage.is_closed = stage.kind == "closed"
            stage.is_waiting = stage.kind == "waiting"

    @api.model_create_multi
    def create(self, vals_list):
        stages = super().create(vals_list)
        self.env.registry.clear_cache()
        return stages

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    @api.model
    @tools.ormcache()
    def _get_ways(self):
        """Return ((id, kind, ids of teams), …) of all stages in their order."""
        # sudo: the stages of a team are the same for whoever moves its tickets; ids only.
        stages = self.sudo().search([])  # pylint: disable=no-search-all
        return tuple((stage.id, stage.kind, tuple(stage.team_ids.ids)) for stage in stages)

    def _is_of_team(self, team):
        """Whether tickets of ``team`` (record, may be empty) may be in this stage."""
        self.ensure_one()
        return any(
            not team_ids or team.id in team_ids
            for stage_id, _kind, team_ids in self._get_ways()
            if stage_id == self.id
        )

    @api.model
    def _get_stage(self, kind, team=None):
        """Return the stage that means ``kind`` for ``team`` (record, None: any): the team's own
        before the common one; the nearest kind when there is none.

        :raise UserError: when the team has no stage to close (or keep open) a ticket in
        """
        kinds = [key for key, _label in STAGE_KINDS]
        mine = [way for way in self._get_ways() if not way[2] or (team and team.id in way[2])]
        usable = [way for way in mine if (way[1] == "closed") == (kind == "closed")]
        if not usable:
            raise UserError(
                self.env._(
                    "%(team)s: there is no stage that means “%(kind)s”. Add one under Ticket "
                    "Stages.",
                    team=team.display_name if team else self._description,
                    kind=dict(self._fields["kind"]._description_selection(self.env))[kind],
                )
            )

        def distance(way):
            return abs(kinds.index(way[1]) - kinds.index(kind)), not way[2]

        return self.browse(min(usable, key=distance)[0])
