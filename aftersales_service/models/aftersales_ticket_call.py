from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import plaintext2html

from .aftersales_call import SECONDS_PER_RING
from .aftersales_call_flow import CLOCK_TOLERANCE

# What the call form asks beside the ticket's own fields; it ends with the form.
FORM_FIELDS = (
    "call_id",
    "call_search",
    "call_words",
    "call_rings",
    "call_opened",
    "call_new_contact",
    "call_follows_id",
)


class AftersalesTicket(models.Model):
    """Taking a call, a letter, a fax or a visitor down as a ticket (T01, T02).

    The call form is a form of the ticket. What it asks only while somebody is on the line are
    fields that are not stored; ``create`` takes them out and does what they say.
    """

    _inherit = "aftersales.ticket"

    call_ids = fields.One2many(
        "aftersales.call", "ticket_id", groups="aftersales_service.group_aftersales_agent"
    )
    call_count = fields.Integer(
        string="Calls", readonly=True, copy=False, help="How often somebody called about it."
    )
    reporter_id = fields.Many2one(
        "res.partner",
        string="Reported by",
        index="btree_not_null",
        help="The business partner who passed the matter on to us.",
    )
    reporter_reference = fields.Char(string="Their Ticket No.")
    scan_ids = fields.Many2many(
        "ir.attachment",
        "aftersales_ticket_scan_rel",
        "ticket_id",
        "attachment_id",
        copy=False,
        help="The letter or fax as it came.",
    )

    call_id = fields.Many2one("aftersales.call", string="Call on the Line", store=False)
    call_search = fields.Char(string="Phone, Name or Serial", store=False)
    call_words = fields.Text(string="In the Caller's Words", store=False)
    call_rings = fields.Integer(
        string="Rings", store=False, help="How often it rang until you answered."
    )
    call_opened = fields.Datetime(default=fields.Datetime.now, store=False)
    call_new_contact = fields.Boolean(
        string="Keep as a Contact",
        store=False,
        help="The caller becomes a contact of the customer and is recognised next time.",
    )
    call_follows_id = fields.Many2one("aftersales.ticket", string="Follows", store=False)

    @api.onchange("call_rings")
    def _onchange_call_rings(self):
        if self.call_rings:
            self.seconds_to_answer = self.call_rings * SECONDS_PER_RING

    @api.onchange("symptom_id")
    def _onchange_symptom_subject(self):
        """The symptom says in one line what the matter is, until somebody writes another."""
        symptoms = self.env["aftersales.symptom"]
        if self.symptom_id and (
            not self.subject or symptoms.search_count([("name", "=", self.subject)], limit=1)
        ):
            self.subject = self.symptom_id.name

    @api.constrains("date_open")
    def _check_date_open(self):
        latest = fields.Datetime.now() + CLOCK_TOLERANCE
        for ticket in self:
            if ticket.date_open > latest:
                raise ValidationError(
                    self.env._(
                        "%(ticket)s: it cannot have been received on %(date)s, which is still to "
                        "come. Correct the date.",
                        ticket=ticket.name,
                        date=fields.Datetime.context_timestamp(ticket, ticket.date_open).date(),
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        forms = [{name: vals.get(name) for name in FORM_FIELDS} for vals in vals_list]
        vals_list = [
            {key: value for key, value in vals.items() if key not in FORM_FIELDS}
            for vals in vals_list
        ]
        for vals, form in zip(vals_list, forms, strict=True):
            if form["call_words"]:
                vals["description"] = plaintext2html(form["call_words"]) + Markup(
                    vals.get("description") or ""
                )
        tickets = super().create(vals_list)
        for ticket, form in zip(tickets, forms, strict=True):
            # One at a time comes from the form; what comes in bulk has nothing of it.
            if any(form.values()):
                ticket._finish_call_form(form)
        if any(vals.get("scan_ids") for vals in vals_list):
            tickets._own_scans()
        return tickets

    def add_call(self, words=None, caller=None, call_id=None, seconds_to_answer=None, opened=None):
        """Add a repeated call to this ticket instead of making another one (T09): what the caller
        says is posted, the call counted; a closed ticket opens again.

        :param words: what the caller says (str)
        :param caller: who calls, as the agent sees it (str)
        :param call_id: id of the aftersales.call that was logged; None makes one
        :param seconds_to_answer: how long it rang (int)
        :param opened: when it was answered (str, UTC); None: now
        :return: the action that opens the ticket
        :raise AccessError: when the user may not write the ticket
        """
        self.ensure_one()
        self.check_access("write")
        title = self.env._("Called again: %s", caller) if caller else self.env._("Called again")
        if self.is_closed:
            self.action_reopen(reason=words or title)
        body = Markup("<p><b>%s</b></p>%s") % (title, plaintext2html(words or ""))
        self.message_post(body=body, subtype_xmlid="mail.mt_note")
        self._record_call(
            {
                "call_id": call_id,
                "call_opened": opened,
                "seconds_to_answer": seconds_to_answer,
                "caller_name": caller,
            }
        )
        return self._get_form_action()

    def action_discard_call(self):
        """Leave the call form; the form itself does it, before anything is saved."""

    def action_view_calls(self):
        """Open the calls about the ticket."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_call_action"
        )
        return dict(action, domain=[("ticket_id", "=", self.id)], context={})

    @api.model
    def _get_call_form_action(self, **defaults):
        """Return the action that opens the call form; ``defaults`` go into its context."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_ticket_action_call"
        )
        return dict(action, context={"default_callback_promised": True, **defaults})

    def _finish_call_form(self, form):
        """Do what the call form asked for beside the ticket (values of ``FORM_FIELDS``)."""
        self.ensure_one()
        if form["call_new_contact"]:
            self._make_caller_known()
        if form["call_follows_id"]:
            other = self.browse(form["call_follows_id"])
            other.check_access("read")
            self._link_to(other, "follow_up")
        if form["call_id"] or (form["call_opened"] and self.channel == "phone"):
            self._record_call(form)

    def _make_caller_known(self):
        """Make the caller a contact of the customer, as the agent asked for (T02)."""
        if self.caller_id or not self.caller_name:
            return
        vals = {
            "name": self.caller_name,
            "phone": self.caller_phone,
            "parent_id": self.partner_id.commercial_partner_id.id,
            "type": "contact",
        }
        # sudo: agents do not edit contacts; name and number of the caller alone are recorded.
        contact = self.env["res.partner"].sudo().create(vals).with_env(self.env)
        self.write({"caller_id": contact.id, "partner_id": self.partner_id.id or contact.id})

    def _record_call(self, form):
        """Record the call that ``form`` tells of, as one more about this ticket (T01)."""
        call = self.env["aftersales.call"].browse(form.get("call_id") or [])
        call.check_access("write")
        if not call:
            answered = fields.Datetime.to_datetime(form.get("call_opened")) or fields.Datetime.now()
            seconds = form.get("seconds_to_answer") or self.seconds_to_answer or 0
            vals = {
                "company_id": self.company_id.id,
                "team_id": self.team_id.id,
                "user_id": self.env.uid,
                "phone": self.caller_phone,
                "caller_name": form.get("caller_name") or self.caller_name,
                "partner_id": self.partner_id.id,
                "date_ringing": answered - timedelta(seconds=max(seconds, 0)),
                "date_answered": answered,
                "state": "answered",
            }
            call.check_access("create")
            call = call._past_guard().create(vals).with_env(self.env)
        call._attach_to(self)
        self._write_past_guard({"call_count": self.call_count + 1})

    def _own_scans(self):
        """The scans that the agent has just uploaded belong to their tickets: who may read those
        may read these.
        """
        for ticket in self:
            fresh = ticket.scan_ids.filtered(lambda scan: not scan.res_id)
            if fresh:
                fresh.write({"res_model": self._name, "res_id": ticket.id})
