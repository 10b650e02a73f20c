from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import coverage
from ..tools.serials import is_between


class AftersalesAsset(models.Model):
    """The parts inside an asset, and the warranty they have of their own (W13, W16)."""

    _inherit = "aftersales.asset"

    part_ids = fields.One2many(
        "aftersales.asset.part", "asset_id", string="Parts Inside", copy=False
    )
    part_count = fields.Integer(compute="_compute_part_count")

    @api.depends("part_ids.state")
    def _compute_part_count(self):
        parts, counts = self.env["aftersales.asset.part"], {}
        if parts.has_access("read"):
            counts = dict(
                parts._read_group(
                    [("asset_id", "in", self.ids), ("state", "=", "fitted")],
                    ["asset_id"],
                    ["__count"],
                )
            )
        for asset in self:
            asset.part_count = counts.get(asset._origin, 0)

    def action_view_parts(self):
        """Open the parts that sit or sat in the asset (W13)."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_asset_part_action"
        )
        return dict(
            action,
            domain=[("asset_id", "=", self.id)],
            context={"default_asset_id": self.id, "default_meter_fitted": self.meter},
        )

    def _get_entitlement_sources(self):
        sources = super()._get_entitlement_sources()
        return [*sources, self._get_fitted_covers, self._get_original_covers]

    def _get_entitlement_probes(self):
        fitted = [("asset_id", "in", self.ids), ("warranty_date_end", "!=", False)]
        promised = [("warranty_duration", ">", 0)]
        return {
            **super()._get_entitlement_probes(),
            "_get_fitted_covers": ("aftersales.asset.part", fitted),
            "_get_original_covers": ("aftersales.product.part", promised),
        }

    def _get_part_covers(self):
        """Return {asset id: covers} of the parts' own warranties, in three queries (W13).

        A part shares the cover of its machine; terms of its own come on top, for that part only.
        Of several promises the later end wins: the warranty of the machine is tried first and
        still pays for a part whose own term is over, and when the machine's has ended the part's
        own goes on. Own terms never shorten what the machine's warranty promises; a policy that
        wants less for wear parts says so in a term of its own.

        A part that was taken out is covered until that day. Parts that came with the machine have
        their own term from the start of its warranty, else from its delivery.
        """
        covers = self._get_fitted_covers()
        for asset_id, own in self._get_original_covers().items():
            covers.setdefault(asset_id, []).extend(own)
        return covers

    def _get_fitted_covers(self):
        """Return {asset id: covers} of the parts that were fitted."""
        covers = {}
        for row in self._query_fitted_covers():
            covers.setdefault(row["asset_id"], []).append(self._make_fitted_cover(row))
        return covers

    def _get_original_covers(self):
        """Return {asset id: covers} of the parts that came with the machine."""
        covers, originals = {}, {}
        for row in self._query_original_covers():
            if not is_between(row["serial"], row["serial_from"], row["serial_to"]):
                continue
            # Machines of one delivery share the promise: a line of the parts list and its start.
            key = row["id"], row["date_start"]
            if key not in originals:
                originals[key] = self._make_original_cover(row)
            covers.setdefault(row["asset_id"], []).append(originals[key])
        return covers

    def _query_fitted_covers(self):
        """Return the rows of own warranties of parts that were fitted into these assets."""
        self.env["aftersales.asset.part"].flush_model()
        return self.env.execute_query_dict(
            SQL(
                """SELECT part.id, part.asset_id, part.product_id, part.serial,
                          part.warranty_date_start AS date_start,
                          LEAST(part.warranty_date_end, part.date_removed) AS date_end,
                          part.warranty_meter_limit AS meter_limit, part.covers_parts,
                          part.covers_labour, part.covers_travel,
                          COALESCE(template.name ->> %s, template.name ->> 'en_US') AS name
                     FROM aftersales_asset_part part
                     JOIN product_product product ON product.id = part.product_id
                     JOIN product_template template ON template.id = product.product_tmpl_id
                    WHERE part.warranty_date_end IS NOT NULL AND part.asset_id = ANY(%s)""",
                self.env.lang or "en_US",
                list(self.ids),
            )
        )

    def _query_original_covers(self):
        """Return the rows of own warranties of parts that these assets were delivered with, as
        far as no record tells where they are or what sits in their place.
        """
        self.env["aftersales.product.part"].flush_model()
        promise = SQL("SELECT 1 FROM aftersales_product_part WHERE warranty_duration > 0 LIMIT 1")
        if not self.env.execute_query(promise):
            return []
        self.env["aftersales.warranty"].flush_model(["asset_id", "state", "date_start"])
        self.flush_model(["product_id", "date_delivery", "serial"])
        return self.env.execute_query_dict(
            SQL(
                """WITH start AS (
                       SELECT asset_id, MIN(date_start) AS date_start
                         FROM aftersales_warranty
                        WHERE asset_id = ANY(%(ids)s) AND state != 'void'
                        GROUP BY asset_id
                   ), known AS (
                       SELECT asset_id, product_id,
                              GREATEST(SUM(quantity) FILTER (WHERE is_original),
                                       SUM(quantity) FILTER (WHERE date_removed IS NULL)
                              ) AS quantity
                         FROM aftersales_asset_part
                        WHERE asset_id = ANY(%(ids)s)
                        GROUP BY asset_id, product_id
                   )
                   SELECT asset.id AS asset_id, asset.serial, line.id, line.part_id AS product_id,
                          line.warranty_duration, line.warranty_unit,
                          line.warranty_meter AS meter_limit, line.covers_parts,
                          line.covers_labour, line.covers_travel, line.serial_from, line.serial_to,
                          COALESCE(template.name ->> %(lang)s, template.name ->> 'en_US') AS name,
                          COALESCE(start.date_start, asset.date_delivery) AS date_start
                     FROM aftersales_asset asset
                     JOIN product_product product ON product.id = asset.product_id
                     JOIN aftersales_product_part line
                          ON line.product_tmpl_id = product.product_tmpl_id
                         AND line.warranty_duration > 0
                     JOIN product_template template ON template.id = line.part_tmpl_id
                LEFT JOIN start ON start.asset_id = asset.id
                LEFT JOIN known ON known.asset_id = asset.id AND known.product_id = line.part_id
                    WHERE asset.id = ANY(%(ids)s)
                      AND line.quantity > COALESCE(known.quantity, 0)""",
                ids=list(self.ids),
                lang=self.env.lang or "en_US",
            )
        )

    @api.model
    def _make_fitted_cover(self, row):
        """Return the ``coverage.Cover`` of a part that was fitted."""
        return self._make_part_cover(
            row,
            (row["id"], 0),
            label=" ".join(filter(None, (row["name"], row["serial"]))),
            date_end=row["date_end"],
            source=f"aftersales.asset.part,{row['id']}",
        )

    @api.model
    def _make_original_cover(self, row):
        """Return the ``coverage.Cover`` of a part that came with the machine."""
        start = row["date_start"]
        return self._make_part_cover(
            row,
            (0, row["id"]),
            label=row["name"],
            date_end=start
            and coverage.term_end(start, row["warranty_duration"], row["warranty_unit"]),
            source=f"aftersales.product.part,{row['id']}",
        )

    @api.model
    def _make_part_cover(self, row, key, **vals):
        return coverage.Cover(
            key=key,
            kind="part",
            date_start=row["date_start"],
            parts=bool(row["covers_parts"]),
            labour=bool(row["covers_labour"]),
            travel=bool(row["covers_travel"]),
            meter_limit=row["meter_limit"] or 0.0,
            product_ids=frozenset((row["product_id"],)),
            **vals,
        )
