from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class AftersalesPartReturnLine(models.Model):
    """Old parts that the company's own technicians bring back from visits and repairs (D09)."""

    _inherit = "aftersales.part.return.line"

    technician_id = fields.Many2one(
        "hr.employee", index="btree_not_null", readonly=True, copy=False
    )
    visit_line_id = fields.Many2one(
        "aftersales.visit.line",
        string="Visit Part",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
        copy=False,
    )
    repair_move_id = fields.Many2one(
        "stock.move", string="Repair Part", index="btree_not_null", readonly=True, copy=False
    )

    # A visit that is finished twice asks for its parts once.
    _visit_line_uniq = models.UniqueIndex(
        "(visit_line_id) WHERE visit_line_id IS NOT NULL", "This old part is asked for already."
    )
    _repair_move_uniq = models.UniqueIndex(
        "(repair_move_id, COALESCE(lot_id, 0)) WHERE repair_move_id IS NOT NULL",
        "This old part is asked for already.",
    )

    def _get_sender(self):
        """Return who sends the part back: the dealer, or the technician in superuser mode."""
        self.ensure_one()
        # Names of technicians are for everybody who handles their parts.
        return super()._get_sender() or self.technician_id.sudo()

    def _get_sender_partner(self):
        self.ensure_one()
        technician = self.technician_id.sudo()  # as above: where its mails go
        return technician.user_id.partner_id or technician.work_contact_id or self.dealer_id

    def _get_source_name(self):
        self.ensure_one()
        visit = self.visit_line_id.sudo().visit_id  # its number only
        # sudo: as above, its number only.
        repair = self.repair_move_id.sudo().repair_id
        return super()._get_source_name() or visit.name or repair.name or ""

    def _get_owner(self):
        """Return who owns the part on stock moves: whose machine it came out of."""
        self.ensure_one()
        # sudo: only whose machine it was; who handles the part need not read its visit or repair.
        visit, repair = self.visit_line_id.sudo().visit_id, self.repair_move_id.sudo().repair_id
        return self.dealer_id or visit.partner_id or repair.partner_id

    def _get_agreed_date(self):
        self.ensure_one()
        if self.claim_line_id or not self.date_asked:
            return super()._get_agreed_date()
        return self.date_asked + timedelta(days=self.company_id.aftersales_technician_part_days)


class AftersalesPartReturn(models.Model):
    _inherit = "aftersales.part.return"

    dealer_id = fields.Many2one(required=False)
    technician_id = fields.Many2one(
        "hr.employee",
        index="btree_not_null",
        check_company=True,
        tracking=True,
        help="The company's own technician who brings the parts.",
    )

    @api.constrains("dealer_id", "technician_id")
    def _check_sender(self):
        for shipment in self:
            if bool(shipment.dealer_id) == bool(shipment.technician_id):
                raise ValidationError(
                    self.env._(
                        "%(name)s: enter the dealer or the technician who sends the parts.",
                        name=shipment.display_name,
                    )
                )

    def _get_sender(self):
        self.ensure_one()
        return super()._get_sender() or self.technician_id.sudo()  # its name, as for parts

    def _get_sender_partner(self):
        self.ensure_one()
        technician = self.technician_id.sudo()  # as above: where its mails go
        return (
            super()._get_sender_partner()
            or technician.user_id.partner_id
            or technician.work_contact_id
        )

    @api.model
    def _pack_awaited(self, parts):
        """Return new shipments of awaited ``parts``, one for each sender and company."""
        grouped = parts.grouped(lambda part: (part.dealer_id, part.technician_id, part.company_id))
        shipments = self.create(
            [
                {
                    "dealer_id": dealer.id,
                    "technician_id": technician.id,
                    "company_id": company.id,
                }
                for dealer, technician, company in grouped
            ]
        )
        for shipment, own in zip(shipments, grouped.values(), strict=True):
            own.write({"return_id": shipment.id})
        return shipments
