import logging

from dateutil.relativedelta import relativedelta
from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import format_date

_logger = logging.getLogger(__name__)


class AftersalesContract(models.Model):
    """Renewal: notice before the end, the quotation, the contract that follows (W11)."""

    _inherit = "aftersales.contract"

    date_notice = fields.Date(
        string="Renewal Notice",
        compute="_compute_date_notice",
        store=True,
        help="The day the salesperson is reminded to offer the renewal.",
    )
    notice_done = fields.Boolean(readonly=True, copy=False)
    previous_contract_id = fields.Many2one(
        "aftersales.contract",
        string="Renews",
        index="btree_not_null",
        readonly=True,
        copy=False,
        check_company=True,
    )
    next_contract_ids = fields.One2many(
        "aftersales.contract", "previous_contract_id", string="Renewed by"
    )
    next_contract_id = fields.Many2one(
        "aftersales.contract", string="Renewed as", compute="_compute_renewal_count"
    )
    renewal_order_ids = fields.One2many(
        "sale.order", "aftersales_renews_id", string="Renewal Quotations"
    )
    renewal_count = fields.Integer(compute="_compute_renewal_count")

    _renewal_uniq = models.UniqueIndex(
        "(previous_contract_id) WHERE previous_contract_id IS NOT NULL AND state != 'cancelled'",
        "A contract is renewed once only.",
    )
    _notice_idx = models.Index("(date_notice) WHERE state = 'running' AND notice_done IS NOT TRUE")

    @api.depends("date_end", "notice_days")
    def _compute_date_notice(self):
        for contract in self:
            contract.date_notice = contract.date_end and contract.date_end - relativedelta(
                days=contract.notice_days
            )

    @api.depends("next_contract_ids.state", "previous_contract_id")
    def _compute_renewal_count(self):
        for contract in self:
            contract.next_contract_id = contract._get_successor()
            contract.renewal_count = len(contract._get_chain()) - 1

    def _get_chain(self):
        """Return the contract with those before and after it, oldest first."""
        self.ensure_one()
        chain, contract = self, self.previous_contract_id
        while contract and contract not in chain:
            chain, contract = contract | chain, contract.previous_contract_id
        contract = self._get_successor()
        while contract and contract not in chain:
            chain, contract = chain | contract, contract._get_successor()
        return chain

    def _get_successor(self):
        """Return the contract that renews this one, if any."""
        return self.next_contract_ids.filtered(lambda c: c.state != "cancelled")[:1]

    def action_view_renewals(self):
        """Open the contract with those it renews and is renewed by."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_contract_action"
        )
        return dict(action, domain=[("id", "in", self._get_chain().ids)], context={})

    def action_renew(self):
        """Make the quotation that renews the contract, or open the one there is (W11).

        The same assets as far as they are still there, the price with its change, from the day
        after the end; confirming it makes the contract that follows.

        :return: the action that shows the quotation
        :raise UserError: when the contract is a draft or cancelled, is renewed already, or has no
            asset left
        """
        self.ensure_one()
        self.check_access("read")
        # sudo: to see that there is one, also of another salesperson.
        order = self.sudo().renewal_order_ids.filtered(lambda o: o.state in ("draft", "sent"))[:1]
        if order and not order.with_env(self.env).has_access("read"):
            raise UserError(
                self.env._(
                    "%(contract)s: %(person)s has made the quotation %(order)s for its renewal.",
                    contract=self.name,
                    person=order.user_id.name or order.create_uid.name,
                    order=order.name,
                )
            )
        if not order:
            self._check_renewable()
            order = self.env["sale.order"].create(self._prepare_renewal_vals())
        action = self.env["ir.actions.act_window"]._for_xml_id("sale.action_quotations")
        return dict(action, res_id=order.id, view_mode="form", views=[(False, "form")], context={})

    def _check_renewable(self):
        """Raise unless the contract can be renewed."""
        successor = self._get_successor()
        if successor:
            raise UserError(
                self.env._(
                    "%(contract)s is renewed by %(successor)s already.",
                    contract=self.name,
                    successor=successor.name,
                )
            )
        if self.state not in ("running", "expired") or self.cancel_reason:
            raise UserError(
                self.env._(
                    "%(contract)s is %(state)s: only running and expired contracts that were not "
                    "cancelled are renewed. Sell a new one.",
                    contract=self.name,
                    state=self._get_state_label("cancelled" if self.cancel_reason else self.state),
                )
            )
        if not self._get_renewable_lines():
            raise UserError(
                self.env._(
                    "%(contract)s: none of its assets is still in service. There is nothing to "
                    "renew.",
                    contract=self.name,
                )
            )

    def _get_renewable_lines(self):
        """Return the lines whose assets are still there."""
        return self.line_ids.filtered(
            lambda line: not line.is_gone and line.asset_id.state == "in_service"
        )

    def _prepare_renewal_vals(self):
        """Return the values of the quotation that renews the contract."""
        self.ensure_one()
        order = self.sudo().sale_order_id  # who renews need not have sold it
        vals = {
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "user_id": self._get_renewal_user().id,
            "origin": self.name,
            "aftersales_renews_id": self.id,
            "order_line": [
                Command.create(self._prepare_renewal_line_vals(price, lines))
                for price, lines in self._get_renewable_lines()
                .grouped(lambda line: line._get_renewal_price())
                .items()
            ],
        }
        if order:
            vals.update(
                partner_invoice_id=order.partner_invoice_id.id,
                partner_shipping_id=order.partner_shipping_id.id,
                pricelist_id=order.pricelist_id.id,
                payment_term_id=order.payment_term_id.id,
            )
        return vals

    def _get_renewal_user(self):
        """Return the salesperson of the quotation: the contract's, unless who makes it may see
        own quotations only.
        """
        sees_all = self.env.su or self.env.user.has_group(
            "sales_team.group_sale_salesman_all_leads"
        )
        return self.user_id if sees_all and self.user_id else self.env.user

    def _prepare_renewal_line_vals(self, price, lines):
        """Return the values of the order line for ``lines`` that cost ``price`` each."""
        return {
            "product_id": self.product_id.id,
            "product_uom_qty": len(lines),
            "price_unit": price,
            "discount": 0.0,
            "aftersales_asset_ids": [Command.set(lines.asset_id.ids)],
            "aftersales_date_start": self.date_end + relativedelta(days=1),
        }

    @api.model
    def _cron_notice(self, batch_size=500):
        """Remind salespeople of contracts that end, n days before, through an index (rule 3)."""
        domain = self._get_due_domain("date_notice") & Domain(
            [("state", "=", "running"), ("notice_done", "=", False)]
        )
        found = self.search(domain, limit=batch_size, order="date_notice, id")
        due = found.try_lock_for_update()
        open_ended = due.filtered(lambda c: not c.cancel_reason and not c._get_successor())
        for contracts in open_ended.grouped("date_end").values():
            contracts._tell_ending()
        due._write_past_guard({"notice_done": True})
        remaining = self.search_count(domain, limit=batch_size) if len(found) == batch_size else 0
        self.env["ir.cron"]._commit_progress(len(due), remaining=remaining)

    def _tell_ending(self):
        """Tell the salespeople of contracts that end on the same day."""
        end = format_date(self.env, self[0].date_end)
        alone = self.filtered("auto_renew")
        alone._tell(
            self.env._("Service contract renews by itself"),
            self.env._(
                "It ends on %s and is then renewed with its price change. Tell the customer, or "
                "cancel it before.",
                end,
            ),
        )
        (self - alone)._tell(
            self.env._("Offer the renewal of the service contract"),
            self.env._("It ends on %s. “Renew” on the contract makes the quotation.", end),
        )

    def _renew_by_itself(self):
        """Renew and confirm those that ask for it, each on its own."""
        for contract in self.filtered(
            lambda c: c.auto_renew and not c.cancel_reason and not c._get_successor()
        ):
            try:
                with self.env.cr.savepoint():
                    contract._check_renewable()
                    order = contract.renewal_order_ids.filtered(
                        lambda o: o.state in ("draft", "sent")
                    )[:1]
                    order = order or order.create(contract._prepare_renewal_vals())
                    order.action_confirm()
            except OperationalError:
                raise  # another process was faster: Odoo runs the job again
            except Exception as error:  # pylint: disable=broad-except  # the others go on
                self.env.invalidate_all(flush=False)
                _logger.info("Contract %s was not renewed.", contract.id, exc_info=True)
                contract._tell(self.env._("The contract could not be renewed"), str(error))
