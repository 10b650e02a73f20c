from odoo import models
from odoo.exceptions import UserError

from .aftersales_campaign_line import DONE_STATES


class StockMove(models.Model):
    """Affected machines do not leave for a customer while their campaign stops them (W15)."""

    _inherit = "stock.move"

    def _action_done(self, cancel_backorder=False):
        done = super()._action_done(cancel_backorder=cancel_backorder)
        # Only now is it known what leaves: serials that were typed have their lots, what was not
        # picked stays behind. A refusal undoes all of it.
        done._check_campaigns()
        return done

    def _check_campaigns(self):
        """Raise UserError when a machine about to be delivered is stopped by a campaign."""
        stopped = self._get_stopped_campaign_lines()
        if stopped:
            raise UserError(stopped._format_stop())

    def _get_stopped_campaign_lines(self):
        """Return the units among the goods of these moves that may not be delivered: one query
        when no campaign stops deliveries.
        """
        # The warehouse need not have rights on campaigns to be stopped by one.
        lines = self.env["aftersales.campaign.line"].sudo()
        outgoing = self.filtered(
            lambda move: (
                move.location_dest_id._is_aftersales_customer()
                and not move.location_id._is_aftersales_customer()
            )
        )
        lots = outgoing.move_line_ids.filtered(lambda ml: ml.quantity > 0).lot_id
        if not lots:
            return lines
        # Whoever delivers is stopped, with rights on campaigns or without.
        campaigns = self.env["aftersales.campaign"].sudo()
        blocking = campaigns.search([("state", "=", "open"), ("block_delivery", "=", True)])
        if not blocking:
            return lines
        return lines.search(
            [
                ("lot_id", "in", lots.ids),
                ("campaign_id", "in", blocking.ids),
                ("state", "not in", DONE_STATES),
                ("release_date", "=", False),
                "|",
                ("tracking", "=", "serial"),
                ("asset_id", "=", False),
            ]
        )


class AftersalesCampaignLine(models.Model):
    _inherit = "aftersales.campaign.line"

    def _format_stop(self):
        """Return why these units are not delivered, and what to do."""
        items = "\n".join(f"• {line.serial}: {line.campaign_id.display_name}" for line in self[:20])
        return self.env._(
            "An open campaign stops the delivery of:\n%(units)s\n\nChoose other serials, have the "
            "work done first, or ask a service manager to release the machine.",
            units=items,
        )
