from urllib.parse import quote

from odoo import SUPERUSER_ID, http
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import get_lang

from .portal import AftersalesPortal
from .uploads import ACCEPT, MAX_FORM_BYTES, keep_uploads, read_uploads

# Wrong links of one address in ten minutes, before it has to wait.
LIMIT, SECONDS = 30, 600
# What one ticket takes from its customer in an hour.
POSTS, POST_SECONDS = 30, 3600
MESSAGES = ("sent", "closed", "told", "reopened", "rated", "created")


class TicketPage(AftersalesPortal):
    """One ticket for its customer: on the portal, or by its signed link without login (T17).

    Every route has both addresses; ``_open_ticket`` is the one place that decides who gets in.
    """

    def _open_ticket(self, ticket_id, signature):
        """Return (ticket in superuser mode, path of its page), or (None, None).

        A ticket that was merged leads to the one that goes on, unless that is somebody else's.
        Reader's language and time zone are set: the user's, or the customer's behind a link.
        """
        if signature is None:
            ticket = self._open_document("aftersales.ticket", ticket_id)
            ticket = ticket or self._open_for_salesperson(ticket_id)
        else:
            found = request.env["aftersales.ticket"]._find_by_link(ticket_id, signature)
            # As behind a login: visitors own no files, so Odoo would take them off the message.
            ticket = found.with_user(SUPERUSER_ID)
        if not ticket:
            return None, None
        ticket = ticket._get_customer_survivor()
        if signature is None:
            partner, path = request.env.user.partner_id, f"/my/tickets/{ticket.id}"
        else:
            partner = ticket.caller_id or ticket.partner_id
            path = f"/service/{ticket_id}/{signature}"
            if partner.lang:
                request.update_context(lang=get_lang(request.env, partner.lang).code)
        request.update_context(
            tz=partner.tz or request.env.context.get("tz") or ticket.company_id._get_aftersales_tz()
        )
        return ticket.with_context(**request.env.context), path

    def _open_for_salesperson(self, ticket_id):
        """Return the ticket (superuser) of a customer whom the user looks after: they see what the
        customer sees, without rights in after-sales (T12).
        """
        user = request.env.user
        if not user._is_internal():
            return None
        ticket = request.env["aftersales.ticket"].with_user(SUPERUSER_ID).browse(ticket_id).exists()
        return ticket if ticket and ticket._get_salesperson() == user else None

    def _refuse(self, signature):
        """Return the answer to whoever may not see the ticket."""
        return request.redirect("/my") if signature is None else self._refuse_link()

    def _refuse_link(self):
        """Return the page for every link that opens nothing, whatever the reason."""
        # Behind a proxy the visitor's address, as Odoo's proxy_mode says.
        address = request.httprequest.remote_addr
        allowed = request.env["aftersales.throttle"]._allow("ticket-link", address, LIMIT, SECONDS)
        response = request.render(
            "aftersales_service.customer_link_invalid",
            {"is_throttled": not allowed, "no_breadcrumbs": True},
            status=404 if allowed else 429,
        )
        if not allowed:
            response.headers["Retry-After"] = str(SECONDS)
        return self._keep_private(response)

    def _keep_private(self, response):
        """Return ``response`` so that the link in its address gets nowhere else."""
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    def _render_ticket(self, ticket, path, *, error=None, message=None, text=""):
        """Return the ticket's page; ``error`` is what was refused, ``text`` what was typed."""
        values = {
            **ticket._get_customer_page(),
            "page_name": "aftersales_ticket",
            "page_path": path,
            "may_act": not request.env.user._is_internal(),
            "is_by_link": path.startswith("/service/"),
            "is_language_fixed": path.startswith("/service/")
            and bool((ticket.caller_id or ticket.partner_id).lang),
            "no_breadcrumbs": path.startswith("/service/"),
            "accept": ACCEPT,
            "error": error,
            "message": message if message in MESSAGES else None,
            "text": text,
        }
        values = {**self._prepare_portal_layout_values(), **values}
        return self._keep_private(request.render("aftersales_service.portal_my_ticket", values))

    @http.route(
        ["/my/tickets/<int:ticket_id>", "/service/<int:ticket_id>/<string:signature>"],
        type="http",
        auth="public",
        website=True,
        sitemap=False,
    )
    def portal_my_aftersales_ticket(self, ticket_id, signature=None, message=None, **kwargs):
        """One ticket, for its customer or by its signed link."""
        if signature is None and request.env.user._is_public():
            return request.redirect(f"/web/login?redirect={quote(request.httprequest.path)}")
        ticket, path = self._open_ticket(ticket_id, signature)
        if not ticket:
            return self._refuse(signature)
        return self._render_ticket(ticket, path, message=message)

    @http.route(
        [
            "/my/tickets/<int:ticket_id>/<any(answer,solved,unsolved,rate):deed>",
            "/service/<int:ticket_id>/<string:signature>/<any(answer,solved,unsolved,rate):deed>",
        ],
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
        max_content_length=MAX_FORM_BYTES,
    )
    def portal_ticket_post(self, ticket_id, deed, signature=None, text="", **post):
        """What the customer sends: an answer with photos, that it is solved or not, a rating."""
        ticket, path = self._open_ticket(ticket_id, signature)
        # A ticket that still says "merged" here went on at another customer's.
        if not ticket or ticket.merged_into_id or request.env.user._is_internal():
            return self._refuse(signature)
        text = text if isinstance(text, str) else ""
        try:
            with request.env.cr.savepoint():
                author = self._get_author(ticket, signature)
                message = self._do(ticket, deed, text, author, post.get("stars"))
        except UserError as refusal:
            return self._render_ticket(ticket, path, error=str(refusal), text=text)
        return request.redirect(f"{path}?message={message}#top")

    def _get_author(self, ticket, signature):
        """Return who writes: the user, or whom the link was given to."""
        if signature is None:
            return request.env.user.partner_id
        return ticket.caller_id or ticket.partner_id

    def _do(self, ticket, deed, text, author, stars=None):
        """Do what the customer asked for and return the key of what the page says then.

        :raise UserError: when it is refused
        """
        if not request.env["aftersales.throttle"]._allow(
            "ticket-post", str(ticket.id), POSTS, POST_SECONDS
        ):
            raise UserError(request.env._("That was a lot at once. Please wait an hour."))
        if deed == "solved":
            return "closed" if ticket._solve_by_customer(author, text) else "told"
        if deed == "rate":
            value = int(stars) if stars in ("1", "2", "3", "4", "5") else 0
            ticket._rate_by_customer(author, value, text)
            return "rated"
        if deed == "unsolved":
            ticket._reject_by_customer(author, text)
            return "reopened"
        ticket._post_from_customer(author, text, keep_uploads(ticket, read_uploads()))
        return "sent"

    @http.route(
        [
            "/my/tickets/<int:ticket_id>/file/<int:attachment_id>",
            "/service/<int:ticket_id>/<string:signature>/file/<int:attachment_id>",
        ],
        type="http",
        auth="public",
        website=True,
        sitemap=False,
    )
    def portal_ticket_file(self, ticket_id, attachment_id, signature=None, **kwargs):
        """A file of the ticket that its customer may have."""
        ticket, path = self._open_ticket(ticket_id, signature)
        if not ticket:
            return self._refuse(signature)
        attachment = ticket._get_customer_attachment(attachment_id)
        if not attachment:
            return request.redirect(path)
        if attachment.type == "url":
            return request.redirect(attachment.url, local=False)
        stream = request.env["ir.binary"]._get_stream_from(attachment)
        is_picture = attachment.mimetype in ("image/jpeg", "image/png")
        return self._keep_private(stream.get_response(as_attachment=not is_picture))

    @http.route(
        [
            "/my/tickets/<int:ticket_id>/voucher/<int:visit_id>",
            "/service/<int:ticket_id>/<string:signature>/voucher/<int:visit_id>",
        ],
        type="http",
        auth="public",
        website=True,
        sitemap=False,
    )
    def portal_ticket_voucher(self, ticket_id, visit_id, signature=None, **kwargs):
        """The service voucher of a visit of the ticket, as PDF."""
        ticket, path = self._open_ticket(ticket_id, signature)
        if not ticket:
            return self._refuse(signature)
        visits = ticket._get_customer_visits()
        visit = visits.filtered(lambda v: v.id == visit_id and v.state == "done")
        if not visit:
            return request.redirect(path)
        return self._keep_private(
            self._show_report(
                model=visit,
                report_type="pdf",
                report_ref="aftersales_service.aftersales_visit_report_voucher",
                download=True,
            )
        )
