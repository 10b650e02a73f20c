from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import is_html_empty

RATINGS = [
    ("0", "Not asked"),
    ("1", "Very dissatisfied"),
    ("2", "Dissatisfied"),
    ("3", "Acceptable"),
    ("4", "Satisfied"),
    ("5", "Very satisfied"),
]


class AftersalesVisit(models.Model):
    """The service voucher (服务凭证): what was found, done and signed (V07, V09, V10)."""

    _inherit = "aftersales.visit"

    symptom_id = fields.Many2one(
        "aftersales.symptom",
        compute="_compute_symptom_id",
        store=True,
        readonly=False,
        index="btree_not_null",
    )
    cause_id = fields.Many2one("aftersales.cause", index="btree_not_null", copy=False)
    failure_note = fields.Text(
        string="Failure", copy=False, help="What was found; in detail when it could not be fixed."
    )
    work_done = fields.Html(copy=False)
    line_ids = fields.One2many("aftersales.visit.line", "visit_id", string="Parts", copy=False)
    hours = fields.Float(
        string="Labour Hours",
        compute="_compute_hours",
        store=True,
        readonly=False,
        copy=False,
        help="Proposed from arrival to finish when left empty.",
    )
    meter = fields.Float(string="Meter Reading", copy=False, aggregator=None)
    fixed = fields.Selection(
        [("yes", "Yes"), ("no", "No")], string="Fixed?", copy=False, tracking=True
    )
    next_step = fields.Selection(
        [
            ("visit", "Another visit"),
            ("workshop", "Taken to the workshop"),
            ("office", "The office decides"),
        ],
        copy=False,
        help="What happens when the fault is not fixed (V09).",
    )
    service_category = fields.Selection(related="ticket_id.service_category")
    entitlement_reasons = fields.Html(related="ticket_id.entitlement_reasons")
    charge_amount = fields.Monetary(string="Collected on the Spot", copy=False)
    customer_opinion = fields.Text(string="Customer's Opinion", copy=False)
    customer_rating = fields.Selection(RATINGS, string="Rating", default="0", copy=False)
    signature = fields.Image(
        string="Customer's Signature", copy=False, attachment=True, max_width=1024
    )
    signed_by = fields.Char(copy=False)
    signed_on = fields.Datetime(readonly=True, copy=False)
    refusal_reason = fields.Char(
        string="Signature Refused Because", copy=False, help="Why the customer did not sign."
    )
    photo_ids = fields.Many2many(
        "ir.attachment",
        "aftersales_visit_photo_rel",
        "visit_id",
        "attachment_id",
        string="Photos",
        copy=False,
    )
    office_note = fields.Text(copy=False, help="Added in the office afterwards.")

    _hours_positive = models.Constraint("CHECK(hours >= 0)", "Labour hours cannot be negative.")
    _charge_positive = models.Constraint(
        "CHECK(charge_amount >= 0)", "The amount collected cannot be negative."
    )

    @api.depends("ticket_id")
    def _compute_symptom_id(self):
        for visit in self:
            visit.symptom_id = visit.ticket_id.symptom_id or visit.symptom_id

    @api.depends("date_arrived", "date_done")
    def _compute_hours(self):
        for visit in self:
            if visit.date_arrived and visit.date_done and not visit.hours:
                visit.hours = (
                    round((visit.date_done - visit.date_arrived).total_seconds() / 900) / 4
                )
            else:
                visit.hours = visit.hours

    @api.model_create_multi
    def create(self, vals_list):
        visits = super().create(vals_list)
        visits._own_photos()
        return visits

    def write(self, vals):
        if vals.get("signature") and vals.get("line_ids"):
            # Filled in on one screen and saved at once: the parts are there before it is signed.
            super().write({"line_ids": vals["line_ids"]})
            vals = {name: value for name, value in vals.items() if name != "line_ids"}
        result = super().write(vals)
        if "photo_ids" in vals:
            self._own_photos()
        return result

    def _own_photos(self):
        """Make uploaded photos readable by whoever may read the visit, not by the uploader
        alone.
        """
        for visit in self.filtered("photo_ids"):
            orphans = visit.photo_ids.filtered(
                lambda a: not a.res_id and a.create_uid == self.env.user
            )
            if orphans:
                orphans.write({"res_model": self._name, "res_id": visit.id})

    def _check_voucher(self):
        """Raise UserError for the first voucher that is not complete enough to be handed in
        (V07).
        """
        for visit in self:
            problem = visit._get_voucher_problem()
            if problem:
                raise UserError(
                    self.env._("%(visit)s: %(problem)s", visit=visit.display_name, problem=problem)
                )

    def _get_voucher_problem(self):
        """Return the sentence naming what the voucher lacks and the cure, or False."""
        self.ensure_one()
        if is_html_empty(self.work_done):
            return self.env._("“Work Done” is empty. Describe what was done before you finish.")
        if self.type_id.is_repair and not self.fixed:
            return self.env._("Say in “Fixed?” whether the fault is fixed.")
        if self.fixed == "no" and not (self.failure_note and self.next_step):
            return self.env._(
                "The fault is not fixed: describe it in “Failure” and choose the “Next Step”."
            )
        if self.signature and self.refusal_reason:
            return self.env._(
                "It is signed, and “Signature Refused Because” is filled. Clear one of the two."
            )
        if self.type_id.signature_required and not (self.signature or self.refusal_reason):
            return self.env._(
                "The customer has not signed. Have it signed, or state the reason in “Signature "
                "Refused Because”."
            )
        return self.line_ids._get_problem()

    def _prepare_rating_vals(self):
        """Return the values of Odoo's rating of a finished visit (Q01)."""
        self.ensure_one()
        return {
            "res_model_id": self.env["ir.model"]._get_id(self._name),
            "res_id": self.id,
            "rating": int(self.customer_rating),
            "feedback": self.customer_opinion,
            "partner_id": self.partner_id.id,
            "rated_partner_id": self._rating_get_operator().id,
        }

    def _rating_get_partner(self):
        return self.partner_id

    def _rating_get_operator(self):
        # Whether or not the caller may read the technician's user; only the contact is taken.
        return self.technician_user_id.sudo().partner_id

    def _prepare_meter_vals(self):
        """Return the values of the meter reading taken on the visit; it belongs to the first
        asset.
        """
        self.ensure_one()
        asset = self.asset_ids[:1]
        return {
            "asset_id": asset.id,
            "date": fields.Datetime.context_timestamp(self, self.date_done).date(),
            "value": self.meter,
            "unit": asset.meter_unit or "hour",
            "note": self.name,
        }
