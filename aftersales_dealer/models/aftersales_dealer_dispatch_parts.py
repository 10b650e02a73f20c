from odoo import fields, models
from odoo.tools import format_date


class AftersalesDealerDispatch(models.Model):
    """Service that waits for a part that the dealer was to have in stock (D06)."""

    _inherit = "aftersales.dealer.dispatch"

    missing_product_id = fields.Many2one(
        "product.product",
        string="Part Missing",
        readonly=True,
        index="btree_not_null",
        help="The part for want of which the dealer could not finish.",
    )
    lacks_planned_part = fields.Boolean(
        string="Planned Part Missing",
        readonly=True,
        help="The part was in the dealer's stocking plan: the delay is the dealer's.",
    )
    missing_explanation = fields.Char(readonly=True)

    def _report_missing_part(self, product):
        """The dealer waits for ``product``: whose delay that is follows from its plan (D06)."""
        self.ensure_one()
        today = fields.Date.context_today(self)
        line = self.env["aftersales.stocking.plan"]._find_planned(
            self.dealer_id, product, self.company_id, today
        )
        values = {"missing_product_id": product.id, "lacks_planned_part": bool(line)}
        if line:
            values["missing_explanation"] = self.env._(
                "%(part)s was to be in stock by %(day)s by plan %(plan)s: the delay is the "
                "dealer's.",
                part=product.display_name,
                day=format_date(self.env, line.plan_id.date_due),
                plan=line.plan_id.name,
            )
        else:
            values["missing_explanation"] = self.env._(
                "%s was not in the dealer's stocking plan.", product.display_name
            )
        self._write_past_guard(values)
        self.ticket_id._message_log(body=values["missing_explanation"])
        if line:
            self.ticket_id.clock_ids._attribute_to_dealer_parts()


class AftersalesSlaClock(models.Model):
    _inherit = "aftersales.sla.clock"

    def _mark_breached(self, date):
        result = super()._mark_breached(date)
        self._attribute_to_dealer_parts()
        return result

    def _attribute_to_dealer_parts(self):
        """Promises that were broken for want of a part that the dealer was to have say so."""
        late = self.filtered(lambda c: c.state == "breached" and c.ticket_id)
        # Whose delay it is was decided from the plan, whoever meets the clock now.
        late = late.sudo().filtered(
            lambda c: (
                not c.breach_reason_id
                and not c.breach_reason
                and c.ticket_id.dispatch_id.lacks_planned_part
            )
        )
        reason = self.env.ref(
            "aftersales_dealer.aftersales_sla_reason_dealer_parts", raise_if_not_found=False
        )
        if late and reason:
            late._update_rows({clock: {"breach_reason_id": reason.id} for clock in late})
