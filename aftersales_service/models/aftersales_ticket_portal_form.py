from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

MAX_SUBJECT = 120
MAX_DESCRIPTION = 10000


class AftersalesTicket(models.Model):
    """What becomes of the form with which a customer reports on the portal (T01)."""

    _inherit = "aftersales.ticket"

    @api.model
    def _get_portal_types(self):
        """Return the types that customers may choose, the usual one first."""
        return ("fault", "enquiry", "complaint", "return", "training", "other")

    @api.model
    def _prepare_portal_vals(self, person, asset, post):
        """Return the values of the ticket that ``person`` (res.partner) reports.

        Whatever else was posted is not read: customer and company follow from login and machine.

        :param asset: the customer's own machine, or an empty recordset
        :param post: ``type``, ``subject``, ``description``, ``serial``, ``phone`` as typed (str)
        :raise UserError: naming what is missing
        """
        typed = {name: post.get(name, "").strip() for name in ("subject", "description", "serial")}
        if post.get("type") not in self._get_portal_types():
            raise UserError(self.env._("Please choose what it is about."))
        if not typed["subject"]:
            raise UserError(self.env._("Please say in a few words what is the matter."))
        description = typed["description"][:MAX_DESCRIPTION]
        if typed["serial"] and not asset:
            serial = self.env._("Serial number: %s", typed["serial"][:64])
            description = f"{description}\n{serial}".strip()
        return {
            "type": post["type"],
            "channel": "portal",
            "subject": typed["subject"][:MAX_SUBJECT],
            "description": plaintext2html(description) if description else False,
            "company_id": asset.company_id.id or self._get_portal_company(person).id,
            "partner_id": asset.partner_id.id or person.commercial_partner_id.id,
            "caller_id": person.id,
            "caller_phone": post.get("phone", "").strip()[:32] or person.phone,
            "asset_id": asset.id,
            "user_id": False,
        }

    @api.model
    def _get_portal_company(self, person):
        """Return the company of a matter without machine: the customer's, else the login's."""
        return person.commercial_partner_id.company_id or self.env.company

    @api.model
    def _find_open_of(self, asset):
        """Return the open tickets on ``asset`` that the user may see, newest first."""
        domain = [("asset_id", "=", asset.id), ("is_closed", "=", False)]
        return self.search(domain, order="id desc", limit=5)
