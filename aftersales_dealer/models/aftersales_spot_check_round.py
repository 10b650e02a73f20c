import random

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools import spot_sample
from .aftersales_dealer_charge import MANAGER

CHECKED_CLAIMS = ("submitted", "awaiting_parts", "appraised", "approved", "noticed", "settled")
MAX_SEED = 2**31 - 1


class AftersalesSpotCheckRound(models.Model):
    """A draw of spot checks: of which claims and end users, which share, by which seed (D10).

    The seed and the numbers drawn from are kept, so that anybody can draw again and see that
    nobody chose.
    """

    _name = "aftersales.spot.check.round"
    _description = "Round of Spot Checks"
    _inherit = ["aftersales.number.mixin", "aftersales.transition.mixin", "mail.thread"]
    _order = "id desc"
    _check_company_auto = True
    _number_sequence = "aftersales.spot.check.round"
    _guard_readonly = True
    _transitions = {"draft": ("drawn",)}
    _frozen_fields = {
        "drawn": {
            "company_id",
            "date_from",
            "date_to",
            "seed",
            "share_default",
            "minimum",
            "check_claims",
            "check_users",
            "dealer_ids",
        }
    }

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    date_from = fields.Date(string="Repaired or Registered from", required=True)
    date_to = fields.Date(string="Until", required=True, default=fields.Date.context_today)
    check_claims = fields.Boolean(string="Claims", default=True)
    check_users = fields.Boolean(string="End Users", default=True)
    dealer_ids = fields.Many2many(
        "res.partner",
        string="Only These Dealers",
        domain="[('is_dealer', '=', True)]",
        help="Empty: all dealers.",
    )
    share_default = fields.Float(
        string="Share (%)",
        digits=(16, 2),
        default=5.0,
        aggregator=None,
        help="For dealers whose grade has no terms; the grade's own share goes first.",
    )
    minimum = fields.Integer(
        string="At Least", default=1, aggregator=None, help="Checks of each kind for a dealer."
    )
    seed = fields.Integer(
        required=True,
        default=lambda self: random.SystemRandom().randint(1, MAX_SEED),
        aggregator=None,
        help="The same seed draws the same checks of the same documents.",
    )
    user_ids = fields.Many2many(
        "res.users",
        string="Sales Reps",
        domain="[('share', '=', False)]",
        help="Share the checks of dealers without a salesperson. Empty: whoever is responsible "
        "for the agreement.",
    )
    method = fields.Selection(
        [("phone", "By phone"), ("visit", "By visit")], required=True, default="phone"
    )
    date_due = fields.Date(
        string="Checked by",
        required=True,
        default=lambda self: fields.Date.add(fields.Date.context_today(self), days=30),
    )
    state = fields.Selection(
        [("draft", "Draft"), ("drawn", "Drawn")],
        string="Status",
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
    )
    sample_ids = fields.One2many("aftersales.spot.check.sample", "round_id", string="Samples")
    check_ids = fields.One2many("aftersales.spot.check", "round_id", string="Spot Checks")
    check_count = fields.Integer(compute="_compute_counts", string="Checks")
    done_count = fields.Integer(compute="_compute_counts", string="Checks Done")

    _name_uniq = models.UniqueIndex(
        "(name, company_id)", "A round of spot checks with this number exists already."
    )
    _numbers_valid = models.Constraint(
        "CHECK(share_default >= 0 AND share_default <= 100 AND minimum >= 0)",
        "The share is between 0 and 100 %, the number of checks not negative.",
    )

    @api.depends("check_ids.state")
    def _compute_counts(self):
        groups = self.env["aftersales.spot.check"]._read_group(
            [("round_id", "in", self.ids)], ["round_id", "state"], ["__count"]
        )
        counts = {(drawn.id, state): count for drawn, state, count in groups}
        for drawn in self:
            own = {state: n for (key, state), n in counts.items() if key == drawn.id}
            drawn.check_count = sum(own.values())
            drawn.done_count = drawn.check_count - own.get("planned", 0)

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        for drawn in self:
            if drawn.date_to < drawn.date_from:
                raise ValidationError(
                    self.env._(
                        "%(round)s: “Until” is before “from”. Correct one of them.",
                        round=drawn.display_name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_drawn(self):
        if "drawn" in self.mapped("state"):
            raise UserError(self.env._("What was drawn is kept."))

    def action_draw(self):
        """Draw the checks of each dealer and give them to the sales reps (D10).

        :raise AccessError: when the user is not a dealer manager
        :raise UserError: when there is nothing to draw from
        """
        self.env["aftersales.notice"]._check_groups(MANAGER)
        for drawn in self:
            drawn._draw()
        self._set_state("drawn")

    def _draw(self):
        self.ensure_one()
        samples = self.env["aftersales.spot.check.sample"].sudo()  # made here only
        populations = self._get_populations()
        vals_list = [
            self._prepare_sample_vals(dealer, kind, ids) for (dealer, kind), ids in populations
        ]
        if not any(vals["drawn_ids"] for vals in vals_list):
            raise UserError(
                self.env._(
                    "%(round)s: there is nothing to draw. Every claim and end user of this "
                    "period was checked, or the shares are zero.",
                    round=self.display_name,
                )
            )
        samples = samples.create(vals_list)
        users = self._assign_users(samples.dealer_id)
        # The reps find them among their activities: no mail for each of hundreds.
        quiet = {"tracking_disable": True, "mail_activity_quick_update": True}
        self.env["aftersales.spot.check"]._past_guard().with_context(**quiet).create(
            [
                self._prepare_check_vals(sample, drawn_id, users[sample.dealer_id])
                for sample in samples
                for drawn_id in sample.drawn_ids
            ]
        )

    def _get_populations(self):
        """Return sorted [((dealer, kind), ids)] of what was not checked yet."""
        unchecked = ("spot_check_ids", "not any", [("state", "in", ("planned", "done"))])
        sources = []
        if self.check_claims:
            states = ("state", "in", CHECKED_CLAIMS)
            sources.append(
                ("claim", "aftersales.claim", [states, *self._get_period_domain("date_repair")])
            )
        if self.check_users:
            states = ("state", "=", "registered")
            sources.append(
                (
                    "user",
                    "aftersales.registration",
                    [states, *self._get_period_domain("date_registered")],
                )
            )
        populations = {}
        for kind, model, domain in sources:
            domain = [*domain, ("company_id", "=", self.company_id.id), unchecked]
            if self.dealer_ids:
                domain.append(("dealer_id", "in", self.dealer_ids.ids))
            groups = self.env[model]._read_group(domain, ["dealer_id"], ["id:array_agg"])
            populations.update({(dealer, kind): ids for dealer, ids in groups})
        return sorted(populations.items(), key=lambda item: (item[0][0].id, item[0][1]))

    def _get_period_domain(self, name):
        return [(name, ">=", self.date_from), (name, "<=", self.date_to)]

    def _prepare_sample_vals(self, dealer, kind, ids):
        """Return the values of the sample of one dealer: from how many, which share, which."""
        terms = dealer.dealer_grade_id._get_terms(fields.Date.context_today(self))
        share = terms.spot_check_percent if terms else self.share_default
        size = spot_sample.sample_size(len(ids), share, self.minimum)
        return {
            "round_id": self.id,
            "dealer_id": dealer.id,
            "kind": kind,
            "grade_id": dealer.dealer_grade_id.id if terms else False,
            "share": share,
            "population_ids": sorted(ids),
            "drawn_ids": spot_sample.draw(ids, size, self.seed, f"{kind}:{dealer.id}"),
        }

    def _assign_users(self, dealers):
        """Return {dealer: user}: its salesperson, else the sales reps in turn, else whoever is
        responsible for its agreement.
        """
        agreements = dealers._get_agreements(company=self.company_id)
        reps, turn, users = self.user_ids, 0, {}
        for dealer in dealers.sorted("id"):
            user = dealer.user_id.filtered(lambda u: not u.share)
            if not user and reps:
                user = reps[turn % len(reps)]
                turn += 1
            users[dealer] = user or agreements[dealer].user_id or self.env.user
        return users

    def _prepare_check_vals(self, sample, drawn_id, user):
        return {
            "round_id": self.id,
            "company_id": self.company_id.id,
            "dealer_id": sample.dealer_id.id,
            "kind": sample.kind,
            "claim_id" if sample.kind == "claim" else "registration_id": drawn_id,
            "method": self.method,
            "date_due": self.date_due,
            "user_id": user.id,
        }

    def action_view_checks(self):
        """Open the spot checks of this round."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_dealer.aftersales_spot_check_action"
        )
        return dict(action, domain=[("round_id", "=", self.id)], context={})


class AftersalesSpotCheckSample(models.Model):
    """What was drawn of one dealer, from what (D10)."""

    _name = "aftersales.spot.check.sample"
    _description = "Sample of a Spot Check Round"
    _order = "round_id, dealer_id, kind, id"

    round_id = fields.Many2one(
        "aftersales.spot.check.round", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="round_id.company_id", store=True, index=True)
    dealer_id = fields.Many2one("res.partner", required=True, index=True, ondelete="restrict")
    kind = fields.Selection([("claim", "Claims"), ("user", "End users")], required=True)
    grade_id = fields.Many2one("aftersales.dealer.grade", index="btree_not_null")
    share = fields.Float(string="Share (%)", digits=(16, 2), aggregator=None)
    population_ids = fields.Json(string="Ids Drawn from")
    drawn_ids = fields.Json(string="Ids Drawn")
    population = fields.Integer(compute="_compute_counts")
    drawn = fields.Integer(compute="_compute_counts")
    explanation = fields.Char(compute="_compute_counts")

    @api.depends("population_ids", "drawn_ids", "share", "grade_id", "round_id.seed")
    def _compute_counts(self):
        for sample in self:
            sample.population = len(sample.population_ids or [])
            sample.drawn = len(sample.drawn_ids or [])
            sample.explanation = self.env._(
                "%(drawn)s of %(population)s: %(share)g %% (%(whence)s), at least %(minimum)s, "
                "seed %(seed)s",
                drawn=sample.drawn,
                population=sample.population,
                share=sample.share,
                whence=sample.grade_id.name or self.env._("of the round"),
                minimum=sample.round_id.minimum,
                seed=sample.round_id.seed,
            )
