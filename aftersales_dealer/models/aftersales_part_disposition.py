from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

APPRAISER = "aftersales_dealer.group_aftersales_appraiser"


class AftersalesPartReturnLine(models.Model):
    """What becomes of an appraised part: kept, scrapped, sent to the supplier (D09, F07)."""

    _inherit = "aftersales.part.return.line"

    disposition = fields.Selection(
        [("kept", "Kept for use"), ("scrapped", "Scrapped"), ("supplier", "Sent to the supplier")],
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    disposition_move_id = fields.Many2one(
        "stock.move", readonly=True, copy=False, index="btree_not_null"
    )

    def action_keep(self):
        """Keep usable parts in the location of usable old parts (D09).

        :raise UserError: for a part that was not found usable
        """
        self._ensure_disposable()
        for part in self:
            if part.appraisal != "usable":
                raise UserError(
                    self.env._("%s was found unusable: it cannot be kept for use.", part.label)
                )
        self._dispose("kept")
        return True

    def action_scrap(self):
        """Scrap appraised parts: they leave the stock of old parts (D09)."""
        self._ensure_disposable()
        for company, parts in self.grouped("company_id").items():
            # The appraiser's verdict is the right to this move, as for ``_move_appraised``.
            location = (
                self.env["stock.location"]
                .sudo()
                .search(
                    [("company_id", "=", company.id), ("usage", "=", "inventory")],
                    order="id desc",
                    limit=1,
                )
            )
            parts._move_to(location)
        self._dispose("scrapped")
        return True

    def _mark_sent_to_supplier(self, move=None):
        """The parts left for their supplier by a transfer that the caller made (F07).

        :param move: the done ``stock.move`` of one part, or nothing
        """
        self._ensure_disposable()
        if move:
            self._past_guard().write(
                {"disposition_move_id": move.id, "location_id": move.location_dest_id.id}
            )
        self._dispose("supplier")

    def _ensure_disposable(self):
        """Raise unless the parts are appraised and still there."""
        if not self.env.su:
            self.env["aftersales.claim"]._ensure_group(APPRAISER)
        for part in self:
            if part.state != "appraised" or part.disposition in ("scrapped", "supplier"):
                raise UserError(
                    self.env._(
                        "%s is not among the appraised parts in stock.", part.label or part.id
                    )
                )

    def _dispose(self, disposition):
        self._past_guard().write({"disposition": disposition})
        self.env["aftersales.part.custody"]._log(self, disposition)

    def _move_to(self, location):
        """Move appraised parts from where they lie to ``location``; the owner stays."""
        moves = (
            # The caller checked the role; the moves are made of these parts and nothing else.
            self.env["stock.move"]
            .sudo()
            .create([part._prepare_disposition_move_vals(location) for part in self])
        )
        for part, move in zip(self, moves, strict=True):
            move.write(
                {
                    "move_line_ids": [Command.create(part._prepare_appraisal_move_line_vals(move))],
                    "picked": True,
                }
            )
            part._past_guard().write({"disposition_move_id": move.id, "location_id": location.id})
        moves._action_done()

    def _prepare_disposition_move_vals(self, location):
        self.ensure_one()
        return {
            **self._prepare_appraisal_move_vals(),
            "location_id": self.location_id.id,
            "location_dest_id": location.id,
        }

    # -- on the screens -------------------------------------------------------------------------

    def action_open(self):
        """Open one old part with its photos and its chain of custody."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
            "name": self.label,
        }

    def action_print_labels(self):
        """Print the labels of these parts (D18)."""
        return self.env.ref("aftersales_dealer.action_report_old_part_labels").report_action(self)

    def action_pack_awaited(self):
        """Put awaited parts into new shipments, one for each sender (D09).

        :raise UserError: when one is not awaited
        """
        self._ensure_awaited()
        shipments = self.env["aftersales.part.return"]._pack_awaited(self)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_dealer.aftersales_part_return_action"
        )
        if len(shipments) == 1:
            return dict(action, res_id=shipments.id, views=[(False, "form")], view_mode="form")
        return dict(action, domain=[("id", "in", shipments.ids)], context={})
