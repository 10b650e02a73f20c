from odoo import models


class StockLocation(models.Model):
    _inherit = "stock.location"

    def _is_aftersales_customer(self):
        """Whether what is here is with a customer: another company of ours is one, too."""
        self.ensure_one()
        return self.usage == "customer" or (self.usage == "transit" and not self.company_id)
