from psycopg2 import IntegrityError

from odoo import fields, http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.fields import Domain
from odoo.http import request

from .portal_dealer import DealerPortal, dealer_todo, reads_only

# Form field → how it is read; nothing else that is posted reaches the card.
TEXT_FIELDS = (
    "serial",
    "end_user_name",
    "end_user_phone",
    "end_user_email",
    "end_user_street",
    "end_user_city",
    "end_user_zip",
    "promise",
)
MAX_PROPOSED_SERIALS = 200


class PortalRegistration(DealerPortal):
    """The dealer's registration cards on the portal: list, new, card, print-out (D02, D14)."""

    def _get_dealer_todos(self, dealer):
        env = request.env
        own = [("dealer_id", "=", dealer.id), ("state", "=", "draft")]
        ((drafts, deadline),) = env["aftersales.registration"]._read_group(
            own, [], ["__count", "date_deadline:min"]
        )
        return [
            *super()._get_dealer_todos(dealer),
            dealer_todo(
                "register",
                env._("Machines to register"),
                "/my/dealer/assets?filterby=open",
                self._count_to_register(dealer),
                text=env._("Delivered to you, without an end user yet"),
                icon="fa-barcode",
                sequence=50,
            ),
            dealer_todo(
                "card",
                env._("Cards to hand in"),
                "/my/registrations?filterby=draft",
                drafts,
                text=env._("Late cards do not count for claims"),
                icon="fa-id-card-o",
                sequence=15,
                deadline=deadline,
            ),
        ]

    def _get_registration_sortings(self):
        return {
            "newest": {"label": request.env._("Newest"), "order": "id desc"},
            "sale": {"label": request.env._("Sale date"), "order": "date_sale desc, id desc"},
            "serial": {"label": request.env._("Serial"), "order": "serial, id"},
            "end_user": {"label": request.env._("End user"), "order": "end_user_name, id"},
        }

    def _get_registration_filters(self):
        return {
            "all": {"label": request.env._("All"), "domain": Domain.TRUE},
            "registered": {
                "label": request.env._("Registered"),
                "domain": Domain("state", "=", "registered"),
            },
            "draft": {
                "label": request.env._("To hand in"),
                "domain": Domain("state", "=", "draft"),
            },
            "late": {"label": request.env._("Late"), "domain": Domain("late", "=", True)},
            "cancelled": {
                "label": request.env._("Cancelled"),
                "domain": Domain("state", "=", "cancelled"),
            },
        }

    @http.route(
        ["/my/registrations", "/my/registrations/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def portal_registrations(self, page=1, **asked):
        """List the dealer's cards (D14)."""
        if not self._get_dealer():
            return request.redirect("/my")
        values = self._prepare_dealer_list(
            "aftersales.registration",
            "/my/registrations",
            dict(asked, page=page),
            filters=self._get_registration_filters(),
            sortings=self._get_registration_sortings(),
            search_fields=("name", "serial", "end_user_name", "end_user_phone", "end_user_email"),
        )
        return request.render(
            "aftersales_dealer.portal_registrations", dict(values, page_name="dealer_registration")
        )

    @http.route(
        "/my/registrations/new", type="http", auth="user", website=True, methods=["GET", "POST"]
    )
    def portal_registration_new(self, **post):
        """Show the empty card; on POST hand it in, or show it again with what is wrong (D02)."""
        dealer = self._get_dealer()
        if not dealer:
            return request.redirect("/my")
        error = warning = ""
        if request.httprequest.method == "POST":
            try:
                values = self._parse_registration(post)
                # The dealer was checked above; the card takes its own machines only.
                cards = request.env["aftersales.registration"].sudo()
                if post.get("late_known") != str(values["date_sale"]):
                    warning = cards._warn_late(dealer, values)
                if not warning:
                    with request.env.cr.savepoint():
                        card = cards._register_for_portal(dealer, values)
                    return request.redirect(f"/my/registrations/{card.id}?registered=1")
            except UserError as refusal:
                error = str(refusal)
            except IntegrityError:
                error = request.env._(
                    "This machine was registered a moment ago. See your registrations."
                )
        return request.render(
            "aftersales_dealer.portal_registration_new",
            dict(self._prepare_registration_form(dealer, post, error), warning=warning),
        )

    def _prepare_registration_form(self, dealer, post, error):
        """Return the values of the form, with what was typed before."""
        assets = request.env["aftersales.asset"]
        to_register = assets.search(
            assets._get_to_register_domain(dealer),
            order="date_delivery, id",
            limit=MAX_PROPOSED_SERIALS,
        )
        return {
            **self._prepare_portal_layout_values(),
            "page_name": "dealer_registration_new",
            "post": {"end_user_country_id": str(dealer.country_id.id or ""), **post},
            "error": error,
            "today": fields.Date.context_today(dealer),
            "assets": to_register.sudo(),  # found by the user's rules; sudo shows the product
            "countries": request.env["res.country"].search([]),
            "provinces": dealer.country_id.state_ids,
        }

    def _parse_registration(self, post):
        """Return the card's values for the posted strings.

        :raise UserError: naming the field that cannot be read
        """
        env = request.env
        values = {name: (post.get(name) or "").strip() for name in TEXT_FIELDS}
        try:
            values["date_sale"] = fields.Date.to_date((post.get("date_sale") or "").strip())
        except ValueError:
            values["date_sale"] = None
        if not values["date_sale"]:
            raise UserError(env._("“Sold on”: enter the day of the sale, as year-month-day."))
        try:
            values["meter"] = float((post.get("meter") or "0").replace(",", "."))
        except ValueError:
            values["meter"] = -1.0
        if not 0 <= values["meter"] < 10**9:
            raise UserError(env._("“Meter”: enter a number, for example 12.5."))
        country = self._parse_id("res.country", post.get("end_user_country_id"))
        province = self._parse_id("res.country.state", post.get("end_user_state_id"))
        if province and province.country_id != country:
            raise UserError(
                env._(
                    "“Province”: %(province)s is not in the country chosen.", province=province.name
                )
            )
        return values | {"end_user_country_id": country.id, "end_user_state_id": province.id}

    def _parse_id(self, model, text):
        """Return the record of a posted id, empty when there is none."""
        return request.env[model].browse(self._parse_int(text) or []).exists()

    @http.route(
        "/my/registrations/<int:card_id>",
        type="http",
        auth="user",
        website=True,
        readonly=reads_only,
    )
    def portal_registration(self, card_id, report_type=None, download=False, **kwargs):
        """Show one card, or print it with ``?report_type=pdf`` (H03)."""
        dealer = self._get_dealer()
        if not dealer:
            return request.redirect("/my")
        try:
            card = self._document_check_access("aftersales.registration", card_id)
        except (AccessError, MissingError):
            return request.redirect("/my/registrations")
        if report_type in ("html", "pdf", "text"):
            return self._show_report(
                model=card,
                report_type=report_type,
                report_ref="aftersales_dealer.action_report_registration",
                download=download,
            )
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "dealer_registration",
            "card": card,
            "registered": bool(kwargs.get("registered")),
        }
        return request.render("aftersales_dealer.portal_registration", values)
