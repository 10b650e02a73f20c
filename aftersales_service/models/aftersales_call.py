from odoo import api, fields, models

# One ring and the pause after it, in seconds: agents count rings where the telephone tells nothing.
SECONDS_PER_RING = 5


class AftersalesCall(models.Model):
    """One ringing of the hotline's telephone: who, when, how long until answered (T01).

    A call becomes a ticket, repeats one that is open, or was missed and is to be returned. See
    ``aftersales_call_flow.py`` for how telephones report theirs.
    """

    _name = "aftersales.call"
    _description = "Hotline Call"
    _inherit = ["aftersales.guard.mixin"]
    _order = "date_ringing desc, id desc"
    _rec_names_search = ["phone", "caller_name", "partner_id.name"]
    _check_company_auto = True
    _guard_readonly = True

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    phone = fields.Char(help="Empty when the caller withholds the number.")
    partner_id = fields.Many2one("res.partner", string="Customer", index="btree_not_null")
    caller_name = fields.Char()
    team_id = fields.Many2one(
        "aftersales.team",
        index="btree_not_null",
        check_company=True,
        default=lambda self: self._get_team(self.env.user, self.env.company),
    )
    user_id = fields.Many2one(
        "res.users",
        string="Agent",
        domain="[('share', '=', False)]",
        index="btree_not_null",
        help="Who answered, or whose telephone rang.",
    )
    ticket_id = fields.Many2one(
        "aftersales.ticket", index="btree_not_null", check_company=True, readonly=True
    )
    note = fields.Char(help="What was left on the answering machine, or what came of it.")
    reference = fields.Char(
        readonly=True, copy=False, help="The telephone system's own id of the call."
    )
    state = fields.Selection(
        [
            ("ringing", "Ringing"),
            ("answered", "Answered"),
            ("missed", "Missed"),
            ("returned", "Called back"),
        ],
        string="Status",
        required=True,
        default="missed",
        readonly=True,
        copy=False,
    )
    date_ringing = fields.Datetime(
        string="Rang at", required=True, index=True, default=fields.Datetime.now
    )
    date_answered = fields.Datetime(string="Answered at", readonly=True, copy=False)
    date_ended = fields.Datetime(string="Ended at", readonly=True, copy=False)
    date_returned = fields.Datetime(string="Called Back at", readonly=True, copy=False)
    seconds_to_answer = fields.Integer(
        string="Answered after (s)",
        compute="_compute_answer",
        store=True,
        precompute=True,
        aggregator="avg",
    )
    answered_rate = fields.Float(
        string="Answered (%)",
        compute="_compute_answer",
        store=True,
        precompute=True,
        aggregator="avg",
    )
    in_time_rate = fields.Float(
        string="Answered in Time (%)",
        compute="_compute_answer",
        store=True,
        precompute=True,
        aggregator="avg",
        help="Of all calls, those answered within the seconds of the company's settings.",
    )
    hour = fields.Selection(
        [(f"{hour:02}", f"{hour:02}:00") for hour in range(24)],
        string="Hour of the Day",
        compute="_compute_hour",
        store=True,
        precompute=True,
        help="In the time zone of the company.",
    )

    _reference_uniq = models.UniqueIndex(
        "(company_id, reference) WHERE reference IS NOT NULL",
        "The telephone reported this call already.",
    )
    _missed_idx = models.Index("(company_id, team_id) WHERE state = 'missed'")

    @api.depends("phone", "caller_name", "partner_id")
    def _compute_display_name(self):
        for call in self:
            names = [call.caller_name or call.partner_id.name, call.phone]
            call.display_name = ", ".join(filter(None, names)) or self.env._("Number withheld")

    @api.depends("date_ringing", "date_answered", "company_id")
    def _compute_answer(self):
        for call in self:
            seconds = 0
            if call.date_answered:
                seconds = int((call.date_answered - call.date_ringing).total_seconds())
            limit = call.company_id.aftersales_answer_seconds
            call.seconds_to_answer = seconds
            call.answered_rate = 100.0 if call.date_answered else 0.0
            call.in_time_rate = 100.0 if call.date_answered and seconds <= limit else 0.0

    @api.depends("date_ringing", "company_id")
    def _compute_hour(self):
        for call in self:
            local = fields.Datetime.context_timestamp(
                call.with_context(tz=call.company_id._get_aftersales_tz()), call.date_ringing
            )
            call.hour = f"{local.hour:02}"

    @api.model
    def _get_team(self, user, company):
        """Return the hotline team of ``user`` in ``company``, else the company's first."""
        teams = self.env["aftersales.team"].search([("company_id", "=", company.id)])
        return teams.filtered(lambda team: user in team.agent_ids | team.user_id)[:1] or teams[:1]

    @api.model
    def _get_missed_domain(self):
        """Domain of the calls that somebody has to return."""
        return [("state", "=", "missed")]
