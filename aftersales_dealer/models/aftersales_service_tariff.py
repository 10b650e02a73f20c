from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

MANAGER = "aftersales_dealer.group_aftersales_dealer_manager"
AGREED = {"company_id", "currency_id", "country_id", "date_start", "line_ids"}


class AftersalesServiceTariff(models.Model):
    """What dealers may charge customers for repairs that nobody covers, published (D05)."""

    _name = "aftersales.service.tariff"
    _description = "Tariff of Paid Repairs"
    _inherit = ["aftersales.transition.mixin", "mail.thread"]
    _order = "date_start desc, id desc"
    _check_company_auto = True
    _guard_readonly = True
    _transitions = {"draft": ("published", "cancelled"), "published": ("cancelled",)}
    _frozen_fields = dict.fromkeys(("published", "cancelled"), AGREED)

    name = fields.Char(required=True, translate=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(
        "res.currency", required=True, default=lambda self: self.env.company.currency_id
    )
    country_id = fields.Many2one("res.country", help="Of the dealer. Empty: where no other holds.")
    date_start = fields.Date(string="Valid from", required=True, default=fields.Date.context_today)
    date_end = fields.Date(string="Valid until", tracking=True)
    line_ids = fields.One2many(
        "aftersales.service.tariff.line", "tariff_id", string="Prices", copy=True
    )
    note = fields.Html(string="Conditions", translate=True, help="Dealers and customers read it.")
    state = fields.Selection(
        [("draft", "Draft"), ("published", "Published"), ("cancelled", "Withdrawn")],
        string="Status",
        required=True,
        readonly=True,
        default="draft",
        index=True,
        copy=False,
        tracking=True,
    )

    _dates_order = models.Constraint(
        "CHECK(date_end IS NULL OR date_end >= date_start)", "A tariff ends after it begins."
    )

    def _get_report_base_filename(self):
        self.ensure_one()
        return self.name

    def action_publish(self):
        """Publish the tariffs: dealers see them, and their charges are measured by them (D05).

        :raise UserError: when one has no prices, or another holds for its country in its time
        """
        self.env["aftersales.notice"]._check_groups(MANAGER)
        self._ensure_transition("published")
        for tariff in self:
            if not tariff.line_ids:
                raise UserError(self.env._("%s has no prices. Enter them.", tariff.name))
            tariff._check_alone()
        self._set_state("published")

    def _check_alone(self):
        """Raise when another published tariff holds for the same country at the same time."""
        self.ensure_one()
        other = self.search(
            [
                ("id", "!=", self.id),
                ("state", "=", "published"),
                ("company_id", "=", self.company_id.id),
                ("country_id", "=", self.country_id.id),
                ("date_start", "<=", self.date_end or "9999-12-31"),
                "|",
                ("date_end", "=", False),
                ("date_end", ">=", self.date_start),
            ],
            limit=1,
        )
        if other:
            raise ValidationError(
                self.env._(
                    "%(tariff)s: %(other)s holds at the same time. Say there until when it is "
                    "valid, or begin later.",
                    tariff=self.name,
                    other=other.name,
                )
            )

    @api.constrains("date_end")
    def _check_dates(self):
        for tariff in self.filtered(lambda t: t.state == "published"):
            tariff._check_alone()

    def action_cancel(self):
        """Withdraw tariffs that were published by mistake; usually they just end."""
        self.env["aftersales.notice"]._check_groups(MANAGER)
        self._set_state("cancelled")

    @api.model
    def _get_for(self, keys):
        """Return {key: tariff} for (company, country, day): the country's own, else the general
        one; one query.

        :param keys: iterable of (``res.company``, ``res.country``, ``date``)
        """
        keys = set(keys)
        # Published prices are for everybody to know.
        tariffs = self.sudo().search(
            [
                ("state", "=", "published"),
                ("company_id", "in", list({company.id for company, _c, _d in keys})),
            ]
        )
        result = {}
        for company, country, day in keys:
            valid = tariffs.filtered(
                lambda t, company=company, day=day: (
                    t.company_id == company
                    and t.date_start <= day
                    and (not t.date_end or day <= t.date_end)
                )
            )
            own = valid.filtered(
                lambda t, country=country: t.country_id and t.country_id == country
            )
            result[company, country, day] = (own or valid.filtered(lambda t: not t.country_id))[:1]
        return result

    def _get_allowed_price(self, line):
        """Return (price a unit that may be charged for ``line`` of a paid repair, by which price
        of the tariff), (None, empty) when the tariff says nothing of it.
        """
        prices = self.line_ids.filtered(lambda p: p.kind == line.kind)
        if line.kind == "operation":
            price = prices.filtered(lambda p: p.operation_id == line.operation_id)[:1]
        elif line.kind == "part":
            price = (
                prices.filtered(lambda p: p.category_id and p._has_product(line.product_id))[:1]
                or prices.filtered(lambda p: not p.category_id)[:1]
            )
        else:
            price = prices[:1]
        if not price or (line.kind == "part" and not line.product_id):
            return None, price.browse()
        return price._get_price(line.product_id, line.date), price
