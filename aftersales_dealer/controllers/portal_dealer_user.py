from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from .portal_dealer import DealerPortal

# Each invitation sends a mail: so many in so many seconds by one dealer.
INVITE_LIMIT, INVITE_SECONDS = 20, 3600
URL = "/my/dealer/users"


class PortalDealerUser(DealerPortal):
    """An owner manages the dealer's users: roles, invitations, who may no longer log in (D14)."""

    @http.route(URL, type="http", auth="user", website=True, readonly=True)
    def portal_dealer_users(self, message="", **kwargs):
        """List the dealer's users."""
        dealer = self._ensure_dealer_owner()
        if not dealer:
            return request.redirect("/my")
        return self._render_users(dealer, message=message)

    def _render_users(self, dealer, error="", message="", post=None):
        """Show the users, and what was typed and why it was refused."""
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "dealer_users",
            "contacts": dealer.sudo()._get_dealer_portal_contacts(),  # the owner's own company
            "roles": dict(dealer._fields["dealer_role"]._description_selection(request.env)),
            "error": error,
            "message": message if message in ("invited", "saved") else "",
            "post": post or {},
        }
        return request.render("aftersales_dealer.portal_dealer_users", values)

    @http.route(f"{URL}/invite", type="http", auth="user", website=True, methods=["POST"])
    def portal_dealer_user_invite(self, name="", email="", role="", **post):
        """Invite a colleague; an invitation by e-mail lets them choose a password."""
        typed = {"name": name, "email": email, "role": role}

        return self._act_on_users(
            lambda dealer: dealer._invite_dealer_user(name, email, role),
            "invited",
            typed,
            mails=True,
        )

    @http.route(
        f"{URL}/<int:contact_id>/role", type="http", auth="user", website=True, methods=["POST"]
    )
    def portal_dealer_user_role(self, contact_id, role="", **post):
        """Make a colleague an owner or a clerk."""

        def set_role(dealer):
            contact = self._get_colleague(dealer, contact_id)
            if role not in ("owner", "clerk"):
                raise UserError(request.env._("“Role”: choose Owner or Clerk."))
            contact.dealer_role = role

        return self._act_on_users(set_role, "saved")

    @http.route(
        f"{URL}/<int:contact_id>/access", type="http", auth="user", website=True, methods=["POST"]
    )
    def portal_dealer_user_access(self, contact_id, active="", **post):
        """End a colleague's access, or give it back."""

        def set_access(dealer):
            self._get_colleague(dealer, contact_id)._set_dealer_access(bool(active))

        return self._act_on_users(set_access, "saved", mails=bool(active))

    def _act_on_users(self, action, message, typed=None, mails=False):
        """Run ``action`` on the owner's own dealer and show the users again.

        :param bool mails: whether the action sends an invitation; tries count, too, as a refused
            address tells that it is in use
        """
        dealer = self._ensure_dealer_owner()
        if not dealer:
            return request.redirect("/my")
        # The user is the owner of this company; portal users may not write contacts themselves.
        dealer = dealer.sudo()
        try:
            if mails:
                self._check_invitations(dealer)
            with request.env.cr.savepoint():
                # Who was an owner for want of one stays it when roles are given out.
                contact = request.env.user.partner_id
                if not contact.dealer_role:
                    # sudo: the user's own contact, and the role that it counts as already.
                    contact.sudo().dealer_role = "owner"
                action(dealer)
        except UserError as refusal:
            dealer.invalidate_recordset()
            return self._render_users(dealer, error=str(refusal), post=typed)
        return request.redirect(f"{URL}?message={message}")

    def _get_colleague(self, dealer, contact_id):
        """Return another portal contact of the dealer's, in superuser mode.

        :raise UserError: the user itself, a contact of another company, or one without a login:
            the latter two are answered alike
        """
        contact = dealer._get_dealer_portal_contacts().filtered(lambda c: c.id == contact_id)
        if not contact:
            raise UserError(
                request.env._("There is no such user in your company. Reload the page.")
            )
        if contact == request.env.user.partner_id:
            raise UserError(
                request.env._("You cannot change your own access. Ask another owner to do it.")
            )
        return contact

    def _check_invitations(self, dealer):
        """Refuse more mails than a company ever needs.

        :raise UserError: too many invitations within the hour
        """
        if not request.env["aftersales.throttle"]._allow(
            "dealer-invite", str(dealer.id), INVITE_LIMIT, INVITE_SECONDS
        ):
            raise UserError(request.env._("Too many invitations were sent. Try again in an hour."))
