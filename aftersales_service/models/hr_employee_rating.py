from odoo import fields, models
from odoo.fields import Domain


class HrEmployee(models.Model):
    """How satisfied the customers of a technician are (Q01)."""

    _inherit = "hr.employee"

    aftersales_rating_count = fields.Integer(
        string="Number of Ratings", compute="_compute_aftersales_rating", groups="base.group_user"
    )
    aftersales_rating_avg = fields.Float(
        string="Customers' Satisfaction",
        compute="_compute_aftersales_rating",
        digits=(2, 1),
        groups="base.group_user",
    )

    def _compute_aftersales_rating(self):
        totals = {}
        for model in ("aftersales.ticket", "aftersales.visit"):
            records = self.env[model]
            if not records.has_access("read"):
                continue
            for technician, count, total in records._read_group(
                [("technician_id", "in", self.ids), ("rating_last_value", ">", 0)],
                ["technician_id"],
                ["__count", "rating_last_value:sum"],
            ):
                known = totals.get(technician.id, (0, 0.0))
                totals[technician.id] = (known[0] + count, known[1] + total)
        for employee in self:
            count, total = totals.get(employee._origin.id, (0, 0.0))
            employee.aftersales_rating_count = count
            employee.aftersales_rating_avg = total / count if count else 0.0

    def action_view_aftersales_ratings(self):
        """Open the ratings of the tickets and visits of the technician."""
        self.ensure_one()
        domains = []
        for model in ("aftersales.ticket", "aftersales.visit"):
            # Only records that the user may read.
            rated = self.env[model].search(
                [("technician_id", "=", self.id), ("rating_last_value", ">", 0)]
            )
            domains.append(Domain("res_model", "=", model) & Domain("res_id", "in", rated.ids))
        return self.env["rating.rating"]._get_aftersales_action(list(Domain.OR(domains)))
