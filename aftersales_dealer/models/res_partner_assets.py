from odoo import fields, models
from odoo.exceptions import AccessError


class ResPartner(models.Model):
    """Machines delivered to a contact before it became a dealer (W01, D02)."""

    _inherit = "res.partner"

    dealer_unassigned_count = fields.Integer(
        compute="_compute_dealer_unassigned_count",
        string="Delivered before",
        help="Machines in service that were delivered before the contact became a dealer.",
    )

    def _compute_dealer_unassigned_count(self):
        counts = {}
        assets = self.env["aftersales.asset"]
        dealers = self.filtered("is_dealer")
        if dealers and assets.has_access("read"):
            groups = assets._read_group(
                dealers._get_unassigned_domain(), ["partner_id"], ["__count"]
            )
            counts = {partner.id: count for partner, count in groups}
        for partner in self:
            partner.dealer_unassigned_count = counts.get(partner.id, 0)

    def _get_unassigned_domain(self):
        """Domain of what these dealers were delivered and have still, without being its dealer."""
        return [
            ("partner_id", "in", self.ids),
            ("dealer_id", "=", False),
            ("state", "=", "in_service"),
            ("stock_move_id", "!=", False),
        ]

    def action_assign_dealer_assets(self):
        """Make these dealers the dealers of the machines that they were delivered before they
        became dealers: the machines wait for their registration from now on.

        :raise AccessError: for users without rights on dealers
        """
        if not self.env.user.has_group("aftersales_dealer.group_aftersales_dealer_user"):
            raise AccessError(
                self.env._("Only dealer staff assigns machines to dealers. Ask one of them.")
            )
        dealers = self.filtered("is_dealer")
        # Read as the user, for the company's rule; dealer staff need not edit assets otherwise.
        assets = self.env["aftersales.asset"].search(dealers._get_unassigned_domain())
        quiet = assets.sudo().with_context(tracking_disable=True)
        for dealer, own in quiet.grouped("partner_id").items():
            own.write({"dealer_id": dealer.id})
        for dealer, own in assets.grouped("partner_id").items():
            # As above: the note in the dealer's history follows from the assignment.
            dealer.sudo().message_post(
                body=self.env._("%s machines delivered before were assigned.", len(own))
            )
        return {"type": "ir.actions.client", "tag": "soft_reload"}
