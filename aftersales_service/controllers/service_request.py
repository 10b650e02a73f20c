from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from .uploads import ACCEPT, MAX_FORM_BYTES, keep_uploads, read_uploads

PER_VISITOR, PER_ADDRESS, SECONDS = 10, 4, 3600
# People do not see this field; programs that fill in everything do.
TRAP = "website_url"


class ServiceRequest(http.Controller):
    """The public form: anybody asks for service without logging in (T01).

    Whatever else is posted, ids of teams, customers or machines, is not read. The answer is the
    same whether address and serial are known here or not.
    """

    @http.route(
        ["/service/request", "/service/request/<int:company_id>"],
        type="http",
        auth="public",
        website=True,
        sitemap=False,
        methods=["GET"],
    )
    def service_request(self, company_id=None, **kwargs):
        """Show the company's form; the website's company when none is named."""
        company = self._get_company(company_id)
        return self._render(company, {})

    @http.route(
        "/service/request/<int:company_id>/send",
        type="http",
        auth="public",
        website=True,
        sitemap=False,
        methods=["POST"],
        max_content_length=MAX_FORM_BYTES,
    )
    def service_request_send(self, company_id, **post):
        """Make a ticket of the form; show it again with what is missing."""
        company = self._get_company(company_id)
        if post.get(TRAP):
            # A program takes this for success and goes away.
            return request.redirect(f"/service/request/{company.id}/sent")
        tickets = request.env["aftersales.ticket"]
        try:
            values = tickets._read_web_form(post, company)
            uploads = read_uploads()
        except UserError as refusal:
            return self._render(company, post, str(refusal), status=400)
        twin = tickets._find_web_twin(values, company)
        if twin:
            return self._thank(company, twin)
        if not self._is_allowed(values["email"]):
            message = request.env._(
                "Too many messages at once. Please try again later, or call us."
            )
            return self._render(company, post, message, status=429)
        ticket = tickets._create_from_web(values, company, request.env.lang)
        if uploads:
            ticket._post_web_files(values, keep_uploads(ticket, uploads))
        ticket._confirm_receipt()
        return self._thank(company, ticket)

    def _thank(self, company, ticket):
        """Lead to the page that thanks for ``ticket``: going back and forth sends nothing again."""
        request.session["aftersales_request"] = ticket.name
        return request.redirect(f"/service/request/{company.id}/sent")

    @http.route(
        "/service/request/<int:company_id>/sent",
        type="http",
        auth="public",
        website=True,
        sitemap=False,
        methods=["GET"],
    )
    def service_request_sent(self, company_id, **kwargs):
        """Thank the visitor and tell the number, once sent."""
        company = self._get_company(company_id)
        values = {"company": company, "number": request.session.get("aftersales_request")}
        return self._answer("aftersales_service.service_request_sent", values)

    def _get_company(self, company_id):
        """Return the company (sudo) whose form is switched on; there is no such page else."""
        # sudo: visitors read no companies; its name, telephone and this form are public.
        companies = request.env["res.company"].sudo()
        company = companies.browse(company_id or request.env.company.id).exists()
        if not company.aftersales_web_form:
            raise request.not_found()
        return company

    def _is_allowed(self, address):
        """Whether this visitor, and this address, may send one more."""
        throttle = request.env["aftersales.throttle"]
        visitor = request.httprequest.remote_addr
        return throttle._allow("service-request", visitor, PER_VISITOR, SECONDS) and (
            throttle._allow("service-request-mail", address, PER_ADDRESS, SECONDS)
        )

    def _render(self, company, post, error=None, status=200):
        types = request.env["aftersales.ticket"]._fields["type"]
        labels = dict(types._description_selection(request.env))
        allowed = [(key, labels[key]) for key in company._get_web_types()]
        values = {
            "company": company,
            "types": allowed,
            "post": {name: post.get(name) for name in post if isinstance(post.get(name), str)},
            "error": error,
            "accept": ACCEPT,
            "trap": TRAP,
        }
        return self._answer("aftersales_service.service_request", values, status)

    def _answer(self, template, values, status=200):
        response = request.render(template, values, status=status)
        response.headers["X-Robots-Tag"] = "noindex"
        response.headers["Cache-Control"] = "no-store"
        return response
