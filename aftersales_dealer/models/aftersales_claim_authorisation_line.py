from odoo import api, fields, models
from odoo.exceptions import UserError

from .aftersales_claim_authorisation_flow import APPRAISER


class AftersalesClaimAuthorisationLine(models.Model):
    """One part, operation or cost of the job asked for, estimated and granted (D16)."""

    _name = "aftersales.claim.authorisation.line"
    _description = "Prior Authorisation Line"
    _order = "authorisation_id, sequence, id"

    authorisation_id = fields.Many2one(
        "aftersales.claim.authorisation", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(related="authorisation_id.company_id", store=True, index=True)
    dealer_id = fields.Many2one(related="authorisation_id.dealer_id", store=True, index=True)
    currency_id = fields.Many2one(related="authorisation_id.currency_id")
    state = fields.Selection(related="authorisation_id.state")
    kind = fields.Selection(
        [
            ("labour", "Labour"),
            ("part", "Part"),
            ("travel", "Travel"),
            ("freight", "Freight"),
            ("other", "Other"),
        ],
        required=True,
        default="part",
    )
    product_id = fields.Many2one("product.product", index="btree_not_null")
    operation_id = fields.Many2one("aftersales.labour.operation", index="btree_not_null")
    name = fields.Char(
        string="Description",
        compute="_compute_name",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    quantity = fields.Float(digits="Product Unit", default=1.0, required=True)
    amount_estimated = fields.Monetary(string="Estimated")
    amount_granted = fields.Monetary(string="Granted", copy=False)

    _amounts_positive = models.Constraint(
        "CHECK(quantity > 0 AND amount_estimated >= 0 AND amount_granted >= 0)",
        "Quantities and amounts of an authorisation cannot be negative.",
    )

    @api.depends("kind", "product_id", "operation_id")
    def _compute_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for line in self:
            item = line.product_id if line.kind == "part" else line.operation_id or line.product_id
            # sudo: the name only; whoever writes the line need not read the catalogue.
            line.name = item.sudo().display_name or line.name or kinds[line.kind]

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._ensure_may_write(set().union(*vals_list))
        return lines

    def write(self, vals):
        self._ensure_may_write(vals.keys())
        result = super().write(vals)
        if "authorisation_id" in vals:
            self._ensure_may_write(vals.keys())
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_requested(self):
        self._ensure_may_write({"name"})

    def _ensure_may_write(self, names):
        """Raise unless the request is still the dealer's, or only what is granted changes while
        the company decides.
        """
        for authorisation in self.authorisation_id:
            granting = authorisation.state == "requested" and set(names) <= {"amount_granted"}
            if granting and not self.env.su:
                authorisation._ensure_group(APPRAISER)
            if authorisation.state != "draft" and not granting:
                raise UserError(
                    self.env._(
                        "%(authorisation)s is %(state)s: its lines no longer change.",
                        authorisation=authorisation.display_name,
                        state=authorisation._get_state_label(authorisation.state),
                    )
                )
