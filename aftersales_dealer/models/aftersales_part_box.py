from odoo import api, fields, models
from odoo.exceptions import ValidationError


class AftersalesPartBox(models.Model):
    """A box of old parts: its label is scanned first when a shipment arrives (D18)."""

    _name = "aftersales.part.box"
    _description = "Box of Old Parts"
    _inherit = ["aftersales.number.mixin"]
    _order = "id"
    _check_company_auto = True
    _number_sequence = "aftersales.part.box"

    return_id = fields.Many2one(
        "aftersales.part.return", string="Shipment", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="return_id.company_id", store=True, index=True)
    part_ids = fields.One2many("aftersales.part.return.line", "box_id", string="Old Parts")
    part_count = fields.Integer(string="Parts", compute="_compute_part_count")
    weight = fields.Float(string="Weight (kg)", digits="Stock Weight")
    arrived = fields.Boolean(readonly=True, copy=False)

    _name_uniq = models.UniqueIndex("(name, company_id)", "A box with this label exists already.")
    _weight_positive = models.Constraint(
        "CHECK(weight >= 0)", "The weight of a box cannot be negative."
    )

    def _compute_part_count(self):
        counts = dict(
            self.env["aftersales.part.return.line"]._read_group(
                [("box_id", "in", self.ids)], ["box_id"], ["__count"]
            )
        )
        for box in self:
            box.part_count = counts.get(box, 0)


class AftersalesPartReturnLine(models.Model):
    _inherit = "aftersales.part.return.line"

    box_id = fields.Many2one(
        "aftersales.part.box",
        index="btree_not_null",
        ondelete="set null",
        domain="[('return_id', '=', return_id)]",
    )

    @api.constrains("box_id", "return_id")
    def _check_box(self):
        for part in self.filtered("box_id"):
            if part.box_id.return_id != part.return_id:
                raise ValidationError(
                    self.env._(
                        "%(part)s: the box %(box)s belongs to another shipment.",
                        part=part.label,
                        box=part.box_id.name,
                    )
                )


class AftersalesPartReturn(models.Model):
    _inherit = "aftersales.part.return"

    box_ids = fields.One2many("aftersales.part.box", "return_id", string="Boxes")

    def action_pack(self, boxes=1):
        """Spread the parts that are in no box yet over new boxes, in the order of their labels
        (D18).

        :param int boxes: how many boxes to add to each shipment, 1 to 99
        :raise UserError: when a shipment has left
        """
        self.check_access("write")
        self._ensure_open()
        count = max(1, min(int(boxes), 99))
        # A dealer's clerk packs; boxes and parts follow from the shipment, checked above.
        made = (
            self.env["aftersales.part.box"]
            .sudo()
            .create([{"return_id": shipment.id} for shipment in self for __ in range(count)])
        )
        for shipment, own in made.grouped("return_id").items():
            loose = shipment.line_ids.filtered(lambda part: not part.box_id).sorted("label")
            size = -(-len(loose) // count) or 1
            for number, box in enumerate(own):
                loose[number * size : (number + 1) * size].box_id = box
        return True
