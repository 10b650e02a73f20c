from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from odoo.addons.aftersales_service.tools.snapshot import touch

MANAGER = "aftersales_dealer.group_aftersales_dealer_manager"
STAFF = "aftersales_dealer.group_aftersales_dealer_user"
# A week before the parts have to be there the dealer is reminded, then every week.
REMIND = timedelta(days=7)
MAX_QUANTITY = 1_000_000


class AftersalesStockingPlan(models.Model):
    """Sending plans, what dealers answer, reminders (D06)."""

    _inherit = "aftersales.stocking.plan"

    def action_send(self):
        """Send the plans to their dealers, who confirm and order on the portal (D06).

        :raise UserError: when one has no parts
        """
        self.env["aftersales.notice"]._check_groups(STAFF)
        self._ensure_transition("sent")
        for plan in self:
            if not plan.line_ids:
                raise UserError(
                    self.env._(
                        "%(plan)s has no parts. Enter them, or cancel it.", plan=plan.display_name
                    )
                )
        self._set_state("sent", date_sent=fields.Datetime.now())
        for plan in self:
            plan._tell_dealer(reminder=False)

    def action_cancel(self):
        """Cancel plans that no dealer ordered from."""
        self.env["aftersales.notice"]._check_groups(MANAGER)
        self._ensure_transition("cancelled")
        for plan in self:
            # sudo: managers were checked above and read the plan; of the order its number is told.
            order = plan.sudo().sale_order_ids.filtered(lambda o: o.state != "cancel")[:1]
            if order:
                raise UserError(
                    self.env._(
                        "%(plan)s: the dealer ordered with %(order)s. Cancel that order first.",
                        plan=plan.display_name,
                        order=order.name,
                    )
                )
        self._set_state("cancelled")

    def action_remind(self):
        """Remind the dealers of plans that they have not confirmed."""
        self.env["aftersales.notice"]._check_groups(STAFF)
        self.filtered(lambda plan: plan.state == "sent")._remind()

    def _tell_dealer(self, reminder):
        """Send the dealer the plan, or the reminder."""
        self.ensure_one()
        plan = self.with_context(lang=self.dealer_id.lang or self.env.lang)
        body = plan.env["ir.qweb"]._render(
            "aftersales_dealer.aftersales_stocking_plan_mail",
            {
                "plan": plan,
                "reminder": reminder,
                "late": fields.Date.context_today(plan) > plan.date_due,
                "link": self.get_base_url() + self.access_url,
            },
        )
        day = format_date(plan.env, plan.date_due)
        plan.message_notify(
            partner_ids=plan.dealer_id.ids,
            subject=plan.env._("Spare parts to have in stock by %s", day),
            body=body,
        )

    def _remind(self):
        """Remind the dealers; whoever is in charge is told once the date has passed."""
        today = fields.Date.context_today(self)
        for count, plans in self.grouped("reminder_count").items():
            plans._write_past_guard({"date_reminded": today, "reminder_count": count + 1})
        for plan in self:
            plan._tell_dealer(reminder=True)
            if plan.date_due < today and not plan.activity_ids:
                plan.activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=plan.env._("%s has not confirmed its spare parts", plan.dealer_id.name),
                    user_id=plan.user_id.id or plan.env.uid,
                )

    @api.model
    def _get_to_remind_domain(self):
        today = fields.Date.context_today(self)
        return [
            ("state", "=", "sent"),
            ("date_due", "<=", today + REMIND),
            ("date_end", ">=", today),
            ("date_sent", "<", fields.Datetime.now() - timedelta(days=1)),
            "|",
            ("date_reminded", "=", False),
            ("date_reminded", "<=", today - REMIND),
        ]

    @api.model
    def _cron_remind(self, batch_size=200):
        """Make the plans of coming seasons, remind dealers that have not confirmed (D06)."""
        self._make_due_plans()
        domain = self._get_to_remind_domain()
        due = self.search(domain, limit=batch_size, order="id").try_lock_for_update()
        due._remind()
        remaining = self.search_count(domain, limit=batch_size) if len(due) == batch_size else 0
        self.env["ir.cron"]._commit_progress(len(due), remaining=remaining)

    @api.model
    def _make_due_plans(self):
        """Make the draft plans of seasons whose parts are due in a month, where there are none."""
        today = fields.Date.context_today(self)
        seasons = self.env["aftersales.stocking.season"].search(
            [
                ("plan_ids", "=", False),
                ("date_due", "<=", today + timedelta(days=30)),
                ("date_start", ">=", today),
            ]
        )
        seasons._make_plans()

    # -- what the dealer does; called for the portal as superuser, the dealer checked ------------

    def _report_stock(self, quantities):
        """The dealer counted its stock (D06).

        :param quantities: {line id: quantity}
        :raise UserError: for quantities that are none, or when the plan is not with the dealer
        """
        self.ensure_one()
        touch(self)
        if self.state not in ("sent", "confirmed"):
            raise UserError(self.env._("%s is not open for you any more.", self.name))
        for line in self.line_ids:
            if line.id in quantities:
                line._count_stock(self._check_quantity(line, quantities[line.id]))
        self._write_past_guard({"date_stock_reported": fields.Datetime.now()})

    def _check_quantity(self, line, quantity):
        if quantity is None or not 0 <= quantity < MAX_QUANTITY:
            raise UserError(
                self.env._(
                    "“%s”: enter a quantity, 0 when there is none.", line.product_id.display_name
                )
            )
        return quantity

    def _confirm(self, stock, orders):
        """The dealer confirms the plan with its stock and what it orders: a quotation is made, to
        be paid on delivery; what neither is there nor ordered is recorded as lacking (D06).

        :param stock: {line id: quantity in stock}
        :param orders: {line id: quantity to order}
        :return: the quotation, empty when nothing is ordered
        """
        self.ensure_one()
        touch(self)
        self._ensure_transition("confirmed")
        self._report_stock(stock)
        wanted = {}
        for line in self.line_ids:
            quantity = self._check_quantity(line, orders.get(line.id, 0.0))
            if quantity:
                wanted[line] = quantity
        order = self.env["sale.order"]
        if wanted:
            order = order.with_company(self.company_id).create(self._prepare_order_vals(wanted))
        self._set_state(
            "confirmed", date_confirmed=fields.Datetime.now(), confirmed_by_id=self.env.uid
        )
        self._log_confirmed(order)
        return order

    def _prepare_order_vals(self, wanted):
        """Return the values of the quotation for {line: quantity}: cash on delivery."""
        self.ensure_one()
        term = self.env.ref("account.account_payment_term_immediate", raise_if_not_found=False)
        return {
            "partner_id": self.dealer_id.id,
            "company_id": self.company_id.id,
            "origin": self.name,
            "aftersales_stocking_plan_id": self.id,
            "user_id": self.user_id.id,
            "commitment_date": self.date_due if self.date_due > fields.Date.today() else False,
            **({"payment_term_id": term.id} if term else {}),
            "order_line": [
                (
                    0,
                    0,
                    {
                        "product_id": line.product_id.id,
                        "product_uom_qty": quantity,
                        "aftersales_stocking_line_id": line.id,
                    },
                )
                for line, quantity in wanted.items()
            ],
        }

    def _log_confirmed(self, order):
        """Say what the dealer ordered and what lacks, and ask for the order to be looked at."""
        short = self.line_ids.filtered(lambda line: line.shortfall > 0)
        lacking = ", ".join(f"{line.product_id.display_name} {line.shortfall:g}" for line in short)
        self._message_log(
            body=self.env._(
                "Confirmed by %(user)s. Order: %(order)s. Lacking: %(lacking)s.",
                user=self.env.user.name,
                order=order.name or self.env._("none"),
                lacking=lacking or self.env._("nothing"),
            )
        )
        if order or short:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("%s confirmed its spare parts", self.dealer_id.name),
                note=lacking and self.env._("Lacking: %s", lacking),
                user_id=self.user_id.id or self.env.ref("base.user_root").id,
            )

    # -- late service for want of a planned part -------------------------------------------------

    @api.model
    def _find_planned(self, dealer, product, company, date):
        """Return the line of the dealer's plan for the season of ``date`` that has ``product`` and
        lacks it; a plan that the dealer never confirmed lacks all it does not have (D06).
        """
        lines = self.env["aftersales.stocking.plan.line"].search(
            [
                ("dealer_id", "=", dealer.id),
                ("product_id", "=", product.id),
                ("company_id", "=", company.id),
                ("plan_state", "in", ("sent", "confirmed")),
                ("plan_id.date_due", "<=", date),
                ("plan_id.date_end", ">=", date),
            ],
            order="id desc",
            limit=1,
        )
        return lines
