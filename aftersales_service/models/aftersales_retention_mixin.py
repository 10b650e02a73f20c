from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date, is_html_empty

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

BLANKED = ("char", "text", "html")
ANONYMISED = "(anonymised)"


class AftersalesRetentionMixin(models.AbstractModel):
    """A record that is kept for the company's term: nobody deletes it sooner, no user, no code of
    other addons, no cleanup (T13).

    After the term an administrator may delete it, and what it says about people can be taken
    out. The inheriting model defines:

    * ``_retention_date``: the field from which the years count; while it is empty they have not
      begun;
    * ``_personal_links``: many2one fields that name a person and are emptied with the texts;
    * ``_customer_links``: many2one fields to customers, emptied when that is a private person, and
      kept when it is a company: who it was is no personal data then;
    * ``_personal_parts``: {model: (path of its field that leads to this model, names of its texts
      that may tell of people)}: they are emptied, with their messages and files, with this one's.
    """

    _name = "aftersales.retention.mixin"
    _description = "Record Kept for Years"
    _retention_date = "create_date"
    _personal_links = ()
    _customer_links = ()
    _personal_parts = {}

    date_anonymised = fields.Datetime(string="Anonymised on", readonly=True, copy=False)

    def unlink(self):
        if not self._is_uninstalling():
            self.check_access("unlink")
            self._check_retention()
        return super().unlink()

    def _is_uninstalling(self):
        """Whether the addon goes: Odoo says so in the context, which clients could forge."""
        return self.env.su and self.env.context.get(MODULE_UNINSTALL_FLAG)

    def _get_record_domain(self):
        """Hook: return the domain of what is a record; drafts that came to nothing are none."""
        return Domain.TRUE

    def _get_retained(self):
        """Return those of the records that must still be kept."""
        # sudo: whoever deletes need not see the settings of the company.
        records = self.sudo().exists().filtered_domain(self._get_record_domain())
        retained = self.browse()
        for company, own in records.grouped("company_id").items():
            limit = company._get_retention_limit()
            retained |= own.filtered(
                lambda r, limit=limit: (
                    not r[self._retention_date]
                    or fields.Datetime.to_datetime(r[self._retention_date]) > limit
                )
            )
        return retained

    def _check_retention(self):
        """Raise UserError, in superuser mode too, when one of the records must still be kept."""
        retained = self._get_retained()[:1]
        if not retained:
            return
        until = retained._get_retention_end()
        if until:
            raise UserError(
                self.env._(
                    "%(record)s is kept as a record until %(date)s (%(years)s years by the "
                    "company's settings). Archive or cancel it instead of deleting it.",
                    record=retained.display_name,
                    date=format_date(self.env, until),
                    years=retained.company_id.aftersales_retention_years,
                )
            )
        raise UserError(
            self.env._(
                "%(record)s is kept as a record, for %(years)s years after it is finished. "
                "Archive or cancel it instead of deleting it.",
                record=retained.display_name,
                years=retained.company_id.aftersales_retention_years,
            )
        )

    def _get_retention_end(self):
        """Return the day (date) after which the record may go; None while it has not begun."""
        self.ensure_one()
        start = self[self._retention_date]
        # sudo: one setting of the company; who reads the record may know its term.
        years = self.company_id.sudo().aftersales_retention_years
        return start and (fields.Date.to_date(start) + relativedelta(years=years))

    def _message_update_content(self, message, /, *, body, attachment_ids=None, **kwargs):
        emptied = body is not None and is_html_empty(body)
        dropped = attachment_ids is not None and message.attachment_ids - message.env[
            "ir.attachment"
        ].browse(attachment_ids)
        if (emptied or dropped) and self._get_retained():
            raise UserError(
                self.env._(
                    "%s: messages and their files belong to the record and are kept. Write another "
                    "message that puts it right.",
                    self.display_name,
                )
            )
        return super()._message_update_content(
            message, body=body, attachment_ids=attachment_ids, **kwargs
        )

    # What is past its term.

    def _get_expired_domain(self, company):
        """Return the domain of the company's records whose term is over, anonymised or not."""
        domain = Domain("company_id", "=", company.id) & Domain(self._get_record_domain())
        return domain & Domain(self._retention_date, "<", company._get_retention_limit())

    def _get_personal_fields(self):
        """Return the names of the stored texts that may tell of people: all of them but
        ``_get_impersonal_fields``, so that no feature's text is forgotten.
        """
        kept = self._get_impersonal_fields()
        return [
            name
            for name, field in self._fields.items()
            if field.store
            and field.column_type
            and not field.related
            and not field.translate
            and field.type in BLANKED
            and name not in kept
        ]

    def _get_impersonal_fields(self):
        """Hook: return the names of texts that tell of no person, and stay for the reports."""
        return {"name", "access_token"}

    def _get_personal_parts(self):
        """Hook: return ``_personal_parts``, with those that later addons hang on the record."""
        return self._personal_parts

    @api.model
    def _get_person_fields(self):
        """Return the names of the stored many2one fields by which the records of a person are
        found when that person asks to be forgotten.
        """
        names = {"partner_id", "caller_id", "site_id", *self._personal_links, *self._customer_links}
        return sorted(n for n in names if n in self._fields and self._fields[n].store)

    def _anonymise(self):
        """Take out what the records, their messages and files tell of people; dates, types,
        products, amounts and ratings stay for the reports. Past the term only.

        Written straight into the tables: nothing is recomputed, tracked or sent by it.

        :raise UserError: when one must still be kept
        """
        self._check_retention()
        if not self:
            return
        self.env.flush_all()
        self._blank(
            self,
            self._get_personal_fields(),
            [SQL("%s = NULL", SQL.identifier(name)) for name in self._personal_links]
            + [SQL("date_anonymised = %s", fields.Datetime.now())],
        )
        for name in self._customer_links:
            self._forget_private_customers(self, name)
        self._anonymise_thread(self)
        for name, (path, texts) in self._get_personal_parts().items():
            # sudo: parts of records that were checked.
            parts = self.env[name].sudo().with_context(active_test=False)
            parts = parts.search([(path, "in", self.ids)])
            if parts:
                self._blank(parts, texts)
                self._anonymise_thread(parts)
        self.env.invalidate_all()

    def _forget_private_customers(self, records, name):
        """Empty the many2one ``name`` of ``records`` where it names a private person."""
        self.env.cr.execute(
            SQL(
                """UPDATE %(table)s record SET %(column)s = NULL
                     FROM res_partner partner
                     JOIN res_partner customer ON customer.id = partner.commercial_partner_id
                    WHERE partner.id = record.%(column)s AND customer.is_company IS NOT TRUE
                      AND record.id IN %(ids)s""",
                table=SQL.identifier(records._table),
                column=SQL.identifier(name),
                ids=tuple(records.ids),
            )
        )

    def _blank(self, records, names, sets=()):
        """Empty the texts ``names`` of ``records`` in their table; ``sets`` goes with them."""
        texts = [
            SQL("%s = %s", SQL.identifier(name), ANONYMISED if field.required else None)
            for name, field in records._fields.items()
            if name in names
        ]
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET %s WHERE id IN %s",
                SQL.identifier(records._table),
                SQL(", ").join([*texts, *sets]),
                tuple(records.ids),
            )
        )

    def _anonymise_thread(self, records):
        """Empty messages, followers, ratings' words and delete files of the records."""
        key = (records._name, tuple(records.ids))
        messages = SQL("SELECT id FROM mail_message WHERE model = %s AND res_id IN %s", *key)
        for query in (
            SQL("DELETE FROM mail_mail WHERE mail_message_id IN (%s)", messages),
            SQL("DELETE FROM mail_tracking_value WHERE mail_message_id IN (%s)", messages),
            SQL("DELETE FROM mail_notification WHERE mail_message_id IN (%s)", messages),
            SQL("DELETE FROM mail_message_res_partner_rel WHERE mail_message_id IN (%s)", messages),
            SQL(
                """UPDATE mail_message SET body = '', subject = NULL, email_from = NULL,
                   author_id = NULL, reply_to = NULL, incoming_email_to = NULL,
                   incoming_email_cc = NULL, outgoing_email_to = NULL WHERE id IN (%s)""",
                messages,
            ),
            SQL("DELETE FROM mail_followers WHERE res_model = %s AND res_id IN %s", *key),
            SQL("DELETE FROM mail_activity WHERE res_model = %s AND res_id IN %s", *key),
            SQL(
                """UPDATE rating_rating SET feedback = NULL, partner_id = NULL
                   WHERE res_model = %s AND res_id IN %s""",
                *key,
            ),
        ):
            self.env.cr.execute(query)
        # sudo: the files of records that were checked, signatures and pictures among them.
        files = self.env["ir.attachment"].sudo()
        domain = Domain("res_model", "=", records._name) & Domain("res_id", "in", records.ids)
        found = files.search(domain & Domain("id", ">", 0))
        for name, field in records._fields.items():
            if field.type == "many2many" and field.comodel_name == files._name and field.store:
                # Files of a field may have been uploaded before there was a record to own them.
                # sudo: as above; what other records own stays theirs.
                found |= records.sudo()[name].filtered(lambda file: not file.res_id)
        found.unlink()
