from odoo import fields, models
from odoo.exceptions import AccessError


class AftersalesDealerDocumentMixin(models.AbstractModel):
    """A numbered document between a dealer and a company, with its page on the dealer portal.

    The inheriting model sets ``_portal_path`` to the address of its list on the portal, and what
    the mixins of its number and its states ask for.
    """

    _name = "aftersales.dealer.document.mixin"
    _description = "Document of a Dealer"
    _inherit = [
        "aftersales.number.mixin",
        "aftersales.transition.mixin",
        "portal.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True
    _guard_readonly = True
    _portal_path = ""

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    dealer_id = fields.Many2one(
        "res.partner",
        required=True,
        index=True,
        check_company=True,
        domain="[('is_dealer', '=', True)]",
        ondelete="restrict",
        tracking=True,
    )

    def _compute_access_url(self):
        result = super()._compute_access_url()
        for document in self:
            document.access_url = f"{self._portal_path}/{document.id}"
        return result

    def _get_report_base_filename(self):
        """Return the file name of the print-outs on the portal."""
        self.ensure_one()
        return self.name.replace("/", "-")

    def _ensure_group(self, group):
        """Raise AccessError unless the user is an internal user of ``group``; superuser mode
        does not count.
        """
        if self.env.user.share or not self.env.user.has_group(group):
            raise AccessError(
                self.env._(
                    "You are not allowed to do this: it needs the role “%(role)s”.",
                    role=self.env.ref(group).sudo().display_name,  # its label only
                )
            )
        self.check_access("write")
