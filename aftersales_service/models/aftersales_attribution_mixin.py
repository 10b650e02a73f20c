from odoo import api, fields, models
from odoo.exceptions import UserError

from .aftersales_cause import RESPONSIBLE

STAMPED_FIELDS = ("attributed_by", "attributed_on")


class AftersalesAttributionMixin(models.AbstractModel):
    """A document that says who answers for a fault: by its cause or otherwise, who said so, when,
    and on what evidence (T06).

    The inheriting model is a ``mail.thread`` and has a ``cause_id``.
    """

    _name = "aftersales.attribution.mixin"
    _description = "Attributed Fault"

    responsible = fields.Selection(
        RESPONSIBLE,
        string="Answers for It",
        compute="_compute_responsible",
        store=True,
        readonly=False,
        copy=False,
        tracking=True,
        index="btree_not_null",
        help="Follows from the cause; change it when the evidence says otherwise.",
    )
    attribution_note = fields.Text(
        string="Evidence", copy=False, tracking=True, help="What shows who answers for it."
    )
    attributed_by = fields.Many2one(
        "res.users", string="Attributed by", readonly=True, copy=False, index="btree_not_null"
    )
    attributed_on = fields.Datetime(string="Attributed on", readonly=True, copy=False)

    @api.depends("cause_id")
    def _compute_responsible(self):
        for record in self:
            record.responsible = record.cause_id.responsible or record.responsible

    @api.model_create_multi
    def create(self, vals_list):
        self._check_not_stamped(set().union(*vals_list))
        records = super().create(vals_list)
        attributed = records.filtered("responsible")
        if attributed:
            attributed._on_attributed()
        return records

    def write(self, vals):
        self._check_not_stamped(vals.keys())
        if not {"cause_id", "responsible"} & vals.keys():
            return super().write(vals)
        before = {record: record.responsible for record in self}
        result = super().write(vals)
        changed = self.filtered(lambda record: record.responsible != before[record])
        if changed:
            changed._on_attributed()
        return result

    def _check_not_stamped(self, names):
        """Raise when a client writes who attributed it and when: that is recorded."""
        typed = [name for name in STAMPED_FIELDS if name in names]
        if typed and not self.env.su:
            raise UserError(
                self.env._(
                    "%(record)s: “%(field)s” is recorded by itself and not typed in.",
                    record=self[:1].display_name or self._description,
                    field=self._fields[typed[0]].get_description(self.env)["string"],
                )
            )

    def _on_attributed(self):
        """Hook: others than before answer for the fault. Stamps who said so."""
        known = self.filtered("responsible")
        now = fields.Datetime.now()
        # sudo: whoever may change the attribution is recorded with it.
        known.sudo().write({"attributed_by": self.env.uid, "attributed_on": now})
        # sudo: as above; where nobody answers for it, nobody said so.
        (self - known).sudo().write({"attributed_by": False, "attributed_on": False})
