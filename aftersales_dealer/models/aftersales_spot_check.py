from odoo import api, fields, models
from odoo.exceptions import UserError

OBJECT = {"company_id", "round_id", "dealer_id", "kind", "claim_id", "registration_id"}
ANSWERED = OBJECT | {"result", "summary", "line_ids", "method"}


class AftersalesSpotCheck(models.Model):
    """A sales rep asks or looks whether a claim or a registration is true (抽查, D10)."""

    _name = "aftersales.spot.check"
    _description = "Dealer Spot Check"
    _inherit = [
        "aftersales.number.mixin",
        "aftersales.transition.mixin",
        "mail.thread",
        "aftersales.due.activity.mixin",
    ]
    _order = "state desc, date_due, id"
    _check_company_auto = True
    _number_sequence = "aftersales.spot.check"
    _rec_names_search = ["name", "dealer_id.name", "claim_id.name"]
    _guard_readonly = True
    _mail_post_access = "read"
    _initial_states = ("planned",)
    _transitions = {"planned": ("done", "not_reached", "cancelled"), "not_reached": ("planned",)}
    # What is checked was drawn; what was found stays (J04).
    _frozen_fields = {"planned": {"round_id"}, "done": ANSWERED, "not_reached": OBJECT}

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    round_id = fields.Many2one(
        "aftersales.spot.check.round", index="btree_not_null", check_company=True, copy=False
    )
    dealer_id = fields.Many2one(
        "res.partner",
        compute="_compute_dealer_id",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        index=True,
        domain="[('is_dealer', '=', True)]",
        ondelete="restrict",
    )
    kind = fields.Selection(
        [("claim", "Claim"), ("user", "End user")],
        string="Checks",
        required=True,
        default="claim",
    )
    claim_id = fields.Many2one(
        "aftersales.claim", index="btree_not_null", check_company=True, copy=False
    )
    registration_id = fields.Many2one(
        "aftersales.registration", index="btree_not_null", check_company=True, copy=False
    )
    method = fields.Selection(
        [("phone", "By phone"), ("visit", "By visit")], required=True, default="phone"
    )
    user_id = fields.Many2one(
        "res.users",
        string="Sales Rep",
        required=True,
        index=True,
        domain="[('share', '=', False)]",
        default=lambda self: self.env.user,
        tracking=True,
    )
    date_due = fields.Date(
        string="Due", required=True, default=fields.Date.context_today, tracking=True
    )
    # What the rep needs to know; a rep has no rights on claims, machines and cards.
    user_name = fields.Char(string="End User", compute="_compute_facts", compute_sudo=True)
    user_phone = fields.Char(string="Phone", compute="_compute_facts", compute_sudo=True)
    user_address = fields.Char(string="Address", compute="_compute_facts", compute_sudo=True)
    machine = fields.Char(compute="_compute_facts", compute_sudo=True)
    facts = fields.Text(string="What the Dealer Says", compute="_compute_facts", compute_sudo=True)
    line_ids = fields.One2many("aftersales.spot.check.line", "check_id", string="Questions")
    attachment_ids = fields.Many2many("ir.attachment", string="Photos", copy=False)
    summary = fields.Text(string="What Was Found")
    result = fields.Selection(
        [("confirmed", "Confirmed"), ("deviation", "Deviations"), ("fraud", "Fraud")],
        compute="_compute_result",
        store=True,
        readonly=False,
        copy=False,
        tracking=True,
        help="Follows from the answers; may be set otherwise with an explanation.",
    )
    finding_weight = fields.Integer(
        string="Points", compute="_compute_finding_weight", store=True, aggregator="avg"
    )
    state = fields.Selection(
        [
            ("planned", "To check"),
            ("done", "Checked"),
            ("not_reached", "Not reached"),
            ("cancelled", "Cancelled"),
        ],
        string="Status",
        required=True,
        readonly=True,
        default="planned",
        index=True,
        copy=False,
        tracking=True,
    )
    date_done = fields.Datetime(string="Checked on", readonly=True, copy=False)
    done_by_id = fields.Many2one("res.users", string="Checked by", readonly=True, copy=False)
    end_reason = fields.Char(string="Why Not", readonly=True, copy=False)

    _name_uniq = models.UniqueIndex(
        "(name, company_id)", "A spot check with this number exists already."
    )
    _claim_uniq = models.UniqueIndex(
        "(claim_id) WHERE claim_id IS NOT NULL AND state IN ('planned', 'done')",
        "This claim is or was checked already. Choose another one.",
    )
    _registration_uniq = models.UniqueIndex(
        "(registration_id) WHERE registration_id IS NOT NULL AND state IN ('planned', 'done')",
        "This registration is or was checked already. Choose another one.",
    )
    _object_check = models.Constraint(
        "CHECK((kind = 'claim' AND claim_id IS NOT NULL AND registration_id IS NULL) OR "
        "(kind = 'user' AND registration_id IS NOT NULL AND claim_id IS NULL))",
        "A spot check is about a claim, or about an end user's registration: choose it.",
    )

    @api.depends("claim_id", "registration_id")
    def _compute_dealer_id(self):
        for check in self:
            check.dealer_id = (
                check.claim_id.dealer_id or check.registration_id.dealer_id or check.dealer_id
            )

    @api.depends("claim_id", "registration_id")
    def _compute_facts(self):
        for check in self:
            card = check.registration_id or check.claim_id.registration_id
            user = check.claim_id.end_user_id or card.end_user_id
            check.user_name = user.name or card.end_user_name
            check.user_phone = user.phone or card.end_user_phone
            lines = (line.strip(" ,") for line in (user.contact_address or "").splitlines())
            check.user_address = ", ".join(filter(None, lines))
            check.machine = (check.claim_id.asset_id or card.asset_id).display_name
            check.facts = "\n".join((check.claim_id or card)._get_spot_check_facts())

    @api.depends("line_ids.is_finding", "line_ids.severity", "line_ids.answer")
    def _compute_result(self):
        for check in self:
            found = set(check.line_ids.filtered("is_finding").mapped("severity"))
            if "fraud" in found:
                check.result = "fraud"
            elif found:
                check.result = "deviation"
            elif check.line_ids and all(check.line_ids.mapped("answer")):
                check.result = "confirmed"
            else:
                check.result = False

    @api.depends("line_ids.is_finding", "line_ids.weight")
    def _compute_finding_weight(self):
        for check in self:
            check.finding_weight = sum(check.line_ids.filtered("is_finding").mapped("weight"))

    @api.model_create_multi
    def create(self, vals_list):
        checks = super().create(vals_list)
        checks.filtered(lambda check: not check.line_ids)._ask_questions()
        for (user, due), own in checks.grouped(lambda c: (c.user_id, c.date_due)).items():
            own.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=due,
                summary=self.env._("Spot check"),
                user_id=user.id,
            )
        return checks

    def _ask_questions(self):
        """Give the checks their questions."""
        # Reps read questions of their checks only.
        questions = self.env["aftersales.spot.check.question"].sudo()
        questions = questions.search([])  # pylint: disable=no-search-all
        # Questions are asked by drawing a check, never entered.
        self.env["aftersales.spot.check.line"].sudo().create(
            [
                {
                    "check_id": check.id,
                    "question_id": question.id,
                    "sequence": question.sequence,
                    "severity": question.severity,
                    "weight": question.weight,
                    "expected": question.expected,
                }
                for check in self
                for question in questions
                if question.scope in (check.kind, "both")
                and question.company_id in (check.company_id, question.company_id.browse())
            ]
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Spot checks are kept. Cancel them with a reason instead."))
