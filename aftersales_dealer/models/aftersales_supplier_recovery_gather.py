from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_date

from ..tools.supplier_cover import claimable, covers

DECIDED = ("approved", "noticed", "settled")
LINE_BATCH = 2000


class AftersalesSupplierRecovery(models.Model):
    """How costs come into recoveries: gathered per supplier, company and currency, once (F07)."""

    _inherit = "aftersales.supplier.recovery"

    @api.model
    def _get_claim_lines_to_recover_domain(self, companies):
        """Return the domain of decided claim lines that a supplier's part has caused."""
        blamed = Domain("return_line_ids", "any", [("responsible", "=", "supplier")])
        caused = (
            Domain("share_supplier", ">", 0) | blamed | Domain("claim_id.line_ids", "any", blamed)
        )
        return (
            Domain("company_id", "in", companies.ids)
            & Domain("claim_state", "in", DECIDED)
            & Domain("amount_approved", ">", 0)
            & Domain("recovery_line_ids", "not any", [("live", "=", True)])
            & caused
        )

    @api.model
    def _get_parts_to_recover_domain(self, companies):
        """Return the domain of old parts of the company's own repairs that a supplier caused."""
        return (
            Domain("company_id", "in", companies.ids)
            & Domain("claim_line_id", "=", False)
            & Domain("responsible", "=", "supplier")
            & Domain("state", "=", "appraised")
            & Domain("recovery_line_ids", "not any", [("live", "=", True)])
        )

    @api.model
    def _get_recovery_sources(self, companies):
        """Return (model, domain) of what may be claimed from suppliers; the models have
        ``_get_recovery_cost``, a dict or None. Other sources add theirs.

        The dict has ``company``, ``supplier``, ``currency``, ``kind``, ``name``, ``product``,
        ``quantity``, ``asset``, ``date_failure``, ``date_repair``, ``cost``, ``claim_line``,
        ``part``.
        """
        return [
            ("aftersales.claim.line", self._get_claim_lines_to_recover_domain(companies)),
            ("aftersales.part.return.line", self._get_parts_to_recover_domain(companies)),
        ]

    @api.model
    def _iterate_recovery_costs(self, companies):
        """Yield (how many were read, what of it may be claimed), batch by batch.

        By id: what nobody can be asked for stays where it is, and must not hide what comes after.
        """
        for model, domain in self._get_recovery_sources(companies):
            records, last = self.env[model], 0
            while records := records.search(
                domain & Domain("id", ">", last), order="id", limit=LINE_BATCH
            ):
                last = records[-1].id
                costs = [record._get_recovery_cost() for record in records]
                yield len(records), [cost for cost in costs if cost]
                if len(records) < LINE_BATCH:
                    break

    @api.model
    def _gather(self, companies=None):
        """Put costs that no recovery has yet into drafts, one per supplier, company and currency.

        Running it again adds nothing twice: a unique index stands behind it.

        :param companies: res.company records, default the user's current companies
        :return: the drafts that got lines
        """
        drafts = self.browse()
        for __, costs in self._iterate_recovery_costs(companies or self.env.companies):
            drafts |= self._add_costs(costs)
        return drafts

    @api.model
    def _add_costs(self, costs):
        """Put ``costs`` into drafts and return those."""
        covers_by_key = self._get_supplier_covers(costs)
        by_party = {}
        for cost in costs:
            vals = self._prepare_recovery_line_vals(cost, covers_by_key)
            key = (cost["supplier"], cost["company"], cost["currency"])
            by_party.setdefault(key, []).append(vals)
        drafts = self._get_drafts(by_party)
        self.env["aftersales.supplier.recovery.line"]._past_guard().create(
            [
                dict(vals, recovery_id=drafts[key].id)
                for key, vals_list in by_party.items()
                for vals in vals_list
            ]
        )
        return self.browse().union(*drafts.values())

    @api.model
    def _get_drafts(self, keys):
        """Return {(supplier, company, currency): its draft}, made where there is none."""
        found = self.search(
            [
                ("state", "=", "draft"),
                ("supplier_id", "in", [supplier.id for supplier, __, __ in keys]),
            ]
        )
        drafts = {(r.supplier_id, r.company_id, r.currency_id): r for r in found}
        missing = [key for key in keys if key not in drafts]
        made = self.create(
            [
                {"supplier_id": supplier.id, "company_id": company.id, "currency_id": currency.id}
                for supplier, company, currency in missing
            ]
        )
        return {key: drafts[key] for key in keys if key in drafts} | dict(
            zip(missing, made, strict=True)
        )

    @api.model
    def _get_supplier_covers(self, costs):
        """Return {(asset, supplier): suppliers' warranties}, in one search."""
        assets = self.env["aftersales.asset"].union(*(cost["asset"] for cost in costs))
        # Who gathers costs need not see what was agreed with suppliers.
        warranties = self.env["aftersales.supplier.warranty"].sudo()
        found = warranties.search([("asset_id", "in", assets.ids)])
        return found.grouped(lambda w: (w.asset_id, w.partner_id.commercial_partner_id))

    @api.model
    def _prepare_recovery_line_vals(self, cost, covers_by_key):
        """Return the values of the line that claims ``cost``, with why this amount."""
        amount, note, warranty, due = self._judge_cost(cost, covers_by_key)
        return {
            "name": cost["name"],
            "kind": cost["kind"],
            "product_id": cost["product"].id,
            "quantity": cost["quantity"],
            "claim_line_id": cost["claim_line"].id,
            "part_id": cost["part"].id,
            "asset_id": cost["asset"].id,
            "date_failure": cost["date_failure"],
            "amount_cost": cost["cost"],
            "amount_claimed": amount,
            "coverage_note": note,
            "warranty_id": warranty.id if warranty else False,
            "date_due": due,
        }

    @api.model
    def _judge_cost(self, cost, covers_by_key):
        """Return (amount to claim, why, the warranty, the last day to claim) of one cost."""
        known = covers_by_key.get((cost["asset"], cost["supplier"]))
        if not known:
            note = self.env._("No warranty of the supplier is recorded: claimed by the finding.")
            return cost["cost"], note, None, False
        own = known.filtered(lambda w: w.asset_part_id.product_id == cost["part"].product_id)
        known = (own if cost["part"] else known.browse()) or known
        day = cost["date_failure"]
        running = known.filtered(lambda w: not day or w.date_start <= day <= w.date_end)
        if not running:
            end = max(known.mapped("date_end"))
            note = self.env._(
                "Failed outside the supplier's warranty, which ended on %s.",
                format_date(self.env, end),
            )
            return 0.0, note, known[:1], False
        warranty = running[:1]
        due = warranty.date_end
        if warranty.claim_days and cost["date_repair"]:
            due = cost["date_repair"] + timedelta(days=warranty.claim_days)
        if not covers(cost["kind"], warranty):
            return 0.0, self.env._("The supplier's warranty does not cover this."), warranty, due
        handling = warranty.handling_percent if cost["kind"] == "part" else 0.0
        amount = claimable(cost["cost"], handling, cost["currency"].rounding)
        note = self.env._("Covered until %s.", format_date(self.env, warranty.date_end))
        if handling:
            note = self.env._("%(note)s Handling %(p)s %% added.", note=note, p=f"{handling:g}")
        return amount, note, warranty, due

    def action_gather(self):
        """Gather what suppliers caused in the user's companies, and show the drafts (F07).

        :raise AccessError: the user may not make recoveries
        """
        self.check_access("create")
        self._gather()
        return self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_dealer.aftersales_supplier_recovery_action"
        )
