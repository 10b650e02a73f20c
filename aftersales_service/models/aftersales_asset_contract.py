from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

from ..tools import coverage


class AftersalesAsset(models.Model):
    """The service contracts of an asset: cover, delivery, and what ends or moves them (W11)."""

    _inherit = "aftersales.asset"

    contract_line_ids = fields.One2many(
        "aftersales.contract.line", "asset_id", string="Contracts", copy=False
    )
    contract_count = fields.Integer(compute="_compute_contract_count")

    @api.depends("contract_line_ids")
    def _compute_contract_count(self):
        lines = self.env["aftersales.contract.line"]
        counts = {}
        if lines.has_access("read"):
            rows = lines._read_group(
                [("asset_id", "in", self.ids)], ["asset_id"], ["contract_id:count_distinct"]
            )
            counts = dict(rows)
        for asset in self:
            asset.contract_count = counts.get(asset._origin, 0)

    def _on_made(self):
        result = super()._on_made()
        self._join_sold_services()
        return result

    def action_view_contracts(self):
        """Open the asset's service contracts; the form when there is one."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_contract_action"
        )
        contracts = self.contract_line_ids.contract_id
        if len(contracts) == 1:
            return dict(action, res_id=contracts.id, view_mode="form", views=[(False, "form")])
        return dict(action, domain=[("id", "in", contracts.ids)], context={})

    def _join_sold_services(self):
        """New assets come under the contract and the extended warranty sold with them."""
        # sudo: whoever validates the delivery has no rights on orders and contracts.
        orders = self.sudo().sale_line_id.order_id
        if not orders:
            return
        lines = (
            # Whoever delivers need not see orders; contracts follow from what was delivered.
            self.env["sale.order.line"]
            .sudo()
            .search(
                [
                    ("order_id", "in", orders.ids),
                    ("state", "=", "sale"),
                    ("product_id.aftersales_service_type", "!=", False),
                ]
            )
        )
        if lines:
            # As above.
            lines._serve_delivered(self.sudo().filtered(lambda a: a.state == "in_service"))
            lines.order_id.aftersales_contract_ids._try_start()

    def _get_day_after_warranty(self, earliest):
        """Return the first day without warranty, ``earliest`` (date) at the earliest; False while
        a warranty has not started.
        """
        self.ensure_one()
        warranties = self.warranty_ids.filtered(lambda w: w.state != "void")
        if warranties.filtered(lambda w: not w.date_end):
            return False
        ends = [end + relativedelta(days=1) for end in warranties.mapped("date_end")]
        return max([earliest, *ends])

    # -- what the resolver asks

    def _get_entitlement_sources(self):
        return [*super()._get_entitlement_sources(), self._get_contract_covers]

    def _get_entitlement_probes(self):
        return {
            **super()._get_entitlement_probes(),
            "_get_contract_covers": ("aftersales.contract.line", self._get_contract_domain()),
        }

    def _get_contract_domain(self):
        return [("asset_id", "in", self.ids), ("contract_id.state", "!=", "draft")]

    def _get_contract_covers(self):
        """Return {asset id: covers} of contracts that run, or ran until their last day."""
        rows = self._read_raw(
            "aftersales.contract.line",
            self._get_contract_domain(),
            [
                "asset_id",
                "contract_id",
                "id",
                "contract_id.name",
                "date_start",
                "date_end",
                "date_left",
                "date_moved",
                "contract_id.covers_parts",
                "contract_id.covers_labour",
                "contract_id.covers_travel",
            ],
        )
        covers = {}
        for asset_id, contract_id, line_id, number, start, *ends, parts, labour, travel in rows:
            end = min(filter(None, ends), default=None)
            if start and end and end < start:
                continue  # the asset left before its time came
            cover = coverage.Cover(
                key=(contract_id, line_id),
                kind="contract",
                label=number,
                date_start=start,
                date_end=end,
                parts=bool(parts),
                labour=bool(labour),
                travel=bool(travel),
                source=f"aftersales.contract,{contract_id}",
            )
            covers.setdefault(asset_id, []).append(cover)
        return covers

    # -- what happens to the asset

    def _get_running_contract_lines(self):
        """Return the lines that have the assets under a contract that is not over."""
        # sudo: stock workers and hotline agents end assets; contracts follow.
        return (
            self.env["aftersales.contract.line"]
            .sudo()
            .search(
                [
                    ("asset_id", "in", self.ids),
                    ("date_left", "=", False),
                    ("date_moved", "=", False),
                    ("contract_id.state", "in", ("draft", "running")),
                ]
            )
        )

    def _on_ended(self, reason):
        result = super()._on_ended(reason)
        for company, assets in self.grouped("company_id").items():
            today = company._get_aftersales_today()
            assets._get_running_contract_lines()._end(today, reason)
        return result

    def _on_sold_on(self, owner, date):
        result = super()._on_sold_on(owner, date)
        reason = self.env._("Sold on to %s", owner.display_name)
        self._get_running_contract_lines().filtered(
            lambda line: (
                line.contract_id.partner_id.commercial_partner_id != owner.commercial_partner_id
            )
        )._end(fields.Date.to_date(date) - relativedelta(days=1), reason)
        return result

    def _on_replaced(self, replacement, date):
        result = super()._on_replaced(replacement, date)
        self._get_running_contract_lines()._move_to(replacement, fields.Date.to_date(date))
        return result
