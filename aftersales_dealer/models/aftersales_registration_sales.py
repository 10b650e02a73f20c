from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize, format_date

from ..tools.contact_key import name_key

# What a sale may say; everything else follows.
SALE_FIELDS = (
    "serial",
    "date_sale",
    "end_user_name",
    "end_user_phone",
    "end_user_email",
    "end_user_street",
    "end_user_zip",
    "end_user_city",
    "province",
    "country",
    "meter",
    "promise",
)
MAX_SALES = 10_000


class AftersalesRegistration(models.Model):
    """Many sales at once: each is judged with its reason, the good ones are registered (D02)."""

    _inherit = "aftersales.registration"

    @api.model
    def get_import_templates(self):
        """Return the spreadsheet that Odoo's import offers for download."""
        return [
            {
                "label": self.env._("Import Template for Registrations"),
                "template": "/aftersales_dealer/static/xls/aftersales_registration.xlsx",
            }
        ]

    @api.model
    def action_register_sales(self, sales, dealer_id=False):
        """Register many sales at once; a wrong one does not hold up the others (D02, API).

        :param list sales: dicts of ``serial``, ``date_sale`` (ISO), ``end_user_name``,
            ``end_user_phone``, ``end_user_email``, ``end_user_street``, ``end_user_zip``,
            ``end_user_city``, ``province``, ``country`` (name or code), ``meter``, ``promise``
        :param int dealer_id: only machines delivered to this dealer; any when empty
        :return: list, as long as ``sales``, of ``{"serial", "id", "name", "late"}`` of what was
            registered and ``{"serial", "error"}`` of what was not
        :raise AccessError: when the user may not register
        :raise UserError: when there are too many, or they are no sales
        """
        self.check_access("create")
        if not isinstance(sales, list) or not all(isinstance(sale, dict) for sale in sales):
            raise UserError(
                self.env._(
                    "“sales” is a list, and each sale in it has names and values: "
                    '{"serial": "…", "date_sale": "2026-03-01", …}.'
                )
            )
        if len(sales) > MAX_SALES:
            raise UserError(self.env._("Send %s sales at a time at most.", MAX_SALES))
        judged = self._judge_sales(sales, self.env["res.partner"].browse(dealer_id or []))
        cards = iter(self._register_judged(judged))
        result = []
        for sale, (vals, error, _late) in zip(sales, judged, strict=True):
            serial = str(sale.get("serial") or "")
            if error:
                result.append({"serial": serial, "error": error})
            else:
                card = next(cards)
                known = {"id": card.id, "name": card.name, "late": card.late}
                result.append({"serial": vals["serial"], **known})
        return result

    @api.model
    def _register_judged(self, judged, **common):
        """Create and hand in the cards of what ``_judge_sales`` found good, in that order.

        :param common: values that all of them have
        """
        cards = self.create([{**vals, **common} for vals, error, _late in judged if not error])
        if cards:
            cards.action_register()
        return cards

    @api.model
    def _judge_sales(self, sales, dealer):
        """Return [(values of the card or None, why not, days late)] for ``sales``, in a constant
        number of queries.

        :param dealer: only its machines are found: another dealer's and unknown ones are answered
            alike; the user's own rights decide when it is empty
        """
        serials = [str(sale.get("serial") or "").strip() for sale in sales]
        found = self._find_assets({serial for serial in serials if serial})
        if dealer:
            found = {
                serial: assets.filtered(lambda a: a.dealer_id == dealer)
                for serial, assets in found.items()
            }
        taken = self._get_live_cards(found)
        places = self._get_places(sales)
        seen, judged = {}, []
        for number, (sale, serial) in enumerate(zip(sales, serials, strict=True), start=1):
            assets = found.get(serial, self.env["aftersales.asset"])
            error = self._get_serial_problem(serial, assets, dealer, taken, seen)
            if not error:
                vals, error = self._read_sale(sale, assets, places)
            if not error:
                seen[assets.id] = number
            judged.append((None, error, 0) if error else (vals, "", 0))
        return self._with_lateness(judged)

    @api.model
    def _get_live_cards(self, found):
        """Return {asset: live card} of the machines found."""
        assets = self.env["aftersales.asset"].union(*found.values())
        cards = self.sudo().search(  # a card of whoever else is named by its number only
            [("asset_id", "in", assets.ids), ("state", "in", ("draft", "registered"))]
        )
        return {card.asset_id.id: card for card in cards}

    @api.model
    def _get_serial_problem(self, serial, assets, dealer, taken, seen):
        """Return why the sale of ``serial`` cannot be registered, or an empty string."""
        if not serial:
            return self.env._("The serial is missing.")
        if len(assets) != 1 and dealer:
            return self._get_foreign_message(serial)
        if len(assets) != 1:
            return self._get_serial_message(serial, assets)
        if not assets.dealer_id:
            return self.env._("%s was not delivered to a dealer.", serial)
        if assets.id in seen:
            return self.env._(
                "%(serial)s is entered twice: in line %(line)s, too.",
                serial=serial,
                line=seen[assets.id],
            )
        if assets.id in taken:
            return self._get_taken_message(serial, taken[assets.id])
        return ""

    @api.model
    def _get_foreign_message(self, serial):
        """Return the one answer to serials that are unknown and to those of other dealers."""
        return self.env._(
            "There is no machine with the serial “%(serial)s” among those delivered to "
            "you. Check the serial on the name plate.",
            serial=serial,
        )

    @api.model
    def _get_taken_message(self, serial, card):
        """Return that the machine has its ``card`` already."""
        if not card.date_registered:
            return self.env._("%(serial)s has a draft card already.", serial=serial)
        return self.env._(
            "%(serial)s is registered already: card %(card)s of %(date)s.",
            serial=serial,
            card=card.name,
            date=format_date(self.env, card.date_registered),
        )

    @api.model
    def _read_sale(self, sale, asset, places):
        """Return (values of the card, why it cannot be registered)."""
        text = {name: str(sale.get(name) or "").strip() for name in SALE_FIELDS}
        day = self._read_day(sale.get("date_sale"))
        meter = self._read_meter(text["meter"])
        problem = self._get_sale_problem(text, day, meter, asset)
        if problem:
            return None, problem
        country, state, problem = self._read_place(text, places)
        if problem:
            return None, problem
        names = [name for name in SALE_FIELDS if name.startswith("end_user_") or name == "promise"]
        return {
            **{name: text[name] or False for name in names},
            "serial": asset.serial or asset.name,
            "asset_id": asset.id,
            "dealer_id": asset.dealer_id.id,
            "company_id": asset.company_id.id,
            "date_sale": day,
            "meter": meter,
            "end_user_country_id": country or asset.dealer_id.country_id.id,
            "end_user_state_id": state,
        }, ""

    @api.model
    def _read_day(self, value):
        try:
            return fields.Date.to_date(value) or None
        except (ValueError, TypeError):
            return None

    @api.model
    def _read_meter(self, text):
        try:
            meter = float(text.replace(",", ".") or 0)
        except ValueError:
            return -1.0
        return meter if 0 <= meter < 10**9 else -1.0

    @api.model
    def _get_sale_problem(self, text, day, meter, asset):
        """Return what is missing or wrong in a sale of ``asset``, or an empty string."""
        if not day:
            return self.env._("“Sold on”: enter the day of the sale, as year-month-day.")
        problem = self._get_date_problem(asset.serial or asset.name, day, asset.date_delivery)
        if problem:
            return problem
        if not text["end_user_name"]:
            return self.env._("Enter the end user's name.")
        if not (text["end_user_phone"] or text["end_user_email"]):
            return self.env._("Enter the end user's phone or e-mail.")
        if text["end_user_email"] and not email_normalize(text["end_user_email"]):
            return self.env._("“%s” is not an e-mail address.", text["end_user_email"])
        if meter < 0:
            return self.env._("“Meter”: enter a number, for example 12.5.")
        return ""

    @api.model
    def _get_places(self, sales):
        """Return ({key: country id}, {(country id, key): province id}) of what ``sales`` name."""
        if not any(sale.get("country") or sale.get("province") for sale in sales):
            return {}, {}
        countries = {}
        for country in self.env["res.country"].search([]):  # pylint: disable=no-search-all
            countries[name_key(country.code)] = country.id
            countries[name_key(country.name)] = country.id
            countries[name_key(country.with_context(lang="en_US").name)] = country.id
        states = {}
        if any(sale.get("province") for sale in sales):
            states_of_all = self.env["res.country.state"].search([])  # pylint: disable=no-search-all
            for state in states_of_all:
                states[state.country_id.id, name_key(state.name)] = state.id
                states[state.country_id.id, name_key(state.code)] = state.id
        return countries, states

    @api.model
    def _read_place(self, text, places):
        """Return (country id, province id, why not)."""
        countries, states = places
        country = countries.get(name_key(text["country"]), False) if text["country"] else False
        if text["country"] and not country:
            return False, False, self.env._("“%s” is not a country.", text["country"])
        if not text["province"]:
            return country, False, ""
        state = states.get((country, name_key(text["province"])))
        if not state:
            return (
                False,
                False,
                self.env._(
                    "“%s” is not a province of the country. Enter the country, too.",
                    text["province"],
                ),
            )
        return country, state, ""

    @api.model
    def _with_lateness(self, judged):
        """Return ``judged`` with the days by which each card would come late today."""
        today = fields.Date.context_today(self)
        days = self._get_registration_days([vals for vals, error, _l in judged if not error])
        return [
            (vals, error, 0)
            if error
            else (
                vals,
                "",
                max((today - vals["date_sale"]).days - days[self._get_term_key(vals)], 0),
            )
            for vals, error, _late in judged
        ]

    @api.model
    def _get_term_key(self, vals):
        return vals["dealer_id"], vals["company_id"], vals["date_sale"]

    @api.model
    def _get_registration_days(self, vals_list):
        """Return {(dealer id, company id, day of sale): days to register} in one query."""
        partners, companies = self.env["res.partner"], self.env["res.company"]
        keys = {self._get_term_key(vals) for vals in vals_list}
        records = {key: (partners.browse(key[0]), companies.browse(key[1]), key[2]) for key in keys}
        # The days alone are read, for dealers, too.
        agreements = self.env["aftersales.dealer.agreement"].sudo()._get_for(records.values())
        return {
            key: agreement.registration_days
            if (agreement := agreements[record])
            # sudo: as above, one setting of the company.
            else record[1].sudo().dealer_registration_days
            for key, record in records.items()
        }
