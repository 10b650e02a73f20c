from odoo import fields, models
from odoo.fields import Domain


class AftersalesRegistration(models.Model):
    """A card is kept from the day it came in, and for as long as a warranty of its machine runs:
    until then it proves to whom the machine was sold (T13).
    """

    _name = "aftersales.registration"
    _inherit = ["aftersales.registration", "aftersales.retention.mixin"]
    _retention_date = "date_registered"
    _customer_links = ("end_user_id",)

    _expired_idx = models.Index(
        "(company_id, date_registered) "
        "WHERE date_anonymised IS NULL AND date_registered IS NOT NULL"
    )

    def _get_record_domain(self):
        return Domain("state", "!=", "draft") & Domain("date_registered", "!=", False)

    def _get_impersonal_fields(self):
        return super()._get_impersonal_fields() | {"serial"}

    def _get_running_domain(self):
        """Return the domain of the cards whose machine is under warranty today."""
        runs = Domain("state", "!=", "void") & Domain("date_end", ">=", fields.Date.today())
        return Domain("state", "=", "registered") & Domain("asset_id.warranty_ids", "any", runs)

    def _get_expired_domain(self, company):
        return super()._get_expired_domain(company) & ~self._get_running_domain()

    def _get_retained(self):
        retained = super()._get_retained()
        # sudo: as there; whoever deletes need not see warranties.
        rest = self.sudo().exists().filtered_domain(self._get_record_domain()) - retained
        if not rest:
            return retained
        return retained | rest.search(Domain("id", "in", rest.ids) & self._get_running_domain())

    def _get_retention_end(self):
        end = super()._get_retention_end()
        if self.state != "registered":
            return end
        # sudo: dates of the warranties of a card that may be read.
        warranties = self.sudo().asset_id.warranty_ids.filtered(lambda w: w.state != "void")
        return max(filter(None, [end, *warranties.mapped("date_end")]), default=end)
