from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize


class ResPartner(models.Model):
    """A dealer's own users on the portal: owners and clerks (D14).

    An **owner** also sees money (fee notices, statement, deposit, charges, the agreement's terms),
    answers notices and manages the company's users; a **clerk** does the daily work. A contact
    without a role is an owner as long as the dealer has appointed none, and a clerk afterwards; the
    dealer's own login (the company itself) stays an owner until it is made a clerk.
    """

    _inherit = "res.partner"

    dealer_role = fields.Selection(
        [("owner", "Owner"), ("clerk", "Clerk")],
        string="Role on the Dealer Portal",
        copy=False,
        tracking=True,
        help="Owners answer fee notices, see statement, deposit and terms, and manage the dealer's "
        "users. Clerks register, take tickets, file claims and ship parts. Without a role, a "
        "contact is an owner as long as the dealer has no appointed owner.",
    )
    is_dealer_contact = fields.Boolean(compute="_compute_is_dealer_contact")

    _dealer_owner_idx = models.Index("(commercial_partner_id) WHERE dealer_role = 'owner'")

    @api.depends("commercial_partner_id.is_dealer")
    def _compute_is_dealer_contact(self):
        for partner in self:
            partner.is_dealer_contact = partner.commercial_partner_id.is_dealer

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        if any(partner.dealer_role for partner in partners):
            self._check_may_set_dealer()
            self._forget_dealer_owners()
        return partners

    def write(self, vals):
        if "dealer_role" in vals and any(p.dealer_role != vals["dealer_role"] for p in self):
            self._check_may_set_dealer()
        moves = {"parent_id", "is_company"} & vals.keys()
        companies = {p: p.commercial_partner_id for p in self if p.dealer_role} if moves else {}
        result = super().write(vals)
        # Who changes over to another company is not its owner by the role of before.
        moved = [p.id for p, company in companies.items() if p.commercial_partner_id != company]
        if moved and "dealer_role" not in vals:
            # sudo: the user was let to move them above; it only takes rights away.
            self.browse(moved).sudo().dealer_role = "clerk"
        if {"dealer_role", "is_dealer"} & vals.keys() or (
            # sudo: only whether there is a login.
            moves and self.sudo().with_context(active_test=False).user_ids
        ):
            self._forget_dealer_owners()
        return result

    @api.model
    def _forget_dealer_owners(self):
        """Let a role count at once: the domains of record rules are cached by user, and the role of
        one contact decides about others.
        """
        self.env["res.users"].invalidate_model(["owned_dealer_id", "is_dealer_clerk"])
        self.env.registry.clear_cache()

    def _is_dealer_owner(self):
        """Return whether the contact is an owner of the dealer it belongs to (D14)."""
        self.ensure_one()
        # The answer is about the contact itself; who asks need not see its colleagues.
        contact = self.sudo()
        dealer = contact.commercial_partner_id
        if not dealer.is_dealer or contact.dealer_role == "clerk":
            return False
        return contact.dealer_role == "owner" or contact == dealer or not dealer._has_dealer_owner()

    def _has_dealer_owner(self):
        """Return whether an owner was ever appointed, archived ones included: otherwise all of a
        dealer's clerks would be owners the day its owner is archived.
        """
        contacts = self.with_context(active_test=False)
        domain = [("commercial_partner_id", "=", self.id), ("dealer_role", "=", "owner")]
        return bool(contacts.search_count(domain, limit=1))

    def _get_dealer_portal_contacts(self):
        """Return the dealer's contacts who have or had a portal login, by name (D14)."""
        self.ensure_one()
        users = self.env["res.users"].with_context(active_test=False)
        found = users.search(
            [("share", "=", True), ("partner_id.commercial_partner_id", "=", self.id)]
        )
        return found.partner_id.sorted(lambda contact: (contact.name or "", contact.id))

    def _invite_dealer_user(self, name, email, role):
        """Give a colleague access to the portal, as Odoo's *Grant portal access* does (D14).

        :param str name: the colleague's name
        :param str email: where the invitation goes, and the login
        :param str role: ``owner`` or ``clerk``
        :return: the contact
        :raise UserError: naming what is wrong
        """
        self.ensure_one()
        name, email = (name or "").strip()[:128], email_normalize(email or "")
        if not name:
            raise UserError(self.env._("“Name”: enter the name of your colleague."))
        if not email:
            raise UserError(self.env._("“E-mail”: enter one address, like name@example.com."))
        if role not in ("owner", "clerk"):
            raise UserError(self.env._("“Role”: choose Owner or Clerk."))
        if (
            self.env["res.users"]
            .with_context(active_test=False)
            .search_count(
                [("login", "=ilike", email.replace("_", r"\_").replace("%", r"\%"))], limit=1
            )
        ):
            # The same words whoever has the login: who else uses the portal is not told.
            raise UserError(
                self.env._(
                    "%(email)s cannot be invited: it is in use already. Choose another address, or "
                    "ask the company.",
                    email=email,
                )
            )
        contact = self.create(
            {"name": name, "email": email, "parent_id": self.id, "dealer_role": role}
        )
        contact._open_portal_access().action_grant_access()
        return contact

    def _open_portal_access(self):
        """Return the row of Odoo's portal wizard for the contact."""
        self.ensure_one()
        wizard = self.env["portal.wizard"].create({"partner_ids": self.ids})
        return wizard.user_ids

    def _set_dealer_access(self, active):
        """Let the contact into the portal again (with an invitation), or no longer (D14).

        :param bool active: whether it may log in
        """
        access = self._open_portal_access()
        if active and not access.is_portal:
            access.action_grant_access()
        elif not active and access.is_portal:
            access.action_revoke_access()
