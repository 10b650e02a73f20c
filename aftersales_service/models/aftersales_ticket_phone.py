from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import is_html_empty

PHONE_FINDINGS = [
    ("advice", "The advice helped"),
    ("wrong_report", "Wrong report: nothing was broken"),
    ("misuse", "Misuse: handled in another way than the manual says"),
]


class AftersalesTicket(models.Model):
    """Solved by phone: what was asked and advised is written down (T05)."""

    _inherit = "aftersales.ticket"

    phone_finding = fields.Selection(
        PHONE_FINDINGS, string="Found on the Phone", readonly=True, copy=False, tracking=True
    )
    phone_asked = fields.Text(string="What We Asked", readonly=True, copy=False)
    phone_advised = fields.Text(string="What We Advised", readonly=True, copy=False)
    phone_date = fields.Datetime(string="Solved by Phone", readonly=True, copy=False)
    phone_user_id = fields.Many2one("res.users", string="Advised by", readonly=True, copy=False)

    def action_open_phone_solution(self):
        """Open the dialog that records a solution by phone (T05)."""
        self._check_may_solve_by_phone()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Solve by Phone"),
            "res_model": "aftersales.phone.solution",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_ticket_id": self.id,
                "default_symptom_id": self.symptom_id.id,
                "default_cause_id": self.cause_id.id,
            },
        }

    def action_solve_by_phone(
        self, asked, advised, finding="advice", symptom_id=False, cause_id=False
    ):
        """Record a solution by phone and move the ticket to "Solved": the phone promise is kept,
        and the customer is called back (T05, R03).

        :param str asked: what the customer was asked, and said
        :param str advised: what the customer was told to do
        :param str finding: ``advice``, ``wrong_report`` or ``misuse``
        :param int symptom_id: id of the symptom, when it was found to be another
        :param int cause_id: id of the cause
        :raise UserError: when the ticket is solved already or a text is missing
        """
        self._check_may_solve_by_phone()
        asked, advised = (asked or "").strip(), (advised or "").strip()
        if not asked or not advised:
            raise UserError(
                self.env._(
                    "%(ticket)s: write down what was asked and what was advised.",
                    ticket=self.display_name,
                )
            )
        if finding not in dict(PHONE_FINDINGS):
            raise UserError(
                self.env._(
                    "%(ticket)s: “%(finding)s” is no finding on the phone. Use one of: %(known)s.",
                    ticket=self.display_name,
                    finding=finding,
                    known=", ".join(dict(PHONE_FINDINGS)),
                )
            )
        self._write_past_guard(self._prepare_phone_vals(asked, advised, finding))
        found = {"symptom_id": symptom_id, "cause_id": cause_id}
        self.write({name: value for name, value in found.items() if value})
        self._reach_sla("phone_solution")
        self.action_solve()

    def _check_may_solve_by_phone(self):
        """Raise unless the user may write the one ticket and it is not solved yet."""
        self.ensure_one()
        self.check_access("write")
        if self.stage_id.kind in ("solved", "closed"):
            raise UserError(
                self.env._(
                    "%(ticket)s is %(stage)s already: reopen it first.",
                    ticket=self.display_name,
                    stage=self.stage_id.name,
                )
            )

    def _prepare_phone_vals(self, asked, advised, finding):
        """Return what a solution by phone writes on the ticket."""
        self.ensure_one()
        record = Markup("<p><b>%s</b> %s</p><p><b>%s</b> %s</p>") % (
            self.env._("Asked:"),
            asked,
            self.env._("Advised:"),
            advised,
        )
        before = Markup() if is_html_empty(self.resolution) else self.resolution
        vals = {
            "phone_asked": asked,
            "phone_advised": advised,
            "phone_finding": finding,
            "phone_date": fields.Datetime.now(),
            "phone_user_id": self.env.uid,
            "resolution": before + record,
        }
        if finding == "misuse" and not self.exclusion:
            vals["exclusion"] = "misuse"
        return vals

    def _count_reopening(self):
        result = super()._count_reopening()
        # The record went into the history with the resolution; the next solution has its own.
        solved = self.filtered("phone_date")
        solved._write_past_guard(
            dict.fromkeys(
                ("phone_asked", "phone_advised", "phone_finding", "phone_date", "phone_user_id"),
                False,
            )
        )
        return result

    @api.model
    def _get_countable_domain(self):
        """A wrong report is no fault."""
        return super()._get_countable_domain() & Domain("phone_finding", "!=", "wrong_report")

    @api.model
    def _get_repeat_triggers(self):
        return super()._get_repeat_triggers() | {"phone_finding"}
