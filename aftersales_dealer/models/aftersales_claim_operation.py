from odoo import api, fields, models


class AftersalesClaimLine(models.Model):
    """Labour is claimed by operations with standard times (D07)."""

    _inherit = "aftersales.claim.line"

    operation_id = fields.Many2one(
        "aftersales.labour.operation",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('company_id', 'in', [False, company_id])]",
        help="What was done; its standard time for the machine is paid at most.",
    )
    standard_hours = fields.Float(
        string="Standard Time",
        compute="_compute_standard_hours",
        help="Hours that the operation takes on this machine; zero: none is set.",
    )

    @api.depends("kind", "operation_id", "product_id", "claim_id.asset_id.product_id")
    def _compute_standard_hours(self):
        hours = self._get_standard_hours()
        for line in self:
            line.standard_hours = hours[line] or 0.0

    @api.depends("operation_id")
    def _compute_name(self):
        named = self.filtered(lambda line: line.kind == "labour" and line.operation_id)
        for line in named:
            # The dealer's words for what it did; it need not see the catalogue itself.
            line.name = line.operation_id.sudo().display_name
        return super(AftersalesClaimLine, self - named)._compute_name()

    @api.onchange("operation_id")
    def _onchange_operation_id(self):
        """The operation brings its service and its standard time for the claim's machine."""
        if not self.operation_id:
            return
        self.kind = "labour"
        self.product_id = self.operation_id.product_id
        hours = self._get_standard_hours()[self]
        if hours:
            self.quantity = hours

    def _get_standard_hours(self):
        """Return {line: standard hours of its labour on its machine (float), or None when none are
        set}: by the operation, else by the line's service (D07).
        """
        labour = self.filtered(lambda line: line.kind == "labour")
        timed = labour.filtered("operation_id")
        keys = {line: (line.operation_id, line.claim_id.asset_id.product_id) for line in timed}
        hours = self.env["aftersales.labour.operation"]._get_hours_for(keys.values())
        result = dict.fromkeys(self)
        for line in labour:
            if line in keys:
                result[line] = hours[keys[line]]
            else:
                # As above: the time of the service counts, whoever may see services.
                result[line] = line.product_id.sudo().standard_hours or None
        return result
