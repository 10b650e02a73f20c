from odoo import http
from odoo.http import request

LIMIT, SECONDS = 20, 600


class WarrantyCheck(http.Controller):
    """The public page on which anybody sees whether a warranty runs (W14)."""

    @http.route(
        ["/warranty/check", "/warranty/check/<path:path_code>"],
        type="http",
        auth="public",
        website=True,
        sitemap=False,
        methods=["GET"],
        save_session=False,
    )
    def warranty_check(self, path_code=None, code=None, **kwargs):
        """Show the form; with a serial, a number or a QR's token also the answer."""
        asked = (path_code or code or "").strip()[:100]
        values, status = {"code": "" if path_code else asked, "answer": None}, 200
        if asked:
            if self._is_allowed():
                warranties = request.env["aftersales.warranty"]
                values["answer"] = warranties._answer_check(asked, request.env.company)
            else:
                values["answer"], status = {"status": "throttled", "date_end": False}, 429
        response = request.render("aftersales_service.warranty_check", values, status=status)
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        if status == 429:
            response.headers["Retry-After"] = str(SECONDS)
        return response

    def _is_allowed(self):
        """Whether the visitor's address may ask once more; the parameter
        ``aftersales_service.check_limit`` is the number of questions in ten minutes.
        """
        # Visitors read no parameters; this one is no secret.
        parameters = request.env["ir.config_parameter"].sudo()
        limit = parameters.get_param("aftersales_service.check_limit")
        return request.env["aftersales.throttle"]._allow(
            "warranty-check",
            # Behind a proxy the visitor's address, as Odoo's proxy_mode says.
            request.httprequest.remote_addr,
            int(limit) if limit and limit.isdecimal() else LIMIT,
            SECONDS,
        )
