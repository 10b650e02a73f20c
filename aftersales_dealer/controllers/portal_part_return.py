from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request

from .portal_dealer import DealerPortal, dealer_todo, reads_only

PRINTS = {
    "list": "aftersales_dealer.action_report_part_return",
    "labels": "aftersales_dealer.action_report_part_return_labels",
}
MAX_AWAITED = 500


class PortalPartReturn(DealerPortal):
    """Old parts on the portal: what to ship, packing list and labels, what became of it (D09,
    D14).
    """

    def _get_dealer_todos(self, dealer):
        env = request.env
        # The dealer's own, counted; portal users need not read parts themselves.
        parts = env["aftersales.part.return.line"].sudo()
        found = parts._read_group(
            [("dealer_id", "=", dealer.id), ("state", "=", "awaiting")],
            [],
            ["__count", "date_due:min"],
        )
        count, deadline = found[0]
        todo = dealer_todo(
            "old_parts",
            env._("Old parts to send back"),
            "/my/old-parts",
            count,
            text=env._("What does not come in time is not paid"),
            icon="fa-recycle",
            sequence=35,
            deadline=deadline,
        )
        packed = dealer_todo(
            "part_returns",
            env._("Packed shipments to send off"),
            "/my/part-returns?filterby=todo",
            env["aftersales.part.return"].search_count(
                [("dealer_id", "=", dealer.id), ("state", "=", "draft")]
            ),
            text=env._("Hand them over with their packing list, then tell us"),
            icon="fa-truck",
            sequence=36,
        )
        return [*super()._get_dealer_todos(dealer), todo, packed]

    def _get_awaited_parts(self):
        """Return the dealer's awaited old parts in superuser mode, the most urgent first."""
        dealer = self._get_dealer()
        # The dealer's own by this domain; sudo, because products are shown.
        return (
            request.env["aftersales.part.return.line"]
            .sudo()
            .search(
                [("dealer_id", "=", dealer.id), ("state", "in", ("awaiting", "overdue"))],
                order="state, date_due, id",
                limit=MAX_AWAITED,
            )
        )

    @http.route("/my/old-parts", type="http", auth="user", website=True, readonly=reads_only)
    def portal_old_parts(self, report_type=None, **kwargs):
        """List the old parts that are awaited, with their days, or print their labels
        (``?report_type=pdf``) (D09).
        """
        if not self._get_dealer():
            return request.redirect("/my")
        parts = self._get_awaited_parts()
        if report_type == "pdf" and parts:
            return self._print_labels(parts.filtered(lambda part: part.state == "awaiting"))
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "dealer_part_return",
            "awaited": True,
            "parts": parts,
            "late": parts.filtered("is_overdue"),
        }
        return request.render("aftersales_dealer.portal_old_parts", values)

    def _print_labels(self, parts):
        """Return the PDF of the labels of ``parts``, the dealer's own."""
        self._count_print()
        # The parts were looked up for the dealer; the report reads product names and serials.
        report = request.env["ir.actions.report"].sudo()
        content, __ = report._render_qweb_pdf(
            "aftersales_dealer.action_report_old_part_labels", parts.ids
        )
        headers = [
            ("Content-Type", "application/pdf"),
            ("Content-Length", len(content)),
            ("Content-Disposition", "attachment; filename=labels.pdf"),
        ]
        return request.make_response(content, headers=headers)

    @http.route("/my/old-parts/pack", type="http", auth="user", website=True, methods=["POST"])
    def portal_old_parts_pack(self, **post):
        """Put the chosen parts, or all awaited ones, into a shipment (D09)."""
        if not self._get_dealer():
            return request.redirect("/my")
        chosen = {self._parse_int(text) for text in request.httprequest.form.getlist("part")}
        parts = self._get_awaited_parts().filtered(
            lambda part: part.state == "awaiting" and part.id in chosen
        )
        if not parts:
            return request.redirect("/my/old-parts")
        # sudo: the parts are the dealer's own, see above; portal users make no records.
        shipment = request.env["aftersales.part.return"].sudo()._pack_awaited(parts)[:1]
        return request.redirect(shipment.access_url)

    @http.route(
        "/my/part-returns/<int:return_id>/pack",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_part_return_pack(self, return_id, boxes="1", **post):
        """Spread the parts over boxes with labels of their own (D18)."""
        part_return = self._get_own_return(return_id)
        if not part_return:
            return request.redirect("/my/part-returns")
        try:
            with request.env.cr.savepoint():
                part_return.action_pack(self._parse_int(boxes) or 1)
        except UserError as refusal:
            part_return.invalidate_recordset()
            return self._render_return(part_return, error=str(refusal))
        return request.redirect(part_return.access_url)

    @http.route(
        ["/my/part-returns", "/my/part-returns/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def portal_part_returns(self, page=1, **asked):
        """List the dealer's old part returns."""
        if not self._get_dealer():
            return request.redirect("/my")
        values = self._prepare_dealer_list(
            "aftersales.part.return",
            "/my/part-returns",
            dict(asked, page=page),
            filters=self._get_return_filters(),
            search_fields=("name", "carrier", "tracking_ref", "line_ids.claim_id.name"),
        )
        return request.render(
            "aftersales_dealer.portal_part_returns", dict(values, page_name="dealer_part_return")
        )

    def _get_return_filters(self):
        """Return the filters of the list, by key."""
        env = request.env
        return {
            "all": {"label": env._("All"), "domain": []},
            "todo": {"label": env._("To ship"), "domain": [("state", "=", "draft")]},
            "done": {"label": env._("Appraised"), "domain": [("state", "=", "appraised")]},
        }

    @http.route(
        "/my/part-returns/<int:return_id>",
        type="http",
        auth="user",
        website=True,
        readonly=reads_only,
    )
    def portal_part_return(
        self, return_id, report_type=None, download=False, what="list", **kwargs
    ):
        """Show one return, or print its packing list or labels
        (``?report_type=pdf&what=labels``).
        """
        part_return = self._get_own_return(return_id)
        if not part_return:
            return request.redirect("/my/part-returns")
        if report_type in ("html", "pdf", "text"):
            return self._show_report(
                model=part_return,
                report_type=report_type,
                report_ref=PRINTS.get(what, PRINTS["list"]),
                download=download,
            )
        return self._render_return(part_return)

    @http.route(
        "/my/part-returns/<int:return_id>/ship",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_part_return_ship(self, return_id, carrier="", tracking_ref="", **post):
        """The dealer has handed the parts to the carrier (D09)."""
        part_return = self._get_own_return(return_id)
        if not part_return:
            return request.redirect("/my/part-returns")
        try:
            with request.env.cr.savepoint():
                part_return.write(
                    {"carrier": carrier.strip()[:128], "tracking_ref": tracking_ref.strip()[:128]}
                )
                part_return.action_ship()
        except UserError as refusal:
            part_return.invalidate_recordset()
            return self._render_return(part_return, error=str(refusal))
        return request.redirect(part_return.access_url)

    def _get_own_return(self, return_id):
        """Return the old part return in superuser mode when it is the dealer's own, else
        nothing.
        """
        returns = request.env["aftersales.part.return"]
        if not self._get_dealer():
            return returns
        try:
            self._document_check_access("aftersales.part.return", return_id)
        except (AccessError, MissingError):
            return returns
        # Checked above; stays the user's deed, not the superuser's.
        return returns.browse(return_id).sudo()

    def _render_return(self, part_return, error=""):
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "dealer_part_return",
            "part_return": part_return,
            "error": error,
        }
        return request.render("aftersales_dealer.portal_part_return", values)
