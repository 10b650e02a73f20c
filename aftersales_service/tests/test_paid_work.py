from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .paid_work_common import PaidWorkCommon


@tagged("post_install", "-at_install")
class TestQuotation(PaidWorkCommon):
    """T11: paid work is quoted, and the customer answers."""

    def test_quotation_has_parts_at_cost_labour_and_travel(self):
        order = self.quote()
        lines = order.order_line.filtered(lambda line: not line.display_type)
        self.assertRecordValues(
            lines,
            [
                # standard price 60 and the shipped price list: cost plus 25 %
                {"product_id": self.part.id, "product_uom_qty": 1.0, "price_unit": 75.0},
                {"product_id": self.labour.id, "product_uom_qty": 2.0, "price_unit": 60.0},
                {"product_id": self.travel.id, "product_uom_qty": 1.0, "price_unit": 40.0},
            ],
        )
        self.assertEqual(order.amount_untaxed, 235.0)
        self.assertEqual(order.partner_id, self.customer)
        self.assertEqual(self.ticket.quotation_state, "draft")
        self.assertTrue(order.validity_date > fields.Date.today())
        self.assertIn(self.ticket.name, order.order_line[0].name)

    def test_what_is_covered_is_free_and_says_why(self):
        ticket = self.make_ticket(self.asset, part_id=self.wear_part.id, zone_id=self.zone.id)
        self.assertTrue(ticket.entitlement_labour)
        self.assertFalse(ticket.entitlement_travel)
        order = self.quote(ticket)
        labour = order.order_line.filtered(lambda line: line.product_id == self.labour)
        self.assertEqual(labour.price_subtotal, 0.0)
        self.assertIn("Free of charge", labour.name)
        self.assertIn(self.asset.warranty_ids.name, labour.name)
        self.assertEqual(order.amount_untaxed, 40.0, "the journey is the customer's")

    def test_distance_is_quoted_by_the_zone(self):
        self.zone.write({"travel_price": 0, "travel_distance_price": 0.8, "travel_distance": 120.0})
        order = self.quote()
        line = order.order_line.filtered(lambda li: li.product_id == self.distance)
        self.assertEqual((line.product_uom_qty, line.price_unit), (120.0, 0.8))
        self.assertNotIn(self.travel, order.order_line.product_id)

    def test_dialog_shows_the_sum_of_the_order(self):
        action = self.ticket.with_user(self.agent_user).action_quote_work()
        model = self.env["aftersales.work.quote"].with_user(self.agent_user)
        dialog = Form(model.with_context(**action["context"]))
        self.assertEqual(dialog.amount_untaxed, 235.0)
        with dialog.line_ids.new() as line:
            line.kind = "other"
            line.product_id = self.labour
            line.price_unit = 12.34
        wizard = dialog.save()
        self.assertEqual(wizard.amount_untaxed, 247.34)
        wizard.action_create()
        order = self.ticket.quotation_ids
        self.assertEqual(order.amount_untaxed, 247.34)

    def test_probable_parts_come_from_such_faults(self):
        symptom = self.env["aftersales.symptom"].search([], limit=1)
        self.quote()
        self.answer()
        self.ticket.symptom_id = symptom
        self.do_visit(symptom_id=symptom.id)
        other = self.make_ticket(self.asset, symptom_id=symptom.id)
        self.assertEqual(other._get_probable_parts(), self.part)

    def test_sent_by_mail_and_the_clocks_wait(self):
        self.quote()
        self.ticket.with_user(self.agent_user).action_send_quotation()
        self.assertEqual(self.ticket.quotation_state, "sent")
        self.assertEqual(self.ticket.quotation_ids.state, "sent")
        self.assertEqual(self.ticket.stage_kind, "waiting")
        message = self.ticket.quotation_ids.message_ids.filtered("attachment_ids")
        self.assertTrue(message)
        self.assertIn(self.customer, message.notified_partner_ids)

    def test_signed_on_the_spot(self):
        order = self.quote()
        self.answer()
        self.assertRecordValues(
            order, [{"state": "sale", "signed_by": "Test Caller", "aftersales_version": 1}]
        )
        self.assertTrue(order.signature and order.signed_on)
        self.assertFalse(order.picking_ids, "parts leave with the visit")
        self.assertEqual(self.ticket.quotation_state, "accepted")
        self.assertIn("accepted quotation", "".join(self.ticket.message_ids.mapped("body")))
        with self.assertRefused("no quotation waits"):
            self.answer()

    def test_accepted_on_paper(self):
        order = self.quote()
        with self.assertRefused("attach the signed paper"):
            self.answer(answer="paper", signature=False)
        self.answer(answer="paper", signature=False, paper=b"cGFwZXI=", paper_name="scan.pdf")
        self.assertEqual(order.state, "sale")
        self.assertIn("scan.pdf", order.message_ids.attachment_ids.mapped("name"))

    def test_refused_and_revised(self):
        order = self.quote()
        with self.assertRefused("why the customer refused"):
            self.answer(answer="refused")
        self.answer(answer="refused", reason="Too dear")
        self.assertRecordValues(order, [{"state": "cancel", "aftersales_refusal": "Too dear"}])
        self.assertEqual(self.ticket.quotation_state, "refused")
        self.assertIn("Too dear", "".join(self.ticket.message_ids.mapped("body")))
        self.ticket.with_user(self.agent_user).action_revise_quotation()
        revised = self.ticket.quotation_ids - order
        self.assertRecordValues(
            revised, [{"aftersales_version": 2, "aftersales_replaces_id": order.id}]
        )
        self.assertEqual(revised.amount_untaxed, order.amount_untaxed)
        self.assertEqual(self.ticket.quotation_state, "draft")

    def test_sent_quotation_is_cancelled_by_its_revision(self):
        order = self.quote()
        self.ticket.action_send_quotation()
        self.ticket.action_revise_quotation()
        self.assertEqual(order.state, "cancel")
        self.assertFalse(order.aftersales_refusal)
        self.assertEqual(self.ticket.quotation_state, "draft")

    def test_refused_input(self):
        with self.assertRefused("no quotation waits"):
            self.ticket.action_send_quotation()
        order = self.quote()
        with self.assertRefused("waits for an answer. Revise"):
            self.quote()
        with self.assertRefused("have the customer sign"):
            self.answer(signature=False)
        with self.assertRefused("who accepted"):
            self.answer(signed_by=" ")
        with self.assertRefused("in the future"):
            self.answer(signed_on="2999-01-01 00:00:00")
        order.validity_date = "2020-01-01"
        with self.assertRefused("was valid until"):
            self.answer()
        with self.assertRaises(AccessError):
            self.answer(user=self.plain_user)
        salesman = self.env["res.users"].create(
            {
                "name": "Seller",
                "login": "t_seller",
                "group_ids": [
                    Command.link(self.env.ref("sales_team.group_sale_salesman_all_leads").id)
                ],
            }
        )
        with self.assertRefused("paid work starts when the customer"):
            order.with_user(salesman).action_confirm()
        self.customer.email = False
        with self.assertRefused("no e-mail address"):
            self.ticket.action_send_quotation()
        self.assertEqual(self.ticket.quotation_state, "draft")

    def test_closed_ticket_or_no_customer_is_not_quoted(self):
        nobody = self.make_ticket(partner_id=False)
        with self.assertRefused("name the customer"):
            self.quote(nobody)
        self.ticket.resolution = "<p>x</p>"
        self.ticket.action_close()
        with self.assertRefused("is closed"):
            self.quote()

    def test_late_acceptance_reopens_the_ticket(self):
        self.quote()
        self.ticket.resolution = "<p>Customer thinks about it</p>"
        self.ticket.action_close()
        self.answer()
        self.assertFalse(self.ticket.is_closed)

    def test_state_is_not_typed_in(self):
        with self.assertRefused("not typed in"):
            self.ticket.with_user(self.agent_user).quotation_state = "accepted"
        with self.assertRefused("not typed in"):
            self.ticket.with_user(self.agent_user).unquoted_reason = "x"


@tagged("post_install", "-at_install")
class TestWorkGate(PaidWorkCommon):
    """T11: paid work does not start before the customer has accepted."""

    def test_visit_waits_for_the_acceptance(self):
        visit = self.make_visit().with_user(self.technician_user)
        self.assertTrue(visit.waits_for_quotation)
        with self.assertRefused("paid service, and the customer has not accepted"):
            visit.action_depart()
        self.assertEqual(visit.state, "scheduled")
        self.quote()
        with self.assertRefused("Quotation being prepared"):
            visit.action_depart()
        self.answer()
        visit.invalidate_recordset()
        self.assertFalse(visit.waits_for_quotation)
        visit.action_depart()
        self.assertEqual(visit.state, "travelling")

    def test_repair_waits_too(self):
        repair = self.env["repair.order"].browse(self.ticket.action_create_repair()["res_id"])
        repair.action_validate()
        with self.assertRefused("paid service"):
            repair.action_repair_start()
        self.quote()
        self.answer()
        repair.action_repair_start()
        with self.assertRefused("it invoices this repair too"):
            repair.action_create_sale_order()

    def test_manager_lets_it_start_with_a_reason(self):
        with self.assertRefused("Only a manager"):
            self.ticket.with_user(self.agent_user).action_allow_unquoted("x")
        with self.assertRefused("write down why"):
            self.ticket.with_user(self.manager_user).action_allow_unquoted(" ")
        self.ticket.with_user(self.manager_user).action_allow_unquoted("Good customer")
        self.make_visit().with_user(self.technician_user).action_depart()
        self.assertEqual(self.ticket.unquoted_reason, "Good customer")

    def test_diagnosis_and_settings(self):
        look = self.env.ref("aftersales_service.aftersales_visit_type_inspection")
        self.make_visit(type_id=look.id).with_user(self.technician_user).action_depart()
        self.assertFalse(self.ticket._may_start_work())
        self.ticket.emergency = True
        self.assertFalse(self.ticket._may_start_work())
        self.company.aftersales_emergency_first = True
        self.assertTrue(self.ticket._may_start_work())
        self.ticket.emergency = False
        self.ticket.agreed_amount = 30
        self.assertFalse(self.ticket._may_start_work())
        self.company.aftersales_spot_limit = 25
        self.assertFalse(self.ticket._may_start_work())
        self.company.aftersales_spot_limit = 30
        self.assertTrue(self.ticket._may_start_work())

    def test_more_than_the_small_amount_is_not_collected(self):
        self.company.aftersales_spot_limit = 30
        self.ticket.agreed_amount = 20
        with self.assertRefused("limit without a quotation"):
            self.do_visit(charge_amount=31)

    def test_covered_work_needs_no_quotation(self):
        self.ticket.exclusion = False
        self.assertEqual(self.ticket.service_category, "warranty")
        self.make_visit().with_user(self.technician_user).action_depart()

    def test_filter_finds_what_waits(self):
        domain = [
            ("service_category", "=", "paid"),
            ("quotation_state", "not in", ("accepted", "overspent")),
        ]
        tickets = self.env["aftersales.ticket"]
        self.assertIn(self.ticket, tickets.search(domain))
        self.quote()
        self.answer()
        self.assertNotIn(self.ticket, tickets.search(domain))


@tagged("post_install", "-at_install")
class TestInvoicedWork(PaidWorkCommon):
    """T11, V10: what the vouchers say is invoiced, once, and never more than was accepted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.part.invoice_policy = "order"  # whatever the product says

    def invoice(self, order):
        moves = order._create_invoices()
        moves.action_post()
        return moves

    def test_what_was_accepted_does_not_get_dearer(self):
        seller = new_test_user(self.env, "t_seller", groups="sales_team.group_sale_manager")
        order = self.quote()
        line = order.with_user(seller).order_line.filtered(lambda li: li.product_id == self.labour)
        line.product_uom_qty = 3
        self.answer()
        for vals in ({"product_uom_qty": 4}, {"price_unit": 99}, {"price_unit": 61}):
            with self.assertRefused("was accepted by the customer"):
                line.write(vals)
        with self.assertRefused("was accepted by the customer"):
            line.order_id.order_line = [Command.create({"product_id": self.part.id})]
        line.discount = 10
        with self.assertRefused("was accepted by the customer"):
            line.discount = 0

    def test_which_orders_are_paid_work_is_not_typed_in(self):
        seller = new_test_user(self.env, "t_seller", groups="sales_team.group_sale_manager")
        order = self.quote().with_user(seller)
        with self.assertRefused("made and revised from their ticket"):
            order.aftersales_paid_work = False
        orders, vals = self.env["sale.order"].with_user(seller), {"partner_id": self.customer.id}
        with self.assertRefused("made and revised from their ticket"):
            orders.create({**vals, "aftersales_paid_work": True})
        with self.assertRefused("made and revised from their ticket"):
            orders.with_context(default_aftersales_paid_work=True).create(vals)
        action = order.action_revise_paid_work()
        revised = orders.browse(action["res_id"])
        self.assertTrue(revised.aftersales_paid_work)
        self.assertEqual((revised.aftersales_version, order.state), (2, "cancel"))

    def test_a_failed_payment_accepts_nothing(self):
        order = self.quote()
        known = {"active_test": False}
        method = self.env["payment.method"].with_context(**known).search([], limit=1)
        provider = self.env["payment.provider"].with_context(**known).search([], limit=1)
        payment = self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "amount": order.amount_total,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "reference": "T-FAILED",
                "sale_order_ids": [Command.set(order.ids)],
            }
        )
        seller = new_test_user(self.env, "t_seller", groups="sales_team.group_sale_manager")
        payment.state = "error"
        with self.assertRefused("when the customer has accepted"):
            order.with_user(seller).action_confirm()
        payment.state = "pending"
        order.with_user(seller).action_confirm()
        self.assertEqual(self.ticket.quotation_state, "accepted")

    def test_others_learn_nothing_of_a_quotation(self):
        self.quote()
        self.ticket.technician_id = self.technician_2
        wizards = self.env["aftersales.quotation.answer"].with_user(self.technician_user)
        for name in ("quotation", "signed_by"):
            # As in a request of its own: nothing is read yet.
            self.env.flush_all()
            self.env.invalidate_all()
            with self.assertRaises(AccessError):
                wizards.create({"ticket_id": self.ticket.id}).read([name])
        with self.assertRaises(AccessError):
            self.answer(answer="refused", reason="Too dear")

    def test_voucher_is_invoiced_to_the_cent_and_stock_moves_once(self):
        order = self.quote()
        self.answer()
        self.assertEqual(order.invoice_status, "no", "nothing is done yet")
        self.do_visit(hours=1.5)
        self.assertEqual(self.part.qty_available, 9.0)
        self.assertEqual(order.order_line.move_ids.mapped("quantity"), [1.0])
        self.assertFalse(order.picking_ids.filtered(lambda p: p.state != "done"))
        self.assertEqual(order.invoice_status, "to invoice")
        self.assertTrue(
            order.activity_ids.filtered(lambda a: self.ticket.name in (a.summary or ""))
        )
        invoice = self.invoice(order)
        self.assertEqual(invoice.amount_untaxed, 75.0 + 1.5 * 60.0 + 40.0)
        self.assertEqual(order.invoice_status, "no", "half an hour less than offered")
        self.assertEqual(self.ticket.quotation_state, "accepted")

    def test_what_goes_beyond_waits_for_the_supplement(self):
        order = self.quote()
        self.answer()
        self.do_visit(hours=3.0, parts=2.0)
        self.assertEqual(self.ticket.quotation_state, "overspent")
        delivered = {line.product_id: line.qty_delivered for line in order.order_line}
        self.assertEqual(delivered[self.labour], 2.0)
        self.assertEqual(delivered[self.part], 1.0)
        supplement = self.quote()
        lines = supplement.order_line.filtered(lambda line: not line.display_type)
        self.assertRecordValues(
            lines,
            [
                {"product_id": self.part.id, "product_uom_qty": 1.0},
                {"product_id": self.labour.id, "product_uom_qty": 1.0},
            ],
        )
        self.assertEqual(self.ticket.quotation_state, "overspent")
        self.answer()
        self.assertEqual(self.ticket.quotation_state, "accepted")
        self.assertEqual(lines.mapped("qty_delivered"), [1.0, 1.0])
        self.assertEqual(self.invoice(order | supplement).mapped("amount_untaxed"), [370.0])
        self.assertEqual(self.part.qty_available, 8.0)

    def test_workshop_repair_is_invoiced_as_quoted(self):
        order = self.quote()
        self.answer()
        repair = self.env["repair.order"].browse(self.ticket.action_create_repair()["res_id"])
        repair.move_ids = [
            Command.create(
                {
                    "repair_line_type": "add",
                    "product_id": self.part.id,
                    "product_uom_qty": 1.0,
                }
            )
        ]
        repair._action_repair_confirm()
        repair.action_repair_start()
        repair.move_ids.quantity = 1.0
        repair.move_ids.picked = True
        repair.action_repair_end()
        self.assertEqual(self.invoice(order).amount_untaxed, 235.0)

    def test_cancelled_order_stops_the_work_again(self):
        order = self.quote()
        self.answer()
        order._action_cancel()
        self.assertFalse(self.ticket.quotation_state)
        with self.assertRefused("paid service"):
            self.make_visit().with_user(self.technician_user).action_depart()

    def test_merged_ticket_brings_its_accepted_quotation(self):
        self.quote()
        self.answer()
        kept = self.make_ticket(self.asset, exclusion="misuse")
        self.ticket.action_merge_into(kept.id)
        self.assertEqual(kept.quotation_state, "accepted")
        self.assertTrue(kept._may_start_work())
