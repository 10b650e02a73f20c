from odoo import fields, models


class AftersalesOnboardingTemplate(models.Model):
    """What a new dealer and we do in the first weeks (D13): the tasks of each new agreement."""

    _name = "aftersales.onboarding.template"
    _description = "Dealer Onboarding Template"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(
        default=10, aggregator=None, help="The first one is proposed in new agreements."
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index="btree_not_null", help="Empty: shared by all companies."
    )
    task_ids = fields.One2many(
        "aftersales.onboarding.template.task", "template_id", string="Tasks", copy=True
    )


class AftersalesOnboardingTemplateTask(models.Model):
    """A task that each new dealer's agreement gets."""

    _name = "aftersales.onboarding.template.task"
    _description = "Task of an Onboarding Template"
    _order = "template_id, days, sequence, id"

    template_id = fields.Many2one(
        "aftersales.onboarding.template", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="template_id.company_id", store=True, index="btree_not_null"
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(string="Task", required=True, translate=True)
    note = fields.Text(string="What to Do", translate=True)
    days = fields.Integer(
        string="Due within (days)",
        required=True,
        default=10,
        aggregator=None,
        help="Days after the agreement begins.",
    )
    side = fields.Selection(
        [("company", "We"), ("dealer", "The dealer")],
        string="Who Does It",
        required=True,
        default="company",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        domain="[('share', '=', False)]",
        help="Does it, or looks after the dealer's doing it. Empty: whoever is responsible for "
        "the agreement.",
    )
    evidence_required = fields.Boolean(
        string="Evidence", help="It is done only with a photo or document."
    )

    _days_positive = models.Constraint(
        "CHECK(days BETWEEN 0 AND 3650)",
        "The days of an onboarding task are between 0 and 3650 (ten years).",
    )
