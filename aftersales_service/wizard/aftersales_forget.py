from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_date


class AftersalesForget(models.TransientModel):
    """Tells what of a person must be kept until when, and forgets the rest (T13)."""

    _name = "aftersales.forget"
    _description = "Forget a Person"

    partner_id = fields.Many2one("res.partner", string="Person", required=True)
    answer = fields.Html(compute="_compute_answer", help="What to tell the person.")
    is_open = fields.Boolean(compute="_compute_answer")

    @api.depends("partner_id")
    def _compute_answer(self):
        for wizard in self:
            partner = wizard.partner_id
            partner._check_forgettable()
            until, sentences = partner._get_forget_answer()
            wizard.is_open = until is False
            if until is False:
                end = self.env._("A matter is not finished yet: finish it first.")
            elif until:
                end = self.env._(
                    "The contact is forgotten on %s, when the last of it may go.",
                    format_date(self.env, until),
                )
            else:
                end = self.env._("Nothing must be kept: the contact is forgotten at once.")
            items = Markup("").join(Markup("<li>%s</li>") % text for text in sentences)
            wizard.answer = Markup("<ul>%s</ul><p>%s</p>") % (items, end)

    def action_forget(self):
        """Forget what may be forgotten now; the rest follows by itself.

        :raise UserError: when a matter is open, or other records need the contact
        """
        self.ensure_one()
        until = self.partner_id._forget()
        message = self.env._("The person is forgotten.")
        if until:
            message = self.env._(
                "What may go is anonymised; the rest follows on %s.", format_date(self.env, until)
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": "success",
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
