from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .campaign_common import CampaignCommon


@tagged("post_install", "-at_install")
class TestCampaignCover(CampaignCommon):
    """W07, W15: what a campaign pays."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.symptom = cls.env["aftersales.symptom"].create({"name": "Brake leaks"})
        cls.campaign.symptom_ids = cls.symptom
        cls.campaign.action_open()
        cls.asset.warranty_ids._void("Not the matter here")

    def _ask(self, **question):
        return self.asset.with_user(self.technician_user).get_entitlement(**question)[self.asset.id]

    def test_campaign_covers_its_own_matter(self):
        for question in (
            {"campaign": self.campaign.id},
            {"part": self.part},
            {"symptom": self.symptom.id},
        ):
            answer = self._ask(**question)
            self.assertEqual(answer["category"], "warranty", question)
            self.assertEqual(answer["source"], f"aftersales.campaign,{self.campaign.id}")
            self.assertIn("Brake hose", answer["reasons"][0])
            self.assertTrue(answer["parts"] and answer["labour"] and answer["travel"])
        self.assertEqual(self._ask()["category"], "paid")
        self.assertEqual(self._ask(part=self.wear_part)["category"], "paid")

    def test_what_is_not_covered(self):
        self.campaign.covers_travel = False
        self.assertFalse(self._ask(part=self.part)["travel"])
        self.campaign.date_end = fields.Date.today()
        late = fields.Date.add(fields.Date.today(), days=1)
        self.assertEqual(self._ask(part=self.part, date=late)["category"], "paid")
        self.unit.with_user(self.agent_user).decide("done", reason="x")
        self.assertEqual(self._ask(part=self.part)["category"], "paid")

    def test_closed_campaigns_and_notices_cover_nothing(self):
        self.campaign.action_close(reason="x")
        self.assertEqual(self._ask(part=self.part)["category"], "paid")
        notice = self.make_campaign(kind="notice")
        notice._add_units(self.asset.lot_id)
        notice.action_open()
        self.assertEqual(self._ask(campaign=notice.id)["category"], "paid")

    def test_queries_do_not_grow(self):
        def cost(assets):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            assets._get_campaign_covers()
            return self.cr.sql_log_count - before

        vals = {"product_id": self.machine.id, "partner_id": self.customer.id}
        lots = self.env["stock.lot"].create(
            [{"name": f"CV-{n}", "product_id": self.machine.id} for n in range(60)]
        )
        assets = self.env["aftersales.asset"].create(
            [dict(vals, lot_id=lot.id, state="in_service") for lot in lots]
        )
        self.campaign._add_units(lots)
        few, many = cost(assets[:2]), cost(assets)
        self.assertEqual(few, many)
        self.assertLessEqual(many, 7)
        self.campaign.action_close(reason="x")
        self.assertLessEqual(cost(assets), 1)


@tagged("post_install", "-at_install")
class TestCampaignWork(CampaignCommon):
    """W15: tickets, visits and repairs that do a campaign's work."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.campaign.action_open()

    def _close(self, ticket):
        ticket.resolution = "<p>Hose replaced</p>"
        ticket.action_close()

    def test_do_it_now(self):
        ticket = self.make_ticket(self.asset)
        self.assertEqual(ticket.open_campaign_line_ids, self.unit)
        unit = self.unit.with_user(self.agent_user)
        unit.with_context(aftersales_ticket_id=ticket.id).action_do_now()
        self.assertEqual(ticket.campaign_id, self.campaign)
        self.assertRecordValues(self.unit, [{"state": "scheduled", "ticket_id": ticket.id}])
        self.assertEqual(ticket.service_category, "warranty")
        self._close(ticket)
        self.assertRecordValues(
            self.unit, [{"state": "done", "date_done": fields.Date.context_today(ticket)}]
        )
        ticket.invalidate_recordset()
        self.assertFalse(ticket.open_campaign_line_ids)
        ticket.action_reopen()
        self.assertRecordValues(self.unit, [{"state": "scheduled", "date_done": False}])

    def test_ticket_for_a_machine_that_is_not_affected(self):
        other = self.env["aftersales.asset"].create(
            {"product_id": self.machine.id, "partner_id": self.customer.id, "state": "in_service"}
        )
        with self.assertRefused("not affected", ValidationError):
            self.make_ticket(other, campaign_id=self.campaign.id)

    def test_closed_campaign_is_not_taken_up(self):
        self.campaign.action_close(reason="x")
        ticket = self.make_ticket(self.asset)
        self.assertFalse(ticket.open_campaign_line_ids)
        with self.assertRefused("open campaigns"):
            self.unit.with_context(aftersales_ticket_id=ticket.id).action_do_now()

    def test_screens_of_each_role(self):
        for user in (self.technician_user, self.agent_user, self.manager_user):
            ticket = self.make_ticket(
                self.asset, user=self.agent_user, technician_id=self.technician.id
            )
            form = Form(ticket.with_user(user))
            self.assertEqual(len(form.open_campaign_line_ids), 1)
            self.assertEqual(len(self.asset.with_user(user).open_campaign_line_ids), 1)

    def _plan(self, user=None, **values):
        wizard = self.env["aftersales.campaign.plan"].with_user(user or self.dispatcher_user)
        return wizard.create(dict(values, campaign_id=self.campaign.id))

    def test_tickets_by_place_and_by_machine(self):
        second = self.env["aftersales.asset"].create(
            {
                "product_id": self.machine.id,
                "lot_id": self.lot_stock.id,
                "partner_id": self.customer.id,
                "site_id": self.asset.site_id.id,
                "state": "in_service",
            }
        )
        self.assertEqual(self._plan(mode="unit").ticket_count, 2)
        wizard = self._plan()
        self.assertEqual((wizard.unit_count, wizard.ticket_count), (2, 1))
        action = wizard.action_make()
        ticket = self.env["aftersales.ticket"].search(action["domain"])
        self.assertEqual(ticket.campaign_line_ids, self.campaign.line_ids)
        self.assertEqual(set(self.campaign.line_ids.mapped("state")), {"scheduled"})
        self.assertEqual(
            ticket._prepare_visit_vals()["asset_ids"], [Command.set((self.asset | second).ids)]
        )
        with self.assertRefused("no unit is left to plan"):
            self._plan().action_make()
        with self.assertRaises(AccessError):
            self._plan(user=self.agent_user)

    def _visit(self, **values):
        vals = {
            "partner_id": self.customer.id,
            "technician_id": self.technician.id,
            "asset_ids": [Command.set(self.asset.ids)],
            "date_start": "2026-01-05 09:00:00",
        }
        visit = self.env["aftersales.visit"].create(dict(vals, **values))
        visit.with_user(self.dispatcher_user).action_schedule()
        return visit.with_user(self.technician_user)

    def _execute(self, visit, fixed="yes"):
        visit.action_depart()
        visit.action_arrive()
        visit.write(
            {
                "work_done": "Hose",
                "fixed": fixed,
                "refusal_reason": "Customer away",
                "next_step": False if fixed == "yes" else "office",
                "failure_note": "x",
            }
        )
        visit.action_done()

    def test_visit_does_it_along_the_way(self):
        visit = self._visit()
        self.assertEqual(visit.open_campaign_line_ids, self.unit)
        unit = self.unit.with_user(self.technician_user)
        unit.with_context(aftersales_visit_id=visit.id).action_do_now()
        self.assertEqual(self.unit.state, "scheduled")
        self._execute(visit)
        self.assertRecordValues(self.unit, [{"state": "done", "visit_id": visit.id}])

    def test_visit_reaches_some_machines_of_the_ticket(self):
        self.env["aftersales.asset"].create(
            {
                "product_id": self.machine.id,
                "lot_id": self.lot_stock.id,
                "partner_id": self.customer.id,
                "site_id": self.asset.site_id.id,
                "state": "in_service",
            }
        )
        self._plan().action_make()
        visit = self._visit(ticket_id=self.unit.ticket_id.id)
        self._execute(visit)
        self.assertEqual(self.unit.state, "done")
        self.assertRecordValues(self.unit_stock, [{"state": "open", "ticket_id": False}])

    def test_rework_in_stock_frees_the_machine(self):
        action = self.unit_stock.with_user(self.agent_user).action_rework()
        repair = self.env["repair.order"].browse(action["res_id"])
        self.assertEqual(repair.lot_id, self.lot_stock)
        again = self.unit_stock.with_user(self.agent_user).action_rework()
        self.assertEqual(again["res_id"], repair.id)
        repair.action_validate()
        repair.action_repair_start()
        repair.move_ids.picked = True
        repair.action_repair_end()
        self.assertRecordValues(self.unit_stock, [{"state": "done", "repair_id": repair.id}])
        self.assertEqual(self.deliver(self.order(self.lot_stock)).state, "done")

    def test_warehouse_is_told(self):
        picking = self.order(self.lot_stock)
        self.assertIn("RC-2", picking.aftersales_campaign_text)
        self.assertIn("Brake hose", self.lot_stock.aftersales_campaign_text)
        action = picking.with_user(self.manager_user).sudo().action_release_campaign()
        self.assertEqual(action["context"]["default_picking_id"], picking.id)
        self.unit_stock.with_user(self.manager_user).release("Seen")
        picking.invalidate_recordset()
        self.assertFalse(picking.aftersales_campaign_text)
