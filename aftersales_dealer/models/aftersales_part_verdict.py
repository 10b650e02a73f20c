from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools import part_verdict

# Who answers for the fault, by what the cause is attributed to (T06).
RESPONSIBLE_BY_CAUSE = {
    "design": "company",
    "manufacturing": "company",
    "supplier": "supplier",
    "installation": "dealer",
    "seller": "dealer",
    "customer": "customer",
    "force_majeure": "customer",
}


class AftersalesPartReturnLine(models.Model):
    """The verdict on an old part releases, cuts or refuses the amount claimed for it (D09, D18)."""

    _inherit = "aftersales.part.return.line"

    cause_id = fields.Many2one("aftersales.cause", index="btree_not_null", copy=False)
    responsible = fields.Selection(
        [
            ("company", "Company"),
            ("supplier", "Supplier"),
            ("dealer", "Dealer"),
            ("customer", "Customer"),
            ("transport", "Carrier"),
        ],
        compute="_compute_responsible",
        store=True,
        readonly=False,
        copy=False,
        help="Nothing is paid for a part that failed through the dealer or the customer.",
    )
    supplier_id = fields.Many2one(
        "res.partner",
        groups="base.group_user",  # from whom we buy is not told to dealers
        compute="_compute_supplier_id",
        store=True,
        readonly=False,
        copy=False,
        index="btree_not_null",
        help="Who delivered the faulty part: its cost is recovered there (F07).",
    )
    release_percent = fields.Float(
        string="Released (%)",
        compute="_compute_release_percent",
        store=True,
        readonly=False,
        copy=False,
        digits=(16, 2),
        aggregator="avg",
        help="How much of the amount the verdict releases. Less than what the responsible party "
        "suggests needs a finding.",
    )
    date_appraised = fields.Datetime(string="Appraised on", readonly=True, copy=False)
    # What was taken off the claim line when the part went missing or was overdue.
    withheld_appraised = fields.Float(readonly=True, copy=False, digits=(16, 6))
    withheld_approved = fields.Float(readonly=True, copy=False, digits=(16, 6))

    _release_percent_range = models.Constraint(
        "CHECK(release_percent >= 0 AND release_percent <= 100)",
        "“Released (%)” of an old part is between 0 and 100.",
    )

    @api.depends("cause_id")
    def _compute_responsible(self):
        for part in self:
            part.responsible = RESPONSIBLE_BY_CAUSE.get(
                part.cause_id.responsible, part.responsible or "company"
            )

    @api.depends("responsible", "product_id")
    def _compute_supplier_id(self):
        for part in self:
            if part.responsible != "supplier":
                part.supplier_id = False
                continue
            sellers = part.product_id.sudo().seller_ids  # only the main vendor's name is taken
            part.supplier_id = part.supplier_id or sellers[:1].partner_id

    @api.depends("responsible")
    def _compute_release_percent(self):
        for part in self:
            part.release_percent = part_verdict.default_percent(part.responsible)

    def _ensure_verdicts(self):
        """Raise when the verdict on a part is missing or unexplained."""
        for part in self:
            names = {"label": part.label, "part": part.product_id.display_name}
            if not part.appraisal:
                raise UserError(
                    self.env._(
                        "%(label)s %(part)s: decide whether the part is usable or unusable.",
                        **names,
                    )
                )
            if part.responsible == "supplier" and not part.supplier_id:
                raise ValidationError(
                    self.env._(
                        "%(label)s %(part)s: enter the supplier who answers for the fault.",
                        **names,
                    )
                )
            usual = part_verdict.default_percent(part.responsible)
            if part.release_percent < usual and not (part.note or "").strip():
                raise ValidationError(
                    self.env._(
                        "%(label)s %(part)s: only %(percent)s %% is released. Write the finding: "
                        "the dealer reads it.",
                        percent=part.release_percent,
                        **names,
                    )
                )

    def _release_amounts(self):
        """The verdict releases, cuts or refuses the amount proposed for the claim line (D18)."""
        for part in self:
            line = part.claim_line_id._filter_owed()._filter_under_review()
            if not line:  # decided already, or a technician's part
                continue
            amount = line.currency_id.round(
                part_verdict.release(
                    line.amount_appraised,
                    line.quantity,
                    part.quantity_received,
                    part.release_percent,
                )
            )
            if line.currency_id.compare_amounts(amount, line.amount_appraised) != 0:
                line._cut_amount(amount, part._get_release_reason())

    def _get_release_reason(self):
        """Return the sentence why the verdict leaves less than the whole amount."""
        self.ensure_one()
        if self.sampling == "rest":
            return self._get_sampling_sentence()
        if self.release_percent < 100.0:
            labels = dict(self._fields["responsible"]._description_selection(self.env))
            who = labels[self.responsible or "company"].lower()
            if not self.release_percent:
                return self.env._("Appraisal: answered for by the %(who)s", who=who)
            return self.env._(
                "Appraisal: %(percent)s %% released, %(finding)s",
                percent=self.release_percent,
                finding=self.note or who,
            )
        return self.env._(
            "%(received)s of %(quantity)s old parts arrived",
            received=self.quantity_received,
            quantity=self.claim_line_id.quantity,
        )

    def _withhold_amounts(self, reason):
        """Nothing is paid for the claim lines of these parts, until the part is found or waived.

        :param str reason: stands on the claim line
        """
        for part in self:
            line = part.claim_line_id._filter_owed()
            if not line or not line._may_be_withheld():
                continue
            part._past_guard().write(
                {
                    "withheld_appraised": line.amount_appraised or part.withheld_appraised,
                    "withheld_approved": line.amount_approved or part.withheld_approved,
                }
            )
            line._withhold(reason)

    def _give_back_amounts(self, reason):
        """The part was found or waived after all: what was withheld is proposed again."""
        for part in self.filtered(lambda part: part.withheld_appraised or part.withheld_approved):
            line = part.claim_line_id
            if line._may_be_withheld():
                line._give_back(part.withheld_appraised, part.withheld_approved, reason)
        self._past_guard().write({"withheld_appraised": 0.0, "withheld_approved": 0.0})

    def _reapply_verdicts(self):
        """The checks proposed amounts anew: verdicts that are in hold all the same."""
        self.filtered(lambda part: part.state == "appraised")._release_amounts()
        self.filtered(lambda part: part.state == "missing")._withhold_amounts(
            self._get_missing_reason()
        )
        for part in self.filtered(lambda part: part.state == "overdue"):
            part._withhold_amounts(part._get_overdue_reason())

    def _mark_missing(self):
        """Nothing arrived: the claim lines lose their proposal, an appraiser may waive the part.

        What was decided on without the part stands.
        """
        self._move_on("missing", "missing")
        self._withhold_amounts(self._get_missing_reason())

    @api.model
    def _get_missing_reason(self):
        return self.env._("The old part did not arrive.")
