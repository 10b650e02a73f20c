from odoo import api, fields, models


class AftersalesTicket(models.Model):
    """The salesperson is told once of each ticket of a customer of theirs (T12).

    A ticket only notes whom to tell; a job sends each person one message about all that is new, so
    that a thousand tickets made at once are one mail, and a call is saved without waiting.
    """

    _inherit = "aftersales.ticket"

    salesperson_id = fields.Many2one(
        "res.users",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Whoever looked after the customer when the ticket came, and is told of it.",
    )
    salesperson_told = fields.Boolean(readonly=True, copy=False)

    _salesperson_idx = models.Index(
        "(salesperson_id, id) WHERE salesperson_id IS NOT NULL AND salesperson_told IS NOT TRUE"
    )

    def write(self, vals):
        result = super().write(vals)
        if "partner_id" in vals:
            self._note_salespeople()
        return result

    def _note_salespeople(self):
        """Note whom to tell of the tickets: new ones, and those whose customer is known now."""
        changed = self.browse()
        for user, tickets in self.grouped(lambda t: t._get_salesperson()).items():
            news = tickets.filtered(lambda t, user=user: user and t.salesperson_id != user)
            if not news:
                continue
            # Nobody is told of what they made or look after themselves.
            own = news.filtered(lambda t, user=user: user in (t.user_id, t.create_uid))
            for part, told in ((own, True), (news - own, False)):
                part._write_past_guard({"salesperson_id": user.id, "salesperson_told": told})
            changed |= news - own
        if changed:
            # Its id is known without a query.
            job = "aftersales_service.ir_cron_tell_salespeople"
            jobs = self.env["ir.cron"]
            jobs.browse(self.env["ir.model.data"]._xmlid_to_res_id(job))._trigger()

    def _get_salesperson(self):
        """Return the user who looks after the ticket's customer and works for its company; empty
        without.
        """
        self.ensure_one()
        # sudo: whoever makes a ticket need not read the customer's salesperson.
        partner = self.partner_id.sudo()
        user = partner.user_id or partner.commercial_partner_id.user_id
        works_here = (
            user.active and not user.share and self.company_id.id in user._get_company_ids()
        )
        return (user if works_here else user.browse()).sudo(False)

    @api.model
    def _cron_tell_salespeople(self, batch_size=2000):
        """Send each salesperson one message about the new tickets, and one about complaints."""
        domain = [("salesperson_id", "!=", False), ("salesperson_told", "=", False)]
        due = self.search(domain, order="salesperson_id, id", limit=batch_size)
        due = due.try_lock_for_update()
        for user, tickets in due.grouped("salesperson_id").items():
            if user.active:
                complaints = tickets.filtered(lambda t: t.type == "complaint")
                complaints._tell_salesperson(user)
                (tickets - complaints)._tell_salesperson(user)
            tickets._write_past_guard({"salesperson_told": True})
            if not self.env["ir.cron"]._commit_progress(len(tickets)):
                return
        if len(due) == batch_size:
            self.env["ir.cron"]._commit_progress(remaining=self.search_count(domain))

    def _tell_salesperson(self, user):
        """Send ``user`` one message about these tickets, in their language."""
        if not self:
            return
        tickets = self.with_context(lang=user.lang or self.env.lang, tz=user.tz)
        handles = user.has_group("aftersales_service.group_aftersales_technician")
        body = tickets.env["ir.qweb"]._render(
            "aftersales_service.aftersales_sales_notice",
            {
                "user": user,
                "tickets": tickets,
                # Those without rights in after-sales see what the customer sees.
                "path": "/odoo/tickets" if handles else "/my/tickets",
                "base_url": self[:1].get_base_url(),
            },
        )
        tickets.env["mail.thread"].message_notify(
            partner_ids=user.partner_id.ids,
            subject=tickets._get_sales_subject(),
            body=body,
            email_layout_xmlid="mail.mail_notification_light",
            model_description=tickets.env._("service tickets"),
        )
        self._message_log_batch(
            bodies=dict.fromkeys(self.ids, self.env._("%s was told.", user.name))
        )

    def _get_sales_subject(self):
        """Return the subject of the message, in the language of the context."""
        is_complaint = self[:1].type == "complaint"
        customers = self.partner_id
        if len(self) == 1:
            names = {"customer": customers.display_name, "subject": self.subject}
            if is_complaint:
                return self.env._("Complaint of %(customer)s: %(subject)s", **names)
            return self.env._("Service ticket of %(customer)s: %(subject)s", **names)
        if is_complaint:
            return self.env._("%s complaints of your customers", len(self))
        return self.env._("%s service tickets of your customers", len(self))
