from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.repeat_fault import find_series


class AftersalesExchange(models.Model):
    """Who decides on a replacement, and what follows (W09)."""

    _inherit = "aftersales.exchange"

    @api.model_create_multi
    def create(self, vals_list):
        # The index on open ones must see those that were closed just before.
        self.flush_model(["state"])
        exchanges = super().create(vals_list)
        for exchange in exchanges:
            exchange._check_replaceable()
        # The faults of a series are its reasons: the manager is asked once they are named.
        exchanges.filtered(lambda exchange: exchange.origin != "repeat")._ask_manager()
        return exchanges

    def action_approve(self):
        """Approve the replacements and make their transfers, free for the customer (W09).

        :raise AccessError: when the user is no service manager
        :raise UserError: when one is decided already, or its asset or product does not allow it
        """
        self._check_manager()
        self._ensure_proposed(self.env._("It is decided already"))
        self.lock_for_update()
        for exchange in self:
            exchange._check_replaceable()
            exchange._check_product()
        self._set_state(
            "approved", approved_by_id=self.env.uid, date_approved=fields.Datetime.now()
        )
        self._close_activities(self.env._("Approved"))
        for exchange in self:
            exchange._make_transfers()

    def action_refuse(self):
        """Open the dialog that asks why no replacement is given."""
        self._check_manager()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_exchange_refuse_action"
        )
        return dict(action, context={"default_exchange_ids": self.ids})

    def _refuse(self, reason):
        """Refuse the proposals for ``reason`` (str).

        :raise AccessError: when the user is no service manager
        :raise UserError: without a reason, or when one is decided already
        """
        self._check_manager()
        self._ensure_proposed(self.env._("It is decided already"))
        if not (reason or "").strip():
            raise UserError(
                self.env._(
                    "%(exchange)s: write down why no replacement is given.",
                    exchange=self[0].display_name,
                )
            )
        self._set_state("refused", refuse_reason=reason.strip())
        self._close_activities(reason.strip())

    def action_cancel(self):
        """Withdraw proposals, or approved replacements that are not delivered yet, with their
        transfers (W09).

        :raise UserError: when a replacement is with the customer already
        """
        self._check_manager()
        for exchange in self.filtered("replacement_id"):
            raise UserError(
                self.env._(
                    "%(exchange)s: %(replacement)s is with the customer already. Take it back "
                    "through a return of its delivery; the cover then goes back, too.",
                    exchange=exchange.display_name,
                    replacement=exchange.replacement_id.display_name,
                )
            )
        self._cancel_transfers()
        self._set_state("cancelled")
        self._close_activities(self.env._("Cancelled"))
        came_back = self.filtered("date_returned").asset_id.filtered(
            lambda asset: asset.state == "returned"
        )
        if came_back:
            came_back._on_ended(self.env._("Returned to stock"))

    def action_view_transfers(self):
        """Open the transfers of the replacement and of the defective asset."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("stock.action_picking_tree_all")
        pickings = self.return_picking_id | self.move_ids.picking_id
        return dict(action, domain=[("id", "in", pickings.ids)], context={})

    def _check_manager(self):
        """Raise AccessError when the user may not decide on replacements."""
        if self.env.su or self.env.user.has_group("aftersales_service.group_aftersales_manager"):
            return
        raise AccessError(
            self.env._("Only a service manager decides on free replacements: ask yours.")
        )

    def _ensure_proposed(self, problem):
        """Raise UserError with ``problem`` (sentence) for the first that is decided."""
        decided = self.filtered(lambda exchange: exchange.state != "proposed")
        if decided:
            raise UserError(
                self.env._(
                    "%(exchange)s is %(state)s. %(problem)s.",
                    exchange=decided[0].display_name,
                    state=decided[0]._get_state_label(decided[0].state),
                    problem=problem,
                )
            )

    def _check_replaceable(self):
        """Raise UserError when the asset is not with a customer any more or was replaced."""
        self.ensure_one()
        asset = self.asset_id
        if asset.replaced_by_id:
            raise UserError(
                self.env._(
                    "%(asset)s was replaced by %(replacement)s already: replace that one.",
                    asset=asset.display_name,
                    replacement=asset.replaced_by_id.display_name,
                )
            )
        if asset.state != "in_service" or not asset.partner_id:
            raise UserError(
                self.env._(
                    "%(asset)s cannot be replaced: it is %(state)s. Only an asset in service that "
                    "has an owner can.",
                    asset=asset.display_name,
                    state=asset._get_state_label(asset.state),
                )
            )

    def _check_product(self):
        """Raise UserError when delivering the product would make no asset."""
        self.ensure_one()
        if not self.product_id.is_asset:
            raise UserError(
                self.env._(
                    "%(exchange)s: %(product)s does not become an asset when it is delivered. "
                    "Choose another replacement, or tick “Becomes an Asset” on the product.",
                    exchange=self.display_name,
                    product=self.product_id.display_name,
                )
            )

    def _ask_manager(self):
        """Give each proposal the manager who decides, and that manager an activity (W09)."""
        # Whoever opens a ticket need not read the settings of the company.
        managers = {company: company._get_exchange_manager() for company in self.company_id.sudo()}
        # Whoever opens a ticket need not have rights on the activities of a manager.
        activities = self.env["mail.activity"].sudo()
        for user, exchanges in self.grouped(
            lambda exchange: exchange.user_id or managers[exchange.company_id]
        ).items():
            exchanges.filtered(lambda exchange: not exchange.user_id).user_id = user
        model_id = self.env["ir.model"]._get_id(self._name)
        todo = self.env.ref("mail.mail_activity_data_todo")
        activities.with_context(mail_activity_quick_update=True).create(
            [
                {
                    "activity_type_id": todo.id,
                    "summary": exchange.with_context(lang=exchange.user_id.lang)._get_summary(),
                    "note": exchange.with_context(lang=exchange.user_id.lang).explanation,
                    "date_deadline": fields.Date.context_today(self),
                    "user_id": exchange.user_id.id,
                    "res_model_id": model_id,
                    "res_id": exchange.id,
                }
                for exchange in self
                if exchange.user_id
            ]
        )

    def _get_summary(self):
        """Return the headline of the manager's activity, in the language of the context."""
        return self.env._("Decide: free replacement of %s", self.asset_id.display_name)

    def _keep_reasons(self, faults):
        """Only ``faults`` (tickets) are reasons of this proposal still: withdraw it when they are
        too few.
        """
        self.ensure_one()
        (self.ticket_ids - faults).exchange_id = False
        events = [(fault._get_fault_day(), fault.id) for fault in faults]
        if find_series(events, self.repeat_count, self.repeat_days):
            return
        reason = self.env._("Withdrawn: the fault did not come back often enough after all.")
        faults.exchange_id = False
        self._set_state("cancelled")
        self._close_activities(reason)
        self.message_post(body=reason)

    def _close_activities(self, feedback):
        """The manager's question is answered."""
        # The activity may be another manager's; the decision was checked above.
        self.sudo().activity_ids.action_feedback(feedback=feedback)
