from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

SIGNAL_CODES = [
    ("signal_photo", "Same photo on another claim"),
    ("signal_picture", "Same picture in another file"),
    ("signal_hours", "Hours far above others"),
    ("signal_expiry", "Just before the end of the warranty"),
    ("signal_limit", "Just under the limit"),
    ("signal_contact", "User reached at the dealer"),
    ("signal_cluster", "Many claims just under the limit"),
    ("signal_refusal", "Refusals unlike other dealers'"),
    ("signal_day", "Many repairs on one day"),
]
DECIDERS = (
    "aftersales_dealer.group_aftersales_appraiser,aftersales_dealer.group_aftersales_dealer_manager"
)


class AftersalesClaimSignal(models.Model):
    """Something about a claim or a dealer that a person should look at, with its readings (D19).

    Of a claim it is found by the checks on submission or by the nightly job, of a dealer by the
    nightly job. It decides nothing; dealers never see it.
    """

    _name = "aftersales.claim.signal"
    _description = "Claim Signal"
    _inherit = ["aftersales.transition.mixin"]
    _order = "date_found desc, id desc"
    _guard_readonly = True
    _transitions = {
        "open": ("confirmed", "dismissed"),
        "confirmed": ("open",),
        "dismissed": ("open",),
    }
    _initial_states = ("open",)

    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    dealer_id = fields.Many2one(
        "res.partner", required=True, index=True, readonly=True, ondelete="cascade"
    )
    claim_id = fields.Many2one(
        "aftersales.claim", index="btree_not_null", readonly=True, ondelete="cascade"
    )
    other_claim_id = fields.Many2one(
        "aftersales.claim",
        index="btree_not_null",
        readonly=True,
        ondelete="cascade",
        help="The claim it was found by comparison with.",
    )
    code = fields.Selection(SIGNAL_CODES, string="Signal", required=True, readonly=True)
    period = fields.Char(readonly=True, help="The period that a dealer's figure is of.")
    details = fields.Json(readonly=True, help="Readings, worded in the reader's language.")
    explanation = fields.Text(string="Readings", compute="_compute_explanation")
    date_found = fields.Datetime(string="Found on", required=True, readonly=True)
    state = fields.Selection(
        [("open", "Open"), ("confirmed", "Confirmed"), ("dismissed", "Dismissed")],
        string="Status",
        required=True,
        default="open",
        readonly=True,
    )
    reason = fields.Char(readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Decided by", readonly=True, index="btree_not_null"
    )
    date_decided = fields.Datetime(string="Decided on", readonly=True)
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    claim_state = fields.Selection(related="claim_id.state", string="Claim Status")

    _found_uniq = models.UniqueIndex(
        "(dealer_id, code, company_id, COALESCE(claim_id, 0), COALESCE(period, ''))",
        "A signal is found once.",
    )
    _open_idx = models.Index("(company_id, date_found) WHERE state = 'open'")

    @api.depends("code", "claim_id", "dealer_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["code"]._description_selection(self.env))
        for signal in self:
            about = signal.claim_id.name or signal.dealer_id.name or ""
            signal.display_name = f"{labels.get(signal.code, '')}, {about}"

    @api.depends("claim_id", "company_id")
    def _compute_currency_id(self):
        for signal in self:
            signal.currency_id = signal.claim_id.currency_id or signal.company_id.currency_id

    @api.depends("details")
    @api.depends_context("lang")
    def _compute_explanation(self):
        for signal in self:
            # The words are those of the checks, which have them for both.
            check = self.env["aftersales.claim.check"].new({"claim_id": signal.claim_id.id})
            signal.explanation = "\n".join(
                check._format_sentence(code, arguments) for code, arguments in signal.details or []
            )

    @api.model
    def _record(self, found):
        """Keep what was found: new signals are opened, the readings of open ones renewed; what a
        person decided stays. A constant number of statements.

        :param list found: dicts with ``company_id``, ``dealer_id``, ``code``, ``details``, and
            ``claim_id``, ``other_claim_id``, ``period`` where there is one
        """
        defaults = {
            "claim_id": False,
            "other_claim_id": False,
            "period": False,
            "state": "open",
            "date_found": fields.Datetime.now(),
        }
        rows = {self._get_key(vals): {**defaults, **vals} for vals in found}
        known = self._find_known(rows.values())
        for key in rows.keys() & known.keys():
            if known[key].state == "open" and known[key].details != rows[key]["details"]:
                known[key]._write_past_guard({"details": rows[key]["details"]})
        new = [vals for key, vals in rows.items() if key not in known]
        return self._past_guard().create(new)

    @api.model
    def _get_key(self, vals):
        names = ("dealer_id", "code", "company_id", "claim_id", "period")
        return tuple(vals.get(name) or False for name in names)

    def _find_known(self, rows):
        claims = [vals["claim_id"] for vals in rows if vals["claim_id"]]
        dealers = [vals["dealer_id"] for vals in rows if not vals["claim_id"]]
        domain = ["|", ("claim_id", "in", claims), "&", ("claim_id", "=", False)]
        signals = self.search([*domain, ("dealer_id", "in", dealers)])
        return {
            self._get_key(
                {
                    "dealer_id": signal.dealer_id.id,
                    "code": signal.code,
                    "company_id": signal.company_id.id,
                    "claim_id": signal.claim_id.id,
                    "period": signal.period,
                }
            ): signal
            for signal in signals
        }

    def action_confirm(self, reason=None):
        """It is as it looks: the claim or the dealer is to be dealt with (D19).

        :param str reason: what was found out; asked for when empty
        :raise AccessError: unless the user is an appraiser or dealer manager
        """
        return self._decide("confirmed", reason)

    def action_dismiss(self, reason=None):
        """There is an explanation, ``reason`` (str; asked for when empty) (D19).

        :raise AccessError: unless the user is an appraiser or dealer manager
        """
        return self._decide("dismissed", reason)

    def action_reopen(self):
        """Look at decided signals again."""
        self._ensure_decider()
        self._set_state("open", reason=False, user_id=False, date_decided=False)
        return True

    def _decide(self, state, reason):
        self._ensure_decider()
        if not reason:
            return self._ask_reason(state)
        if not reason.strip():
            raise UserError(self.env._("Give a reason: it stays with the signal."))
        self._set_state(
            state,
            reason=reason.strip(),
            user_id=self.env.uid,
            date_decided=fields.Datetime.now(),
        )
        return True

    def _ensure_decider(self):
        if self.env.user.share or not self.env.user.has_groups(DECIDERS):
            raise AccessError(
                self.env._(
                    "Only an appraiser or a dealer manager decides on signals. Ask one of them."
                )
            )
        self.check_access("write")

    def _ask_reason(self, state):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_dealer.aftersales_claim_signal_decide_action"
        )
        return dict(action, context={"default_signal_ids": self.ids, "default_decision": state})
