"""Base of all dealer pages (D14). How to add a page of your own:

* derive a controller from :class:`DealerPortal` and begin each route with ``_get_dealer()``
  (empty: redirect to ``/my``), or with ``_ensure_dealer_owner()`` when the page shows or binds
  money (clerks get a page that says so);
* open a document by ``_get_own_document(model, id)``: empty for what is unknown *or* foreign, so
  that both are answered alike;
* a list takes its values from ``_prepare_dealer_list`` (search, filters, sort, group, pager) and
  its template begins with ``t-call="portal.portal_layout"`` and
  ``t-call="aftersales_dealer.portal_dealer_list"``, which shows the search bar; rows are
  ``records``, or ``grouped`` = [(label, records)];
* what the dealer has to do today is added by overriding ``_get_dealer_todos`` with one
  ``dealer_todo(…)`` each; entries without anything to do are not shown;
* pages that are always there get a ``portal_dealer_card`` in ``div#dealer_cards`` of the template
  ``portal_dealer_home``; the name of a page (``page_name``) begins with ``dealer_``.
"""

from datetime import datetime

from werkzeug.exceptions import abort

from odoo import fields, http
from odoo.exceptions import AccessError, MissingError
from odoo.http import request
from odoo.tools import format_date, format_datetime

from odoo.addons.portal.controllers.portal import CustomerPortal

from .dealer_list import prepare_list
from .posted_values import PostedValues

# Prints of one login in an hour: each takes a processor for seconds.
MAX_PRINTS, PRINT_SECONDS = 120, 3600


def reads_only(controller, rule, args):
    """Return whether a request for a document's page only reads, for ``readonly`` of its route:
    prints are counted.
    """
    return request.httprequest.args.get("report_type") != "pdf"


def dealer_todo(key, title, url, count, *, text="", icon="fa-tasks", sequence=50, deadline=None):
    """Return one entry of what a dealer has to do today.

    :param str key: name of the entry, for tests and styles
    :param str title: what it is, translated
    :param str url: where it is done
    :param int count: how many; nothing is shown for zero
    :param str text: one sentence more
    :param str icon: Font Awesome class
    :param int sequence: place on the page: 10 customers wait, 30 money waits, 50 others
    :param deadline: ``date`` or ``datetime`` (UTC) of the most urgent one
    """
    return {
        "key": key,
        "title": title,
        "url": url,
        "count": count,
        "text": text,
        "icon": icon,
        "sequence": sequence,
        "deadline": deadline,
    }


class DealerPortal(PostedValues, CustomerPortal):
    """Who is a dealer and its owner, lists, documents, the overview, the card on /my (D14)."""

    # -- who asks -------------------------------------------------------------------------------

    def _get_dealer(self):
        """Return the dealer the portal user works for, or an empty partner: then redirect to
        /my."""
        user = request.env.user  # always sudoed: only the user's own company is read
        partner = user.commercial_partner_id
        known = partner.is_dealer and partner.active and user._is_portal()
        return partner if known else partner.browse()

    def _is_dealer_owner(self):
        """Return whether the user is an owner of its dealer; see ``res.partner.dealer_role``."""
        return bool(request.env.user.owned_dealer_id)

    def _ensure_dealer_owner(self):
        """Return the dealer of which the user is an owner, or an empty partner when the user is no
        dealer at all: then redirect to /my.

        :raise HTTPException: for a dealer's clerk, with a page that says so (403)
        :raise AccessError: the same for JSON requests
        """
        dealer = self._get_dealer()
        if dealer and not self._is_dealer_owner():
            if request.dispatcher.routing_type == "jsonrpc":
                request.env.user._check_dealer_owner()
            response = request.render(
                "aftersales_dealer.portal_dealer_owner_only",
                {**self._prepare_portal_layout_values(), "page_name": "dealer_owner_only"},
                status=403,
            )
            response.flatten()
            abort(response)
        return dealer

    # -- documents and lists --------------------------------------------------------------------

    def _get_own_document(self, model, record_id):
        """Return the dealer's own record in superuser mode, else an empty one.

        :param str model: a model with ``dealer_id``
        :param int record_id: id from the address
        """
        records, dealer = request.env[model], self._get_dealer()
        if not dealer:
            return records
        try:
            record_sudo = self._document_check_access(model, record_id)
        except (AccessError, MissingError):
            return records
        return record_sudo if record_sudo.dealer_id == dealer else records

    def _prepare_dealer_list(self, model, url, asked, **options):
        """Return the values of a list page of the dealer's own records of ``model``.

        :param str model: a model with ``dealer_id`` that the portal user may read
        :param str url: address of the list, without page
        :param dict asked: the request's ``page``, ``search``, ``filterby``, ``sortby``,
            ``groupby``; what is unknown counts as the first choice
        :param options: ``domain``, ``filters``, ``sortings``, ``groupings``, ``search_fields``,
            ``order``: see :func:`.dealer_list.prepare_list`
        """
        return {
            **self._prepare_portal_layout_values(),
            **prepare_list(request.env, model, self._get_dealer(), url, asked, **options),
        }

    # -- prints ---------------------------------------------------------------------------------

    def _show_report(self, model, report_type, report_ref, download=False):
        if report_type == "pdf" and report_ref.startswith("aftersales_dealer."):
            self._count_print()
        return super()._show_report(model, report_type, report_ref, download=download)

    def _count_print(self):
        """Count a document that is made for the user.

        :raise HTTPException: too many within the hour, with a page that says so (429)
        """
        if not request.env["aftersales.throttle"]._allow(
            "dealer-print", f"user {request.env.uid}", MAX_PRINTS, PRINT_SECONDS
        ):
            response = request.render(
                "aftersales_dealer.portal_dealer_busy",
                {**self._prepare_portal_layout_values(), "page_name": "dealer_busy"},
                status=429,
            )
            response.headers["Retry-After"] = str(PRINT_SECONDS)
            response.flatten()
            abort(response)

    # -- the overview ---------------------------------------------------------------------------

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if {"dealer_count", "dealer_to_register_count"} & set(counters):
            dealer = self._get_dealer()
            if "dealer_count" in counters:
                values["dealer_count"] = len(dealer)
            if "dealer_to_register_count" in counters:
                values["dealer_to_register_count"] = self._count_to_register(dealer)
        return values

    def _count_to_register(self, dealer):
        """Return how many machines of ``dealer`` wait for their registration."""
        assets = request.env["aftersales.asset"]
        return assets.search_count(assets._get_to_register_domain(dealer)) if dealer else 0

    def _get_dealer_todos(self, dealer):
        """Return what the dealer has to do today, as ``dealer_todo`` makes it; each page adds its
        own. What only owners do is added for owners only.
        """
        return []

    def _get_reader_tz(self):
        """Return the name of the reader's time zone: the user's, else the dealer's or ours."""
        user = request.env.user
        company = user.company_id.sudo()  # nothing but its zone is read
        return user.tz or user.commercial_partner_id.tz or company._get_aftersales_tz()

    def _prepare_due(self, deadline):
        """Return {"due": when something is due in the reader's words, "overdue": whether it is}.

        :param deadline: ``date``, ``datetime`` (UTC) or nothing
        """
        env = request.env
        if not deadline:
            return {"due": "", "overdue": False}
        if not isinstance(deadline, datetime):
            late = deadline < fields.Date.context_today(env.user)
            day = format_date(env, deadline)
            due = env._("since %s overdue", day) if late else env._("by %s", day)
            return {"due": due, "overdue": late}
        minutes = int((deadline - fields.Datetime.now()).total_seconds() // 60)
        if minutes < 0:
            time = format_datetime(env, deadline, tz=self._get_reader_tz(), dt_format="short")
            return {"due": env._("since %s overdue", time), "overdue": True}
        if minutes < 2 * 24 * 60:
            hours, minutes = divmod(minutes, 60)
            due = env._("%(hours)s h %(minutes)s min left", hours=hours, minutes=f"{minutes:02}")
        else:
            time = format_datetime(env, deadline, tz=self._get_reader_tz(), dt_format="short")
            due = env._("by %s", time)
        return {"due": due, "overdue": False}

    def _prepare_dealer_home_values(self, dealer):
        """Return the values of the overview page; extended by each page that has a card on it."""
        agreements = request.env["aftersales.dealer.agreement"].search(
            [("dealer_id", "=", dealer.id)]
        )
        todos = [
            {**todo, **self._prepare_due(todo["deadline"])}
            for todo in self._get_dealer_todos(dealer)
            if todo["count"]
        ]
        return {
            **self._prepare_portal_layout_values(),
            "page_name": "dealer",
            "dealer": dealer,
            "is_owner": self._is_dealer_owner(),
            "todos": sorted(todos, key=lambda todo: (todo["sequence"], todo["key"])),
            # Record rules gave owners the dealer's own running agreements; sudo shows countries,
            # categories and grade.
            "agreements": agreements.sudo(),
        }

    @http.route("/my/dealer", type="http", auth="user", website=True, readonly=True)
    def portal_dealer_home(self, **kwargs):
        """Show the dealer what is to do, its documents and the terms agreed (D14)."""
        dealer = self._get_dealer()
        if not dealer:
            return request.redirect("/my")
        return request.render(
            "aftersales_dealer.portal_dealer_home", self._prepare_dealer_home_values(dealer)
        )
