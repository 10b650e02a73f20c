from odoo import fields, models
from odoo.exceptions import UserError


class ResCompany(models.Model):
    """Where the money goes that technicians hand in (V10)."""

    _inherit = "res.company"

    aftersales_collection_journal_id = fields.Many2one(
        "account.journal",
        string="Journal of What Was Collected",
        domain="[('type', 'in', ('cash', 'bank')), ('company_id', '=', id)]",
        help="Empty: the first cash journal, else the first bank journal.",
    )

    def _get_collection_journal(self):
        """Return the journal of the payments that technicians hand in.

        :raise UserError: when the company has neither cash nor bank journal
        """
        self.ensure_one()
        # sudo: a setting of the company.
        journal = self.sudo().aftersales_collection_journal_id.sudo(False)
        if not journal:
            journals = self.env["account.journal"].search(
                [
                    *self.env["account.journal"]._check_company_domain(self),
                    ("type", "in", ("cash", "bank")),
                ]
            )
            journal = journals.sorted(lambda j: (j.type != "cash", j.sequence, j.id))[:1]
        if not journal:
            raise UserError(
                self.env._(
                    "%(company)s has no cash journal: make one, or choose a journal under Settings "
                    "→ After-sales → Paid work.",
                    company=self.display_name,
                )
            )
        return journal
