from odoo import api, models


class AftersalesSlaClock(models.Model):
    """Promises that wait for an event of their own start with it, not with the ticket (S02)."""

    _inherit = "aftersales.sla.clock"

    @api.model
    def _start_clocks(self, requests):
        begun = []
        for document, target, start, turn in requests:
            begin = document._get_sla_start(target.kind, start)
            if begin:
                begun.append((document, target, begin, turn))
        return super()._start_clocks(begun)
