from odoo import api, fields, models

from ..tools import contract_schedule as schedule
from .aftersales_contract import ASPECT_FIELDS
from .product_template_contract import ALIGNMENTS, DURATION_UNITS, INVOICING, PERIODS

# Field of the contract → field of the product it is sold as.
TERM_FIELDS = {
    "duration": "aftersales_duration",
    "duration_unit": "aftersales_duration_unit",
    "invoicing": "aftersales_invoicing",
    "period": "aftersales_period",
    "alignment": "aftersales_alignment",
    "covers_parts": "aftersales_covers_parts",
    "covers_labour": "aftersales_covers_labour",
    "covers_travel": "aftersales_covers_travel",
    "notice_days": "aftersales_notice_days",
    "price_change": "aftersales_price_change",
    "auto_renew": "aftersales_auto_renew",
    "sla_policy_id": "aftersales_sla_policy_id",
    "preventive_note": "aftersales_preventive_note",
    "measures": "aftersales_measures",
}


class AftersalesContract(models.Model):
    """The terms of a contract, as its product has them until they are agreed otherwise (W11)."""

    _inherit = "aftersales.contract"

    duration = fields.Integer(
        string="Term",
        compute="_compute_terms",
        store=True,
        readonly=False,
        precompute=True,
    )
    duration_unit = fields.Selection(
        DURATION_UNITS,
        compute="_compute_terms",
        store=True,
        readonly=False,
        precompute=True,
    )
    invoicing = fields.Selection(
        INVOICING,
        compute="_compute_terms",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
    )
    period = fields.Selection(
        PERIODS,
        string="Invoicing Period",
        compute="_compute_terms",
        store=True,
        readonly=False,
        precompute=True,
    )
    alignment = fields.Selection(
        ALIGNMENTS,
        string="Periods Follow",
        compute="_compute_terms",
        store=True,
        readonly=False,
        precompute=True,
    )
    covers_parts = fields.Boolean(
        string="Parts",
        compute="_compute_terms",
        store=True,
        readonly=False,
        precompute=True,
    )
    covers_labour = fields.Boolean(
        string="Labour",
        compute="_compute_terms",
        store=True,
        readonly=False,
        precompute=True,
    )
    covers_travel = fields.Boolean(
        string="Travel",
        compute="_compute_terms",
        store=True,
        readonly=False,
        precompute=True,
    )
    notice_days = fields.Integer(
        string="Renewal Notice (days)",
        compute="_compute_terms",
        store=True,
        readonly=False,
        precompute=True,
    )
    price_change = fields.Float(
        string="Price Change at Renewal (%)",
        digits=(16, 2),
        compute="_compute_terms",
        store=True,
        readonly=False,
        precompute=True,
    )
    auto_renew = fields.Boolean(
        string="Renews by Itself",
        compute="_compute_terms",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
    )
    sla_policy_id = fields.Many2one(
        "aftersales.sla.policy",
        string="SLA of the Contract",
        compute="_compute_terms",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        index="btree_not_null",
    )
    preventive_note = fields.Char(
        string="Preventive Plan",
        compute="_compute_terms",
        store=True,
        readonly=False,
        precompute=True,
    )
    measures = fields.Html(
        string="Emergency and Special Measures",
        compute="_compute_terms",
        store=True,
        readonly=False,
        precompute=True,
    )

    _terms_positive = models.Constraint(
        "CHECK(duration > 0 AND notice_days >= 0 AND price_change > -100)",
        "Terms of a contract: enter a term of at least 1, no negative notice days, and a price "
        "change above −100 %.",
    )

    @api.depends("product_id")
    def _compute_terms(self):
        for contract in self:
            for name, product_name in TERM_FIELDS.items():
                if contract.product_id or not contract[name]:
                    contract[name] = contract.product_id[product_name]

    def _get_last_day(self, date_start):
        """Return the last day of the term when it starts on ``date_start`` (date)."""
        self.ensure_one()
        return schedule.last_day(date_start, self.duration, self.duration_unit)

    def _get_cover_names(self):
        """Return the names of what is covered: parts, labour, travel."""
        self.ensure_one()
        return [
            self._fields[name].get_description(self.env)["string"]
            for name in ASPECT_FIELDS
            if self[name]
        ]
