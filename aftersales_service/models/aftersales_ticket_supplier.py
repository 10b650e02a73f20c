from collections import defaultdict

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class AftersalesTicket(models.Model):
    """A supplier's fault: who supplied the part, and telling it (T06)."""

    _inherit = "aftersales.ticket"

    supplier_notice_ids = fields.One2many(
        "aftersales.supplier.notice",
        "ticket_id",
        string="Notices to Suppliers",
        groups="aftersales_service.group_aftersales_agent",
    )
    supplier_notice_count = fields.Integer(compute="_compute_supplier_notice_count")
    supplier_notice_missing = fields.Boolean(compute="_compute_supplier_notice_count")

    def _compute_supplier_notice_count(self):
        notices, counts, sent = self.env["aftersales.supplier.notice"], {}, set()
        if notices.has_access("read"):
            groups = notices._read_group(
                [("ticket_id", "in", self.ids), ("state", "!=", "cancelled")],
                ["ticket_id", "state"],
                ["__count"],
            )
            counts = defaultdict(int)
            for ticket, state, count in groups:
                counts[ticket] += count
                if state != "draft":
                    sent.add(ticket)
        for ticket in self:
            ticket.supplier_notice_count = counts.get(ticket._origin, 0)
            blamed = ticket.responsible == "supplier"
            ticket.supplier_notice_missing = blamed and ticket._origin not in sent

    def _on_attributed(self):
        result = super()._on_attributed()
        blamed = self.filtered(lambda t: t.responsible == "supplier")
        if blamed:
            blamed._draft_supplier_notices()
        cleared = self - blamed
        if cleared:
            # sudo: who attributes a fault need not write to suppliers; only drafts are dropped.
            drafts = self.env["aftersales.supplier.notice"].sudo()
            drafts.search([("ticket_id", "in", cleared.ids), ("state", "=", "draft")])._set_state(
                "cancelled"
            )
        return result

    def _draft_supplier_notices(self):
        """Draft the notices to the suppliers of the faulty parts, once for each ticket; those of
        a known supplier are sent at once when the company wants it so.

        :return: the new notices
        """
        # sudo: a technician's finding makes the draft; the office sends it.
        notices = self.env["aftersales.supplier.notice"].sudo()
        told = notices.search(
            [("ticket_id", "in", self.ids), ("state", "!=", "cancelled")]
        ).ticket_id
        # sudo: as above; who supplied the parts is not for technicians to read.
        silent = (self - told).sudo()
        candidates = silent._get_fault_suppliers()
        new = notices.create(
            [ticket._prepare_supplier_notice_vals(candidates[ticket]) for ticket in silent]
        )
        sure = new.filtered(
            lambda n: n.company_id.aftersales_supplier_notice_auto and n.partner_id.email
        )
        sure.action_send()
        for user, own in (new - sure).grouped("user_id").items():
            own.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Tell the supplier of its faulty part"),
                user_id=user.id,
            )
        return new

    def _prepare_supplier_notice_vals(self, candidates):
        """Return the values of the notice about the ticket.

        :param candidates: [(supplier, why, whether it is certain)] of ``_get_fault_suppliers``
        """
        self.ensure_one()
        certain = [supplier for supplier, __, sure in candidates if sure]
        chosen = certain[:1] or [
            supplier for supplier, __, __ in candidates if len(candidates) == 1
        ]
        return {
            "ticket_id": self.id,
            "company_id": self.company_id.id,
            "partner_id": chosen[0].id if chosen else False,
            "candidate_note": "\n".join(
                f"{supplier.display_name}: {why}" for supplier, why, __ in candidates
            ),
            "part_serial": self._get_faulty_part().lot_id.name,
            "user_id": (self.user_id or self.team_id.user_id or self.env.user).id,
            "file_ids": [fields.Command.set(self.photo_ids.ids)],
        }

    def _get_faulty_part(self):
        """Return the part (``aftersales.asset.part``) that sat in the asset on the day of the
        failure: not the one that replaced it since.
        """
        self.ensure_one()
        day = self.date_failure or fields.Datetime.context_timestamp(self, self.date_open).date()
        parts = self.asset_id.part_ids.filtered(
            lambda p: (
                p.product_id == self.part_id
                and (not p.date_fitted or p.date_fitted <= day)
                and (not p.date_removed or p.date_removed >= day)
            )
        )
        replaced = parts.filtered("date_removed")
        parts = replaced or parts
        return parts if len(parts) == 1 else parts.browse()

    def _get_fault_suppliers(self):
        """Return {ticket: [(supplier, why, whether it is certain)]}: who supplied the faulty part,
        by the supplier's warranty, the receipt of its serial, or the vendors of the product.
        """
        warranties = self.env["aftersales.supplier.warranty"]
        lots = {t: t._get_faulty_part().lot_id or t.asset_id.lot_id for t in self}
        receipts = warranties._get_receipts(self.env["stock.lot"].union(*lots.values()))
        covers = self._get_fault_supplier_covers()
        result = {}
        for ticket in self:
            found = {}
            for supplier, why, sure in (
                *ticket._get_suppliers_by_warranty(covers[ticket]),
                *ticket._get_suppliers_by_receipt(receipts.get(lots[ticket])),
                *ticket._get_suppliers_by_vendor(),
            ):
                if supplier and supplier not in found:
                    found[supplier] = (supplier, why, sure)
            result[ticket] = list(found.values())
        return result

    def _get_fault_supplier_covers(self):
        """Return {ticket: suppliers' warranties that run on the day of its failure}: one search
        for all tickets of the same day and part.
        """
        covers = dict.fromkeys(self, self.env["aftersales.supplier.warranty"])
        placed = self.filtered("asset_id")
        for (day, part), tickets in placed.grouped(
            lambda t: (t._prepare_entitlement_question()["date"], t.part_id)
        ).items():
            found = tickets.asset_id._get_supplier_cover(day, part=part or None)
            covers |= {ticket: found[ticket.asset_id.id] for ticket in tickets}
        return covers

    def _get_suppliers_by_warranty(self, covers):
        self.ensure_one()
        return [
            (
                cover.partner_id.commercial_partner_id,
                self.env._(
                    "its warranty to us runs until %s", format_date(self.env, cover.date_end)
                ),
                bool(cover.asset_part_id) or not self.part_id,
            )
            for cover in covers
        ]

    def _get_suppliers_by_receipt(self, line):
        self.ensure_one()
        if not line:
            return []
        supplier = line.picking_id.partner_id.commercial_partner_id
        why = self.env._(
            "%(serial)s came with %(receipt)s",
            serial=line.lot_id.name,
            receipt=line.picking_id.name,
        )
        return [(supplier, why, line.product_id == (self.part_id or self.product_id))]

    def _get_suppliers_by_vendor(self):
        self.ensure_one()
        product = self.part_id or self.product_id
        vendors = product.seller_ids.filtered(lambda v: v.company_id <= self.company_id)
        return [
            (
                vendor.partner_id.commercial_partner_id,
                self.env._("it is a vendor of %s", product.display_name),
                False,
            )
            for vendor in vendors
        ]

    def action_notify_supplier(self):
        """Open the ticket's notice to the supplier, drafted when there is none (T06).

        :raise UserError: when the ticket names neither a part nor an asset
        """
        self.ensure_one()
        self.check_access("write")
        if not (self.part_id or self.asset_id):
            raise UserError(
                self.env._(
                    "%(ticket)s: name the asset or the failed part first.",
                    ticket=self.display_name,
                )
            )
        notices = self.supplier_notice_ids.filtered(lambda n: n.state != "cancelled")
        if not notices:
            self._draft_supplier_notices()
        return self.action_view_supplier_notices()

    def action_view_supplier_notices(self):
        """Open the ticket's notices to suppliers."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_supplier_notice_action"
        )
        context = {"default_ticket_id": self.id, "default_company_id": self.company_id.id}
        notices = self.supplier_notice_ids.filtered(lambda n: n.state != "cancelled")
        if len(notices) == 1:
            forms = [view for view in action["views"] if view[1] == "form"]
            return dict(action, res_id=notices.id, views=forms, view_mode="form", context=context)
        return dict(action, domain=[("ticket_id", "=", self.id)], context=context)
