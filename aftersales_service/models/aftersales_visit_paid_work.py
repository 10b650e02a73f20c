from odoo import api, fields, models


class AftersalesVisit(models.Model):
    _inherit = "aftersales.visit"

    waits_for_quotation = fields.Boolean(compute="_compute_waits_for_quotation")
    quotation_state = fields.Selection(related="ticket_id.quotation_state")
    quotation_summary = fields.Char(related="ticket_id.quotation_summary")

    @api.depends("ticket_id.waits_for_quotation", "type_id.quotation_exempt", "state")
    def _compute_waits_for_quotation(self):
        for visit in self:
            # sudo: the technician sees that the work must not start, whatever else they see.
            waits = visit.ticket_id.sudo().waits_for_quotation
            open_states = ("draft", "scheduled", "confirmed", "travelling", "on_site")
            visit.waits_for_quotation = (
                waits and not visit.type_id.quotation_exempt and visit.state in open_states
            )

    def action_answer_quotation(self):
        """The customer signs or refuses the quotation in front of the technician (T11)."""
        self.ensure_one()
        return self.ticket_id.action_answer_quotation()

    def action_depart(self):
        """Also see that paid work was accepted (T11)."""
        self._check_quotation()
        return super().action_depart()

    def action_arrive(self):
        """Also see that paid work was accepted (T11)."""
        self._check_quotation()
        return super().action_arrive()

    def _check_quotation(self):
        """Raise UserError when one of these visits works on a ticket that waits for its
        quotation.
        """
        self.check_access("write")
        self.filtered(lambda v: not v.type_id.quotation_exempt).ticket_id._check_work_may_start()

    def _is_paid_job(self):
        """Whether the voucher reports work, not only what was looked at or advised."""
        self.ensure_one()
        used = self.line_ids.filtered(lambda line: line.kind == "used")
        return bool(used) or (self.fixed == "yes" and not self.type_id.quotation_exempt)

    def _is_charged(self, orders):
        """Whether the done visit uses up the accepted ``orders``: looking what is to be quoted does
        not, unless the customer signed meanwhile and the technician went on with the work.
        """
        self.ensure_one()
        if not self.type_id.quotation_exempt:
            return True
        if self.line_ids.filtered(lambda line: line.kind == "used"):
            return True
        signed = [order.signed_on for order in orders if order.signed_on]
        return self.fixed == "yes" and bool(signed) and min(signed) <= self.date_done

    def _check_voucher(self):
        """Also see that the customer accepted what was done: the fault may have turned out to be
        misuse on site, or a look before the quotation to be the repair (T11).
        """
        result = super()._check_voucher()
        self.filtered(lambda v: v._is_paid_job()).ticket_id._check_work_may_start()
        return result

    def _get_voucher_problem(self):
        problem = super()._get_voucher_problem()
        # sudo: settings of the company; technicians read no quotations.
        limit, ticket = self.company_id.sudo().aftersales_spot_limit, self.ticket_id.sudo()
        quoted = ticket.quotation_state in ("accepted", "overspent")
        if not problem and limit and self.charge_amount > limit and not quoted:
            return self.env._(
                "“Collected on the Spot” is above %(limit)s, the limit without a quotation. Make "
                "a quotation and have it accepted.",
                limit=self.currency_id.format(limit),
            )
        return problem

    def _on_done(self):
        result = super()._on_done()
        self.ticket_id._on_work_done()
        return result


class AftersalesVisitLine(models.Model):
    _inherit = "aftersales.visit.line"

    def _prepare_move_vals(self, common):
        """The move belongs to the line of the accepted quotation: the order shows its transfers,
        and the invoice its costs.
        """
        vals = super()._prepare_move_vals(common)
        # sudo: technicians read no orders.
        orders = self.visit_id.ticket_id.sudo().quotation_ids.filtered(lambda o: o.state == "sale")
        quoted = orders.order_line.filtered(lambda line: line.product_id == self.product_id)[:1]
        if quoted and self.kind == "used":
            vals["sale_line_id"] = quoted.id
        return vals
