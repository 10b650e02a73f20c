from odoo import models

from odoo.addons.aftersales_service.models.aftersales_warranty import (
    AftersalesWarranty as ServiceWarranty,
)


class AftersalesWarranty(models.Model):
    _inherit = "aftersales.warranty"
    # Only the withdrawal of a wrong registration takes a warranty back to "not started".
    _transitions = {
        **ServiceWarranty._transitions,
        "active": (*ServiceWarranty._transitions["active"], "draft"),
        "expired": (*ServiceWarranty._transitions["expired"], "draft"),
    }

    def _withdraw_registration_start(self):
        """Stop warranties that a registration started: the registration was cancelled (D02)."""
        started = self.filtered(
            lambda w: w.policy_id.start_event == "registration" and w.state in ("active", "expired")
        )
        started.term_ids.write({"date_start": False, "date_end": False})
        started._set_state("draft", date_start=False)
