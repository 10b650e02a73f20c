from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class AftersalesClaim(models.Model):
    """From a claim to the return of its old parts (D09)."""

    _inherit = "aftersales.claim"

    part_return_count = fields.Integer(compute="_compute_part_returns")
    parts_to_ship = fields.Boolean(
        compute="_compute_part_returns", help="An old part is awaited and in no return yet."
    )

    @api.depends("line_ids.return_state", "line_ids.return_line_ids.state")
    def _compute_part_returns(self):
        for claim in self:
            claim.part_return_count = len(claim.line_ids.return_line_ids.return_id)
            claim.parts_to_ship = bool(claim.line_ids._filter_to_ship())

    def action_ship_old_parts(self):
        """Make one return, to be shipped, for all awaited old parts of the claims: one for each
        dealer (D09).

        :return: the action that opens the returns
        :raise UserError: when no old part is awaited
        """
        self.check_access("write")
        returns = self._create_part_returns()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_dealer.aftersales_part_return_action"
        )
        if len(returns) == 1:
            return dict(action, res_id=returns.id, views=[(False, "form")], view_mode="form")
        return dict(action, domain=[("id", "in", returns.ids)], context={})

    def _create_part_returns(self):
        """Return new returns of the awaited old parts that are in none yet, one for each dealer
        and company.
        """
        lines = self.line_ids._filter_to_ship()
        if not lines:
            raise UserError(
                self.env._(
                    "%(claims)s: no old part is waiting to be shipped.",
                    claims=", ".join(self.mapped("display_name")),
                )
            )
        grouped = lines.grouped(lambda line: (line.dealer_id, line.company_id))
        return self.env["aftersales.part.return"].create(
            [
                {
                    "dealer_id": dealer.id,
                    "company_id": company.id,
                    "line_ids": [Command.create({"claim_line_id": line.id}) for line in own],
                }
                for (dealer, company), own in grouped.items()
            ]
        )

    def action_view_part_returns(self):
        """Open the returns of the claim's old parts."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_dealer.aftersales_part_return_action"
        )
        returns = self.line_ids.return_line_ids.return_id
        if len(returns) == 1:
            return dict(action, res_id=returns.id, views=[(False, "form")], view_mode="form")
        return dict(action, domain=[("id", "in", returns.ids)], context={})

    def _await_parts_again(self):
        """Old parts are asked for after all: claims under review wait for them."""
        self._set_state("awaiting_parts", date_appraised=False, appraised_by=False)

    def _log_waiver(self, lines, reason):
        """Tell on each claim which old parts were waived, and why."""
        for claim, own in lines.grouped("claim_id").items():
            names = ", ".join(own.mapped("name"))
            claim.message_post(
                body=self.env._("Old part waived (%(parts)s): %(why)s", parts=names, why=reason)
            )
