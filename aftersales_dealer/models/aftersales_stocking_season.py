from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.stocking import recommend

SEASONS_LOOKED_AT = 2
COUNTED_STATES = ("submitted", "awaiting_parts", "appraised", "approved", "noticed", "settled")


class AftersalesStockingSeason(models.Model):
    """A season in which machines work and parts are needed; each dealer gets a plan for it
    (D06).
    """

    _name = "aftersales.stocking.season"
    _description = "Spare-Part Season"
    _order = "date_start desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    date_start = fields.Date(string="Season begins", required=True)
    date_end = fields.Date(string="Season ends", required=True)
    lead_days = fields.Integer(
        default=30, help="Days before the season by which dealers have the parts in stock."
    )
    date_due = fields.Date(string="In Stock by", compute="_compute_date_due", store=True)
    growth = fields.Float(
        string="Change (%)", help="Percent more than in the seasons before, or less."
    )
    category_ids = fields.Many2many(
        "product.category", string="Part Categories", help="Empty: all parts."
    )
    plan_ids = fields.One2many("aftersales.stocking.plan", "season_id", string="Plans")
    plan_count = fields.Integer(compute="_compute_plan_count")

    _dates_order = models.Constraint(
        "CHECK(date_end >= date_start)", "A season ends after it begins."
    )
    # NaN, which clients may send, is above all numbers to the database.
    _growth_range = models.Constraint(
        "CHECK(growth BETWEEN -100 AND 1000)", "The change is between -100 and 1000 %."
    )
    _lead_positive = models.Constraint(
        "CHECK(lead_days BETWEEN 0 AND 365)", "The days before the season are between 0 and 365."
    )

    @api.depends("date_start", "lead_days")
    def _compute_date_due(self):
        for season in self:
            # More days than a year are refused below; here they would end in no date at all.
            days = timedelta(days=min(max(season.lead_days, 0), 366))
            season.date_due = season.date_start and season.date_start - days

    @api.depends("plan_ids")
    def _compute_plan_count(self):
        for season in self:
            season.plan_count = len(season.plan_ids)

    def action_make_plans(self):
        """Make the plan of each dealer with an agreement that has none yet, from what it fitted
        in the same season of the last years (D06). Dealers without consumption get an empty plan.
        """
        self.env["aftersales.notice"]._check_groups(
            "aftersales_dealer.group_aftersales_dealer_manager"
        )
        plans = self._make_plans()
        if not plans:
            raise UserError(self.env._("Each dealer with an agreement has its plan already."))
        return self.action_view_plans()

    def _make_plans(self):
        """Make the missing plans of these seasons and return them."""
        values = []
        for season in self:  # a handful at most
            dealers = season._get_dealers() - season.plan_ids.dealer_id
            fitted = season._get_fitted(dealers)
            for dealer in dealers:
                values.append(
                    {
                        "season_id": season.id,
                        "company_id": season.company_id.id,
                        "dealer_id": dealer.id,
                        "line_ids": [
                            (0, 0, line)
                            for line in season._prepare_lines(fitted.get(dealer.id, {}))
                        ],
                    }
                )
        return self.env["aftersales.stocking.plan"].create(values)

    def _get_dealers(self):
        """Return the dealers with an agreement in force."""
        self.ensure_one()
        agreements = self.env["aftersales.dealer.agreement"].search(
            [("company_id", "=", self.company_id.id), ("state", "=", "running")]
        )
        return agreements.dealer_id.filtered("active")

    def _get_fitted(self, dealers):
        """Return {dealer id: {product: [quantity of the last season, of the one before]}} from
        the parts on the dealers' claims; one query a season.
        """
        self.ensure_one()
        result = {}
        for back in range(SEASONS_LOOKED_AT):
            years = relativedelta(years=back + 1)
            domain = [
                ("company_id", "=", self.company_id.id),
                ("dealer_id", "in", dealers.ids),
                ("kind", "=", "part"),
                ("product_id", "!=", False),
                ("claim_state", "in", COUNTED_STATES),
                ("date_repair", ">=", self.date_start - years),
                ("date_repair", "<=", self.date_end - years),
            ]
            if self.category_ids:
                domain.append(("product_id.categ_id", "child_of", self.category_ids.ids))
            groups = self.env["aftersales.claim.line"]._read_group(
                domain, ["dealer_id", "product_id"], ["quantity:sum"]
            )
            for dealer, product, quantity in groups:
                seasons = result.setdefault(dealer.id, {}).setdefault(
                    product, [0.0] * SEASONS_LOOKED_AT
                )
                seasons[back] = quantity
        return result

    def _prepare_lines(self, fitted):
        """Return the values of the lines for {product: quantities fitted}."""
        lines = []
        for product, seasons in fitted.items():
            quantity = recommend(seasons, self.growth)
            if quantity:
                lines.append(
                    {
                        "product_id": product.id,
                        "quantity_recommended": quantity,
                        "quantity_planned": quantity,
                        "fitted_last": seasons[0],
                        "fitted_before": seasons[1],
                    }
                )
        return lines

    def action_view_plans(self):
        """Open the plans of these seasons."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_dealer.aftersales_stocking_plan_action"
        )
        return dict(action, domain=[("season_id", "in", self.ids)], context={})
