from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class AftersalesAssignmentProposal(models.TransientModel):
    """The technicians of a ticket's team, best first, with what speaks for and against (T10)."""

    _name = "aftersales.assignment.proposal"
    _description = "Choose a Technician"

    ticket_id = fields.Many2one("aftersales.ticket", required=True, ondelete="cascade")
    technician_id = fields.Many2one(related="ticket_id.technician_id", string="Now")
    line_ids = fields.One2many("aftersales.assignment.proposal.line", "proposal_id")

    @api.model
    def _make(self, ticket):
        """Return the proposal for ``ticket``."""
        team = ticket.team_id
        facts = team._get_assignment_facts(ticket)
        proposals = team._propose_technicians(ticket, facts)
        sentences = team._get_rating_sentences(proposals, facts)
        return self.create(
            {
                "ticket_id": ticket.id,
                "line_ids": [
                    Command.create(
                        {
                            "sequence": place,
                            "technician_id": rating.candidate.key,
                            "possible": not rating.refusal,
                            "full": rating.over_capacity,
                            "load": rating.candidate.load,
                            "reasons": sentences[ticket, rating],
                        }
                    )
                    for place, rating in enumerate(proposals[ticket], start=1)
                ],
            }
        )


class AftersalesAssignmentProposalLine(models.TransientModel):
    """One technician of a proposal."""

    _name = "aftersales.assignment.proposal.line"
    _description = "Proposed Technician"
    _order = "sequence, id"

    proposal_id = fields.Many2one(
        "aftersales.assignment.proposal", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(string="Rank", readonly=True)
    technician_id = fields.Many2one("hr.employee", required=True, readonly=True)
    possible = fields.Boolean(readonly=True, help="Qualified and not away.")
    full = fields.Boolean(readonly=True, help="Has as many open tickets as allowed, or more.")
    load = fields.Integer(string="Open", readonly=True)
    reasons = fields.Text(readonly=True)

    def action_choose(self):
        """Give the ticket to this technician, for the reasons on screen.

        :raise UserError: when the user may not assign, or the ticket was closed meanwhile
        """
        self.ensure_one()
        ticket = self.proposal_id.ticket_id
        ticket.check_access("write")
        ticket._check_open_for_assignment()
        ticket._check_may_assign()
        # sudo: whoever is in the dialog was put there by the module.
        if self.technician_id not in ticket.team_id.sudo().technician_ids:
            raise UserError(
                self.env._(
                    "%(ticket)s: the team has changed. Ask for a proposal again.",
                    ticket=ticket.display_name,
                )
            )
        ticket._give_to(
            self.technician_id,
            self.env._(
                "Chosen by %(user)s. %(reasons)s", user=self.env.user.name, reasons=self.reasons
            ),
        )
        return {"type": "ir.actions.act_window_close"}
