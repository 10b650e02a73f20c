from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_datetime, is_html_empty

from .aftersales_visit_flow import AGENT

# Facts that the ticket that stays takes over where it has none.
TAKEN_OVER = ("symptom_id", "part_id", "cause_id", "technician_id", "meter", "exclusion")
# These only together with the customer they belong to.
OF_THE_CUSTOMER = ("asset_id", "caller_id", "campaign_id")


class AftersalesTicket(models.Model):
    """Tickets about one matter become one, and nothing is lost (T09).

    The others stay as closed, archived stubs that point to the one that stays: their numbers, mail
    threads and links lead there.
    """

    _inherit = "aftersales.ticket"
    _rec_names_search = ["name", "subject", "merged_ids.name"]

    merged_into_id = fields.Many2one(
        "aftersales.ticket",
        string="Merged into",
        readonly=True,
        copy=False,
        index="btree_not_null",
        check_company=True,
    )
    merged_ids = fields.One2many(
        "aftersales.ticket",
        "merged_into_id",
        string="Merged Tickets",
        context={"active_test": False},
        copy=False,
    )

    def action_merge(self):
        """Open the dialog that merges these tickets (T09)."""
        return self._get_dialog_action("merge", default_ticket_ids=self._get_survivor().ids)

    def action_merge_into(self, survivor_id, reason=None):
        """Merge these tickets into another one, which keeps all that hangs on them (T09).

        :param survivor_id: id of the ticket that stays (int)
        :param reason: why (str); needed when the tickets are of different customers
        :raise UserError: when the user is no agent, a ticket was merged already, the companies
            differ, an open ticket would end in a closed one, or the reason is missing
        """
        survivor = self.browse(survivor_id)
        merged = self - survivor
        merged._check_may_merge(survivor, (reason or "").strip())
        merged._merge_into(survivor, (reason or "").strip())

    def action_view_survivor(self):
        """Open the ticket that this one was merged into."""
        self.ensure_one()
        self.check_access("read")
        return self._get_survivor()._get_form_action()

    def _get_survivor(self):
        """Return the tickets with merged ones replaced by those that they were merged into."""
        return self.browse(
            # sudo: only the id is followed; the ticket there is returned with the user's rights.
            dict.fromkeys((ticket.merged_into_id or ticket).id for ticket in self.sudo())
        )

    @api.model
    def _get_countable_domain(self):
        return super()._get_countable_domain() & Domain("merged_into_id", "=", False)

    def _get_dialog_action(self, name, **defaults):
        """Return the action of the dialog ``name`` with default values."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"aftersales_service.aftersales_ticket_{name}_action"
        )
        return dict(action, context=dict(defaults, dialog_size="extra-large"))

    def _has_one_customer(self):
        """Whether all these tickets are of one customer, or of nobody yet."""
        return len(self.partner_id.commercial_partner_id) <= 1

    def _check_may_merge(self, survivor, reason):
        """Raise UserError unless these tickets may be merged into ``survivor`` now."""
        self.env["aftersales.ticket"]._check_desk()
        survivor.ensure_one()
        tickets = self | survivor
        tickets.check_access("write")
        # Whoever merges the same tickets at this very moment is refused, not made to wait.
        tickets.lock_for_update()
        tickets.invalidate_recordset(["merged_into_id", "stage_id", "is_closed"])
        problem = self._get_merge_problem(survivor, reason)
        if problem:
            raise UserError(problem)

    def _get_merge_problem(self, survivor, reason):
        """Return the sentence about what speaks against the merge, or False."""
        if not self:
            return self.env._("Choose at least two tickets to merge.")
        names = {"survivor": survivor.display_name}
        for ticket in self | survivor:
            names["ticket"] = ticket.display_name
            if ticket.merged_into_id:
                return self.env._(
                    "%(ticket)s was merged into %(other)s already. Go on there.",
                    other=ticket.merged_into_id.display_name,
                    **names,
                )
            if ticket.company_id != survivor.company_id:
                return self.env._(
                    "%(ticket)s and %(survivor)s are of different companies: they stay apart.",
                    **names,
                )
            if survivor.is_closed and not ticket.is_closed:
                return self.env._(
                    "%(survivor)s is closed and %(ticket)s is not. Keep the open one, or reopen "
                    "%(survivor)s first.",
                    **names,
                )
        if not reason and not (self | survivor)._has_one_customer():
            return self.env._(
                "%(ticket)s and %(survivor)s are of different customers. Write down why they are "
                "one matter, or link them instead.",
                **dict(names, ticket=self[0].display_name),
            )
        return False

    @api.model
    def _check_desk(self):
        """Raise UserError unless the user handles tickets at the desk: agents and above."""
        if not (self.env.su or self.env.user.has_group(AGENT)):
            raise UserError(self.env._("Tickets are merged and split by the hotline. Ask there."))

    def _merge_into(self, survivor, reason):
        """Do what ``action_merge_into`` allowed."""
        notes = [ticket._get_merge_note(reason) for ticket in self]
        taken = self._prepare_taken_over(survivor)
        self._before_ticket_merge(survivor, self)
        for name in {model._name for model, _field in self._get_ticket_references()}:
            if name != self._name and hasattr(self.env[name], "_before_ticket_merge"):
                self.env[name]._before_ticket_merge(survivor, self)
        if not (self | survivor)._has_one_customer():
            self._keep_from_customer()
        self._move_references_to(survivor)
        self._become_stubs(survivor)
        if taken:
            # Taking over who had it is no assignment: whoever may merge need not be allowed that.
            survivor._write_past_guard(taken)
        survivor._sync_sla_pauses()
        survivor._message_log(body=Markup().join(notes))
        self._message_log_batch(
            bodies=dict.fromkeys(
                self.ids, self.env._("Merged into %s: it goes on there.", survivor.display_name)
            )
        )
        survivor._on_merged(self)

    @api.model
    def _before_ticket_merge(self, survivor, merged):
        """Hook of any model with a field to tickets: make room where an index allows one record a
        ticket. Called once before all records of ``merged`` move to ``survivor``.
        """
        between = self.env["aftersales.ticket.link"].sudo()  # no link of a ticket to itself
        tickets = survivor | merged
        between.search([("ticket_id", "in", tickets.ids), ("other_id", "in", tickets.ids)]).unlink()

    def _on_merged(self, merged):
        """Hook: ``merged`` tickets are now this one. Extended by features that count tickets."""
        merged._review_series()

    def _prepare_taken_over(self, survivor):
        """Return the values that ``survivor`` takes over from these tickets."""
        names = list(TAKEN_OVER)
        if (self | survivor)._has_one_customer():
            names += OF_THE_CUSTOMER
        vals = {}
        for name in names:
            giver = self.filtered(name)[:1]
            if giver and not survivor[name]:
                value = giver[name]
                vals[name] = value.id if isinstance(value, models.BaseModel) else value
        if not survivor.partner_id and self.partner_id:
            vals["partner_id"] = self.partner_id[:1].id
        if not survivor.emergency and any(self.mapped("emergency")):
            vals["emergency"] = True
        priority = max(self.mapped("priority"))
        return vals | {"priority": priority} if priority > survivor.priority else vals

    def _get_merge_note(self, reason):
        """Return what the chatter of the ticket that stays says of this one."""
        self.ensure_one()
        facts = [
            self.partner_id.display_name,
            self.asset_id.display_name,
            format_datetime(self.env, self.date_open, dt_format="short"),
            self.stage_id.name,
        ]
        note = Markup("<p>%s<br/>%s</p>") % (
            self.env._("Merged into this one: %s", self.display_name),
            " · ".join(fact for fact in facts if fact),
        )
        if reason:
            note += Markup("<p>%s</p>") % self.env._("Why: %s", reason)
        for text in (self.description, self.resolution):
            if not is_html_empty(text):
                note += Markup("<blockquote>%s</blockquote>") % text
        return note

    def _keep_from_customer(self):
        """What one customer wrote is not shown to the other, nor mailed to both."""
        self.env.flush_all()
        names = {"model": self._name, "ids": tuple(self.ids)}
        self.env.cr.execute(
            SQL(
                "UPDATE mail_message SET is_internal = TRUE"
                " WHERE model = %(model)s AND res_id IN %(ids)s",
                **names,
            )
        )
        # Files count as the customer's own when somebody outside the company kept them.
        self.env.cr.execute(
            SQL(
                "UPDATE ir_attachment file SET create_uid = %(uid)s,"
                " description = CONCAT_WS(' · ', file.description, partner.name)"
                " FROM res_users author JOIN res_partner partner ON partner.id = author.partner_id"
                " WHERE author.id = file.create_uid AND author.share"
                " AND file.res_model = %(model)s AND file.res_id IN %(ids)s"
                " AND file.res_field IS NULL",
                uid=self.env.uid,
                **names,
            )
        )
        # sudo: agents may not read all partners; only followers outside the company go.
        followers = self.sudo().message_follower_ids
        followers.filtered(lambda f: f.partner_id.partner_share).unlink()
        self.env.invalidate_all()

    def _become_stubs(self, survivor):
        """Close and archive these tickets without what closing does: nothing ended for the
        customer, so no rating is asked, no call planned, no clock reached.
        """
        self.modified(["merged_into_id", "stage_id", "active"], before=True)
        for tickets in self.grouped("team_id").values():
            self.env.cr.execute(
                SQL(
                    "UPDATE aftersales_ticket SET merged_into_id = %s, stage_id = %s,"
                    " is_closed = TRUE, active = FALSE, parent_id = NULL,"
                    " date_closed = COALESCE(date_closed, now() AT TIME ZONE 'UTC')"
                    " WHERE id IN %s",
                    survivor.id,
                    tickets[:1]._get_stage("closed").id,
                    tuple(tickets.ids),
                )
            )
        self.env.invalidate_all(flush=False)
        self.modified(["merged_into_id", "stage_id", "active"])
