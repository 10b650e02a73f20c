from odoo import api, fields, models


class AftersalesSkillNeed(models.Model):
    """Who repairs this symptom, or these products, must be able to do that (T10, Q03)."""

    _name = "aftersales.skill.need"
    _description = "Skill Needed"
    _order = "symptom_id, product_category_id, skill_id"

    symptom_id = fields.Many2one("aftersales.symptom", index="btree_not_null", ondelete="cascade")
    product_category_id = fields.Many2one(
        "product.category", index="btree_not_null", ondelete="cascade"
    )
    skill_type_id = fields.Many2one(
        "hr.skill.type", string="Kind of Skill", required=True, ondelete="cascade"
    )
    skill_id = fields.Many2one(
        "hr.skill",
        required=True,
        index=True,
        ondelete="cascade",
        compute="_compute_skill",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('skill_type_id', '=', skill_type_id)]",
    )
    skill_level_id = fields.Many2one(
        "hr.skill.level",
        string="At Least",
        required=True,
        ondelete="cascade",
        compute="_compute_skill",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('skill_type_id', '=', skill_type_id)]",
    )

    _one_owner = models.Constraint(
        "CHECK(num_nonnulls(symptom_id, product_category_id) = 1)",
        "A skill is needed either for a symptom or for a product category.",
    )
    _symptom_uniq = models.UniqueIndex(
        "(symptom_id, skill_id) WHERE symptom_id IS NOT NULL",
        "This symptom asks for the skill already: change its level there.",
    )
    _category_uniq = models.UniqueIndex(
        "(product_category_id, skill_id) WHERE product_category_id IS NOT NULL",
        "This product category asks for the skill already: change its level there.",
    )

    @api.depends("skill_type_id")
    def _compute_skill(self):
        for need in self:
            kind = need.skill_type_id
            if need.skill_id.skill_type_id != kind:
                need.skill_id = kind.skill_ids[:1]
            if need.skill_level_id.skill_type_id != kind:
                levels = kind.skill_level_ids
                need.skill_level_id = levels.filtered("default_level")[:1] or levels[:1]

    @api.depends("skill_id", "skill_level_id")
    def _compute_display_name(self):
        for need in self:
            need.display_name = f"{need.skill_id.name} ({need.skill_level_id.name})"

    @api.model
    def _get_needs(self, tickets):
        """Return {ticket: needs} of the tickets' symptoms and product categories, those of the
        categories above included; in one query.
        """
        categories = {ticket: self._get_path(ticket.product_id.categ_id) for ticket in tickets}
        # sudo: whoever assigns need not read what skills are asked for.
        needs = self.sudo().search(
            [
                "|",
                ("symptom_id", "in", tickets.symptom_id.ids),
                ("product_category_id", "in", list(set().union(*categories.values()))),
            ]
        )
        by_symptom = needs.grouped("symptom_id")
        by_category = needs.grouped(lambda need: need.product_category_id.id)
        return {
            ticket: needs.browse().union(
                # sudo: a key to look up; nothing of the symptom is read.
                by_symptom.get(ticket.sudo().symptom_id, needs.browse())
                if ticket.symptom_id
                else needs.browse(),
                *(by_category[key] for key in categories[ticket] if key in by_category),
            )
            for ticket in tickets
        }

    @api.model
    def _get_path(self, category):
        """Return the ids of ``category`` and of those above it."""
        return {int(part) for part in (category.parent_path or "").split("/") if part}
