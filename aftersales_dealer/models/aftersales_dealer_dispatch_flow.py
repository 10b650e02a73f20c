from datetime import timedelta

from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_datetime, plaintext2html

from odoo.addons.aftersales_service.tools.snapshot import touch

# A slip of the clock is no appointment in the past; nobody is put off for longer than that.
PAST, FUTURE = timedelta(minutes=15), timedelta(days=120)
STAFF = "aftersales_dealer.group_aftersales_dealer_user"
AGENT = "aftersales_service.group_aftersales_agent"


class AftersalesDealerDispatch(models.Model):
    """What the dealer does with the ticket, and how we look after it (D03)."""

    _inherit = "aftersales.dealer.dispatch"

    def _arrange(self, date, technician, phone):
        """The dealer says who comes when: customer and company are told (D03).

        Called for the portal as superuser, the dealer checked.

        :param date: datetime (UTC)
        :param str technician: name of who comes
        :param str phone: number under which that person is reached
        :raise UserError: naming the field and the cure
        """
        self.ensure_one()
        touch(self)
        if not self._is_live():
            self._ensure_transition("arranged")
        # It may have turned out to be paid work since (T11); what is done is reported all the same.
        self.ticket_id._check_not_held()
        now = fields.Datetime.now()
        technician, phone = (technician or "").strip(), (phone or "").strip()
        if not technician or sum(char.isdigit() for char in phone) < 5:
            raise UserError(
                self.env._("Enter the technician's name and the phone number to reach them.")
            )
        if not date or not now - PAST <= date <= now + FUTURE:
            raise UserError(
                self.env._(
                    "“Comes on”: enter the agreed day and time, from now on and within %(days)s "
                    "days.",
                    days=FUTURE.days,
                )
            )
        again = self.date_planned
        values = {
            "date_planned": date,
            "technician_name": technician[:128],
            "technician_phone": phone[:64],
            "date_arranged": self.date_arranged or now,
        }
        if self.state == "arranged":
            self._write_past_guard(values)
        else:
            self._set_state("arranged", **values)
        self.ticket_id._reach_sla("arranged")
        told = self._tell_customer_appointment(bool(again))
        self._write_past_guard({"customer_told": told})
        self._tell_company_appointment()

    def _tell_customer_appointment(self, again):
        """Send the customer who comes when; return whether there was an address (D03)."""
        ticket = self.ticket_id
        person = ticket.caller_id if ticket.caller_id.email else ticket.partner_id
        if not person.email:
            return False
        lang = person.lang or self.env.lang
        dispatch = self.with_context(
            lang=lang, tz=person.tz or ticket.company_id._get_aftersales_tz()
        )
        body = dispatch.env["ir.qweb"]._render(
            "aftersales_dealer.aftersales_dispatch_appointment_mail",
            {"dispatch": dispatch, "ticket": dispatch.ticket_id, "person": person, "again": again},
        )
        dispatch.ticket_id.message_post(
            body=body,
            subject=dispatch.env._("%(ticket)s: your appointment", ticket=ticket.name),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=person.ids,
            author_id=ticket.company_id.partner_id.id,
            email_layout_xmlid="mail.mail_notification_light",
        )
        return True

    def _tell_company_appointment(self):
        """Tell whoever is in charge of the ticket what the dealer arranged."""

        def word(dispatch):
            """Return the sentences about the appointment."""
            sentence = dispatch.env._(
                "%(dealer)s has arranged the service: %(technician)s (%(phone)s) comes on "
                "%(date)s.",
                dealer=dispatch.dealer_id.name,
                technician=dispatch.technician_name,
                phone=dispatch.technician_phone,
                date=format_datetime(dispatch.env, dispatch.date_planned, dt_format="short"),
            )
            if not dispatch.customer_told:
                sentence += " " + dispatch.env._("The dealer calls the customer.")
            return sentence

        self._tell_company(word)

    def _tell_company(self, sentence):
        """Post an internal note on the ticket; its agent, else the team's leader, gets it.

        :param sentence: function that words it for the dispatch in the reader's language
        """
        for dispatch in self:
            ticket = dispatch.ticket_id
            user = ticket.user_id or ticket.team_id.user_id
            lang, tz = user.lang or dispatch.env.lang, user.tz or dispatch.env.context.get("tz")
            body = sentence(dispatch.with_context(lang=lang, tz=tz))
            ticket.message_post(
                body=body if isinstance(body, Markup) else plaintext2html(body),
                message_type="comment",
                subtype_xmlid="mail.mt_note",
                partner_ids=user.partner_id.ids,
            )

    def _report(self, *, fixed, work_done, date_repair, meter=0.0, promise="", photos=None):
        """The dealer reports back: what was done, and whether it works again (D03, D04).

        Called for the portal as superuser, the dealer checked.

        :param bool fixed: whether the fault is mended
        :param str work_done: what was done
        :param date_repair: ``datetime.date``
        :param float meter: hours or kilometres, 0 when unknown
        :param str promise: what was promised beyond the policy
        :param photos: ``ir.attachment`` of this record
        :raise UserError: naming the field and the cure
        """
        self.ensure_one()
        touch(self)
        state = "done" if fixed else "reported"
        if not (self.state == state == "reported"):
            self._ensure_transition(state)
        work_done = (work_done or "").strip()
        self._check_report(work_done, date_repair, meter)
        values = {
            "fixed": fixed,
            "work_done": work_done[:10000],
            "date_repair": date_repair,
            "meter": meter,
            "promise": (promise or "").strip()[:2000] or self.promise,
            "date_reported": fields.Datetime.now(),
            "photo_ids": [(4, photo.id) for photo in photos or ()],
        }
        if fixed:
            values["date_ended"] = values["date_reported"]
        self._write_past_guard(dict(values, state=state))
        self.ticket_id._on_dealer_reported(self)

    def _check_report(self, work_done, date_repair, meter):
        """Raise for what is missing or cannot be in a report."""
        if not work_done:
            raise UserError(self.env._("“What was done”: describe the work, please."))
        today = fields.Date.context_today(self)
        given = fields.Datetime.context_timestamp(self, self.ticket_id.date_open).date()
        if not date_repair or not given <= date_repair <= today:
            raise UserError(
                self.env._(
                    "“Day of the work”: enter a day between the report of the fault and today."
                )
            )
        if not 0 <= meter < 10**9:
            raise UserError(self.env._("“Meter reading”: enter a number, for example 12.5."))

    def action_hand_back(self, reason=None):
        """The dealer cannot do it and says why: the ticket is ours again (D03). There is no way to
        send the customer to the factory: the company sees to it.

        :raise UserError: without a reason, or when the dealer does not have the ticket any more
        """
        self._check_staff()
        self._ensure_transition("handed_back")
        if not (reason or "").strip():
            return self.env["aftersales.dealer.reason"]._ask(
                self, "hand_back", self.env._("Handed Back by the Dealer")
            )
        self.sudo()._hand_back(reason)  # staff need not edit tickets; the role was checked
        return None

    def _hand_back(self, reason):
        """Give the tickets back to the company, which takes over: recorded against the dealer."""
        touch(self)
        self._ensure_transition("handed_back")
        reason = (reason or "").strip()
        if len(reason) < 5:
            raise UserError(
                self.env._("Say why you cannot do it, so that we can take over at once.")
            )
        self._set_state(
            "handed_back", hand_back_reason=reason[:2000], date_ended=fields.Datetime.now()
        )
        self._tell_company(
            lambda dispatch: dispatch.env._(
                "%(dealer)s handed the ticket back: %(reason)s",
                dealer=dispatch.dealer_id.name,
                reason=reason,
            )
        )
        for dispatch in self:
            dispatch.ticket_id._on_handed_back(dispatch)

    def action_supervise(self, reason=None):
        """We asked the dealer how it goes, or the customer: write down the answer (D03).

        :param str reason: what was found out; asked for when missing
        """
        self._check_staff()
        gone = self.filtered(lambda dispatch: not dispatch._is_live())
        if gone:
            raise UserError(
                self.env._(
                    "%(dispatch)s: the dealer has no more to do with it (%(state)s).",
                    dispatch=gone[0].display_name,
                    state=gone[0]._get_state_label(gone[0].state),
                )
            )
        if not (reason or "").strip():
            return self.env["aftersales.dealer.reason"]._ask(
                self, "supervise", self.env._("What Did You Find Out?")
            )
        self.sudo()._supervise(reason.strip())  # as in ``action_hand_back``
        return None

    def _supervise(self, note=False):
        """Record that these were looked after now."""
        self._write_past_guard(
            {
                "date_supervised": fields.Datetime.now(),
                "supervised_by_id": self.env.uid,
                "supervision": note,
            }
        )
        self.ticket_id._reach_sla("supervised")
        for dispatch in self.filtered(lambda d: note):
            dispatch.ticket_id._message_log(
                body=self.env._(
                    "The service of %(dealer)s was supervised: %(note)s",
                    dealer=dispatch.dealer_id.name,
                    note=note,
                )
            )

    def action_take_back(self):
        """Take the tickets back from the dealers: we do it ourselves, or give it to another one.

        :raise UserError: when a dealer has no more to do with one
        """
        self._check_staff()
        self._ensure_transition("withdrawn")
        self.sudo().ticket_id.write({"dispatch_dealer_id": False})  # as in ``action_hand_back``

    def _check_staff(self):
        """Raise AccessError unless the user looks after dealers or tickets."""
        user = self.env.user
        if not self.env.su and not user.has_group(STAFF) and not user.has_group(AGENT):
            raise AccessError(
                self.env._("Only dealer staff and agents may do that. Ask one of them.")
            )
