from odoo import api, fields, models
from odoo.fields import Command, Domain

AT_ONCE = 1000


class AftersalesRetentionPreview(models.TransientModel):
    """How many records are past their term, before anything is taken out of them (T13)."""

    _name = "aftersales.retention.preview"
    _description = "Records past Their Term"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, default=lambda self: self.env.company
    )
    years = fields.Integer(related="company_id.aftersales_retention_years")
    is_nightly = fields.Boolean(related="company_id.aftersales_anonymise")
    line_ids = fields.One2many(
        "aftersales.retention.preview.line",
        "preview_id",
        default=lambda self: self._default_line_ids(),
        readonly=True,
    )
    count = fields.Integer(compute="_compute_count", string="To Anonymise")

    @api.model
    def _default_line_ids(self):
        commands = []
        for model in self.env["aftersales.retention.log"]._get_models():
            # sudo: counted only, for an administrator of the company.
            records = model.sudo().with_context(active_test=False)
            expired = records._get_expired_domain(self.env.company)
            todo = Domain("date_anonymised", "=", False)
            vals = {
                "kind": model._description,
                "kept": records.search_count(
                    Domain("company_id", "=", self.env.company.id) & records._get_record_domain()
                ),
                "expired": records.search_count(expired),
                "todo": records.search_count(expired & todo),
            }
            commands.append(Command.create(vals))
        return commands

    @api.depends("line_ids.todo")
    def _compute_count(self):
        for preview in self:
            preview.count = sum(preview.line_ids.mapped("todo"))

    def action_anonymise(self):
        """Anonymise up to a thousand records of each kind now; again for the next ones."""
        self.ensure_one()
        log = self.env["aftersales.retention.log"]
        for model in log._get_models():
            # sudo: the form is the administrators'; the records are past their term.
            records = model.sudo().with_context(active_test=False)
            log._anonymise_model(records, self.env.company, 200, limit=AT_ONCE)
        return self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_retention_preview_action"
        )


class AftersalesRetentionPreviewLine(models.TransientModel):
    """The figures of one kind of record."""

    _name = "aftersales.retention.preview.line"
    _description = "Records past Their Term: one Kind"

    preview_id = fields.Many2one("aftersales.retention.preview", required=True, ondelete="cascade")
    kind = fields.Char(string="Records", readonly=True)
    kept = fields.Integer(string="All", readonly=True)
    expired = fields.Integer(string="Past the Term", readonly=True)
    todo = fields.Integer(string="To Anonymise", readonly=True)
