from dataclasses import replace

from odoo import models
from odoo.tools import SQL

from ..tools.claim_checks import OriginFacts


class StockMove(models.Model):
    _inherit = "stock.move"

    # Whether a dealer was ever sold a part is asked for every part that is claimed.
    _aftersales_delivered_idx = models.Index(
        "(partner_id, product_id, date) WHERE state = 'done' AND partner_id IS NOT NULL"
    )


class AftersalesClaim(models.Model):
    """Where fitted parts came from (D08)."""

    _inherit = "aftersales.claim"

    def _get_check_facts(self):
        facts = super()._get_check_facts()
        origins = self.line_ids._get_origins()
        for claim in self:
            lines = tuple(
                replace(line, origin=origins.get(line.key)) for line in facts[claim].lines
            )
            facts[claim] = replace(facts[claim], lines=lines)
        return facts


class AftersalesClaimLine(models.Model):
    _inherit = "aftersales.claim.line"

    def _get_origins(self):
        """Return {line id: ``OriginFacts``} of the parts among the lines, in two queries."""
        # What the company delivered is compared, not shown.
        parts = self.sudo().filtered(
            lambda line: line.kind == "part" and line.product_id.type == "consu"
        )
        serials = parts._get_serial_deliveries()
        products = parts.filtered(lambda line: not line.lot_id)._get_product_deliveries()
        return {
            line.id: line._get_serial_origin(serials)
            if line.lot_id
            else line._get_product_origin(products)
            for line in parts
        }

    def _get_serial_deliveries(self):
        """Return {(lot id, dealer id): first day}: to whom the fitted serials were delivered."""
        lots = self.lot_id
        if not lots:
            return {}
        self.env["stock.move.line"].flush_model(["lot_id", "state", "date", "owner_id"])
        self.env["stock.move"].flush_model(["partner_id"])
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        rows = self.env.execute_query(
            SQL(
                """SELECT line.lot_id, partner.commercial_partner_id, min(line.date)::date
                     FROM stock_move_line AS line
                     JOIN stock_move AS move ON move.id = line.move_id
                     JOIN stock_location AS place ON place.id = line.location_dest_id
                     JOIN res_partner AS partner
                       ON partner.id = CASE WHEN place.usage = 'customer' THEN move.partner_id
                                            ELSE line.owner_id END
                    WHERE line.lot_id IN %(lots)s AND line.state = 'done'
                      AND line.company_id IN %(companies)s
                    GROUP BY line.lot_id, partner.commercial_partner_id""",
                lots=tuple(lots.ids),
                companies=tuple(self.company_id.ids),
            )
        )
        return {(lot, dealer): day for lot, dealer, day in rows}

    def _get_product_deliveries(self):
        """Return {(product id, dealer id): first day} of what was delivered to the dealers."""
        keys = {
            (line.product_id.id, line.dealer_id.commercial_partner_id.id, line.company_id.id)
            for line in self
        }
        if not keys:
            return {}
        self.env["stock.move"].flush_model(["partner_id", "product_id", "state", "date"])
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        products, dealers, companies = (list(column) for column in zip(*keys, strict=True))
        rows = self.env.execute_query(
            SQL(
                """SELECT asked.product, asked.dealer, first.day
                     FROM unnest(%s::int[], %s::int[], %s::int[])
                       AS asked(product, dealer, company)
                     JOIN LATERAL (
                        SELECT min(move.date)::date AS day
                          FROM res_partner AS partner
                          JOIN stock_move AS move ON move.partner_id = partner.id
                          JOIN stock_location AS place ON place.id = move.location_dest_id
                         WHERE partner.commercial_partner_id = asked.dealer
                           AND move.product_id = asked.product AND move.state = 'done'
                           AND move.company_id = asked.company AND place.usage = 'customer'
                     ) AS first ON first.day IS NOT NULL""",
                products,
                dealers,
                companies,
            )
        )
        return {(product, dealer): day for product, dealer, day in rows}

    def _get_serial_origin(self, deliveries):
        self.ensure_one()
        dealer, serial = self.dealer_id.commercial_partner_id, self.lot_id.name
        day = deliveries.get((self.lot_id.id, dealer.id))
        if day and day <= self.date_repair:
            return OriginFacts("serial_own", True, serial, str(day))
        if day:
            return OriginFacts("serial_later", False, serial, str(day))
        elsewhere = any(lot == self.lot_id.id for lot, __ in deliveries)
        return OriginFacts("serial_other" if elsewhere else "serial_never", False, serial)

    def _get_product_origin(self, deliveries):
        self.ensure_one()
        day = deliveries.get((self.product_id.id, self.dealer_id.commercial_partner_id.id))
        if day and day <= self.date_repair:
            return OriginFacts("product_own", True, day=str(day))
        if day:
            return OriginFacts("product_later", False, day=str(day))
        return OriginFacts("product_never", False)
