from odoo import fields, models


class AftersalesContractLine(models.Model):
    """Assets whose contract starts when their warranty has ended (W11)."""

    _inherit = "aftersales.contract.line"

    after_warranty = fields.Boolean(
        string="After the Warranty",
        readonly=True,
        copy=False,
        help="The contract starts for this asset when its warranty has ended.",
    )

    def _follow_warranty(self):
        """The warranties of the assets have other dates: what starts after them moves along, as
        long as nothing of it is invoiced.
        """
        moved = self.filtered(
            lambda line: (
                line.after_warranty
                and line.sale_line_id
                and not line.invoiced_through
                and line.contract_id.state in ("draft", "running")
                and not line.is_gone
            )
        )
        for line in moved:
            start, __ = line.sale_line_id._get_aftersales_start(line.asset_id)
            if start != line.date_start:
                line.write(
                    {
                        "date_start": start,
                        "date_end": start and line.contract_id._get_last_day(start),
                    }
                )
        for contract in moved.contract_id:
            contract._extend_to_lines()
        moved.contract_id.filtered(lambda c: c.state == "running")._plan_next_invoice()
        moved.contract_id._try_start()
