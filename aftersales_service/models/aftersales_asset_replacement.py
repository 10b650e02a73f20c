from odoo import api, fields, models
from odoo.tools import format_date


class AftersalesAsset(models.Model):
    """An asset that stands in for another takes over its cover (W09, W16)."""

    _inherit = "aftersales.asset"

    replaces_id = fields.Many2one(
        "aftersales.asset",
        index="btree_not_null",
        readonly=True,
        copy=False,
        check_company=True,
        ondelete="restrict",
    )
    replacement_ids = fields.One2many(
        "aftersales.asset", "replaces_id", string="Replacements", readonly=True
    )
    replaced_by_id = fields.Many2one(
        "aftersales.asset", compute="_compute_replaced_by_id", string="Replaced by"
    )
    takes_over_cover = fields.Boolean(
        readonly=True, copy=False, help="Has the remaining cover of the asset that it replaces."
    )
    exchange_ids = fields.One2many("aftersales.exchange", "asset_id", string="Replacements Asked")
    exchange_id = fields.Many2one(
        "aftersales.exchange", string="Open Replacement", compute="_compute_exchange_id"
    )
    exchange_state = fields.Char(compute="_compute_exchange_id", string="Replacement Status")
    exchange_explanation = fields.Text(
        compute="_compute_exchange_id", string="Why It Is to Be Replaced"
    )
    exchange_count = fields.Integer(compute="_compute_exchange_id")

    _replaces_uniq = models.UniqueIndex(
        "(replaces_id) WHERE replaces_id IS NOT NULL AND tracking = 'serial'"
        " AND state IN ('draft', 'in_service')",
        "This asset was replaced already: open its replacement.",
    )

    @api.depends("replacement_ids.state")
    def _compute_replaced_by_id(self):
        for asset in self:
            # A replacement that went back to stock does not stand in any more.
            asset.replaced_by_id = asset.replacement_ids.filtered(lambda a: a.state != "returned")[
                :1
            ]

    @api.depends("exchange_ids.state")
    @api.depends_context("lang")
    def _compute_exchange_id(self):
        for asset in self:
            # Who reads the asset need not have rights on replacements.
            exchanges = asset.sudo().exchange_ids
            opened = exchanges.filtered(lambda e: e.state in ("proposed", "approved"))[:1]
            asset.exchange_count = len(exchanges)
            # The record itself is read with the reader's own rights.
            asset.exchange_id = opened.sudo(False)
            asset.exchange_state = opened.state
            asset.exchange_explanation = opened.explanation

    def action_propose_replacement(self):
        """Open the form that proposes a free replacement; the open one when there is one (W09)."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_exchange_action"
        )
        return dict(
            action,
            res_id=self.exchange_id.id,
            views=[(False, "form")],
            view_mode="form",
            context={"default_asset_id": self.id, "default_company_id": self.company_id.id},
        )

    def action_view_exchanges(self):
        """Open the replacements of the asset; the form when there is one."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_exchange_action"
        )
        if len(self.exchange_ids) == 1:
            return dict(
                action, res_id=self.exchange_ids.id, views=[(False, "form")], view_mode="form"
            )
        return dict(action, domain=[("asset_id", "=", self.id)], context={})

    def _make_missing_warranties(self):
        """Replacements that take over a cover get no warranty of their own."""
        return super(
            AftersalesAsset, self.filtered(lambda asset: not asset.takes_over_cover)
        )._make_missing_warranties()

    def _action_return(self, reason=None):
        """What waits for its replacement keeps its cover until that one takes it over; a
        replacement that comes back gives its cover back first.
        """
        exchanges = self.exchange_ids.filtered(lambda exchange: exchange.state == "approved")
        waiting = exchanges.filtered(lambda exchange: not exchange.replacement_id).asset_id
        self.replaces_id._take_back(self)
        waiting._set_state("returned")
        result = super(AftersalesAsset, self - waiting)._action_return(reason)
        exchanges._on_returned()
        return result

    def _replace_by(self, replacement, date):
        """``replacement`` stands in for this asset from ``date`` on: it takes over what is left
        of the cover, and this asset's own cover ends (W16).
        """
        self.ensure_one()
        if replacement.takes_over_cover:
            self.warranty_ids._hand_on(replacement, date)
        self._on_replaced(replacement, date)
        self._on_ended(self.env._("Replaced by %s", replacement.display_name))
        self.message_post(
            body=self.env._(
                "Replaced by %(replacement)s on %(date)s.",
                replacement=replacement._get_html_link(),
                date=format_date(self.env, date),
            )
        )
        replacement.message_post(
            body=self.env._("Replaces %(asset)s, free of charge.", asset=self._get_html_link())
        )

    def _take_back(self, replacements):
        """These assets' ``replacements`` go back to stock: while an asset is still with its
        customer, its cover is its own again.
        """
        for replacement in replacements.filtered("replaces_id"):
            asset = replacement.replaces_id
            if asset.state != "in_service":
                continue
            replacement.warranty_ids._hand_back()
            replacement._on_replaced(asset, fields.Date.context_today(self))
            exchanges = asset.exchange_ids.filtered(
                lambda exchange, replacement=replacement: (
                    exchange.replacement_id == replacement and exchange.state == "approved"
                )
            )
            exchanges._cancel_transfers()
            exchanges._set_state("cancelled", replacement_id=False, date_replaced=False)
            asset.message_post(
                body=self.env._(
                    "%s went back to stock: the cover is this asset's own again.",
                    replacement._get_html_link(),
                )
            )
