from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

PROBABLE_PARTS = 6


class AftersalesTicket(models.Model):
    """Quoting paid work from the ticket, and what the customer answers (T11)."""

    _inherit = "aftersales.ticket"

    def action_quote_work(self):
        """Open the dialog that makes the quotation, or the supplement to the accepted one (T11).

        :raise UserError: when the ticket is closed or names no customer, or a quotation waits for
            its answer
        """
        self.ensure_one()
        self._check_may_quote()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_work_quote_action"
        )
        context = {"default_ticket_id": self.id, "dialog_size": "extra-large"}
        return dict(action, context=context)

    def action_view_quotations(self):
        """Open the quotations of paid work."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("sale.action_quotations")
        return dict(action, domain=[("id", "in", self.sudo().quotation_ids.ids)], context={})

    def action_send_quotation(self):
        """Mail the quotation to the customer, who accepts it online (T11).

        :raise UserError: when there is none to send, or the customer has no address
        """
        self.ensure_one()
        self.check_access("write")
        self._get_open_quotation()._send_paid_work()

    def action_answer_quotation(self):
        """Open the dialog that records the customer's answer given to us (T11)."""
        self.ensure_one()
        self._get_open_quotation()
        return self._get_quotation_dialog("quotation_answer")

    def action_revise_quotation(self):
        """Make the next version of the quotation that waits for its answer (T11)."""
        self.ensure_one()
        self.check_access("write")
        # sudo: the hotline revises what it quoted; the ticket was checked.
        orders = self.sudo().quotation_ids.sorted("id")
        if not orders:
            raise UserError(
                self.env._("%(ticket)s has no quotation yet.", ticket=self.display_name)
            )
        action = orders[-1:].action_revise_paid_work()
        if self.env["sale.order"].browse(action["res_id"]).has_access("read"):
            return action
        return self._get_form_action()

    def action_start_unquoted(self):
        """Open the dialog by which a manager lets the work start (T11)."""
        self.ensure_one()
        return self._get_quotation_dialog("unquoted_start")

    def _get_quotation_dialog(self, name):
        """Return the action of the dialog ``name`` on this ticket."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"aftersales_service.aftersales_{name}_action"
        )
        return dict(action, context={"default_ticket_id": self.id})

    def _get_open_quotation(self):
        """Return the quotation that waits for its answer, in superuser mode.

        :raise UserError: when there is none
        """
        self.ensure_one()
        self.check_access("write")
        # sudo: hotline and technicians have no rights on sales; they may write the ticket.
        order = self.sudo()._get_live_quotations().filtered(lambda o: o.state != "sale")[-1:]
        if not order:
            raise UserError(
                self.env._(
                    "%(ticket)s: no quotation waits for an answer. Make one first.",
                    ticket=self.display_name,
                )
            )
        return order

    def _check_may_quote(self):
        """Raise UserError unless paid work on the ticket may be quoted now."""
        self.ensure_one()
        names = {"ticket": self.display_name}
        if self.is_closed:
            raise UserError(
                self.env._("%(ticket)s is closed: reopen it before you quote work.", **names)
            )
        if not self.partner_id:
            raise UserError(self.env._("%(ticket)s: name the customer who is to pay.", **names))
        # sudo: as in ``_get_open_quotation``.
        waiting = self.sudo()._get_live_quotations().filtered(lambda o: o.state != "sale")
        if waiting:
            raise UserError(
                self.env._(
                    "%(ticket)s: quotation %(order)s waits for an answer. Revise it instead.",
                    order=waiting[-1].name,
                    **names,
                )
            )

    def _get_probable_parts(self):
        """Return the parts that the fault probably needs: what such faults of this product took
        before, most often first, else the parts list.
        """
        self.ensure_one()
        lines = self.env["aftersales.visit.line"].sudo()  # history of all technicians
        found = self.env["product.product"]
        if self.product_id and self.symptom_id:
            groups = lines._read_group(
                [
                    ("kind", "=", "used"),
                    ("state", "=", "done"),
                    ("company_id", "=", self.company_id.id),
                    ("visit_id.symptom_id", "=", self.symptom_id.id),
                    ("asset_id.product_id", "=", self.product_id.id),
                ],
                ["product_id"],
                ["__count"],
                order="__count DESC",
                limit=PROBABLE_PARTS,
            )
            found = found.union(*(product for product, _count in groups))
        if not found and self.asset_id:
            found = self.env["aftersales.product.part"]._get_for_asset(self.asset_id).part_id
        return (self.part_id | found.sudo(False))[:PROBABLE_PARTS]

    def _prepare_work_lines(self):
        """Return the values of the lines that the quotation begins with; for a supplement, what
        went beyond the accepted ones.
        """
        self.ensure_one()
        if self.quotation_state == "overspent":
            return self._prepare_supplement_lines()
        types = self.env["aftersales.visit.type"]._get_default_types()
        visit_type = types.get(self.type, types[False])
        company, zone = self.company_id, self.zone_id
        lines = [{"kind": "part", "product_id": part.id, "sequence": 1} for part in self.part_id]
        if company.aftersales_labour_product_id:
            product = company.aftersales_labour_product_id.id
            lines.append(
                {"kind": "labour", "product_id": product, "quantity": visit_type.duration or 1.0}
            )
        if company.aftersales_travel_product_id and (zone.travel_price or not zone):
            lines.append({"kind": "travel", "product_id": company.aftersales_travel_product_id.id})
        if company.aftersales_distance_product_id and zone.travel_distance_price:
            product = company.aftersales_distance_product_id.id
            lines.append(
                {"kind": "travel", "product_id": product, "quantity": zone.travel_distance or 1.0}
            )
        return lines

    def _prepare_supplement_lines(self):
        """Return the values of lines for what the work used beyond the accepted quotations."""
        _delivered, beyond = self._allocate_work()
        labour = self.company_id.aftersales_labour_product_id.id
        return [
            {
                "kind": key[0],
                "product_id": key[1] if key[0] == "part" else labour,
                "quantity": quantity,
            }
            for key, quantity in beyond.items()
        ]


class SaleOrder(models.Model):
    _inherit = "sale.order"

    @api.depends("aftersales_paid_work")
    def _compute_require_payment(self):
        result = super()._compute_require_payment()
        for order in self.filtered(lambda o: o.aftersales_paid_work and o.require_payment):
            order.require_payment = order._can_be_paid_online()
        return result

    def _can_be_paid_online(self):
        """Whether customers of the company can pay on its pages: where nothing takes the payment,
        one who has signed would never have accepted.
        """
        self.ensure_one()
        # sudo: agents may not read payment providers; whether there is one is no secret.
        providers = self.env["payment.provider"].sudo()
        domain = Domain(providers._check_company_domain(self.company_id)) & Domain(
            [("state", "in", ("enabled", "test")), ("is_published", "=", True)]
        )
        return bool(providers.search_count(domain, limit=1))

    def _send_paid_work(self):
        """Mail the quotation with its link, where the customer signs or declines.

        :raise UserError: when the customer has no e-mail address
        """
        self.ensure_one()
        if not self.partner_id.email:
            raise UserError(
                self.env._(
                    "%(order)s: %(customer)s has no e-mail address. Enter one, or record the "
                    "answer on paper.",
                    order=self.name,
                    customer=self.partner_id.display_name,
                )
            )
        if self.require_payment and not self._can_be_paid_online():
            self.require_payment = False
        if not (self.require_signature or self.require_payment):
            self.require_signature = True  # else the customer could not accept online
        template = self.env.ref("sale.email_template_edi_sale", raise_if_not_found=False)
        self._send_order_notification_mail(template)
        if self.state == "draft":
            self.action_quotation_sent()

    def _accept_paid_work(self, signature_vals):
        """The customer accepted in front of us: keep who signed, and confirm.

        :raise UserError: when the quotation is out of date
        """
        self.ensure_one()
        self.lock_for_update()
        if self.is_expired:
            raise UserError(
                self.env._(
                    "%(order)s was valid until %(date)s. Revise it, so that its prices hold again.",
                    order=self.name,
                    date=self.validity_date,
                )
            )
        self.write(signature_vals)
        self.action_confirm()

    def _refuse_paid_work(self, reason):
        """The customer refused for ``reason`` (str)."""
        self.ensure_one()
        self.aftersales_refusal = reason
        self._action_cancel()
