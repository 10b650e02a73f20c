from odoo import api, fields, models

from ..tools.part_life import lived_share, months_between

FACTS = {
    "asset_id",
    "ticket_id",
    "product_id",
    "asset_part_id",
    "date_failed",
    "meter_failed",
    "date_in_use",
    "meter_in_use",
    "life_months",
    "life_meter",
    "company_id",
}
DECISION = {"finding", "covers_parts", "covers_labour", "covers_travel", "department_id"}


class AftersalesLifeFinding(models.Model):
    """The competent department finds that a part failed far below its normal life: replacement is
    free although the warranty has ended (W08).
    """

    _name = "aftersales.life.finding"
    _description = "Finding of Short Life"
    _inherit = [
        "aftersales.number.mixin",
        "aftersales.transition.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True
    _number_sequence = "aftersales.life.finding"
    _guard_readonly = True
    _transitions = {
        "draft": ("requested",),
        "requested": ("accepted", "refused", "draft"),
    }
    _frozen_fields = {
        "requested": FACTS,
        "accepted": FACTS | DECISION,
        "refused": FACTS | DECISION,
    }

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    asset_id = fields.Many2one(
        "aftersales.asset", required=True, index=True, check_company=True, tracking=True
    )
    partner_id = fields.Many2one(related="asset_id.partner_id", string="Owner")
    ticket_id = fields.Many2one(
        "aftersales.ticket",
        index="btree_not_null",
        check_company=True,
        domain="[('asset_id', '=', asset_id)]",
    )
    product_id = fields.Many2one(
        "product.product",
        string="Failed Part",
        required=True,
        index=True,
        check_company=True,
        domain="[('type', '=', 'consu')]",
    )
    asset_part_id = fields.Many2one(
        "aftersales.asset.part",
        string="Installed Part",
        compute="_compute_facts",
        store=True,
        readonly=False,
        index="btree_not_null",
        check_company=True,
        domain="[('asset_id', '=', asset_id), ('product_id', '=', product_id)]",
        help="Empty: the part the asset was delivered with.",
    )
    date_failed = fields.Date(
        string="Failed on", required=True, default=fields.Date.context_today, tracking=True
    )
    meter_failed = fields.Float(string="Meter at Failure", aggregator=None)
    date_in_use = fields.Date(
        string="In Use since", compute="_compute_facts", store=True, readonly=False
    )
    meter_in_use = fields.Float(
        string="Meter at Start", compute="_compute_facts", store=True, readonly=False
    )
    life_months = fields.Integer(
        string="Normal Life (months)",
        compute="_compute_facts",
        store=True,
        readonly=False,
        aggregator=None,
    )
    life_meter = fields.Float(
        string="Normal Life (meter)",
        compute="_compute_facts",
        store=True,
        readonly=False,
        aggregator=None,
    )
    months_lived = fields.Float(
        string="Lived (months)", compute="_compute_lived", store=True, digits=(16, 1)
    )
    meter_lived = fields.Float(string="Lived (meter)", compute="_compute_lived", store=True)
    share = fields.Float(
        string="Share of Normal Life",
        compute="_compute_lived",
        store=True,
        aggregator="avg",
        help="Of months and meter the one that is used up further.",
    )
    threshold = fields.Float(
        default=lambda self: self.env.company.aftersales_short_life_percent / 100,
        readonly=True,
        copy=False,
        help="Below this share of its normal life, the part failed abnormally early (settings).",
    )
    is_short = fields.Boolean(string="Below the Threshold", compute="_compute_is_short", store=True)
    description = fields.Text(string="What Was Seen")
    department_id = fields.Many2one(
        "hr.department",
        string="Deciding Department",
        default=lambda self: self.env.company.aftersales_life_department_id,
        index="btree_not_null",
        check_company=True,
    )
    finding = fields.Html(help="What the department found, and why it decides so.")
    covers_parts = fields.Boolean(string="Parts", default=True)
    covers_labour = fields.Boolean(string="Labour", default=True)
    covers_travel = fields.Boolean(string="Travel", default=True)
    date_cover_end = fields.Date(string="Free until", readonly=True, copy=False)
    requested_by = fields.Many2one("res.users", readonly=True, copy=False)
    date_requested = fields.Datetime(string="Requested on", readonly=True, copy=False)
    decided_by = fields.Many2one("res.users", readonly=True, copy=False)
    date_decided = fields.Datetime(string="Decided on", readonly=True, copy=False)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("requested", "Requested"),
            ("accepted", "Accepted"),
            ("refused", "Refused"),
        ],
        string="Status",
        required=True,
        default="draft",
        index=True,
        tracking=True,
    )

    _name_uniq = models.UniqueIndex(
        "(name, company_id)", "The number of a finding must be unique per company."
    )
    _failure_uniq = models.UniqueIndex(
        "(asset_id, product_id, date_failed) WHERE state != 'refused'",
        "There is a finding about this part of the asset and this day already: open that one.",
    )

    @api.depends("asset_id", "product_id", "date_failed")
    def _compute_facts(self):
        for finding in self:
            facts = self._get_life_facts(
                finding.asset_id._origin, finding.product_id._origin, finding.date_failed
            )
            for name, value in facts.items():
                finding[name] = value

    @api.depends(
        "date_in_use", "date_failed", "meter_in_use", "meter_failed", "life_months", "life_meter"
    )
    def _compute_lived(self):
        for finding in self:
            start, end = finding.date_in_use, finding.date_failed
            finding.months_lived = months_between(start, end) if start and end else 0.0
            finding.meter_lived = max(finding.meter_failed - finding.meter_in_use, 0.0)
            share = lived_share(
                finding.months_lived,
                finding.life_months if start else 0,
                finding.meter_lived if finding.meter_failed else None,
                finding.life_meter,
            )
            finding.share = share or 0.0

    @api.depends("share", "threshold", "life_months", "life_meter")
    def _compute_is_short(self):
        for finding in self:
            known = finding.life_months or finding.life_meter
            finding.is_short = bool(known) and finding.share < finding.threshold

    @api.model
    def _get_life_facts(self, asset, part, date):
        """Return since when ``part`` (product.product) is in use in ``asset``, and its normal
        life by the parts list: the values of the fields of the same names.
        """
        installed = self.env["aftersales.asset.part"]
        lines = self.env["aftersales.product.part"]
        if asset and part:
            installed = installed.search(
                [
                    ("asset_id", "=", asset.id),
                    ("product_id", "=", part.id),
                    ("date_fitted", "<=", date or fields.Date.context_today(self)),
                ],
                order="date_fitted desc, id desc",
                limit=1,
            )
            lines = lines._get_for_asset(asset, part)[:1]
        return {
            "asset_part_id": installed,
            "date_in_use": installed.date_fitted or asset.date_delivery,
            "meter_in_use": installed.meter_fitted,
            "life_months": lines.life_months,
            "life_meter": lines.life_meter,
        }
