from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

MANAGER = "aftersales_service.group_aftersales_manager"


class AftersalesContract(models.Model):
    """How a contract starts and expires (W11)."""

    _inherit = "aftersales.contract"

    assets_missing = fields.Integer(
        compute="_compute_assets_missing",
        help="Sold, but not named yet, or not delivered yet.",
    )

    @api.depends("line_ids", "sale_order_id.order_line.product_uom_qty")
    def _compute_assets_missing(self):
        for contract in self:
            # sudo: who reads the contract need not read its order.
            sold = contract.sudo()._get_sale_lines()
            named = contract.line_ids.filtered(lambda line: not line.origin_line_id)
            quantity = sum(int(line.product_uom_qty) for line in sold)
            contract.assets_missing = max(quantity - len(named), 0) if sold else 0

    def _get_sale_lines(self):
        """Return the lines of the contracts' orders that sold them."""
        return self.sale_order_id.order_line.filtered(
            lambda line: line.product_id in self.product_id and line.product_uom_qty > 0
        )

    def action_confirm(self):
        """Start the contracts (W11).

        :return: True
        :raise UserError: when the user is no service manager, a contract is no draft, or something
            is missing or wrong: the sentence names contract, field and cure
        """
        self.check_access("write")
        self._check_manager()
        self._ensure_transition("running")
        problems = self._get_problems()
        for contract in self:
            if problems[contract]:
                raise UserError("\n".join(problems[contract]))
        # sudo: allowed and checked above; lines and next dates are not typed in.
        self.sudo()._start()
        return True

    def _check_manager(self):
        """Raise unless the user decides on contracts: service managers."""
        if not (self.env.su or self.env.user.has_group(MANAGER)):
            raise UserError(
                self.env._(
                    "%(contract)s: contracts are confirmed, renewed and cancelled by service "
                    "managers. Ask one of them.",
                    contract=", ".join(self.mapped("name")),
                )
            )

    def _get_problems(self):
        """Return {contract: sentences}: why it cannot start; empty lists when it can."""
        wrong = self._get_asset_problems()
        return {contract: [*contract._get_missing(), *wrong[contract]] for contract in self}

    def _get_asset_problems(self):
        """Return {contract: sentences}: which of its assets cannot be under it, and why."""
        overlaps = self._get_overlaps()
        return {
            contract: [
                *filter(None, (line._get_owner_problem() for line in contract._get_lines_there())),
                *contract._get_out_of_service(),
                *overlaps.get(contract, []),
            ]
            for contract in self
        }

    def _get_lines_there(self):
        """Return the lines whose assets have not left."""
        return self.line_ids.filtered(lambda line: not line.is_gone)

    def _get_missing(self):
        """Return the sentences about what is not filled in."""
        self.ensure_one()
        result = []
        if not self.line_ids:
            result.append(
                self.env._(
                    "%(contract)s: name at least one asset under “Assets”.", contract=self.name
                )
            )
        # Whoever confirms a contract need not see its order; a yes or no is used.
        elif self.assets_missing and not self.sudo().sale_order_id._delivers_assets():
            result.append(
                self.env._(
                    "%(contract)s: %(missing)s of the assets sold on %(order)s are not named. "
                    "Choose them on the order, or correct its quantity.",
                    contract=self.name,
                    missing=self.assets_missing,
                    order=self.sale_order_id.name,
                )
            )
        undated = not self.line_ids.filtered("date_start")
        required = ["period"] if self.invoicing != "once" else []
        required += ["date_start", "date_end"] if undated else []
        for name in required:
            if not self[name]:
                result.append(
                    self.env._(
                        "%(contract)s: fill in “%(field)s”.",
                        contract=self.name,
                        field=self._fields[name].get_description(self.env)["string"],
                    )
                )
        return result

    def _get_out_of_service(self):
        """Return the sentences about assets that are not in service."""
        self.ensure_one()
        return [
            self.env._(
                "%(contract)s: %(asset)s is %(state)s. Put it in service first, or remove it from "
                "the contract.",
                contract=self.name,
                asset=asset.display_name,
                state=asset._get_state_label(asset.state),
            )
            for asset in self._get_lines_there().asset_id
            if asset.state != "in_service"
        ]

    def _get_overlaps(self):
        """Return {contract: sentences} about assets that have the same cover already; in a
        constant number of queries.
        """
        asking = self.filtered(lambda contract: not contract.overlap_reason)
        others = self.env["aftersales.contract.line"].search(
            [
                ("asset_id", "in", asking._get_lines_there().asset_id.ids),
                ("contract_id.state", "=", "running"),
                ("contract_id", "not in", self.ids),
            ]
        )
        by_asset = others.grouped("asset_id")
        result = {}
        for line in asking._get_lines_there():
            for other in by_asset.get(line.asset_id, ()):
                if line._overlaps(other):
                    result.setdefault(line.contract_id, []).append(line._explain_overlap(other))
        return result

    def _start(self):
        """The contracts run: their lines have their dates, the first invoice its day."""
        for contract in self:
            contract.line_ids._fill_dates()
            contract._extend_to_lines()
        self._set_state("running")
        self._plan_next_invoice()

    def _extend_to_lines(self):
        """The contract lasts until the end of its last asset, and a draft from the start of its
        first one; a running one keeps its start, from which the periods are counted.
        """
        self.ensure_one()
        starts = [date for date in self.line_ids.mapped("date_start") if date]
        ends = [date for date in self.line_ids.mapped("date_end") if date]
        vals = {"date_end": max(ends)} if ends else {}
        if starts and self.state == "draft":
            vals["date_start"] = min(starts)
        if vals:
            self._write_past_guard(vals)

    def _try_start(self):
        """Start what is sold and complete; the salesperson is told of what is not (W11).

        An order is not held up: customers sign online when nobody is there to choose the assets.
        """
        drafts = self.filtered(lambda contract: contract.state == "draft")
        problems = drafts._get_problems()
        ready = drafts.browse()
        notes = {}
        for contract in drafts:
            if contract._is_waiting():
                continue
            if problems[contract]:
                notes[contract] = "\n".join(problems[contract])
            else:
                ready |= contract
        if notes:
            drafts.browse().union(*notes)._tell(self.env._("Complete the service contract"), notes)
        if ready:
            ready._start()

    def _is_waiting(self):
        """Whether deliveries of the order, or the start of a warranty, are waited for."""
        self.ensure_one()
        if self.line_ids and not any(self.line_ids.mapped("date_start")):
            return True
        return not self.line_ids and self.sale_order_id._delivers_assets()

    def _tell(self, summary, note, user=None):
        """Give the salespeople (or ``user``) an activity, unless it is there already; one query
        to look and one to make, for any number of contracts.

        :param note: what to do (str), or {contract: str}
        """
        known = self.env["mail.activity"].search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids), ("summary", "=", summary)]
        )
        told = set(known.mapped("res_id"))
        notes = note if isinstance(note, dict) else dict.fromkeys(self, note)
        activity_type = self.env.ref("mail.mail_activity_data_todo")
        self.env["mail.activity"].create(
            [
                {
                    "activity_type_id": activity_type.id,
                    "automated": True,
                    "res_model_id": self.env["ir.model"]._get_id(self._name),
                    "res_id": contract.id,
                    "summary": summary,
                    "note": notes[contract],
                    "user_id": (
                        user
                        or contract.user_id
                        or contract.sale_order_id.user_id
                        or contract.create_uid
                    ).id,
                }
                for contract in self
                if contract.id not in told
            ]
        )

    def _get_today(self):
        """Return the day of today where the company of the contracts is."""
        return (self.company_id[:1] or self.env.company)._get_aftersales_today()

    @api.model
    def _get_due_domain(self, name, days_ago=0):
        """Domain of the contracts whose date ``name`` has come, for each company on its own day."""
        return Domain.OR(
            Domain("company_id", "in", ids) & Domain(name, "<=", day - relativedelta(days=days_ago))
            for day, ids in self.env["res.company"]._get_companies_by_today().items()
        )

    @api.model
    def _cron_expire(self, batch_size=200):
        """End what ended before today, incrementally by the index on the end (rule 3); what
        renews by itself is renewed first.
        """
        domain = self._get_due_domain("date_end", days_ago=1) & Domain("state", "=", "running")
        due = self.search(domain, limit=batch_size, order="id").try_lock_for_update()
        due._renew_by_itself()
        cancelled = due.filtered("cancel_reason")
        cancelled._set_state("cancelled")
        (due - cancelled)._set_state("expired")
        remaining = self.search_count(domain, limit=batch_size) if len(due) == batch_size else 0
        self.env["ir.cron"]._commit_progress(len(due), remaining=remaining)
