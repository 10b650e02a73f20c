from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

LINK_KINDS = [
    ("duplicate", "Duplicate of"),
    ("duplicated", "Has the duplicate"),
    ("follow_up", "Follow-up of"),
    ("followed", "Followed by"),
    ("caused_by", "Caused by"),
    ("causes", "Causes"),
    ("related", "Related to"),
    ("distinct", "Not a duplicate of"),
]
# How the same link reads from the other ticket.
MIRRORED = {
    "duplicate": "duplicated",
    "duplicated": "duplicate",
    "follow_up": "followed",
    "followed": "follow_up",
    "caused_by": "causes",
    "causes": "caused_by",
    "related": "related",
    "distinct": "distinct",
}


class AftersalesTicketLink(models.Model):
    """What a ticket has to do with another one (T09).

    A link has two rows, one for each of its tickets, so that both show it in their own words.
    They are made, changed and removed together.
    """

    _name = "aftersales.ticket.link"
    _description = "Ticket Link"
    _order = "ticket_id, kind, id"
    _rec_name = "other_id"
    _check_company_auto = True

    ticket_id = fields.Many2one(
        "aftersales.ticket", required=True, index=True, ondelete="cascade", check_company=True
    )
    company_id = fields.Many2one(
        related="ticket_id.company_id", store=True, precompute=True, index=True
    )
    kind = fields.Selection(LINK_KINDS, required=True, default="related")
    other_id = fields.Many2one(
        "aftersales.ticket",
        string="Other Ticket",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
        domain="[('id', '!=', ticket_id), ('company_id', '=', company_id)]",
    )
    other_partner_id = fields.Many2one(related="other_id.partner_id", string="Customer")
    other_stage_id = fields.Many2one(related="other_id.stage_id", string="Stage")
    note = fields.Char(help="Why the two belong together.")

    _link_uniq = models.UniqueIndex(
        "(ticket_id, other_id, kind)", "These two tickets are linked in this way already."
    )
    _no_self_link = models.Constraint(
        "CHECK(ticket_id != other_id)", "A ticket cannot be linked to itself."
    )

    @api.depends("kind", "other_id")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for link in self:
            link.display_name = f"{labels.get(link.kind, '')} {link.other_id.name or ''}".strip()

    @api.model_create_multi
    def create(self, vals_list):
        default = self.default_get(["kind"]).get("kind", "related")
        vals_list = [{"kind": default, **vals} for vals in vals_list]
        self._check_not_itself(vals_list)
        mirrors = [
            dict(
                vals,
                ticket_id=vals["other_id"],
                other_id=vals["ticket_id"],
                kind=MIRRORED[vals["kind"]],
            )
            for vals in vals_list
        ]
        count = len(vals_list)
        return super().create(vals_list + mirrors)[:count]

    def write(self, vals):
        if {"ticket_id", "other_id"} & vals.keys():
            raise UserError(
                self.env._(
                    "%(link)s: a link stays between its two tickets. Remove it and make another.",
                    link=self[:1].display_name,
                )
            )
        mirrors = self._get_mirrors() - self
        result = super().write(vals)
        if mirrors and vals:
            mirrored = dict(vals)
            if "kind" in vals:
                mirrored["kind"] = MIRRORED[vals["kind"]]
            super(AftersalesTicketLink, mirrors).write(mirrored)
        return result

    def unlink(self):
        return super(AftersalesTicketLink, self | self._get_mirrors()).unlink()

    def action_view_ticket(self):
        """Open the other ticket."""
        self.ensure_one()
        return self.other_id._get_form_action()

    def _get_mirrors(self):
        """Return the rows that show these links on the other tickets, in one query."""
        if not self:
            return self
        wanted = {(link.other_id, link.ticket_id, MIRRORED[link.kind]) for link in self}
        # The two rows are one link: who may remove one removes it.
        found = self.sudo().search(
            [("ticket_id", "in", self.other_id.ids), ("other_id", "in", self.ticket_id.ids)]
        )
        return found.sudo(self.env.su).filtered(
            lambda link: (link.ticket_id, link.other_id, link.kind) in wanted
        )

    @api.model
    def _check_not_itself(self, vals_list):
        """Raise ValidationError when a link would have one ticket at both its ends."""
        for vals in vals_list:
            if vals.get("ticket_id") == vals.get("other_id"):
                ticket = self.env["aftersales.ticket"].browse(vals.get("ticket_id"))
                raise ValidationError(
                    self.env._(
                        "%(ticket)s cannot be linked to itself. Choose another ticket.",
                        ticket=ticket.display_name,
                    )
                )


class AftersalesTicket(models.Model):
    _inherit = "aftersales.ticket"

    link_ids = fields.One2many(
        "aftersales.ticket.link",
        "ticket_id",
        string="Linked Tickets",
        domain=[("kind", "!=", "distinct")],
        copy=False,
    )

    def _link_to(self, other, kind, note=False):
        """Link each of these tickets to ``other``; what is linked so already stays (T09).

        :param other: aftersales.ticket, one
        :param kind: how these relate to ``other``: ``duplicate`` (of), ``follow_up`` (of),
            ``caused_by``, ``related`` or ``distinct`` (looked at, and no duplicate)
        :param note: str, why
        :return: the links of these tickets to ``other``
        :raise UserError: when ``other`` is of another company
        :raise ValidationError: when ``other`` is among these tickets
        """
        other.ensure_one()
        links = self.env["aftersales.ticket.link"]
        domain = Domain("ticket_id", "in", self.ids)
        domain &= Domain("other_id", "=", other.id) & Domain("kind", "=", kind)
        known = links.search(domain)
        return known | links.create(
            [
                {"ticket_id": ticket.id, "other_id": other.id, "kind": kind, "note": note}
                for ticket in self - known.ticket_id
            ]
        )

    def _get_form_action(self):
        """Return the window action that opens the ticket itself."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
