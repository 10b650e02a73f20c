from datetime import datetime

import pytz

from odoo import fields, http
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.aftersales_service.controllers.uploads import (
    ACCEPT,
    MAX_FORM_BYTES,
    keep_uploads,
    read_uploads,
)

from ..models.aftersales_dealer_dispatch import LIVE_STATES
from .portal_claim_form import PortalClaimForm
from .portal_dealer import dealer_todo

# Older ones than these are overdue anyhow.
MAX_URGENT = 200
MESSAGES = ("arranged", "reported", "done", "handed_back")


class PortalDispatch(PortalClaimForm):
    """The tickets that a dealer was given, on the portal: who comes when, what was done, or why
    not (D03). There is no way to send the customer to the factory.
    """

    def _get_dealer_todos(self, dealer):
        env = request.env
        own = Domain("dealer_id", "=", dealer.id) & Domain("state", "in", LIVE_STATES)
        dispatches = env["aftersales.dealer.dispatch"]
        counts = dict(dispatches._read_group(own, ["state"], ["__count"]))
        given = counts.pop("given", 0)
        return [
            *super()._get_dealer_todos(dealer),
            dealer_todo(
                "dispatch_given",
                env._("Tickets to arrange"),
                "/my/dealer/tickets?filterby=given",
                given,
                text=env._("Tell the customer who comes and when"),
                icon="fa-phone",
                sequence=10,
                deadline=given and self._get_arrange_deadline(own),
            ),
            dealer_todo(
                "dispatch",
                env._("Tickets under way"),
                "/my/dealer/tickets",
                sum(counts.values()),
                text=env._("Report what was done"),
                icon="fa-wrench",
                sequence=12,
            ),
        ]

    def _get_arrange_deadline(self, own):
        """Return until when the most urgent of the dealer's new tickets is to be arranged."""
        found = request.env["aftersales.dealer.dispatch"].search(
            own & Domain("state", "=", "given"), limit=MAX_URGENT
        )
        # Of the dealer's own tickets; portal users have no rights on clocks.
        ((deadline,),) = (
            request.env["aftersales.sla.clock"]
            .sudo()
            ._read_group(
                [
                    ("ticket_id", "in", found.sudo().ticket_id.ids),
                    ("kind", "=", "arranged"),
                    ("date_ended", "=", False),
                ],
                [],
                ["date_deadline:min"],
            )
        )
        return deadline

    def _get_dispatch_filters(self):
        env = request.env
        return {
            "live": {"label": env._("To do"), "domain": Domain("state", "in", LIVE_STATES)},
            "given": {"label": env._("To be arranged"), "domain": Domain("state", "=", "given")},
            "done": {"label": env._("Fixed"), "domain": Domain("state", "=", "done")},
            "all": {"label": env._("All"), "domain": Domain.TRUE},
        }

    @http.route(
        ["/my/dealer/tickets", "/my/dealer/tickets/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def portal_dispatches(self, page=1, **asked):
        """List what the dealer was given to do (D03)."""
        if not self._get_dealer():
            return request.redirect("/my")
        values = self._prepare_dealer_list(
            "aftersales.dealer.dispatch",
            "/my/dealer/tickets",
            dict(asked, page=page),
            filters=self._get_dispatch_filters(),
            search_fields=("ticket_id.name", "ticket_id.subject", "ticket_id.asset_id.serial"),
        )
        # Found by the user's rules; sudo shows of the ticket what the dealer needs.
        values["records"] = self._localised(values["records"])
        return request.render(
            "aftersales_dealer.portal_dispatches", dict(values, page_name="dealer_dispatch")
        )

    def _localised(self, dispatches):
        """Return ``dispatches`` (sudo) with times in the reader's zone."""
        # sudo: the user's rules, or ``_get_own_document``, let the caller have these.
        return dispatches.sudo().with_context(tz=self._get_reader_tz())

    def _get_own_dispatch(self, dispatch_id):
        """Return the dispatch (sudo) when it is the dealer's own, else nothing."""
        return self._localised(self._get_own_document("aftersales.dealer.dispatch", dispatch_id))

    @http.route(
        "/my/dealer/tickets/<int:dispatch_id>",
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def portal_dispatch(self, dispatch_id, message="", **kwargs):
        """Show one ticket with what the dealer may do (D03)."""
        dispatch = self._get_own_dispatch(dispatch_id)
        if not dispatch:
            return request.redirect("/my/dealer/tickets")
        return self._render_dispatch(dispatch, message=message)

    def _render_dispatch(self, dispatch, post=None, error="", deed="", message=""):
        ticket = dispatch.ticket_id
        now = fields.Datetime.context_timestamp(dispatch, fields.Datetime.now())
        claim = ticket.claim_ids.filtered(
            lambda c: c.dealer_id == dispatch.dealer_id and c.state != "cancelled"
        )[:1]
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "dealer_dispatch",
            "dispatch": dispatch,
            "ticket": ticket,
            "is_live": dispatch.state in LIVE_STATES,
            # What was given back is no longer this dealer's: nor the customer's phone and address.
            "shows_customer": dispatch.state in (*LIVE_STATES, "done"),
            "photos": ticket._get_customer_files().filtered(
                lambda a: (a.mimetype or "").startswith("image/")
            ),
            "claim": claim,
            "may_claim": dispatch.state == "done" and not claim and bool(ticket.asset_id),
            "tz": self._get_reader_tz(),
            "now": now.strftime("%Y-%m-%dT%H:%M"),
            "today": now.date(),
            "accept": ACCEPT,
            "post": post or {},
            "error": error,
            "deed": deed,
            "message": message if message in MESSAGES else "",
        }
        return request.render("aftersales_dealer.portal_dispatch", values)

    @http.route(
        "/my/dealer/tickets/<int:dispatch_id>/<any(arrange,report,hand_back):deed>",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
        max_content_length=MAX_FORM_BYTES,
    )
    def portal_dispatch_post(self, dispatch_id, deed, **post):
        """The dealer says who comes when, reports back, or hands the ticket back (D03)."""
        dispatch = self._get_own_dispatch(dispatch_id)
        if not dispatch:
            return request.redirect("/my/dealer/tickets")
        try:
            with request.env.cr.savepoint():
                getattr(self, f"_do_{deed}")(dispatch, post)
        except UserError as refusal:
            dispatch.invalidate_recordset()
            return self._render_dispatch(dispatch, post, str(refusal), deed)
        return request.redirect(f"{dispatch.access_url}?message={dispatch.state}")

    def _do_arrange(self, dispatch, post):
        dispatch._arrange(
            self._parse_moment(post.get("date_planned")),
            post.get("technician_name"),
            post.get("technician_phone"),
        )

    def _do_report(self, dispatch, post):
        if post.get("fixed") not in ("yes", "no"):
            raise UserError(request.env._("“Does it work again?”: choose yes or no."))
        env = request.env
        dispatch._report(
            fixed=post["fixed"] == "yes",
            work_done=post.get("work_done"),
            date_repair=self._parse_date(post.get("date_repair"), env._("Day of the work")),
            meter=self._parse_number(post.get("meter") or "0", env._("Meter reading")),
            promise=post.get("promise"),
            photos=keep_uploads(dispatch, read_uploads()),
        )

    def _do_hand_back(self, dispatch, post):
        dispatch._hand_back(post.get("reason"))

    def _parse_moment(self, text):
        """Return what was entered in the reader's time zone as datetime in UTC, or None."""
        try:
            moment = datetime.strptime((text or "").strip()[:16], "%Y-%m-%dT%H:%M")
        except ValueError:
            return None
        if not 2000 < moment.year < 2200:
            return None
        zone = pytz.timezone(self._get_reader_tz())
        return zone.localize(moment).astimezone(pytz.utc).replace(tzinfo=None)

    @http.route(
        "/my/dealer/tickets/<int:dispatch_id>/photo/<int:photo_id>",
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def portal_dispatch_photo(self, dispatch_id, photo_id, **kwargs):
        """A photo of the customer's report, or of the dealer's own."""
        dispatch = self._get_own_dispatch(dispatch_id)
        photos = dispatch.photo_ids
        if dispatch:
            photos |= dispatch.ticket_id._get_customer_files()
        photo = photos.filtered(
            lambda a: a.id == photo_id and (a.mimetype or "").startswith("image/")
        )
        if not photo:
            raise request.not_found()
        return request.env["ir.binary"]._get_stream_from(photo).get_response()

    @http.route(
        "/my/dealer/tickets/<int:dispatch_id>/claim",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_dispatch_claim(self, dispatch_id, **post):
        """Make a draft claim from what was reported, and open it to be completed (D03, D07)."""
        dispatch = self._get_own_dispatch(dispatch_id)
        if not dispatch or dispatch.state != "done":
            return request.redirect("/my/dealer/tickets")
        claim = dispatch._get_or_make_claim()
        return request.redirect(f"{claim.access_url}/edit")

    def _find_asset(self, dealer, serial):
        """The machine of a ticket that the dealer was given may be claimed for, too."""
        wanted = (serial or "").strip()
        # Serials of the dealer's own dispatches only, which it has read on their pages.
        given = request.env["aftersales.dealer.dispatch"].sudo()
        if wanted:
            assets = Domain("lot_id.name", "=", wanted) | Domain("name", "=", wanted)
            given = given.search(
                Domain("dealer_id", "=", dealer.id)
                & Domain("state", "=", "done")
                & Domain("ticket_id.asset_id", "any", assets),
                limit=1,
            )
        return given.ticket_id.asset_id or super()._find_asset(dealer, serial)
