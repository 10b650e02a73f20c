from odoo.fields import Domain

from odoo.addons.portal.controllers.portal import pager

PAGE_SIZE = 20
# Beyond it nobody turns pages; counting on would cost with every page of a large dealer.
MAX_COUNT = 2000
MAX_SEARCH = 100


def prepare_list(
    env,
    model,
    dealer,
    url,
    asked,
    *,
    domain=(),
    filters=None,
    sortings=None,
    groupings=None,
    search_fields=(),
    order="id desc",
):
    """Return the values of a portal list of the dealer's records (D14, J09).

    Records are those that the user's rules show *and* that are the dealer's own; they are searched
    and returned in superuser mode, because serials, products and names of end users, by which
    dealers search, are no models of theirs.

    :param env: environment of the portal user
    :param str model: a model with ``dealer_id``
    :param dealer: the user's dealer
    :param str url: address of the list
    :param dict asked: what the request asks for, see ``DealerPortal._prepare_dealer_list``
    :param domain: what else every record of the list fulfils
    :param dict filters: key → ``{"label", "domain"}``, the first is the default
    :param dict sortings: key → ``{"label", "order"}``, the first is the default
    :param dict groupings: key → ``{"label", "field"}``, the first is the default
    :param search_fields: names (with dots, too) that are searched for the text
    :param str order: order without ``sortings``
    """
    choices = {"filterby": filters, "sortby": sortings, "groupby": groupings}
    chosen = {name: _choose(options, asked.get(name)) for name, options in choices.items()}
    search = str(asked.get("search") or "").strip()[:MAX_SEARCH]
    found = _get_own_domain(env, model, dealer) & Domain(domain)
    if filters:
        found &= Domain(filters[chosen["filterby"]]["domain"])
    if search:
        found &= Domain.OR(Domain(name, "ilike", search) for name in search_fields)
    kept = {"search": search, **chosen}
    field = groupings[chosen["groupby"]]["field"] if groupings else None
    order = sortings[chosen["sortby"]]["order"] if sortings else order
    order = f"{field}, {order}" if field else order
    records, total, pages = _read_page(env[model], found, order, url, kept, asked.get("page"))
    return {
        **kept,
        "records": records,
        "grouped": _group(records, field),
        "pager": pages,
        "default_url": url,
        "list_total": total,
        "list_full": total >= MAX_COUNT,
        "is_filtered": bool(search or (filters and chosen["filterby"] != next(iter(filters)))),
        "searchbar_filters": filters,
        "searchbar_sortings": sortings,
        "searchbar_groupby": groupings,
        **_get_inputs(env, search_fields),
    }


def _read_page(records, found, order, url, kept, page):
    """Return (records of the page in superuser mode, how many there are, Odoo's pager).

    :param found: domain within the user's rules and the dealer's own, see ``prepare_list``
    :param dict kept: what the links to other pages keep
    """
    records = records.sudo()  # the domain keeps to what the user may see
    total = records.search_count(found, limit=MAX_COUNT)
    pages = pager(
        url=url,
        url_args={name: value for name, value in kept.items() if value},
        total=total,
        page=page or 1,
        step=PAGE_SIZE,
    )
    return records.search(found, order=order, limit=PAGE_SIZE, offset=pages["offset"]), total, pages


def _choose(options, key):
    """Return ``key`` when it is one of ``options``, else the first of them; empty without."""
    if not options:
        return ""
    return key if key in options else next(iter(options))


def _get_own_domain(env, model, dealer):
    """Return the domain of what the user may read and is the dealer's own.

    :raise AccessError: when the user may not read the model at all
    """
    env[model].check_access("read")
    return Domain("dealer_id", "=", dealer.id) & Domain(
        env["ir.rule"]._compute_domain(model, "read")
    )


def _get_inputs(env, search_fields):
    """Return the values of Odoo's search bar on what is searched: all, when anything is."""
    everything = {"all": {"input": "all", "label": env._("Search in all")}}
    return {
        "searchbar_inputs": everything if search_fields else {},
        "search_in": "all",
        "breadcrumbs_searchbar": True,
    }


def _group(records, field):
    """Return [(label, records)] by the values of ``field``; one group without label without it."""
    if not field:
        return [("", records)]
    kind = records._fields[field]
    labels = dict(kind._description_selection(records.env)) if kind.type == "selection" else {}
    return [
        (labels.get(value) or (value.display_name if kind.relational else value) or "–", group)
        for value, group in records.grouped(field).items()
    ]
