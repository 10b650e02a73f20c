from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_date

from .aftersales_dealer_charge import MANAGER

PROPOSAL = {"dealer_id", "company_id", "grade_from_id", "grade_to_id", "reason"}
DECIDED = PROPOSAL | {"date_effective"}


class AftersalesDealerGradeChange(models.Model):
    """A proposed, approved or past change of a dealer's grade: who, when, from, to, why (D11).

    The changes that took effect are the history of the grade: what was repaired before a change
    is paid by the grade of that day.
    """

    _name = "aftersales.dealer.grade.change"
    _description = "Grade Change"
    _inherit = [
        "aftersales.number.mixin",
        "aftersales.transition.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "date_effective desc, id desc"
    _check_company_auto = True
    _number_sequence = "aftersales.dealer.grade.change"
    _rec_names_search = ["name", "dealer_id.name"]
    _guard_readonly = True
    _initial_states = ("proposed",)
    _transitions = {
        "proposed": ("approved", "refused", "cancelled"),
        "approved": ("done", "cancelled"),
    }
    # What is decided on is what was proposed: another grade or reason is another proposal.
    _frozen_fields = {
        "proposed": PROPOSAL,
        **dict.fromkeys(("approved", "done", "refused", "cancelled"), DECIDED),
    }

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    dealer_id = fields.Many2one(
        "res.partner",
        required=True,
        index=True,
        check_company=True,
        domain="[('is_dealer', '=', True)]",
        ondelete="restrict",
        tracking=True,
    )
    grade_from_id = fields.Many2one(
        "aftersales.dealer.grade",
        string="From Grade",
        compute="_compute_grade_from_id",
        store=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    grade_to_id = fields.Many2one(
        "aftersales.dealer.grade",
        string="To Grade",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        tracking=True,
    )
    direction = fields.Selection(
        [("first", "First grade"), ("up", "Upgrade"), ("down", "Downgrade")],
        compute="_compute_direction",
        store=True,
    )
    reason = fields.Text(required=True)
    date_effective = fields.Date(
        string="Effective from",
        required=True,
        default=fields.Date.context_today,
        tracking=True,
        help="Repairs from this day on are paid by the new grade.",
    )
    state = fields.Selection(
        [
            ("proposed", "Proposed"),
            ("approved", "Approved"),
            ("done", "In effect"),
            ("refused", "Refused"),
            ("cancelled", "Cancelled"),
        ],
        string="Status",
        required=True,
        readonly=True,
        default="proposed",
        index=True,
        copy=False,
        tracking=True,
    )
    proposed_by_id = fields.Many2one(
        "res.users",
        readonly=True,
        required=True,
        copy=False,
        default=lambda self: self.env.user,
        ondelete="restrict",
    )
    decided_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    date_decided = fields.Datetime(string="Decided on", readonly=True, copy=False)
    decision_reason = fields.Char(
        string="Why Not", readonly=True, copy=False, help="Why it was refused or cancelled."
    )

    _name_uniq = models.UniqueIndex(
        "(name, company_id)", "A grade change with this number exists already."
    )
    _open_uniq = models.UniqueIndex(
        "(dealer_id) WHERE state IN ('proposed', 'approved')",
        "A change of this dealer's grade is being decided already: approve, refuse or cancel "
        "that one first.",
    )
    _history_idx = models.Index("(dealer_id, date_effective) WHERE state = 'done'")

    @api.depends("dealer_id")
    def _compute_grade_from_id(self):
        for change in self:
            change.grade_from_id = change.dealer_id.dealer_grade_id

    @api.depends("grade_from_id", "grade_to_id")
    def _compute_direction(self):
        for change in self:
            before, after = change.grade_from_id, change.grade_to_id
            if not before:
                change.direction = "first"
            else:
                better = (after.sequence, after.id) < (before.sequence, before.id)
                change.direction = "up" if better else "down"

    @api.depends("name", "dealer_id", "grade_to_id")
    def _compute_display_name(self):
        for change in self:
            change.display_name = (
                f"{change.name}: {change.dealer_id.name or ''} → {change.grade_to_id.name or ''}"
            )

    @api.constrains("dealer_id", "grade_to_id")
    def _check_change(self):
        for change in self:
            names = {"dealer": change.dealer_id.display_name, "grade": change.grade_to_id.name}
            if not change.dealer_id.is_dealer:
                raise ValidationError(
                    self.env._(
                        "%(dealer)s is not a dealer and has no grade. Choose a dealer.", **names
                    )
                )
            if change.grade_from_id == change.grade_to_id:
                raise ValidationError(
                    self.env._(
                        "%(dealer)s has the grade %(grade)s already. Choose another one.", **names
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        # What was decided just now makes room in the unique index only in the database.
        self.flush_model(["state"])
        return super().create(vals_list)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("The history of grades is kept. Cancel the change instead."))

    # -- decisions --------------------------------------------------------------------------------

    def action_approve(self):
        """Approve changes: they take effect on their day, today at the earliest (D11).

        :raise AccessError: when the user is not a dealer manager
        :raise UserError: when the user proposed it, or the grade is another one by now
        """
        self._check_may_decide()
        today = fields.Date.context_today(self)
        for change in self:
            if change.dealer_id.dealer_grade_id != change.grade_from_id:
                raise UserError(
                    self.env._(
                        "%(change)s: the dealer has the grade %(grade)s by now. Cancel this "
                        "proposal and make a new one.",
                        change=change.display_name,
                        grade=change.dealer_id.dealer_grade_id.name or self.env._("none"),
                    )
                )
        decision = {"decided_by_id": self.env.uid, "date_decided": fields.Datetime.now()}
        late = self.filtered(lambda change: change.date_effective < today)
        late._set_state("approved", date_effective=today, **decision)
        (self - late)._set_state("approved", **decision)
        self.activity_unlink(["mail.mail_activity_data_todo"])
        self.filtered(lambda change: change.date_effective <= today)._apply()

    def action_refuse(self, reason=None):
        """Refuse proposals for ``reason`` (str); without one, open the dialog that asks for it."""
        return self._end("refused", reason, "refuse", self.env._("Refuse Grade Change"))

    def action_cancel(self, reason=None):
        """Take proposals back, or approved changes before their day; asks why when empty."""
        return self._end("cancelled", reason, "cancel", self.env._("Cancel Grade Change"))

    def _end(self, state, reason, operation, title):
        if not reason:
            return self.env["aftersales.dealer.reason"]._ask(self, operation, title)
        own = all(change.proposed_by_id == self.env.user for change in self)
        withdrawn = state == "cancelled" and own and set(self.mapped("state")) == {"proposed"}
        if not withdrawn:
            self.env["aftersales.notice"]._check_groups(MANAGER)
        self._set_state(
            state,
            decision_reason=reason,
            decided_by_id=self.env.uid,
            date_decided=fields.Datetime.now(),
        )
        self.activity_unlink(["mail.mail_activity_data_todo"])
        return None

    def _check_may_decide(self):
        """Raise unless the user is a dealer manager who did not propose it, or the company
        allows it (J01).
        """
        self.env["aftersales.notice"]._check_groups(MANAGER)
        for change in self:
            same_allowed = change.company_id.sudo().dealer_grade_same_user  # one yes or no
            if change.proposed_by_id == self.env.user and not same_allowed:
                raise AccessError(
                    self.env._(
                        "%(change)s: you proposed it, so another dealer manager has to decide. "
                        "A setting of the company can allow it.",
                        change=change.display_name,
                    )
                )

    # -- effect -----------------------------------------------------------------------------------

    def _apply(self):
        """Give the dealers their approved grades; drafts of repairs since then are priced anew."""
        self._set_state("done")
        for grade, changes in self.grouped("grade_to_id").items():
            # Approved above: nobody else may change a grade by writing it.
            changes.dealer_id.sudo()._set_grade_by_change(grade)
        # Drafts are priced anew whoever approved: nothing of them is shown.
        claims = self.env["aftersales.claim"].sudo()
        drafts = claims.search(
            [
                ("dealer_id", "in", self.dealer_id.ids),
                ("state", "in", ("draft", "returned")),
                ("date_repair", ">=", min(self.mapped("date_effective"), default=False)),
            ]
        )
        drafts.modified(["date_repair"])  # prices follow from the grade of that day
        for change in self:
            change._message_log(
                body=self.env._(
                    "The grade counts for repairs from %s on.",
                    format_date(self.env, change.date_effective),
                )
            )

    @api.model
    def _cron_apply(self, batch_size=1000):
        """Bring approved changes into effect on their day (D11, design rule 3)."""
        today = fields.Date.context_today(self)
        domain = [("state", "=", "approved"), ("date_effective", "<=", today)]
        due = self.search(domain, limit=batch_size, order="id").try_lock_for_update()
        if due:
            due._apply()
        remaining = self.search_count(domain, limit=batch_size) if len(due) == batch_size else 0
        self.env["ir.cron"]._commit_progress(len(due), remaining=remaining)

    @api.model
    def _get_for(self, keys):
        """Return the grade of each dealer on each day, in one query (D11).

        :param keys: iterable of (dealer, date): ``res.partner`` and ``datetime.date``
        :return: {key: ``aftersales.dealer.grade``, may be empty}
        """
        keys = set(keys)
        dealers = self.env["res.partner"].browse({dealer.id for dealer, __ in keys})
        # Grades decide on documents of users who may not read the history.
        history = self.sudo().search(
            [("dealer_id", "in", dealers.ids), ("state", "=", "done")],
            order="date_effective, id",
        )
        by_dealer = history.grouped("dealer_id")
        result = {}
        for dealer, date in keys:
            # Records of the superuser's history are found by the superuser's dealer.
            grade = self._pick(by_dealer.get(dealer.sudo(), history.browse()), dealer, date)
            # Given back with the user's own rights.
            result[dealer, date] = grade.sudo(False)
        return result

    def _pick(self, changes, dealer, date):
        """Return the grade on ``date`` by the dealer's ``changes``, oldest first."""
        if not changes:
            # As above: one grade, whatever the user sees of the contact.
            return dealer.sudo().dealer_grade_id
        past = changes.filtered(lambda change: change.date_effective <= date)
        return past[-1].grade_to_id if past else changes[0].grade_from_id
