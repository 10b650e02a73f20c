from odoo import api, fields, models
from odoo.exceptions import UserError


class AftersalesDealerReason(models.TransientModel):
    """Asks why, then calls ``action_<operation>(reason=…)`` on the chosen documents.

    Documents with such actions add their model to ``_get_models`` and their operation to the
    selection.
    """

    _name = "aftersales.dealer.reason"
    _description = "Give a Reason"

    operation = fields.Selection(
        [
            ("cancel", "Cancel"),
            ("refuse", "Refuse"),
            ("not_reached", "Not reached"),
            ("override", "Accept all the same"),
            ("waive_return", "Do without the old part"),
            ("return", "Return"),
            ("reverse", "Reverse"),
        ],
        required=True,
        readonly=True,
    )
    reason = fields.Text(required=True)

    @api.model
    def _get_models(self):
        """Names of the models whose actions take a reason."""
        return {
            "aftersales.dealer.agreement",
            "aftersales.dealer.evaluation",
            "aftersales.dealer.grade.change",
            "aftersales.onboarding.task",
            "aftersales.dealer.return",
            "aftersales.spot.check",
            "aftersales.registration",
            "aftersales.claim.line",
            "aftersales.part.return.line",
            "aftersales.deposit.move",
            "aftersales.advance",
            "aftersales.advance.recourse",
            "aftersales.supplier.recovery",
        }

    @api.model
    def _ask(self, records, operation, title):
        """Return the window action that asks the reason for ``operation`` on ``records``."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_dealer.aftersales_dealer_reason_action"
        )
        context = {
            "default_operation": operation,
            "active_model": records._name,
            "active_ids": records.ids,
        }
        return dict(action, name=title, context=context)

    def action_apply(self):
        """Do it, for the reason given.

        :raise UserError: for documents that take no reason
        """
        self.ensure_one()
        model = self.env.context.get("active_model")
        if model not in self._get_models():
            raise UserError(self.env._("Open this dialog from the document it is about."))
        records = self.env[model].browse(self.env.context.get("active_ids", []))
        getattr(records, f"action_{self.operation}")(reason=self.reason.strip())
        return {"type": "ir.actions.act_window_close"}
