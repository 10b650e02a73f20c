from odoo import api, fields, models
from odoo.tools import formatLang

COMPARED = ("kind", "name", "quantity", "price_unit", "serial_fitted", "serial_removed")


class AftersalesClaimVersionLine(models.Model):
    """A claim line as it was in one version, and what had changed since the one before (D15)."""

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
    kind = fields.Char(readonly=True)
    name = fields.Char(string="Description", readonly=True)
    quantity = fields.Float(digits="Product Unit", readonly=True)
    price_unit = fields.Float(string="Unit Price", digits="Product Price", readonly=True)
    serial_fitted = fields.Char(readonly=True)
    serial_removed = fields.Char(readonly=True)
    payers = fields.Char(readonly=True)
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
    before = fields.Json(readonly=True, help="The values that changed, as they were before.")
    difference = fields.Char(compute="_compute_difference")

    @api.depends("change", "before")
    @api.depends_context("lang")
    def _compute_difference(self):
        for line in self:
            line.difference = line._get_difference()

    def _get_difference(self):
        """Return what changed in the line, as a sentence in the reader's language."""
        self.ensure_one()
        if self.change == "same":
            return ""
        amount = self.currency_id.format(self.amount_claimed)
        if self.change == "new":
            return self.env._("Added: %(line)s, %(amount)s", line=self.name, amount=amount)
        if self.change == "removed":
            was = self.currency_id.format((self.before or {}).get("amount_claimed", 0.0))
            return self.env._("Removed: %(line)s, %(amount)s", line=self.name, amount=was)
        changes = [
            self.env._(
                "%(field)s %(old)s → %(new)s",
                field=self._fields[name]._description_string(self.env),
                old=self._format_value(name, old),
                new=self._format_value(name, self[name]),
            )
            for name, old in (self.before or {}).items()
            if name in self._fields
        ]
        return self.env._("%(line)s: %(changes)s", line=self.name, changes=", ".join(changes))

    def _format_value(self, name, value):
        if name.startswith("amount") or name == "price_unit":
            return self.currency_id.format(value or 0.0)
        if name == "quantity":
            return formatLang(self.env, value or 0.0, dp="Product Unit")
        if name == "kind":
            kinds = self.env["aftersales.claim.line"]._fields["kind"]
            return dict(kinds._description_selection(self.env)).get(value, value)
        return value or self.env._("empty")

    def write(self, vals):
        """Lines of a version whose outcome is known stand (D15)."""
        self.version_id._ensure_open()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_kept(self):
        self.version_id._unlink_except_kept()

    def _prepare_removed_vals(self):
        """Return the values that show in the next version that this line was removed."""
        self.ensure_one()
        return {
            "kind": self.kind,
            "name": self.name,
            "quantity": self.quantity,
            "price_unit": self.price_unit,
            "change": "removed",
            "before": {"amount_claimed": self.amount_claimed},
        }


class AftersalesClaimLine(models.Model):
    _inherit = "aftersales.claim.line"

    def _prepare_version_line_vals(self, before):
        """Return the snapshot of the line; ``before`` is its snapshot in the version before, if
        any.
        """
        self.ensure_one()
        vals = {
            "claim_line_id": self.id,
            "kind": self.kind,
            "name": self.name,
            "quantity": self.quantity,
            "price_unit": self.price_unit,
            # Serials are told with the claim, whoever may read the lots themselves.
            "serial_fitted": self.lot_id.sudo().name,
            "serial_removed": self.removed_lot_id.sudo().name,
            "payers": self.payers,
            "amount_claimed": self.amount_claimed,
            "amount_appraised": self.amount_appraised,
        }
        if before is None:
            return dict(vals, change="new")
        names = (*COMPARED, "amount_claimed")
        changed = {name: before[name] for name in names if before[name] != vals[name]}
        return dict(vals, change="changed" if changed else "same", before=changed or None)
