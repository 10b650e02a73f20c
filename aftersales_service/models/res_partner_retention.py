from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

# What a contact record tells of a person; the rest of it (its id, its company) holds no person.
PERSONAL = ("email", "phone", "website", "street", "street2", "zip", "city", "vat", "function")
PERSONAL += ("comment", "image_1920", "ref", "barcode")


class ResPartner(models.Model):
    """A person asks to be forgotten: what can go goes, what must be kept is told (T13)."""

    _inherit = "res.partner"

    aftersales_forget_date = fields.Date(
        string="To Be Forgotten on",
        readonly=True,
        copy=False,
        groups="aftersales_service.group_aftersales_admin",
        help="The person asked for it; service records must be kept until then.",
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_service_records(self):
        # sudo: whoever deletes contacts need not see tickets.
        tickets = self.env["aftersales.ticket"].sudo().with_context(active_test=False)
        named = Domain("partner_id", "in", self.ids) | Domain("caller_id", "in", self.ids)
        found = tickets.search(named, limit=1)
        if found:
            raise UserError(
                self.env._(
                    "%(contact)s is named in service records (%(ticket)s), which are kept. "
                    "Archive the contact, or merge it with another.",
                    contact=(found.partner_id & self or found.caller_id).display_name,
                    ticket=found.name,
                )
            )

    def _get_service_records(self):
        """Return [recordset a model] of the kept records that name this person (superuser)."""
        self.ensure_one()
        records = []
        for model in self.env["aftersales.retention.log"]._get_models():
            names = model._get_person_fields()
            domain = Domain.OR(Domain(name, "=", self.id) for name in names)
            # sudo: checked by the callers; only counted, or anonymised past the term.
            found = model.sudo().with_context(active_test=False).search(domain)
            records.append(found.filtered_domain(model._get_record_domain()))
        return [found for found in records if found]

    def _get_forget_answer(self):
        """Return (until, sentences): the day until which records of the person must be kept, None
        when nothing is; False when one has not been finished; and what to tell the person.
        """
        self.ensure_one()
        until, sentences, is_open = None, [], False
        for records in self._get_service_records():
            kept = records._get_retained()
            ends = [record._get_retention_end() for record in kept]
            is_open = is_open or None in ends or False in ends
            last = max(filter(None, ends), default=None)
            until = max(filter(None, (until, last)), default=None)
            sentences.append(
                self.env._(
                    "%(model)s: %(kept)s must be kept, %(free)s can be anonymised now.",
                    model=records._description,
                    kept=len(kept),
                    free=len(records - kept),
                )
            )
        return (False if is_open else until), sentences

    def _check_forgettable(self):
        """Raise unless an administrator asks, for a person who is no user and no company."""
        if not self.env.user.has_group("aftersales_service.group_aftersales_admin"):
            raise AccessError(
                self.env._("Only an after-sales administrator makes persons forgotten.")
            )
        self.check_access("read")  # not the contacts of companies they do not work in
        # sudo: whether there is a user or an invoice, nothing of them.
        partner = self.sudo()
        if partner.is_company or partner.with_context(active_test=False).user_ids:
            raise UserError(
                self.env._(
                    "%s is a company or has a login. Remove the login first; companies are no "
                    "persons.",
                    partner.display_name,
                )
            )

    def _forget(self):
        """Anonymise what is past its term at once; the contact too, or on the day on which its
        last record may go.

        :return: the day (date) on which the rest follows; None when all is done
        :raise UserError: when a matter of the person is still open
        """
        self.ensure_one()
        self._check_forgettable()
        until, _sentences = self._get_forget_answer()
        if until is False:
            raise UserError(
                self.env._(
                    "%s: a ticket or visit is not finished yet. Finish it first.", self.display_name
                )
            )
        for records in self._get_service_records():
            (records - records._get_retained()).filtered(
                lambda record: not record.date_anonymised
            )._anonymise()
        if until:
            # sudo: an administrator, see ``_check_forgettable``; only the day is noted.
            self.sudo().aftersales_forget_date = until
            return until
        self._blank_contact()
        return None

    def _blank_contact(self):
        """Take the person out of the contact record, which stays for what refers to it."""
        # sudo: checked by the callers.
        partner = self.sudo()
        # sudo: only whether there are entries.
        invoices = self.env["account.move.line"].sudo()
        if invoices.search_count([("partner_id", "=", partner.id)], limit=1):
            raise UserError(
                self.env._(
                    "%s has entries in the accounts, which the tax law keeps. The service records "
                    "are done; the contact itself stays.",
                    partner.display_name,
                )
            )
        names = [name for name in PERSONAL if name in partner._fields]
        partner.with_context(tracking_disable=True).write(
            dict.fromkeys(names, False)
            | {
                "name": self.env._("Anonymised contact %s", partner.id),
                "active": False,
                "aftersales_forget_date": False,
            }
        )
        # sudo: checked by the callers; messages of this contact only.
        self.env["mail.message"].sudo().search(
            [("model", "=", "res.partner"), ("res_id", "=", partner.id)]
        ).unlink()
        company = partner.company_id or self.env.company
        self.env["aftersales.retention.log"]._log(
            "forget", company, 1, self.env._("Contact %s", partner.id)
        )

    @api.model
    def _forget_due(self):
        """Forget those whose day has come (nightly)."""
        domain = [("aftersales_forget_date", "<=", fields.Date.today())]
        # sudo: the nightly job; an administrator asked for each of them.
        for partner in self.sudo().search(domain, limit=100):
            try:
                with self.env.cr.savepoint():
                    partner._forget()
            except UserError:
                # Somebody made a new record meanwhile, or an invoice: tried again tomorrow, shown
                # in the list of those to be forgotten.
                continue

    def action_aftersales_forget(self):
        """Open the dialog that tells what is kept until when, and forgets the rest (T13)."""
        self.ensure_one()
        self._check_forgettable()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Forget This Person"),
            "res_model": "aftersales.forget",
            "view_mode": "form",
            "target": "new",
            "context": {"default_partner_id": self.id},
        }
