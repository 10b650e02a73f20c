from odoo import api, fields, models


class ResCompany(models.Model):
    """When a company reminds of old parts, refuses what does not come, and where they are (D09)."""

    _inherit = "res.company"

    aftersales_part_remind_before = fields.Integer(
        string="Remind before (Days)", default=14, help="Days before old parts are due."
    )
    aftersales_part_remind_after = fields.Integer(
        string="Remind after (Days)", default=3, help="Days after old parts were due."
    )
    aftersales_part_overdue_refuses = fields.Boolean(
        string="Refuse Overdue Parts",
        default=True,
        help="Claim lines whose old part does not come in time are refused by the nightly job.",
    )
    aftersales_part_grace_days = fields.Integer(
        string="Days of Grace", default=14, help="Days after the due date until lines are refused."
    )
    aftersales_technician_parts = fields.Selection(
        [
            ("no", "Do not come back"),
            ("covered", "Come back when the company pays for the work"),
            ("all", "All come back"),
        ],
        string="Technicians' Old Parts",
        default="no",
        required=True,
        help="Old parts that technicians take out on visits and in repairs.",
    )
    aftersales_technician_part_days = fields.Integer(
        string="Technicians Return within (Days)", default=30
    )
    aftersales_dealer_location_id = fields.Many2one("stock.location", string="Old Parts at Dealers")
    aftersales_technician_part_location_id = fields.Many2one(
        "stock.location", string="Old Parts with Technicians"
    )

    _part_days_positive = models.Constraint(
        "CHECK(aftersales_part_remind_before >= 0 AND aftersales_part_remind_after >= 0 "
        "AND aftersales_part_grace_days >= 0 AND aftersales_technician_part_days >= 0)",
        "Days of reminders and of grace for old parts cannot be negative.",
    )

    def _create_aftersales_claim_setup(self):
        result = super()._create_aftersales_claim_setup()
        self._create_sender_locations()
        return result

    @api.model
    def _create_missing_sender_locations(self):
        """Make the places of old parts for the companies that are there when this is installed."""
        self.search([("aftersales_dealer_location_id", "=", False)])._create_sender_locations()

    def _create_sender_locations(self):
        """Make where old parts are before they arrive: with the dealers, with technicians (D09)."""
        customers = self.env.ref("stock.stock_location_customers")
        for company in self:
            locations = self.env["stock.location"]
            if not company.aftersales_dealer_location_id:
                company.aftersales_dealer_location_id = locations.create(
                    {
                        "name": self.env._("Old Parts at Dealers"),
                        "usage": "customer",
                        "location_id": customers.id,
                        "company_id": company.id,
                    }
                )
            if not company.aftersales_technician_part_location_id:
                parent = company.aftersales_old_part_location_id.location_id
                company.aftersales_technician_part_location_id = locations.create(
                    {
                        "name": self.env._("With Technicians"),
                        "usage": "internal",
                        "location_id": parent.id,
                        "company_id": company.id,
                    }
                )

    def _get_technician_part_location(self):
        """Return where the technicians' old parts of this company are."""
        self.ensure_one()
        # Whoever finishes a visit need not have rights on the company's locations.
        company = self.sudo()
        if not company.aftersales_technician_part_location_id:
            company._create_sender_locations()
        return company.aftersales_technician_part_location_id
