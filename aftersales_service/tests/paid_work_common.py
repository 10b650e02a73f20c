from odoo.fields import Command

from .common import AftersalesCommon

# A transparent pixel is signature enough.
PIXEL = (
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABpfZF"
    b"QAAAAABJRU5ErkJggg=="
)


class PaidWorkCommon(AftersalesCommon):
    """A paid ticket: out of warranty by misuse, in a zone with a price for travel."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.asset = cls.sell("P-1")
        cls.customer.email = "farm@example.com"
        cls.company.write({"aftersales_quotation_required": True, "aftersales_spot_limit": 0})
        cls.env["res.company"]._set_default_paid_work()
        inspection = cls.env.ref("aftersales_service.aftersales_visit_type_inspection")
        inspection.quotation_exempt = True
        cls.labour = cls.company.aftersales_labour_product_id
        cls.travel = cls.company.aftersales_travel_product_id
        cls.distance = cls.company.aftersales_distance_product_id
        cls.labour.list_price = 60.0
        cls.zone = cls.env["aftersales.zone"].create(
            {"name": "Near", "travel_price": 40.0, "currency_id": cls.company.currency_id.id}
        )
        (cls.labour | cls.travel | cls.part).taxes_id = False
        cls.part.is_spare_part = True
        cls.env["stock.quant"]._update_available_quantity(cls.part, cls.stock_location, 10)
        cls.ticket = cls.make_ticket(
            cls.asset,
            exclusion="misuse",
            part_id=cls.part.id,
            zone_id=cls.zone.id,
            technician_id=cls.technician.id,
        ).with_user(cls.env.user)

    def quote(self, ticket=None, user=None):
        """Make the quotation of a paid ticket by the dialog, as the agent; return the order."""
        ticket = (ticket or self.ticket).with_user(user or self.agent_user)
        action = ticket.action_quote_work()
        wizard = self.env["aftersales.work.quote"].with_user(user or self.agent_user)
        wizard.with_context(**action["context"]).create({}).action_create()
        return self.env["sale.order"].browse(ticket.sudo().quotation_ids.sorted("id")[-1:].id)

    def answer(self, user=None, **values):
        """Record the customer's answer to the open quotation."""
        wizard = self.env["aftersales.quotation.answer"].with_user(user or self.technician_user)
        vals = {"ticket_id": self.ticket.id, "signature": PIXEL, "signed_by": "Test Caller"}
        wizard.create(dict(vals, **values)).action_record()

    def make_visit(self, **values):
        """Return a visit that is planned for the ticket's technician."""
        visit = self.env["aftersales.visit"].create(
            {
                **self.ticket._prepare_visit_vals(),
                "date_start": "2026-06-01 08:00:00",
                "technician_id": self.technician.id,
                **values,
            }
        )
        visit.action_schedule()
        return visit

    def do_visit(self, hours=2.0, parts=1.0, **values):
        """Do a whole visit with ``hours`` of labour and ``parts`` pumps used."""
        visit = self.make_visit().with_user(self.technician_user)
        visit.action_depart()
        visit.action_arrive()
        lines = [Command.create({"product_id": self.part.id, "quantity": parts})] if parts else []
        visit.write(
            {
                "work_done": "<p>Pump replaced</p>",
                "fixed": "yes",
                "hours": hours,
                "line_ids": lines,
                "refusal_reason": "in a hurry",
                **values,
            }
        )
        visit.action_done()
        return visit
