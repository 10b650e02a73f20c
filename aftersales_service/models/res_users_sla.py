from odoo import fields, models


class ResUsers(models.Model):
    """Who is there to take something over (S04)."""

    _inherit = "res.users"

    def _get_sla_away(self):
        """Return those of the users who are away: out of office, or on leave."""
        now = fields.Datetime.now()
        leaves = (
            # That somebody is on leave decides; why is not read.
            self.env["resource.calendar.leaves"]
            .sudo()
            .search(
                [
                    ("resource_id.user_id", "in", self.ids),
                    ("time_type", "=", "leave"),
                    ("date_from", "<=", now),
                    ("date_to", ">", now),
                ]
            )
        )
        return self & (self.filtered("is_out_of_office") | leaves.resource_id.user_id)

    def _get_sla_on_duty(self, company):
        """Return those of the users who work right now, by their working hours in ``company``;
        who has none counts as working.
        """
        now = fields.Datetime.now()
        # As above: whether the hours say "now" is all that is told.
        resources = (
            self.env["resource.resource"]
            .sudo()
            .search([("user_id", "in", self.ids), ("company_id", "in", [False, company.id])])
        )
        on_duty = self - resources.user_id
        for calendar, own in resources.grouped("calendar_id").items():
            if not calendar or calendar._is_sla_working_time(company, now):
                on_duty |= own.user_id
        return self & on_duty
