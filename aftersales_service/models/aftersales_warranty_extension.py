from dateutil.relativedelta import relativedelta

from odoo import fields, models

from ..tools.coverage import term_end


class AftersalesWarranty(models.Model):
    """Extended warranty: follows the warranty it extends, day by day (W12)."""

    _inherit = "aftersales.warranty"

    sale_line_id = fields.Many2one(
        "sale.order.line",
        string="Sold as",
        index="btree_not_null",
        readonly=True,
        copy=False,
        help="The order line that sold the extended warranty.",
    )
    sale_order_id = fields.Many2one(related="sale_line_id.order_id", string="Sold on")
    extends_id = fields.Many2one(
        "aftersales.warranty",
        index="btree_not_null",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="The warranty after whose end this one begins.",
    )
    extension_ids = fields.One2many(
        "aftersales.warranty", "extends_id", string="Extended by", copy=False
    )
    date_earliest = fields.Date(
        string="Not before",
        readonly=True,
        copy=False,
        help="An extended warranty sold when the warranty had ended starts on this day.",
    )

    _extension_uniq = models.UniqueIndex(
        "(asset_id, sale_line_id) WHERE sale_line_id IS NOT NULL AND state != 'void'",
        "An order line extends the warranty of an asset once.",
    )

    def _extend(self, sale_line, assets, start=None):
        """Give ``assets`` the extended warranty that ``sale_line`` sells, once; from ``start``
        (date) at the earliest.
        """
        policy = sale_line.product_id.aftersales_extended_policy_id
        known = sale_line.aftersales_warranty_ids.filtered(lambda w: w.state != "void").asset_id
        room = max(int(sale_line.product_uom_qty) - len(known), 0)  # no more than is paid for
        warranties = self.create(
            [
                {
                    "asset_id": asset.id,
                    "policy_id": policy.id,
                    "company_id": asset.company_id.id,
                    "sale_line_id": sale_line.id,
                    "extends_id": asset._get_last_warranty().id,
                    "date_earliest": start
                    or sale_line.aftersales_date_start
                    or sale_line.order_id._get_aftersales_date(),
                    "term_ids": [
                        fields.Command.create(term._prepare_warranty_term_vals())
                        for term in policy.term_ids
                    ],
                }
                for asset in (assets - known)[:room]
            ]
        )
        warranties._start_when_due()
        return warranties

    def _clone_for(self, prototypes):
        """What was sold with one asset is not given to its likes: each gets its own."""
        bought = self.filtered("sale_line_id")
        return super(AftersalesWarranty, self - bought)._clone_for(prototypes)

    def _compute_date_fallback(self):
        extensions = self.filtered("sale_line_id")
        extensions.date_fallback = False
        return super(AftersalesWarranty, self - extensions)._compute_date_fallback()

    def _get_start(self, today):
        """An extended warranty starts on the day after the end of the one it extends, or on the
        agreed day when that is later; it waits while that end is not known.
        """
        before = self.extends_id
        if not self.sale_line_id:
            return super()._get_start(today)
        if before and before.state != "void" and not before.date_end:
            return False, self.start_event
        after = before.date_end and before.date_end + relativedelta(days=1)
        return max(filter(None, (self.date_earliest, after)), default=today), self.start_event

    def _start(self, date_start, basis=False):
        result = super()._start(date_start, basis)
        # What was sold after this warranty moves along with it: W12, and contracts, W11.
        # sudo: whoever records a start event has no rights on what was sold.
        followers = self.sudo()
        followers.extension_ids._start_when_due()
        followers.asset_id.contract_line_ids._follow_warranty()
        return result


class AftersalesWarrantyTerm(models.Model):
    _inherit = "aftersales.warranty.term"

    def _start(self, date_start):
        """An extended warranty counts from the day before its first one, the last of what it
        extends: 12 months after 15 January end with 15 January.
        """
        extended = self.filtered("warranty_id.sale_line_id")
        result = super(AftersalesWarrantyTerm, self - extended)._start(date_start)
        for (duration, unit), terms in extended.grouped(
            lambda t: (t.duration, t.duration_unit)
        ).items():
            before = date_start and date_start - relativedelta(days=1)
            end = before and term_end(before, duration, unit)
            terms.write({"date_start": date_start, "date_end": end})
        return result


class AftersalesAsset(models.Model):
    _inherit = "aftersales.asset"

    def _get_last_warranty(self):
        """Return the warranty that ends last, or has not started; what an extension extends."""
        self.ensure_one()
        return self.warranty_ids.filtered(lambda w: w.state != "void").sorted(
            lambda w: (w.date_end or fields.Date.to_date("9999-12-31"), w.id)
        )[-1:]
