from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.tariff import get_excess, is_flagged

MANAGER = "aftersales_dealer.group_aftersales_dealer_manager"
REPORTED = {
    "company_id",
    "dealer_id",
    "asset_id",
    "ticket_id",
    "date",
    "currency_id",
    "line_ids",
    "customer_name",
    "description",
    "tariff_id",
}


class AftersalesPaidRepair(models.Model):
    """What a dealer charged a customer for a repair outside the cover, against the tariff (D05)."""

    _name = "aftersales.paid.repair"
    _description = "Paid Repair of a Dealer"
    _inherit = ["aftersales.dealer.document.mixin"]
    _order = "date desc, id desc"
    _rec_names_search = ["name", "customer_name"]
    _number_sequence = "aftersales.paid.repair"
    _portal_path = "/my/dealer/paid-repairs"
    _transitions = {
        "draft": ("reported", "cancelled"),
        "reported": ("accepted", "penalised", "cancelled"),
        "accepted": ("penalised",),
        "penalised": ("accepted",),
    }
    _frozen_fields = dict.fromkeys(("reported", "accepted", "penalised", "cancelled"), REPORTED)

    ticket_id = fields.Many2one("aftersales.ticket", index="btree_not_null", check_company=True)
    asset_id = fields.Many2one("aftersales.asset", index="btree_not_null", check_company=True)
    customer_name = fields.Char(string="Customer")
    date = fields.Date(string="Repaired on", required=True, default=fields.Date.context_today)
    description = fields.Text(string="What Was Done")
    tariff_id = fields.Many2one(
        "aftersales.service.tariff",
        compute="_compute_tariff_id",
        store=True,
        index="btree_not_null",
        help="Published for the dealer's country on the day of the repair.",
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_tariff_id", store=True)
    line_ids = fields.One2many("aftersales.paid.repair.line", "repair_id", copy=True)
    amount_charged = fields.Monetary(string="Charged", compute="_compute_amounts", store=True)
    amount_allowed = fields.Monetary(string="By the Tariff", compute="_compute_amounts", store=True)
    amount_over = fields.Monetary(
        string="Overcharged",
        compute="_compute_amounts",
        store=True,
        help="By the sum: what was charged less on one line makes up for another.",
    )
    percent_over = fields.Float(
        string="Overcharged (%)", compute="_compute_amounts", store=True, aggregator="avg"
    )
    amount_outside = fields.Monetary(
        string="Not in the Tariff",
        compute="_compute_amounts",
        store=True,
        help="Charged for what the tariff has no price for.",
    )
    is_overcharged = fields.Boolean(compute="_compute_amounts", store=True, index=True)
    decision_reason = fields.Text(readonly=True, copy=False, tracking=True)
    decided_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("reported", "Reported"),
            ("accepted", "Accepted"),
            ("penalised", "Penalty charged"),
            ("cancelled", "Cancelled"),
        ],
        string="Status",
        required=True,
        readonly=True,
        default="draft",
        index=True,
        copy=False,
        tracking=True,
    )

    _name_uniq = models.UniqueIndex(
        "(name, company_id)", "A paid repair with this number exists already."
    )

    @api.depends("company_id", "dealer_id.country_id", "date")
    def _compute_tariff_id(self):
        keys = {
            # Those of a form that is not saved yet are looked up by their own records.
            repair: (
                repair.company_id._origin,
                repair.dealer_id.country_id._origin,
                repair.date,
            )
            for repair in self
            if repair.date
        }
        tariffs = self.env["aftersales.service.tariff"]._get_for(keys.values())
        for repair in self:
            tariff = tariffs[keys[repair]] if repair in keys else repair.tariff_id.browse()
            repair.tariff_id = tariff
            repair.currency_id = tariff.currency_id or repair.company_id.currency_id

    @api.depends("line_ids.amount_charged", "line_ids.amount_allowed", "company_id")
    def _compute_amounts(self):
        for repair in self:
            known = repair.line_ids.filtered("has_price")
            repair.amount_charged = sum(repair.line_ids.mapped("amount_charged"))
            repair.amount_allowed = sum(known.mapped("amount_allowed"))
            over, percent = get_excess(sum(known.mapped("amount_charged")), repair.amount_allowed)
            repair.amount_outside = sum((repair.line_ids - known).mapped("amount_charged"))
            tolerance = repair.company_id.sudo().dealer_overcharge_tolerance  # a plain setting
            repair.amount_over, repair.percent_over = over, percent
            repair.is_overcharged = is_flagged(over, percent, tolerance)

    def action_report(self):
        """Hand the repairs in; whoever overcharged is flagged (D05).

        :raise UserError: naming what is missing
        """
        self._ensure_transition("reported")
        today = fields.Date.context_today(self)
        for repair in self:
            if not repair.line_ids or not repair.amount_charged:
                raise UserError(
                    self.env._("%s: enter what the customer was charged.", repair.display_name)
                )
            if repair.date > today:
                raise UserError(
                    self.env._("%s: the day of the repair is in the future.", repair.display_name)
                )
        self._set_state("reported")
        for repair in self.filtered("is_overcharged"):
            repair._message_log(body=repair._get_sentence())

    def _get_sentence(self):
        """Return in words how the charge compares with the tariff."""
        self.ensure_one()
        if not self.tariff_id:
            return self.env._("No tariff was published for that day.")
        values = {
            "tariff": self.tariff_id.name,
            "over": self.currency_id.format(self.amount_over),
            "percent": f"{self.percent_over:g}",
        }
        if not self.amount_over:
            return self.env._("Within the tariff %(tariff)s.", **values)
        return self.env._("%(over)s (%(percent)s %%) above the tariff %(tariff)s.", **values)

    def action_accept(self, reason=None):
        """Leave it at that, with a reason where the customer was overcharged; takes a penalty
        back.

        :raise UserError: when the penalty is in a notice already
        """
        self._check_manager()
        self._ensure_transition("accepted")
        if not (reason or "").strip() and any(self.mapped("is_overcharged")):
            return self.env["aftersales.dealer.reason"]._ask(
                self, "accept", self.env._("Accept the Charge")
            )
        self.env["aftersales.dealer.charge"]._cancel_by_source(self)
        self._decide("accepted", reason)
        return None

    def action_penalise(self, reason=None):
        """Charge the dealer what it overcharged, as a penalty in its next notice (D05, F06)."""
        self._check_manager()
        self._ensure_transition("penalised")
        fair = self.filtered(lambda repair: not repair.is_overcharged)
        if fair:
            raise UserError(
                self.env._("%s was not overcharged: there is no penalty.", fair[0].display_name)
            )
        if not (reason or "").strip():
            return self.env["aftersales.dealer.reason"]._ask(
                self, "penalise", self.env._("Charge a Penalty")
            )
        self.env["aftersales.dealer.charge"]._create_charges(
            [repair._prepare_penalty_vals() for repair in self]
        )
        self._decide("penalised", reason)
        return None

    def _prepare_penalty_vals(self):
        """Return the values of the penalty."""
        self.ensure_one()
        return {
            "dealer_id": self.dealer_id.id,
            "company_id": self.company_id.id,
            "currency_id": self.currency_id.id,
            "date": fields.Date.context_today(self),
            "kind": "penalty",
            "amount": -self.amount_over,
            "description": self.env._("%s: overcharged a customer", self.name),
            "res_model": self._name,
            "res_id": self.id,
        }

    def _decide(self, state, reason):
        self._set_state(state, decision_reason=(reason or "").strip(), decided_by_id=self.env.uid)

    def action_cancel(self):
        """Cancel reports that were entered by mistake."""
        self._check_manager()
        self._set_state("cancelled")

    def _check_manager(self):
        self.env["aftersales.notice"]._check_groups(MANAGER)
