from odoo import api, fields, models
from odoo.exceptions import UserError

# What a version keeps of the claim beside its lines.
HEADER_FIELDS = (
    "asset_id",
    "end_user_id",
    "date_failure",
    "date_repair",
    "meter",
    "symptom_id",
    "causal_part_id",
    "description",
    "trips",
    "signed_by",
)


class AftersalesClaimVersion(models.Model):
    """One submission, correction or appeal of a claim with its figures, never overwritten (D15)."""

    _name = "aftersales.claim.version"
    _description = "Claim Version"
    _order = "claim_id, number desc"

    claim_id = fields.Many2one(
        "aftersales.claim", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(related="claim_id.company_id", store=True, index=True)
    dealer_id = fields.Many2one(related="claim_id.dealer_id", store=True, index=True)
    currency_id = fields.Many2one(related="claim_id.currency_id")
    number = fields.Integer(string="Version", required=True, readonly=True)
    kind = fields.Selection(
        [("submission", "Submission"), ("correction", "Correction"), ("appeal", "Appeal")],
        required=True,
        readonly=True,
    )
    reason = fields.Text(string="Reason of the Dealer", readonly=True)
    date = fields.Datetime(
        string="Sent on", required=True, readonly=True, default=fields.Datetime.now
    )
    user_id = fields.Many2one(
        "res.users",
        string="Sent by",
        readonly=True,
        default=lambda self: self.env.user,
        index="btree_not_null",
    )
    header = fields.Json(
        readonly=True, help="The claim's own fields as they were sent: name → [value, text]."
    )
    differences = fields.Text(
        compute="_compute_differences", help="What is not as in the version before."
    )
    outcome = fields.Selection(
        [
            ("open", "Under review"),
            ("returned", "Returned for correction"),
            ("refused", "Refused"),
            ("approved", "Approved"),
            ("withdrawn", "Withdrawn"),
        ],
        required=True,
        default="open",
        readonly=True,
    )
    outcome_reason = fields.Text(readonly=True)
    decided_by = fields.Many2one("res.users", readonly=True, index="btree_not_null")
    date_decided = fields.Datetime(string="Decided on", readonly=True)
    line_ids = fields.One2many("aftersales.claim.version.line", "version_id", readonly=True)
    amount_claimed = fields.Monetary(compute="_compute_amounts", store=True)
    amount_appraised = fields.Monetary(compute="_compute_amounts", store=True)
    amount_approved = fields.Monetary(compute="_compute_amounts", store=True)

    _number_uniq = models.UniqueIndex(
        "(claim_id, number)", "A version of a claim has its number once."
    )

    @api.depends("number", "kind")
    def _compute_display_name(self):
        for version in self:
            version.display_name = self.env._("Version %s", version.number)

    @api.depends("line_ids.amount_claimed", "line_ids.amount_appraised", "line_ids.amount_approved")
    def _compute_amounts(self):
        for version in self:
            lines = version.line_ids
            version.amount_claimed = sum(lines.mapped("amount_claimed"))
            version.amount_appraised = sum(lines.mapped("amount_appraised"))
            version.amount_approved = sum(lines.mapped("amount_approved"))

    @api.depends("header", "line_ids.change")
    @api.depends_context("lang")
    def _compute_differences(self):
        for version in self:
            before = version.claim_id.version_ids.filtered(
                lambda other, version=version: other.number == version.number - 1
            )
            sentences = version._get_differences(before) if before else []
            version.differences = "\n".join(sentences)

    def _get_differences(self, before):
        """Return what differs from the version ``before``, as sentences in the reader's language:
        first the claim's own fields, then its lines.
        """
        self.ensure_one()
        claims = self.env["aftersales.claim"]
        old, new = before.header or {}, self.header or {}
        sentences = [
            self.env._(
                "%(field)s: %(old)s → %(new)s",
                field=claims._fields[name]._description_string(self.env),
                old=claims._format_header_value(name, old.get(name)),
                new=claims._format_header_value(name, new.get(name)),
            )
            for name in HEADER_FIELDS
            if before.header and old.get(name) != new.get(name)
        ]
        return sentences + [
            line.difference
            for line in self.line_ids
            if line.change in ("new", "changed", "removed")
        ]

    def write(self, vals):
        """A version whose outcome is known stands (D15)."""
        self._ensure_open()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_kept(self):
        for version in self:
            raise UserError(
                self.env._(
                    "%(claim)s: %(version)s is kept as evidence and cannot be deleted.",
                    claim=version.claim_id.display_name,
                    version=version.display_name,
                )
            )

    def _ensure_open(self):
        """Raise when one of the versions was decided on: then nothing in it changes any more."""
        for version in self:
            if version.outcome != "open":
                raise UserError(
                    self.env._(
                        "%(claim)s: %(version)s was decided on and no longer changes.",
                        claim=version.claim_id.display_name,
                        version=version.display_name,
                    )
                )


class AftersalesClaim(models.Model):
    _inherit = "aftersales.claim"

    def _open_version(self, kinds, reason):
        """Keep the claims as they are sent now: one new version each, with its differences (D15).

        :param dict kinds: {claim: ``submission``, ``correction`` or ``appeal``}
        :param str reason: why the dealer appeals, empty else
        """
        # The dealer's own people send, and may read but not write versions.
        versions = self.env["aftersales.claim.version"].sudo()
        versions.create([claim._prepare_version_vals(kinds[claim], reason) for claim in self])
        self._log_figures("claimed", reason=reason)
        self._log_figures("proposed")

    def _prepare_version_vals(self, kind, reason):
        self.ensure_one()
        before = {
            line.claim_line_id.id: line
            for line in self.version_ids.sorted("number")[-1:].line_ids
            if line.change != "removed"
        }
        lines = [
            line._prepare_version_line_vals(before.pop(line.id, None)) for line in self.line_ids
        ]
        removed = [line._prepare_removed_vals() for line in before.values()]
        return {
            "claim_id": self.id,
            "number": self.version + 1,
            "kind": kind,
            "reason": reason,
            "header": self._prepare_version_header(),
            "line_ids": [fields.Command.create(vals) for vals in lines + removed],
        }

    def _prepare_version_header(self):
        """Return the claim's own fields as JSON: name → value, or [id, name] of a record."""
        self.ensure_one()
        header = {}
        for name in HEADER_FIELDS:
            value = self[name]
            if isinstance(value, models.BaseModel):
                # The name as whoever reads the version would see it on the claim.
                header[name] = [value.id, value.sudo().display_name] if value else None
            else:
                header[name] = str(value) if self._fields[name].type == "date" else value
        return header

    @api.model
    def _format_header_value(self, name, value):
        """Return a value of ``_prepare_version_header`` as the reader writes it."""
        if not value or value == "False":
            return self.env._("empty")
        if isinstance(value, list):
            return value[1]
        kind = self._fields[name].type
        if kind == "date":
            return self.env["ir.qweb.field.date"].value_to_html(fields.Date.to_date(value), {})
        # Six digits, as ``g`` has by itself, would lose the cents of an amount.
        return f"{value:.15g}" if isinstance(value, float) else str(value)

    def _close_version(self, outcome, reason):
        """Record what became of the claims' latest version, with the amounts decided on."""
        latest = self.version_ids.sudo().filtered(  # as in ``_open_version``
            lambda version: version.number == version.claim_id.version and version.outcome == "open"
        )
        for kept in latest.line_ids.filtered("claim_line_id"):
            line = kept.claim_line_id
            kept.amount_appraised = line.amount_appraised
            kept.amount_approved = line.amount_approved if outcome == "approved" else 0.0
            kept.reason = line.reason or line.appraisal_reason
        latest.write(
            {
                "outcome": outcome,
                "outcome_reason": reason,
                "decided_by": self.env.uid,
                "date_decided": fields.Datetime.now(),
            }
        )
        if outcome in ("approved", "refused"):
            self._log_figures("approved", reason=reason)
