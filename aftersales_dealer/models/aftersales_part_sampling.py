import secrets

from odoo import api, fields, models

from ..tools import sampling


class AftersalesPartSampling(models.Model):
    """How many of the old parts that arrive are appraised, and what that says of the rest (D18)."""

    _name = "aftersales.part.sampling"
    _description = "Sampling of Old Parts"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10, help="The first rule that fits a part counts.")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    dealer_ids = fields.Many2many(
        "res.partner", string="Dealers", domain="[('is_dealer', '=', True)]"
    )
    grade_ids = fields.Many2many("aftersales.dealer.grade", string="Dealer Grades")
    product_ids = fields.Many2many("product.product", string="Parts")
    category_ids = fields.Many2many("product.category", string="Part Categories")
    percent = fields.Float(
        string="Appraised (%)", default=20.0, required=True, help="Share that is drawn at random."
    )
    minimum = fields.Integer(
        string="At Least", default=3, required=True, help="Never fewer parts than this."
    )
    rest_rule = fields.Selection(
        [
            ("release", "The rest is released"),
            ("share", "The rest is released to the sample's share"),
            ("full", "One finding: all are appraised"),
        ],
        string="What the Sample Says",
        required=True,
        default="full",
    )
    rest_appraisal = fields.Selection(
        [("usable", "Usable"), ("unusable", "Unusable")],
        string="The Rest Goes to",
        required=True,
        default="unusable",
    )

    _percent_range = models.Constraint(
        "CHECK(percent > 0 AND percent <= 100 AND minimum >= 1)",
        "The share of a sample is between 0 and 100 %, and at least one part is appraised.",
    )

    def _fits(self, part):
        """Whether the rule speaks of ``part``; what is left empty fits all."""
        self.ensure_one()
        path = {int(key) for key in (part.product_id.categ_id.parent_path or "").split("/") if key}
        return (
            (not self.dealer_ids or part.dealer_id in self.dealer_ids)
            and (not self.grade_ids or part.dealer_id.dealer_grade_id in self.grade_ids)
            and (not self.product_ids or part.product_id in self.product_ids)
            and (not self.category_ids or bool(path & set(self.category_ids.ids)))
        )


class AftersalesPartReturn(models.Model):
    _inherit = "aftersales.part.return"

    sample_seed = fields.Integer(
        readonly=True, copy=False, help="The draw can be repeated with it.", aggregator=None
    )

    def _draw_samples(self):
        """Draw which of the received parts are appraised, by the rules of their company (D18)."""
        rules = self.env["aftersales.part.sampling"].sudo()  # receivers need not see the rules
        by_company = rules.search([("company_id", "in", self.company_id.ids)]).grouped("company_id")
        for shipment in self:
            own = by_company.get(shipment.company_id, rules)
            if not own:
                continue
            shipment._write_past_guard({"sample_seed": secrets.randbelow(2**31 - 1) + 1})
            # What arrived damaged is looked at in any case.
            parts = shipment.line_ids.filtered(lambda p: p.state == "received" and not p.damaged)
            chosen = parts.grouped(
                lambda part, own=own: next(
                    (rule for rule in own if rule._fits(part)), rules.browse()
                )
            )
            for rule, group in chosen.items():
                if rule:
                    group._draw_sample(rule, shipment.sample_seed)


class AftersalesPartReturnLine(models.Model):
    _inherit = "aftersales.part.return.line"

    sampling = fields.Selection(
        [("sample", "Drawn"), ("rest", "Not drawn"), ("recalled", "Appraised after all")],
        readonly=True,
        copy=False,
    )
    sampling_id = fields.Many2one(
        "aftersales.part.sampling", string="Sampling Rule", readonly=True, copy=False
    )
    sampling_count = fields.Integer(readonly=True, copy=False, aggregator=None)
    sampling_total = fields.Integer(readonly=True, copy=False, aggregator=None)
    sampling_explanation = fields.Char(compute="_compute_sampling_explanation")

    def _draw_sample(self, rule, seed):
        """Draw the sample among these parts of one ``rule``."""
        size = sampling.sample_size(len(self), rule.percent, rule.minimum)
        if size >= len(self):
            return
        labels = sampling.draw(self.mapped("label"), size, seed)
        common = {
            "sampling_id": rule.id,
            "sampling_count": size,
            "sampling_total": len(self),
        }
        drawn = self.filtered(lambda part: part.label in labels)
        drawn._past_guard().write({**common, "sampling": "sample"})
        (self - drawn)._past_guard().write({**common, "sampling": "rest"})

    @api.depends("sampling", "sampling_count", "sampling_total", "release_percent", "state")
    @api.depends_context("lang")
    def _compute_sampling_explanation(self):
        for part in self:
            part.sampling_explanation = part._get_sampling_sentence() if part.sampling else False

    def _get_sampling_sentence(self):
        """Return why the part is appraised, or not, in the reader's language."""
        self.ensure_one()
        numbers = {
            "count": self.sampling_count,
            "total": self.sampling_total,
            "seed": self.return_id.sample_seed,
            "percent": self.release_percent,
        }
        if self.sampling == "sample":
            return self.env._(
                "Drawn at random: %(count)s of %(total)s alike are appraised (draw %(seed)s).",
                **numbers,
            )
        if self.sampling == "recalled":
            return self.env._(
                "The %(count)s drawn of %(total)s have a finding: all are appraised.", **numbers
            )
        if self.state != "appraised":
            return self.env._(
                "Not drawn: %(count)s of %(total)s alike are appraised (draw %(seed)s); this part "
                "follows from them.",
                **numbers,
            )
        return self.env._(
            "Not appraised itself: by %(count)s of %(total)s drawn at random (draw %(seed)s), "
            "%(percent)s %% is released.",
            **numbers,
        )

    def _extend_samples(self):
        """Decide on the parts that were not drawn by those that were (D18).

        :return: the parts that are to be appraised after all
        """
        recalled = self.browse()
        rest = self.filtered(lambda part: part.sampling == "rest")
        for (shipment, rule), group in rest.grouped(
            lambda part: (part.return_id, part.sampling_id)
        ).items():
            drawn = self.filtered(
                lambda part, key=(shipment, rule): (
                    part.sampling == "sample" and (part.return_id, part.sampling_id) == key
                )
            )
            rule = rule.sudo()  # the appraiser need not see the rules
            percent = sampling.extended_percent(drawn.mapped("release_percent"), rule.rest_rule)
            if percent is None:
                recalled |= group
                continue
            group._past_guard().write(
                {
                    "appraisal": rule.rest_appraisal,
                    "responsible": "company",
                    "release_percent": percent,
                }
            )
        recalled._past_guard().write({"sampling": "recalled"})
        return recalled

    def _tell_recalled(self):
        """The sample has a finding: say that these parts are appraised, too."""
        message = self.env._(
            "The sample has a finding: %(count)s more parts are to be appraised.", count=len(self)
        )
        for shipment in self.return_id:
            shipment.message_post(body=message)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
