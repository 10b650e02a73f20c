from odoo import http
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.http import request

from .portal_claim_items import PortalClaimItems
from .portal_dealer import dealer_todo

LINE_FIELDS = ("kind", "product_id", "name", "amount")
MAX_LINES = 50


class PortalAuthorisation(PortalClaimItems):
    """Prior authorisations on the portal: list, ask, see what was granted, withdraw (D14, D16)."""

    def _get_dealer_todos(self, dealer):
        authorisations = request.env["aftersales.claim.authorisation"]
        refused = authorisations.search_count(
            [("dealer_id", "=", dealer.id), ("state", "=", "refused")]
        )
        return [
            *super()._get_dealer_todos(dealer),
            dealer_todo(
                "authorisation",
                request.env._("Refused authorisations"),
                "/my/authorisations?filterby=refused",
                refused,
                text=request.env._("Change them and ask again, or let them be."),
                icon="fa-gavel",
                sequence=60,
            ),
        ]

    def _get_authorisation_filters(self):
        def by_state(label, *states):
            """Return the filter named ``label`` for authorisations in one of ``states``."""
            return {"label": label, "domain": Domain("state", "in", states)}

        return {
            "all": {"label": request.env._("All"), "domain": Domain.TRUE},
            "granted": by_state(request.env._("Granted"), "granted"),
            "waiting": by_state(request.env._("Under review"), "requested"),
            "refused": by_state(request.env._("Refused"), "refused"),
        }

    @http.route(
        ["/my/authorisations", "/my/authorisations/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def portal_authorisations(self, page=1, **asked):
        """List the dealer's authorisations (D14)."""
        if not self._get_dealer():
            return request.redirect("/my")
        values = self._prepare_dealer_list(
            "aftersales.claim.authorisation",
            "/my/authorisations",
            dict(asked, page=page),
            filters=self._get_authorisation_filters(),
            search_fields=("name", "asset_id.serial", "description"),
        )
        return request.render(
            "aftersales_dealer.portal_authorisations",
            dict(values, page_name="dealer_authorisation"),
        )

    @http.route(
        "/my/authorisations/new",
        type="http",
        auth="user",
        website=True,
        methods=["GET", "POST"],
    )
    def portal_authorisation_new(self, **post):
        """Show the empty request; on POST send it, or show it again with what is wrong (D16)."""
        dealer = self._get_dealer()
        if not dealer:
            return request.redirect("/my")
        error, rows = "", [{}]
        if request.httprequest.method == "POST":
            rows = self._read_authorisation_rows()
            try:
                with request.env.cr.savepoint():
                    return request.redirect(self._request(dealer, post, rows).access_url)
            except UserError as refusal:
                error = str(refusal)
        assets = request.env["aftersales.asset"].search(
            [("dealer_id", "=", dealer.id), ("registration_id", "!=", False)],
            limit=500,
            order="id desc",
        )
        agreement = self._get_current_agreement(dealer)
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "dealer_authorisation_new",
            "post": post,
            "rows": rows,
            "error": error,
            "assets": assets.sudo(),  # found by the user's rules; sudo shows serial and product
            "symptoms": request.env["aftersales.symptom"].search([]),
            "kinds": self._get_labels("aftersales.claim.line", "kind"),
            "currency": agreement.currency_id or request.env.company.currency_id,
        }
        return request.render("aftersales_dealer.portal_authorisation_new", values)

    def _read_authorisation_rows(self):
        form = request.httprequest.form
        columns = [form.getlist(f"line_{name}")[:MAX_LINES] for name in LINE_FIELDS]
        return [dict(zip(LINE_FIELDS, row, strict=True)) for row in zip(*columns, strict=False)]

    def _request(self, dealer, post, rows):
        """Create and send the dealer's request; returns it in superuser mode."""
        asset = self._find_asset(dealer, post.get("serial"))
        lines = [
            self._parse_authorisation_line(row)
            for row in rows
            if row["name"].strip() or row["amount"]
        ]
        problems = not (post.get("description") or "").strip()
        if problems or not sum(line["amount_estimated"] for line in lines):
            # Before a number is drawn: what is refused uses none up.
            raise UserError(
                request.env._(
                    "Describe the fault and the work you propose, and estimate what it will cost."
                )
            )
        symptom = request.env["aftersales.symptom"].browse(self._parse_int(post.get("symptom_id")))
        # The dealer and its own machine were checked above.
        authorisations = request.env["aftersales.claim.authorisation"].sudo()
        authorisation = authorisations.with_company(asset.company_id).create(
            {
                "dealer_id": dealer.id,
                "company_id": asset.company_id.id,
                "asset_id": asset.id,
                "user_id": False,
                "symptom_id": symptom.exists().id,
                "description": post["description"].strip()[:10000],
                "line_ids": [Command.create(line) for line in lines],
            }
        )
        photos = [
            dict(photo, res_model=authorisation._name) for photo in self._read_photos(authorisation)
        ]
        if photos:
            # Dealers may not make attachments; these belong to the request just made.
            authorisation.photo_ids = request.env["ir.attachment"].sudo().create(photos)
        authorisation.action_request()
        return authorisation

    def _parse_authorisation_line(self, row):
        kinds = request.env["aftersales.claim.line"]._fields["kind"].get_values(request.env)
        kind = row["kind"] if row["kind"] in kinds else "other"
        item = self._find_item_values(row, kind)
        name = item.pop("name") or row["name"].strip()[:256]
        amount = self._parse_number(row["amount"] or "0", request.env._("Estimated amount"))
        return {
            "kind": kind,
            **item,
            **({"name": name} if name else {}),
            "amount_estimated": amount,
        }

    @http.route(
        "/my/authorisations/<int:authorisation_id>",
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def portal_authorisation(self, authorisation_id, error="", **kwargs):
        """Show one authorisation: what was asked, granted, and is left (D16)."""
        authorisation = self._get_own_document("aftersales.claim.authorisation", authorisation_id)
        if not authorisation:
            return request.redirect("/my/authorisations")
        return self._render_authorisation(authorisation)

    def _render_authorisation(self, authorisation, error=""):
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "dealer_authorisation",
            "authorisation": authorisation,
            "kinds": self._get_labels("aftersales.claim.line", "kind"),
            "error": error,
        }
        return request.render("aftersales_dealer.portal_authorisation", values)

    @http.route(
        "/my/authorisations/<int:authorisation_id>/withdraw",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_authorisation_withdraw(self, authorisation_id, **post):
        """The dealer takes its request back (D16)."""
        return self._act_on_authorisation(authorisation_id, "action_withdraw")

    @http.route(
        "/my/authorisations/<int:authorisation_id>/again",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_authorisation_again(self, authorisation_id, description="", **post):
        """The dealer asks again after a refusal, with more to say (D16)."""

        def ask(authorisation):
            """Send the refused request again with the new text."""
            authorisation.action_draft()
            if description.strip():
                authorisation.description = description.strip()[:10000]
            authorisation.action_request()

        return self._act_on_authorisation(authorisation_id, ask)

    def _act_on_authorisation(self, authorisation_id, action):
        authorisation = self._get_own_document("aftersales.claim.authorisation", authorisation_id)
        if not authorisation:
            return request.redirect("/my/authorisations")
        try:
            with request.env.cr.savepoint():
                if callable(action):
                    action(authorisation)
                else:
                    getattr(authorisation, action)()
        except UserError as refusal:
            authorisation.invalidate_recordset()
            return self._render_authorisation(authorisation, str(refusal))
        return request.redirect(authorisation.access_url)

    @http.route(
        "/my/authorisations/<int:authorisation_id>/photo/<int:photo_id>",
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def portal_authorisation_photo(self, authorisation_id, photo_id, **kwargs):
        """Return a photo of the dealer's own request, never a file of another document."""
        own = self._get_own_document("aftersales.claim.authorisation", authorisation_id)
        photo = own.photo_ids.filtered(
            lambda photo: (
                (photo.id, photo.res_model, photo.res_id)
                == (photo_id, "aftersales.claim.authorisation", authorisation_id)
            )
        )
        if not photo:
            raise request.not_found()
        return request.env["ir.binary"]._get_stream_from(photo).get_response()

    # -- on the claim ---------------------------------------------------------------------------

    def _prepare_claim_form_values(self, dealer):
        """The claim names one of the authorisations that were granted."""
        authorisations = request.env["aftersales.claim.authorisation"].search(
            [("dealer_id", "=", dealer.id), ("state", "in", ("granted", "expired"))], limit=100
        )
        return {
            **super()._prepare_claim_form_values(dealer),
            # The dealer's own by the user's rules; sudo shows the serial.
            "authorisations": authorisations.sudo(),
        }

    def _parse_claim(self, post, asset):
        dealer = self._get_dealer()
        # The rules of the user show the dealer's own only.
        authorisation = request.env["aftersales.claim.authorisation"].search(
            [
                ("id", "=", self._parse_int(post.get("authorisation_id"))),
                ("dealer_id", "=", dealer.id),
            ]
        )
        return {**super()._parse_claim(post, asset), "authorisation_id": authorisation.id}
