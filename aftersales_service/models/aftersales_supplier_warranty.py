from odoo import api, fields, models
from odoo.fields import Domain


class AftersalesSupplierWarranty(models.Model):
    """What the maker or supplier of an asset, or of a part inside it, promises us (W19).

    It says from whom we get our cost back; the customer's entitlement does not rest on it.
    """

    _name = "aftersales.supplier.warranty"
    _description = "Supplier's Warranty"
    _inherit = ["mail.thread"]
    _order = "date_end desc, id desc"
    _rec_name = "partner_id"
    _check_company_auto = True

    asset_id = fields.Many2one(
        "aftersales.asset", required=True, index=True, ondelete="cascade", check_company=True
    )
    company_id = fields.Many2one(related="asset_id.company_id", store=True, index=True)
    asset_part_id = fields.Many2one(
        "aftersales.asset.part",
        string="Part Inside",
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
        domain="[('asset_id', '=', asset_id)]",
        help="Empty: the whole asset.",
    )
    product_id = fields.Many2one(
        "product.product", compute="_compute_product", store=True, index="btree_not_null"
    )
    serial = fields.Char(compute="_compute_product", store=True, index="trigram")
    partner_id = fields.Many2one(
        "res.partner", string="Supplier", required=True, index=True, tracking=True
    )
    date_start = fields.Date(required=True, tracking=True)
    date_end = fields.Date(required=True, index=True, tracking=True)
    reference = fields.Char(help="The supplier's contract, certificate or our receipt.")
    terms = fields.Text(help="What the supplier covers, and what it asks for in return.")
    receipt_line_id = fields.Many2one(
        "stock.move.line",
        string="Receipt",
        index="btree_not_null",
        readonly=True,
        copy=False,
        help="By which the serial came from the supplier.",
    )
    is_running = fields.Boolean(compute="_compute_is_running", search="_search_is_running")

    _receipt_uniq = models.UniqueIndex(
        "(receipt_line_id, asset_id, COALESCE(asset_part_id, 0)) WHERE receipt_line_id IS NOT NULL",
        "The supplier's warranty of this receipt is recorded already.",
    )
    _dates_in_order = models.Constraint(
        "CHECK(date_end >= date_start)",
        "The supplier's warranty cannot end before it starts. Correct one of the two dates.",
    )

    @api.depends("asset_id.product_id", "asset_id.serial", "asset_part_id.product_id")
    def _compute_product(self):
        for warranty in self:
            thing = warranty.asset_part_id or warranty.asset_id
            warranty.product_id = thing.product_id
            warranty.serial = thing.serial

    @api.depends("partner_id", "product_id", "serial")
    def _compute_display_name(self):
        for warranty in self:
            names = [warranty.partner_id.name, warranty.product_id.display_name, warranty.serial]
            warranty.display_name = " · ".join(name for name in names if name)

    @api.depends("date_start", "date_end")
    @api.depends_context("uid")
    def _compute_is_running(self):
        today = fields.Date.context_today(self)
        for warranty in self:
            start, end = warranty.date_start, warranty.date_end
            warranty.is_running = bool(start and end) and start <= today <= end

    def _search_is_running(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("date_start", "<=", "today") & Domain("date_end", ">=", "today")

    @api.model
    def _make_from_receipts(self, things):
        """Record the suppliers' warranties of ``things``, by the receipts of their serials and
        the months that the supplier promises for the product; each receipt once.

        :param things: assets or installed parts (recordset)
        :return: the new warranties
        """
        things = things.filtered("lot_id")
        terms = self._get_supplier_terms(things.product_id)
        if not terms:
            return self.browse()
        receipts = self._get_receipts(things.lot_id)
        known = {
            (warranty.receipt_line_id, warranty.asset_id, warranty.asset_part_id)
            for warranty in self.search(
                [("receipt_line_id", "in", [line.id for line in receipts.values()])]
            )
        }
        vals_list = []
        for thing in things:
            line = receipts.get(thing.lot_id)
            asset, part = self._get_place(thing)
            if line and (line, asset, part) not in known:
                supplier = line.picking_id.partner_id.commercial_partner_id
                term = terms.get((thing.product_id.product_tmpl_id, supplier))
                if term:
                    vals_list.append(self._prepare_from_receipt(asset, part, line, term))
        return self.create(vals_list)

    @api.model
    def _get_place(self, thing):
        """Return (asset, installed part) of ``thing``, which is one of the two."""
        no_part = self.env["aftersales.asset.part"]
        return (thing, no_part) if thing._name == "aftersales.asset" else (thing.asset_id, thing)

    @api.model
    def _get_supplier_terms(self, products):
        """Return {(product template, supplier): its terms that promise a warranty}."""
        found = self.env["product.supplierinfo"].search(
            [
                ("product_tmpl_id", "in", products.product_tmpl_id.ids),
                ("warranty_months", ">", 0),
            ],
            order="warranty_months",
        )
        return {
            (term.product_tmpl_id, term.partner_id.commercial_partner_id): term for term in found
        }

    @api.model
    def _get_receipts(self, lots):
        """Return {lot: the line of stock by which it last came from a supplier}."""
        lines = self.env["stock.move.line"].search(
            [
                ("lot_id", "in", lots.ids),
                ("state", "=", "done"),
                ("location_id.usage", "=", "supplier"),
            ],
            order="date, id",
        )
        return {line.lot_id: line for line in lines}

    @api.model
    def _prepare_from_receipt(self, asset, part, line, term):
        """Return the values of the warranty that ``term`` (product.supplierinfo) promises for
        what came by ``line`` (stock.move.line). Addons add the purchase.
        """
        start = fields.Datetime.context_timestamp(self, line.date).date()
        return {
            "asset_id": asset.id,
            "asset_part_id": part.id,
            "partner_id": line.picking_id.partner_id.commercial_partner_id.id,
            "date_start": start,
            "date_end": fields.Date.add(start, months=term.warranty_months),
            "reference": line.picking_id.name,
            "terms": term.warranty_terms,
            "receipt_line_id": line.id,
        }
