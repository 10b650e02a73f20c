from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.fields import Domain
from odoo.http import request

from .portal_dealer import DealerPortal, dealer_todo, reads_only


class PortalClaim(DealerPortal):
    """The dealer's claims on the portal: list, claim with its checks, withdraw, appeal (D07,
    D08, D14).
    """

    def _get_dealer_todos(self, dealer):
        env = request.env
        own = Domain("dealer_id", "=", dealer.id) & Domain("state", "in", ("draft", "returned"))
        counts = dict(env["aftersales.claim"]._read_group(own, ["state"], ["__count"]))
        return [
            *super()._get_dealer_todos(dealer),
            dealer_todo(
                "claim_returned",
                env._("Claims to correct"),
                "/my/claims?filterby=returned",
                counts.get("returned", 0),
                text=env._("They came back to you with what is missing"),
                icon="fa-reply",
                sequence=20,
            ),
            dealer_todo(
                "claim_draft",
                env._("Claims to submit"),
                "/my/claims?filterby=draft",
                counts.get("draft", 0),
                text=env._("Saved, not sent to us yet"),
                icon="fa-pencil",
                sequence=40,
            ),
        ]

    def _get_claim_sortings(self):
        return {
            "newest": {"label": request.env._("Newest"), "order": "id desc"},
            "repair": {"label": request.env._("Repair date"), "order": "date_repair desc, id desc"},
            "amount": {"label": request.env._("Amount"), "order": "amount_claimed desc, id desc"},
        }

    def _get_claim_groupings(self):
        return {
            "none": {"label": request.env._("None"), "field": None},
            "status": {"label": request.env._("Status"), "field": "state"},
            "machine": {"label": request.env._("Machine"), "field": "asset_id"},
        }

    def _get_claim_filters(self):
        def by_state(label, *states):
            """Return the filter named ``label`` for claims in one of ``states``."""
            return {"label": label, "domain": Domain("state", "in", states)}

        return {
            "all": {"label": request.env._("All"), "domain": Domain.TRUE},
            "todo": by_state(request.env._("To do"), "draft", "returned", "awaiting_parts"),
            "returned": by_state(request.env._("To correct"), "returned"),
            "draft": by_state(request.env._("To submit"), "draft"),
            "review": by_state(
                request.env._("Under review"), "submitted", "awaiting_parts", "appraised"
            ),
            "approved": by_state(request.env._("Approved"), "approved", "noticed", "settled"),
            "refused": by_state(request.env._("Refused"), "refused"),
            "cancelled": by_state(request.env._("Withdrawn"), "cancelled"),
        }

    @http.route(
        ["/my/claims", "/my/claims/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def portal_claims(self, page=1, **asked):
        """List the dealer's claims (D14)."""
        if not self._get_dealer():
            return request.redirect("/my")
        values = self._prepare_dealer_list(
            "aftersales.claim",
            "/my/claims",
            dict(asked, page=page),
            filters=self._get_claim_filters(),
            sortings=self._get_claim_sortings(),
            groupings=self._get_claim_groupings(),
            search_fields=("name", "lot_id.name", "end_user_id.name", "description"),
        )
        return request.render(
            "aftersales_dealer.portal_claims", dict(values, page_name="dealer_claim")
        )

    @http.route(
        "/my/claims/<int:claim_id>", type="http", auth="user", website=True, readonly=reads_only
    )
    def portal_claim(self, claim_id, report_type=None, download=False, message="", **kwargs):
        """Show one claim with its checks and figures, or print it with ``?report_type=pdf``
        (D08, D15).
        """
        claim = self._get_own_claim(claim_id)
        if not claim:
            return request.redirect("/my/claims")
        if report_type in ("html", "pdf", "text"):
            return self._show_report(
                model=claim,
                report_type=report_type,
                report_ref="aftersales_dealer.action_report_claim",
                download=download,
            )
        return request.render(
            "aftersales_dealer.portal_claim", self._prepare_claim_values(claim, message=message)
        )

    def _get_own_claim(self, claim_id):
        """Return the claim in superuser mode when it is the dealer's own, else nothing."""
        claims = request.env["aftersales.claim"]
        if not self._get_dealer():
            return claims
        try:
            self._document_check_access("aftersales.claim", claim_id)
        except (AccessError, MissingError):
            return claims
        # Checked above; stays the user's deed, not the superuser's.
        return claims.browse(claim_id).sudo()

    def _get_labels(self, model, field):
        """Return the words of a selection in the reader's language, by value."""
        env = request.env
        return dict(env[model]._fields[field]._description_selection(env))

    def _prepare_claim_values(self, claim, error="", message=""):
        return {
            **self._prepare_portal_layout_values(),
            "page_name": "dealer_claim",
            "claim": claim,
            "decided": claim.state in claim._get_decided_states(),
            "kinds": self._get_labels("aftersales.claim.line", "kind"),
            "results": self._get_labels("aftersales.claim.check", "result"),
            "error": error,
            "message": message if message in ("saved", "submitted") else "",
        }

    @http.route(
        "/my/claims/<int:claim_id>/photo/<int:photo_id>",
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def portal_claim_photo(self, claim_id, photo_id, **kwargs):
        """Return a photo of the dealer's own claim, never a file of another document."""
        photo = self._get_own_claim(claim_id).photo_ids.filtered(
            lambda photo: (
                (photo.id, photo.res_model, photo.res_id)
                == (photo_id, "aftersales.claim", claim_id)
            )
        )
        if not photo:
            raise request.not_found()
        return request.env["ir.binary"]._get_stream_from(photo).get_response()

    @http.route(
        "/my/claims/<int:claim_id>/withdraw",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_claim_withdraw(self, claim_id, **post):
        """The dealer takes the claim back (D07)."""
        return self._act_on_claim(claim_id, lambda claim: claim.action_withdraw())

    @http.route(
        "/my/claims/<int:claim_id>/appeal", type="http", auth="user", website=True, methods=["POST"]
    )
    def portal_claim_appeal(self, claim_id, reason="", **post):
        """The dealer contests the decision (D07, D15)."""
        # A space, not nothing: an empty reason would ask for it in the web client.
        return self._act_on_claim(
            claim_id, lambda claim: claim.action_appeal(reason=reason.strip() or " ")
        )

    @http.route(
        "/my/claims/<int:claim_id>/submit", type="http", auth="user", website=True, methods=["POST"]
    )
    def portal_claim_submit(self, claim_id, **post):
        """The dealer sends a saved claim to the company (D07)."""
        return self._act_on_claim(claim_id, lambda claim: claim.action_submit())

    @http.route(
        "/my/claims/<int:claim_id>/ship", type="http", auth="user", website=True, methods=["POST"]
    )
    def portal_claim_ship(self, claim_id, **post):
        """Make the return of the claim's old parts and show it, to be printed and shipped (D09)."""
        return self._act_on_claim(claim_id, lambda claim: claim._create_part_returns(), shown=True)

    def _act_on_claim(self, claim_id, action, shown=False):
        """Run ``action`` on the dealer's own claim and show it again, with the refusal if there
        is one.

        :param bool shown: whether what ``action`` returns, a document, is shown instead
        """
        claim = self._get_own_claim(claim_id)
        if not claim:
            return request.redirect("/my/claims")
        try:
            with request.env.cr.savepoint():
                made = action(claim)
        except UserError as refusal:
            claim.invalidate_recordset()
            return request.render(
                "aftersales_dealer.portal_claim", self._prepare_claim_values(claim, str(refusal))
            )
        return request.redirect((made if shown else claim).access_url)
