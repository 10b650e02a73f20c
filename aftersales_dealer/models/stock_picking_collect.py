from odoo import api, fields, models
from odoo.exceptions import UserError

USER = "aftersales_dealer.group_aftersales_dealer_user"


class StockPicking(models.Model):
    """The truck that delivers to a dealer takes its old parts back (D09)."""

    _inherit = "stock.picking"

    aftersales_collect_count = fields.Integer(
        string="Old Parts to Collect",
        compute="_compute_aftersales_collect_count",
        help="Old parts that wait at this dealer and may come back with the truck.",
    )

    @api.depends("partner_id", "company_id", "picking_type_code", "state")
    def _compute_aftersales_collect_count(self):
        deliveries = self._filter_to_dealers()
        counts = {}
        if deliveries:
            # sudo: a number only, for warehouse workers who need no rights on old parts.
            rows = (
                self.env["aftersales.part.return.line"]
                .sudo()
                ._read_group(
                    [
                        ("dealer_id", "in", deliveries.partner_id.commercial_partner_id.ids),
                        ("state", "in", ("awaiting", "draft")),
                    ],
                    ["dealer_id", "company_id"],
                    ["__count"],
                )
            )
            counts = {(dealer.id, company.id): count for dealer, company, count in rows}
        for picking in self:
            key = (picking.partner_id.commercial_partner_id.id, picking.company_id.id)
            picking.aftersales_collect_count = counts.get(key, 0) if picking in deliveries else 0

    def _filter_to_dealers(self):
        """Return the deliveries to dealers that are planned or on their way."""
        return self.filtered(
            lambda picking: (
                picking.picking_type_code == "outgoing"
                and picking.state not in ("draft", "cancel")
                and picking.partner_id.commercial_partner_id.is_dealer
            )
        )

    def action_collect_old_parts(self):
        """Take the old parts that wait at the dealers back with these deliveries: prints the lists
        that the drivers tick (D09).

        :return: the action that prints the collection lists
        :raise AccessError: when the user does not handle old parts
        :raise UserError: when nothing waits at any of the dealers
        """
        self.env["aftersales.claim"]._ensure_group(USER)
        self.check_access("write")
        returns = self.env["aftersales.part.return"]
        shipments = returns.union(
            *(returns._collect_with(delivery) for delivery in self._filter_to_dealers())
        )
        if not shipments:
            raise UserError(
                self.env._(
                    "No old part waits to be collected at %(partners)s.",
                    partners=", ".join(self.partner_id.mapped("display_name")) or "-",
                )
            )
        report = self.env.ref("aftersales_dealer.action_report_part_return")
        return report.report_action(shipments)
