from odoo import api, fields, models


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


class AftersalesClaimVersionLine(models.Model):
    """A claim line as it was in one version, and what had changed since the one before."""

    _name = "aftersales.claim.version.line"
    _description = "Claim Version Line"
    _order = "version_id, id"

    version_id = fields.Many2one(
        "aftersales.claim.version", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(related="version_id.company_id", store=True, index=True)
    dealer_id = fields.Many2one(related="version_id.dealer_id", store=True, index=True)
    currency_id = fields.Many2one(related="version_id.currency_id")
    claim_line_id = fields.Many2one(
        "aftersales.claim.line", index="btree_not_null", ondelete="set null", readonly=True
    )
    name = fields.Char(string="Description", readonly=True)
    quantity = fields.Float(digits="Product Unit", readonly=True)
    price_unit = fields.Float(string="Unit Price", digits="Product Price", readonly=True)
    amount_claimed = fields.Monetary(readonly=True)
    amount_appraised = fields.Monetary(readonly=True)
    amount_approved = fields.Monetary(readonly=True)
    reason = fields.Char(readonly=True)
    change = fields.Selection(
        [("new", "New"), ("changed", "Changed"), ("same", "Same"), ("removed", "Removed")],
        required=True,
        default="new",
        readonly=True,
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

    def _prepare_version_vals(self, kind, reason):
        self.ensure_one()
        before = {
            line.claim_line_id.id: line for line in self.version_ids.sorted("number")[-1:].line_ids
        }
        lines = [
            line._prepare_version_line_vals(before.pop(line.id, None)) for line in self.line_ids
        ]
        removed = [
            {
                "name": line.name,
                "quantity": line.quantity,
                "price_unit": line.price_unit,
                "change": "removed",
            }
            for line in before.values()
            if line.change != "removed"
        ]
        return {
            "claim_id": self.id,
            "number": self.version + 1,
            "kind": kind,
            "reason": reason,
            "line_ids": [fields.Command.create(vals) for vals in lines + removed],
        }

    def _close_version(self, outcome, reason):
        """Record what became of the claims' latest version, with the amounts decided on."""
        latest = self.version_ids.sudo().filtered(  # as in ``_open_version``
            lambda version: version.number == version.claim_id.version and version.outcome == "open"
        )
        latest.write(
            {
                "outcome": outcome,
                "outcome_reason": reason,
                "decided_by": self.env.uid,
                "date_decided": fields.Datetime.now(),
            }
        )
        for kept in latest.line_ids.filtered("claim_line_id"):
            line = kept.claim_line_id
            kept.amount_appraised = line.amount_appraised
            kept.amount_approved = line.amount_approved if outcome == "approved" else 0.0
            kept.reason = line.reason or line.appraisal_reason


class AftersalesClaimLine(models.Model):
    _inherit = "aftersales.claim.line"

    def _prepare_version_line_vals(self, before):
        """Return the snapshot of the line; ``before`` is its snapshot in the version before, if
        any.
        """
        self.ensure_one()
        vals = {
            "claim_line_id": self.id,
            "name": self.name,
            "quantity": self.quantity,
            "price_unit": self.price_unit,
            "amount_claimed": self.amount_claimed,
            "amount_appraised": self.amount_appraised,
        }
        compared = ("name", "quantity", "price_unit")
        if before is None:
            change = "new"
        else:
            change = "same" if all(before[name] == vals[name] for name in compared) else "changed"
        return dict(vals, change=change)
