from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.aftersales_service.tools.upload import UploadRefused, check_files

from .portal_dealer import DealerPortal, dealer_todo, reads_only


class PortalDealerAgreement(DealerPortal):
    """The dealer's agreement and its first tasks on the portal (D01, D13, D14)."""

    def _get_onboarding_domain(self, dealer):
        return [("dealer_id", "=", dealer.id)]

    def _get_dealer_todos(self, dealer):
        env = request.env
        own = [("side", "=", "dealer"), ("state", "=", "open")]
        ((count, due),) = env["aftersales.onboarding.task"]._read_group(
            [*self._get_onboarding_domain(dealer), *own], [], ["__count", "date_due:min"]
        )
        return [
            *super()._get_dealer_todos(dealer),
            dealer_todo(
                "onboarding",
                env._("First tasks"),
                "/my/onboarding",
                count,
                text=env._("What we agreed for the first weeks"),
                icon="fa-flag-checkered",
                sequence=45,
                deadline=due,
            ),
        ]

    def _prepare_dealer_home_values(self, dealer):
        tasks = request.env["aftersales.onboarding.task"]
        waiting = [*self._get_onboarding_domain(dealer), ("state", "in", ("open", "reported"))]
        # As long as something is to do, by either side.
        shown = bool(tasks.search_count(waiting, limit=1))
        return dict(super()._prepare_dealer_home_values(dealer), onboarding_shown=shown)

    @http.route(
        "/my/agreements/<int:agreement_id>",
        type="http",
        auth="user",
        website=True,
        readonly=reads_only,
    )
    def portal_dealer_agreement(self, agreement_id, report_type=None, download=False, **kwargs):
        """Show the dealer's agreement in force, or print it with ``?report_type=pdf`` (D01)."""
        if not self._ensure_dealer_owner():
            return request.redirect("/my")
        agreement = self._get_own_document("aftersales.dealer.agreement", agreement_id)
        if not agreement:
            return request.redirect("/my/dealer")
        if report_type in ("html", "pdf", "text"):
            return self._show_report(
                model=agreement,
                report_type=report_type,
                report_ref="aftersales_dealer.action_report_dealer_agreement",
                download=download,
            )
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "dealer_agreement",
            "agreement": agreement,
        }
        return request.render("aftersales_dealer.portal_dealer_agreement", values)

    @http.route("/my/onboarding", type="http", auth="user", website=True, readonly=True)
    def portal_dealer_onboarding(self, error="", reported="", **kwargs):
        """Show what the dealer and the company do in the first weeks (D13)."""
        dealer = self._get_dealer()
        if not dealer:
            return request.redirect("/my")
        return self._render_onboarding(dealer, reported=bool(reported))

    def _render_onboarding(self, dealer, error="", reported=False):
        tasks = request.env["aftersales.onboarding.task"].search(
            self._get_onboarding_domain(dealer), limit=100
        )
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "dealer_onboarding",
            "tasks": tasks.sudo(),  # found by the user's rules; sudo shows the company's name
            "error": error,
            "reported": reported,
        }
        return request.render("aftersales_dealer.portal_dealer_onboarding", values)

    @http.route(
        "/my/onboarding/<int:task_id>/report",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_dealer_onboarding_report(self, task_id, note="", **post):
        """The dealer reports its task as done, with a photo or document (D13)."""
        dealer = self._get_dealer()
        if not dealer:
            return request.redirect("/my")
        task = request.env["aftersales.onboarding.task"].search(
            [*self._get_onboarding_domain(dealer), ("id", "=", task_id)]
        )
        if not task:
            return request.redirect("/my/onboarding")
        files = request.httprequest.files.getlist("files")
        try:
            with request.env.cr.savepoint():
                uploads = check_files((file.filename, file.stream) for file in files)
                # Found by the dealer's own rules above; portal users write nothing themselves.
                task.sudo()._report_for_portal(str(note)[:500].strip(), uploads)
        except UserError as refusal:
            return self._render_onboarding(dealer, error=str(refusal))
        except UploadRefused as refusal:
            return self._render_onboarding(dealer, error=self._word_upload(refusal))
        return request.redirect("/my/onboarding?reported=1")

    def _word_upload(self, refusal):
        """Return what is wrong with the files, in the dealer's language."""
        texts = {
            "count": request.env._("Send no more than six files at once."),
            "size": request.env._("“%s” is larger than 8 MB. Choose a smaller one.", refusal.name),
            "type": request.env._(
                "“%s” is no photo (JPEG, PNG) and no PDF. Choose another.", refusal.name
            ),
        }
        return texts[refusal.reason]
