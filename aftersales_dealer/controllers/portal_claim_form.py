from odoo import fields, http
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request

from .portal_claim_line import PortalClaimLine

MAX_SAVES = 200  # of one login in an hour


class PortalClaimForm(PortalClaimLine):
    """The form in which a dealer files or corrects a claim on the portal (D07)."""

    @http.route("/my/claims/new", type="http", auth="user", website=True, readonly=True)
    def portal_claim_new(self, serial="", authorisation_id="", **kwargs):
        """Show the empty claim, for a machine and an authorisation when they are named."""
        dealer = self._get_dealer()
        if not dealer:
            return request.redirect("/my")
        claim = request.env["aftersales.claim"]
        post = {"serial": serial, "authorisation_id": authorisation_id}
        return self._render_claim_form(dealer, claim, post, [{}])

    @http.route(
        "/my/claims/<int:claim_id>/edit", type="http", auth="user", website=True, readonly=True
    )
    def portal_claim_edit(self, claim_id, **kwargs):
        """Show a draft or returned claim to be changed."""
        claim = self._get_own_claim(claim_id)
        if not claim or claim.state not in ("draft", "returned"):
            return request.redirect(f"/my/claims/{claim_id}" if claim else "/my/claims")
        lines = [line._prepare_portal_form_vals() for line in claim.line_ids]
        return self._render_claim_form(
            self._get_dealer(), claim, claim._prepare_portal_form_vals(), lines
        )

    @http.route("/my/claims/save", type="http", auth="user", website=True, methods=["POST"])
    def portal_claim_save(self, claim_id="", intent="save", **post):
        """Save the posted claim, and submit it when that was pressed; show the form again when
        refused.
        """
        dealer = self._get_dealer()
        if not dealer:
            return request.redirect("/my")
        claim = self._get_own_claim(self._parse_int(claim_id))
        if claim_id and not claim:
            return request.redirect("/my/claims")
        rows = self._read_rows()
        try:
            self._check_saves()
            with request.env.cr.savepoint():
                claim = self._save_claim(dealer, claim, post, rows)
                if intent == "submit":
                    claim._ensure_submittable()
                # After all that may be refused: a refused claim uses up no number.
                claim._draw_numbers()
                if intent == "submit":
                    claim.action_submit()
        except UserError as refusal:
            before = (
                # Found to be the dealer's own above; read anew after the rollback.
                request.env["aftersales.claim"].sudo().browse(self._parse_int(claim_id)).exists()
            )
            return self._render_claim_form(dealer, before, post, rows, error=str(refusal))
        return request.redirect(
            f"{claim.access_url}?message={'submitted' if intent == 'submit' else 'saved'}"
        )

    def _check_saves(self):
        """Refuse more saves than anybody types: a serial that is known is told from one that is
        not, so serials could be guessed. Refused ones count, too: this is before the savepoint.

        :raise UserError: too many within the hour
        """
        user = request.env.user
        if not request.env["aftersales.throttle"]._allow(
            "dealer-claim", f"user {user.id}", MAX_SAVES, 3600
        ):
            raise UserError(request.env._("That was a lot at once. Please wait an hour."))

    def _render_claim_form(self, dealer, claim, post, rows, error=""):
        agreement = self._get_current_agreement(dealer)
        # Own machines that are registered; sudo shows serial and product.
        assets = request.env["aftersales.asset"].search(
            [("dealer_id", "=", dealer.id), ("registration_id", "!=", False)],
            limit=500,
            order="id desc",
        )
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "dealer_claim_new",
            "claim": claim,
            "post": post,
            "rows": rows,
            "error": error,
            # As above: found by the user's rules.
            "assets": assets.sudo(),
            "symptoms": request.env["aftersales.symptom"].search([]),
            "agreement": agreement,
            "currency": agreement.currency_id or request.env.company.currency_id,
            "today": fields.Date.context_today(dealer),
            **self._prepare_claim_form_values(dealer),
        }
        return request.render("aftersales_dealer.portal_claim_form", values)

    def _prepare_claim_form_values(self, dealer):
        """Return what else the form needs for ``dealer``; extended by features of their own."""
        return {}

    def _save_claim(self, dealer, claim, post, rows):
        """Create or change the dealer's claim with the posted values; returns it in superuser
        mode.
        """
        asset = self._find_asset(dealer, post.get("serial"))
        values = self._parse_claim(post, asset)
        # The dealer and its own machine were checked above, the claim by ``_get_own_claim``.
        claims = request.env["aftersales.claim"].sudo().with_company(asset.company_id)
        if not claim:
            claim = claims.create(
                {
                    **values,
                    "name": claims._get_unnumbered_name(),
                    "dealer_id": dealer.id,
                    "company_id": asset.company_id.id,
                    "user_id": False,
                }
            )
        else:
            claim.write(values)
        claim.write({"line_ids": self._parse_lines(claim, rows)})
        photos = self._read_photos(claim)
        if photos:
            # Dealers may not make attachments of claims; these belong to the one just saved.
            claim.photo_ids += request.env["ir.attachment"].sudo().create(photos)
        return claim

    def _find_asset(self, dealer, serial):
        """Return the dealer's own machine with ``serial``; others are answered as if there were
        none.
        """
        serial = (serial or "").strip()
        domain = Domain("lot_id.name", "=", serial) | Domain("name", "=", serial)
        assets = (
            # Dealers have no rights on serials, which the search goes by; only own machines match.
            request.env["aftersales.asset"]
            .sudo()
            .search(domain & Domain("dealer_id", "=", dealer.id), limit=2)
        )
        if not serial or len(assets) != 1:
            raise UserError(
                request.env._(
                    "There is no machine with the serial “%(serial)s” among yours. Check the "
                    "name plate.",
                    serial=serial,
                )
            )
        return assets

    def _parse_claim(self, post, asset):
        values = {
            "asset_id": asset.id,
            "date_failure": self._parse_date(post.get("date_failure"), request.env._("Failed on")),
            "date_repair": self._parse_date(post.get("date_repair"), request.env._("Repaired on")),
            "meter": self._parse_number(post.get("meter") or "0", request.env._("Meter reading")),
            "symptom_id": request.env["aftersales.symptom"]
            .browse(self._parse_int(post.get("symptom_id")))
            .exists()
            .id,
            "description": (post.get("description") or "").strip()[:10000],
            "signed_by": (post.get("signed_by") or "").strip()[:128],
        }
        signature = (post.get("signature") or "").partition("base64,")[2]
        if signature:
            values["signature"] = self._parse_signature(signature)
        return values
