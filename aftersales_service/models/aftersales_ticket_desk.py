from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models

# Calls about one matter come within these days.
NEAR = timedelta(days=2)
# So many possible duplicates are named in the banner; the merge dialog lists them all.
NAMED = 2


class AftersalesTicket(models.Model):
    """What the agent decides about tickets that look alike (T09)."""

    _inherit = "aftersales.ticket"

    duplicate_ids = fields.Many2many(
        "aftersales.ticket", compute="_compute_duplicate_ids", string="Possible Duplicates"
    )
    duplicate_hint = fields.Html(compute="_compute_duplicate_ids")

    @api.depends("asset_id", "caller_id", "caller_phone", "symptom_id", "link_ids")
    def _compute_duplicate_ids(self):
        tickets = self.filtered(lambda t: t._origin and not t.is_closed)
        found = tickets._find_duplicates() if tickets else {}
        decided = tickets._get_decided()
        for ticket in self:
            others = found.get(ticket, self.browse()) - decided.get(ticket._origin, self.browse())
            others -= ticket.parent_id | ticket.child_ids
            others = others.filtered(lambda other, ticket=ticket: ticket._is_near(other))
            ticket.duplicate_ids = others
            ticket.duplicate_hint = ticket._format_duplicates(others)

    def _format_duplicates(self, others):
        """Return the banner's lines about ``others``, the likeliest first: few, so that the form
        itself stays on the screen.
        """
        self.ensure_one()
        lines = [
            Markup('<a href="/odoo/tickets/%s">%s</a> · %s')
            % (other.id, other.display_name, ", ".join(self._get_duplicate_reasons(other)))
            for other in others[:NAMED]
        ]
        if len(others) > NAMED:
            lines.append(Markup.escape(self.env._("and %s more", len(others) - NAMED)))
        return Markup("<br/>").join(lines)

    def _is_near(self, other):
        """Whether ``other`` is worth a banner: about the same machine, or, while one of the two
        names none, reported at about the same time.
        """
        self.ensure_one()
        if self.asset_id and other.asset_id:
            return self.asset_id._origin == other.asset_id
        return abs(self.date_open - other.date_open) <= NEAR

    def _get_decided(self):
        """Return {ticket: tickets} that are linked already, or were found to be no duplicates."""
        groups = self.env["aftersales.ticket.link"]._read_group(
            [("ticket_id", "in", self._origin.ids)], ["ticket_id"], ["other_id:recordset"]
        )
        return dict(groups)

    def action_merge(self):
        """One ticket alone is proposed with those it seems to repeat (T09)."""
        tickets = self | self.duplicate_ids if len(self) == 1 else self
        return super(AftersalesTicket, tickets).action_merge()

    def action_merge_duplicates(self):
        """Open the dialog with this ticket and those it seems to repeat (T09)."""
        self.ensure_one()
        return self.action_merge()

    def action_link_duplicates(self):
        """Link this ticket to those it has to do with; each goes on by itself (T09)."""
        self.ensure_one()
        self.check_access("write")
        self.duplicate_ids._link_to(self, "related")

    def action_not_duplicate(self):
        """Remember that this ticket repeats none of those proposed (T09)."""
        self.ensure_one()
        self.check_access("write")
        self.duplicate_ids._link_to(self, "distinct")
