from odoo import api, models

from ..tools import part_return


class AftersalesDealerAgreement(models.Model):
    """The agreement's terms, asked by registrations, claims, old parts and notices."""

    _inherit = "aftersales.dealer.agreement"

    @api.model
    def _get_for(self, keys):
        """Return the agreement in force for each key, in one query.

        :param keys: iterable of (dealer, company, date): records and a ``datetime.date``
        :return: {key: agreement, empty when none was in force}
        """
        keys = set(keys)
        # Rates and deadlines are read for documents of users who need not see agreements
        # themselves.
        agreements = self.sudo().search(
            [
                ("dealer_id", "in", list({dealer.id for dealer, __, __ in keys})),
                ("company_id", "in", list({company.id for __, company, __ in keys})),
                ("state", "in", ("running", "expired")),
            ],
            order="state desc, date_start desc, id desc",
        )
        by_party = agreements.grouped(lambda a: (a.dealer_id.id, a.company_id.id))
        # Empty; in the mode of the agreements above, so that the caller may read either.
        nothing = self.sudo().browse()
        return {
            (dealer, company, date): next(
                (a for a in by_party.get((dealer.id, company.id), nothing) if a._is_in_force(date)),
                nothing,
            )
            for dealer, company, date in keys
        }

    def _is_in_force(self, date):
        """Whether the agreement was or is in force on ``date``."""
        self.ensure_one()
        return (
            self.state in ("running", "expired")
            and self.date_start <= date
            and (not self.date_end or date <= self.date_end)
        )

    def _get_part_return_date(self, date_repair):
        """Return the day by which parts replaced on ``date_repair`` are back, or False (D09)."""
        self.ensure_one()
        windows = []
        if self.part_return_mode == "windows":
            pairs = (
                (self.part_return_month_1, self.part_return_day_1),
                (self.part_return_month_2, self.part_return_day_2),
            )
            windows = [(int(month), day) for month, day in pairs if month]
        return part_return.due_date(date_repair, windows, self.part_return_days) or False

    def _get_part_prices(self, products, date):
        """Return {product: refund per unit} of parts, in the agreement's currency (D01).

        :param products: ``product.product`` records
        :param date: the day whose exchange rate counts
        """
        self.ensure_one()
        factor = (
            1.0 + self.part_price_markup / 100.0 if self.part_price_basis == "cost_markup" else 1.0
        )
        prices = {}
        # Costs are not shown to every role; the refund that follows from them is.
        for product in products.sudo().with_company(self.company_id):
            if self.part_price_basis == "list_price":
                amount, currency = product.lst_price, product.currency_id
            else:
                amount, currency = product.standard_price * factor, product.cost_currency_id
            # Back to the caller's rights: the keys are the products that were asked for.
            prices[product.sudo(False)] = currency._convert(
                amount, self.currency_id, self.company_id, date
            )
        return prices

    def _covers_product(self, product):
        """Whether the agreement covers ``product`` by its categories."""
        self.ensure_one()
        categories = self.product_category_ids
        if not categories:
            return True
        path = {int(part) for part in (product.categ_id.parent_path or "").split("/") if part}
        return bool(path & set(categories.ids))
