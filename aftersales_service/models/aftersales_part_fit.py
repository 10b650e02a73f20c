from odoo import api, fields, models


class AftersalesAsset(models.Model):
    _inherit = "aftersales.asset"

    def _get_unfit_parts(self, parts):
        """Return those of ``parts`` (product.product) that the asset's parts list does not name;
        none when the machine has no parts list (N01).
        """
        self.ensure_one()
        # Read over the machines' products: one query for all whose parts are asked for in turn.
        lines = self.product_id.product_tmpl_id.aftersales_part_ids
        fitting = lines.filtered(lambda line: line._is_for_serial(self.serial)).part_id
        return parts - fitting if fitting else parts.browse()

    def _get_unfit_sentence(self, parts):
        """Return the sentence about ``parts`` that do not fit the asset, or False."""
        unfit = self._get_unfit_parts(parts) if self and parts else parts
        if not self or not unfit:
            return False
        return self.env._(
            "%(part)s is not in the parts list of %(machine)s. Check whether it fits.",
            part=", ".join(unfit.mapped("display_name")),
            machine=self.display_name,
        )

    def _get_unfit_warning(self, parts):
        """Return what an onchange returns to warn about ``parts``, without blocking; or None."""
        sentence = self._get_unfit_sentence(parts)
        if not sentence:
            return None
        title = self.env._("Does this part fit?")
        return {"warning": {"title": title, "message": sentence, "type": "notification"}}


class AftersalesVisitLine(models.Model):
    _inherit = "aftersales.visit.line"

    @api.onchange("product_id", "asset_id")
    def _onchange_part_fits(self):
        return self.asset_id._origin._get_unfit_warning(self.product_id._origin)


class AftersalesTicket(models.Model):
    _inherit = "aftersales.ticket"

    part_warning = fields.Char(compute="_compute_part_warning")

    @api.depends("asset_id", "part_id")
    def _compute_part_warning(self):
        for ticket in self:
            ticket.part_warning = ticket.asset_id._origin._get_unfit_sentence(
                ticket.part_id._origin
            )


class StockMove(models.Model):
    _inherit = "stock.move"

    @api.onchange("product_id", "repair_id")
    def _onchange_repair_part_fits(self):
        if self.repair_line_type == "add":
            asset = self.repair_id.aftersales_asset_id._origin
            return asset._get_unfit_warning(self.product_id._origin)
        return None
