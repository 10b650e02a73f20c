from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import format_date

from .account_move_advance import ADVANCING


class AftersalesAdvanceRecourse(models.Model):
    """One step by which the dealer pays back what the company advanced (F05).

    The steps go in this order: from the deposit, by deduction in the next fee notice, by debit
    note. A step counts as recovered when the money is there: at once from the deposit, when the
    notice is settled, when the debit note is paid.
    """

    _name = "aftersales.advance.recourse"
    _description = "Recourse on a Dealer"
    _inherit = ["aftersales.transition.mixin"]
    _order = "advance_id, id"
    _check_company_auto = True
    _guard_readonly = True
    _initial_states = ("live",)
    _transitions = {"live": ("reversed",)}

    advance_id = fields.Many2one(
        "aftersales.advance", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="advance_id.company_id", store=True, index=True)
    dealer_id = fields.Many2one(related="advance_id.dealer_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(
        [
            ("deposit", "From the deposit"),
            ("deduction", "Deducted in a fee notice"),
            ("debit", "Debit note"),
        ],
        required=True,
        readonly=True,
    )
    date = fields.Date(required=True, readonly=True, default=fields.Date.context_today)
    amount = fields.Monetary(required=True, readonly=True)
    amount_live = fields.Monetary(
        string="Counts", compute="_compute_amounts", store=True, help="Zero once it was taken back."
    )
    amount_recovered = fields.Monetary(
        string="Recovered", compute="_compute_amounts", store=True, help="What is in our hands."
    )
    deposit_move_id = fields.Many2one(
        "aftersales.deposit.move", readonly=True, index="btree_not_null"
    )
    charge_id = fields.Many2one("aftersales.dealer.charge", readonly=True, index="btree_not_null")
    move_id = fields.Many2one(
        "account.move",
        string="Debit Note",
        readonly=True,
        index="btree_not_null",
        groups="account.group_account_invoice,account.group_account_readonly",
    )
    document = fields.Char(compute="_compute_document")
    reason = fields.Char(readonly=True, help="Why not in the usual order, or why taken back.")
    state = fields.Selection(
        [("live", "In force"), ("reversed", "Taken back")],
        string="Status",
        required=True,
        readonly=True,
        default="live",
    )

    _amount_positive = models.Constraint(
        "CHECK(amount > 0)", "The amount of a step of recourse must be more than zero."
    )
    _deposit_uniq = models.UniqueIndex("(deposit_move_id) WHERE deposit_move_id IS NOT NULL")
    _charge_uniq = models.UniqueIndex("(charge_id) WHERE charge_id IS NOT NULL")
    _move_uniq = models.UniqueIndex("(move_id) WHERE move_id IS NOT NULL")

    @api.depends("advance_id.name", "kind")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for step in self:
            step.display_name = f"{step.advance_id.name}: {kinds.get(step.kind, '')}"

    @api.depends("state", "amount", "kind", "charge_id.state", "move_id.amount_residual")
    def _compute_amounts(self):
        for step in self:
            live = step.state == "live" and step.charge_id.state != "cancelled"
            step.amount_live = step.amount if live else 0.0
            step.amount_recovered = step._get_recovered() if live else 0.0

    def _get_recovered(self):
        """Return how much of the step is in our hands."""
        self.ensure_one()
        if self.kind == "deduction":
            return self.amount if self.charge_id.state == "settled" else 0.0
        if self.kind == "debit":
            return self.currency_id.round(self.amount - self.move_id.amount_residual)
        return self.amount

    @api.depends("deposit_move_id", "charge_id", "charge_id.notice_line_ids.live", "move_id")
    def _compute_document(self):
        for step in self.sudo():  # which document it is may be known; it guards itself
            notice = step.charge_id.notice_id
            document = notice or step.charge_id or step.deposit_move_id or step.move_id
            step.document = document.display_name

    def action_reverse(self, reason=None):
        """Take steps back for ``reason`` (str); asks for it when empty.

        :raise AccessError: the user may not post
        :raise UserError: taken back already, or in a fee notice
        """
        if not reason:
            return self.env["aftersales.dealer.reason"]._ask(
                self, "reverse", self.env._("Take the Step Back")
            )
        self.env["aftersales.notice"]._check_groups("account.group_account_invoice")
        self.advance_id._lock_recourse()
        return self._take_back(reason)

    def _take_back(self, reason):
        """Undo these steps by counter-documents; whoever calls has checked who may."""
        self._ensure_transition("reversed")
        for step in self:
            if step.kind == "deposit":
                step.deposit_move_id._reverse(reason)
            elif step.kind == "deduction":
                # The document's own rights were checked; charges are the dealer managers'.
                charge = step.charge_id.sudo()
                if charge.state != "cancelled":
                    charge._cancel()
            else:
                step._reverse_debit_note(reason)
        # Accountants read steps; only actions change them.
        self.sudo()._set_state("reversed", reason=reason)
        return True

    def _reverse_debit_note(self, reason):
        """Credit the debit note in full."""
        self.ensure_one()
        move = self.move_id.with_context(aftersales_advancing=ADVANCING)
        move.line_ids.remove_move_reconcile()
        date = max(move.date, fields.Date.context_today(self))
        move._reverse_moves(
            [{"ref": f"{move.name}: {reason}", "date": date, "invoice_date": date}], cancel=True
        )

    def _book(self):
        """Make the document of each step; all are of one company."""
        for kind, book in (
            ("deposit", self._book_deposits),
            ("deduction", self._book_charges),
            ("debit", self._book_debit_notes),
        ):
            steps = self.filtered(lambda step, kind=kind: step.kind == kind)
            if steps:
                book(steps)

    @api.model
    def _book_deposits(self, steps):
        moves = self.env["aftersales.deposit.move"]._post_new(
            [
                {
                    "dealer_id": step.dealer_id.id,
                    "company_id": step.company_id.id,
                    "date": step.date,
                    "direction": "out",
                    "purpose": "advance",
                    "amount": step.amount,
                    "reason": step._get_label(),
                    "counterpart_account_id": step.company_id._get_recourse_account().id,
                }
                for step in steps
            ]
        )
        for step, move in zip(steps, moves, strict=True):
            step._write_past_guard({"deposit_move_id": move.id})

    @api.model
    def _book_charges(self, steps):
        charges = self.env["aftersales.dealer.charge"]
        for step in steps:
            charge = charges._create_charges(
                [
                    {
                        "res_model": step._name,
                        "res_id": step.id,
                        "kind": "advance",
                        "dealer_id": step.dealer_id.id,
                        "company_id": step.company_id.id,
                        "currency_id": step.currency_id.id,
                        "date": step.date,
                        "amount": -step.amount,
                        "description": step._get_label(),
                        "account_id": step.company_id._get_recourse_account().id,
                    }
                ]
            )
            step._write_past_guard({"charge_id": charge.id})

    @api.model
    def _book_debit_notes(self, steps):
        moves = self.env["account.move"].with_context(aftersales_advancing=ADVANCING)
        notes = moves.create([step._prepare_debit_note_vals() for step in steps])
        notes._post(soft=False)
        for step, note in zip(steps, notes, strict=True):
            step._write_past_guard({"move_id": note.id})

    def _prepare_debit_note_vals(self):
        """Return the values of the debit note: an invoice on the recourse account without tax."""
        self.ensure_one()
        return {
            "move_type": "out_invoice",
            "partner_id": self.dealer_id.id,
            "company_id": self.company_id.id,
            "currency_id": self.currency_id.id,
            "invoice_date": self.date,
            "invoice_origin": self.advance_id.name,
            "ref": self._get_label(),
            "aftersales_advance_id": self.advance_id.id,
            "aftersales_advance_role": "debit",
            "invoice_line_ids": [
                Command.create(
                    {
                        "name": self._get_label(),
                        "account_id": self.company_id._get_recourse_account().id,
                        "quantity": 1.0,
                        "price_unit": self.amount,
                        "tax_ids": [Command.clear()],
                    }
                )
            ],
        }

    def _get_label(self):
        """Return what the dealer reads on each document, in its language."""
        self.ensure_one()
        env = self.with_context(lang=self.dealer_id.lang or self.env.lang).env
        return env._(
            "Advance compensation %(number)s, paid on %(date)s",
            number=self.advance_id.name,
            date=format_date(env, self.advance_id.date_paid),
        )
