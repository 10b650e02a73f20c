from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .aftersales_asset_entitlement import EXCLUSIONS


class RepairOrder(models.Model):
    """What the resolver decided about a workshop repair, and Odoo's "Under Warranty" that follows
    from it (W07, P01).
    """

    _name = "repair.order"
    _inherit = ["repair.order", "aftersales.entitlement.mixin"]

    exclusion = fields.Selection(
        EXCLUSIONS,
        compute="_compute_exclusion",
        store=True,
        readonly=False,
        tracking=True,
        help="Found by the workshop: makes the repair paid, whatever the warranty says.",
    )
    under_warranty_reason = fields.Char(
        string="Why Otherwise",
        copy=False,
        tracking=True,
        help="Why the parts are charged, or not, against what was decided from the warranties.",
    )

    @api.depends("aftersales_ticket_id")
    def _compute_exclusion(self):
        for repair in self:
            # The workshop need not see the ticket to know what it found.
            repair.exclusion = repair.aftersales_ticket_id.sudo().exclusion or repair.exclusion

    @api.constrains("under_warranty", "under_warranty_reason")
    def _check_under_warranty_reason(self):
        for repair in self.filtered("entitlement_date"):
            otherwise = repair.under_warranty != repair.entitlement_parts
            if otherwise and not (repair.under_warranty_reason or "").strip():
                raise ValidationError(
                    self.env._(
                        "%(repair)s was decided as “%(decision)s”. To set “Under Warranty” "
                        "otherwise, say why under “Why Otherwise”.",
                        repair=repair.display_name,
                        decision=repair._describe_entitlement(),
                    )
                )

    @api.model
    def _get_entitlement_triggers(self):
        """Names of the fields whose change asks the resolver anew, once it was asked."""
        return {"aftersales_asset_id", "lot_id", "aftersales_ticket_id", "exclusion"}

    def write(self, vals):
        result = super().write(vals)
        if self._get_entitlement_triggers() & vals.keys():
            self.filtered(
                lambda r: r.entitlement_date and r.state not in ("done", "cancel")
            )._decide_entitlement()
        return result

    def _action_repair_confirm(self):
        """What is charged is decided when the repair is confirmed."""
        self.filtered(
            lambda repair: repair.state == "draft" and repair.aftersales_asset_id
        )._decide_entitlement()
        return super()._action_repair_confirm()

    def _prepare_entitlement_question(self):
        """Ask about the day and the fault of the ticket, when there is one."""
        self.ensure_one()
        if not self.aftersales_asset_id:
            return None
        # The facts of the ticket count, whether the workshop may open it or not.
        ticket = self.aftersales_ticket_id.sudo()
        question = ticket._prepare_entitlement_question() if ticket else None
        return {
            **(question or {}),
            "asset": self.aftersales_asset_id,
            "exclusion": self.exclusion,
        }

    def _prepare_entitlement_vals(self, answer=None):
        """Odoo's "Under Warranty" follows, unless somebody said why not."""
        vals = super()._prepare_entitlement_vals(answer)
        if self.under_warranty_reason:
            return vals
        return {**vals, "under_warranty": vals["entitlement_parts"]}
