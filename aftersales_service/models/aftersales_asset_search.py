from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain

DAY_OPERATORS = ("<=", "<", ">=", ">")


class AftersalesAsset(models.Model):
    """Finding assets: by serial at once, by the days their cover has left, by what is open."""

    _inherit = "aftersales.asset"

    serial_or_number = fields.Char(
        compute="_compute_serial_or_number", search="_search_serial_or_number"
    )
    salesperson_id = fields.Many2one(
        related="partner_id.user_id", help="The salesperson of the owner."
    )
    product_categ_id = fields.Many2one(related="product_id.categ_id")
    warranty_days_left = fields.Integer(
        compute="_compute_warranty_days_left",
        search="_search_warranty_days_left",
        aggregator=None,
        help="Days until the warranty ends; 0 when none is running.",
    )
    warranty_progress = fields.Integer(
        compute="_compute_warranty_days_left",
        aggregator=None,
        help="How much of the warranty's time is over, in percent.",
    )
    has_open_tickets = fields.Boolean(
        compute="_compute_has_open_tickets", search="_search_has_open_tickets"
    )
    has_open_campaigns = fields.Boolean(
        compute="_compute_has_open_campaigns", search="_search_has_open_campaigns"
    )
    has_running_contract = fields.Boolean(
        compute="_compute_has_running_contract", search="_search_has_running_contract"
    )

    # Equality and beginnings; the trigrams of the field itself find what is within.
    _serial_idx = models.Index("(serial text_pattern_ops) WHERE serial IS NOT NULL")

    @api.depends("warranty_state", "warranty_date_end", "date_delivery")
    @api.depends_context("tz")
    def _compute_warranty_days_left(self):
        today = fields.Date.context_today(self)
        for asset in self:
            end = asset.warranty_state == "active" and asset.warranty_date_end
            asset.warranty_days_left = max((end - today).days, 0) if end else 0
            start = asset.date_delivery
            length = (end - start).days if end and start else 0
            over = 100 - 100 * asset.warranty_days_left // length if length > 0 else 0
            asset.warranty_progress = min(max(over, 0), 100)

    def _search_warranty_days_left(self, operator, value):
        """Search running warranties by the days they have left: of others there are none."""
        today, running = fields.Date.context_today(self), Domain("warranty_state", "=", "active")
        if operator == "in":
            days = [today + relativedelta(days=int(days)) for days in value]
            return running & Domain("warranty_date_end", "in", days)
        if operator not in DAY_OPERATORS:
            return NotImplemented
        end = Domain("warranty_date_end", operator, today + relativedelta(days=int(value)))
        # What ended yesterday and is not expired by the nightly job yet has no days left.
        return running & end & Domain("warranty_date_end", ">=", today)

    @api.depends("open_ticket_count")
    def _compute_has_open_tickets(self):
        for asset in self:
            asset.has_open_tickets = asset.open_ticket_count > 0

    def _search_has_open_tickets(self, operator, value):
        if operator != "in":
            return NotImplemented
        # Through the index of open tickets: they are few, assets and closed tickets are many.
        return Domain("ticket_ids", "any", [("is_closed", "=", False)])

    def _compute_has_open_campaigns(self):
        lines = self._get_open_campaign_lines()
        for asset in self:
            asset.has_open_campaigns = bool(lines.get(asset._origin.id))

    def _search_has_open_campaigns(self, operator, value):
        if operator != "in":
            return NotImplemented
        lines = self.env["aftersales.campaign.line"]
        running = self.env["aftersales.campaign"]._get_running()
        return Domain(
            "campaign_line_ids",
            "any",
            [("campaign_id", "in", running.ids), *lines._get_todo_domain()],
        )

    def _compute_has_running_contract(self):
        found = self.browse()
        if self.env["aftersales.contract.line"].has_access("read"):
            found = self.search(
                Domain("id", "in", self.ids) & self._search_has_running_contract("in", [True])
            )
        for asset in self:
            asset.has_running_contract = asset._origin in found

    def _search_has_running_contract(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain(
            "contract_line_ids",
            "any",
            [
                ("contract_id.state", "=", "running"),
                ("date_left", "=", False),
                ("date_moved", "=", False),
            ],
        )

    @api.depends("serial", "name")
    def _compute_serial_or_number(self):
        for asset in self:
            asset.serial_or_number = asset.serial or asset.name

    def _search_serial_or_number(self, operator, value):
        """Search as people type: a serial or number in full finds that machine alone; else all
        that contain it.
        """
        if operator != "ilike":
            return NotImplemented
        exact = Domain("serial", "=", value) | Domain("name", "=", value)
        if self.with_context(active_test=False).search_count(exact, limit=1):
            return exact
        return Domain("serial", "ilike", value) | Domain("name", "ilike", value)

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """Offer the asset of exactly this serial or number first and those that begin with it;
        without an exact one those that contain it as well, and those of a product called so.
        """
        if not name or operator != "ilike" or not limit:
            return super().name_search(name, domain, operator, limit)
        domain = Domain(domain or Domain.TRUE)
        found = exact = self._search_more(
            domain & (Domain("serial", "=", name) | Domain("name", "=", name)), limit
        )
        found |= self._search_more(domain & Domain("serial", "=like", f"{name}%"), limit, found)
        if not exact:
            found |= self._search_more(
                domain & Domain("display_name", operator, name), limit, found
            )
            # Products first: they are few, and their assets have an index.
            products = self.env["product.product"].search([("display_name", operator, name)])
            found |= self._search_more(
                domain & Domain("product_id", "in", products.ids), limit, found
            )
        # Found as the user; the names of products are read for them.
        return [(asset.id, asset.display_name) for asset in found.sudo()]

    @api.model
    def _search_more(self, domain, limit, found=()):
        """Return assets of ``domain`` that are not in ``found``, up to ``limit`` with those."""
        if len(found) >= limit:
            return self.browse()
        rest = Domain("id", "not in", [asset.id for asset in found])
        return self.search_fetch(domain & rest, ["display_name"], limit=limit - len(found))
