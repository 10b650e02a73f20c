import logging
from collections import defaultdict
from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.repeat_fault import find_series

_logger = logging.getLogger(__name__)


class AftersalesTicket(models.Model):
    """The same fault on the same asset again and again proposes a free replacement (W09)."""

    _inherit = "aftersales.ticket"

    exchange_id = fields.Many2one(
        "aftersales.exchange",
        string="Free Replacement",
        index="btree_not_null",
        readonly=True,
        copy=False,
        help="The proposal that this fault is a reason of; it is a reason of one only.",
    )
    exchange_state = fields.Selection(related="exchange_id.state", string="Replacement Status")
    exchange_explanation = fields.Text(
        related="exchange_id.explanation", string="Why It Is to Be Replaced"
    )

    def write(self, vals):
        result = super().write(vals)
        if self._get_repeat_triggers() & vals.keys():
            self._review_series()
            self._propose_replacements()
        return result

    def _on_created(self):
        result = super()._on_created()
        self._propose_replacements()
        return result

    def action_propose_replacement(self):
        """Open the form that proposes a free replacement of the ticket's asset (W09)."""
        self.ensure_one()
        action = self.asset_id.action_propose_replacement()
        return dict(action, context=dict(action["context"], default_ticket_id=self.id))

    def action_view_exchange(self):
        """Open the replacement that this fault is a reason of."""
        self.ensure_one()
        return self.exchange_id.get_formview_action()

    @api.model
    def _get_repeat_triggers(self):
        """Names of the fields whose change may make a fault a repeated one, or no longer one."""
        return {"asset_id", "symptom_id", "date_failure", "exclusion", "type", "active", "part_id"}

    @api.model
    def _get_countable_domain(self):
        """Domain of the faults that count: not those that the user is to blame for. Other
        features leave out duplicates.
        """
        return Domain([("type", "=", "fault"), ("exclusion", "=", False), ("active", "=", True)])

    @api.model
    def _get_faults_domain(self, assets, earliest):
        """Domain of the countable faults of ``assets`` since the day ``earliest``."""
        return self._get_countable_domain() & Domain(
            [
                ("asset_id", "in", assets.ids),
                "|",
                ("date_failure", ">=", earliest),
                "&",
                ("date_failure", "=", False),
                ("date_open", ">=", fields.Datetime.to_datetime(earliest)),
            ]
        )

    def _get_fault_day(self):
        """Return the day of the fault: the day it appeared, else the day it was reported."""
        self.ensure_one()
        return self.date_failure or self.date_open.date()

    def _propose_replacements(self):
        """Propose a free replacement of each asset of which these tickets complete a series; in a
        constant number of queries (W09).
        """
        # Whoever reports a fault, the customer on the portal too, sets off the proposal.
        tickets = self.sudo().filtered(lambda ticket: ticket._may_complete_series())
        tickets -= tickets._join_proposals()
        if not tickets:
            return self.env["aftersales.exchange"]
        vals_list = [
            vals
            for key, faults in tickets._get_faults_by_key().items()
            if (vals := self._prepare_repeat_vals(key, faults, tickets))
        ]
        # As above.
        return self.sudo()._make_proposals(vals_list)

    def _join_proposals(self):
        """Add these faults to the undecided proposals of the same asset and symptom: one more
        reason. Returns those added.
        """
        proposals = self.env["aftersales.exchange"].search(
            [
                ("asset_id", "in", self.asset_id.ids),
                ("state", "=", "proposed"),
                ("origin", "=", "repeat"),
            ]
        )
        by_key = {(exchange.asset_id, exchange.symptom_id): exchange for exchange in proposals}
        joining = self.filtered(lambda t: (t.asset_id, t.symptom_id) in by_key)
        for ticket in joining.with_context(tracking_disable=True):
            ticket.exchange_id = by_key[ticket.asset_id, ticket.symptom_id]
        return joining

    def _may_complete_series(self):
        """Whether the ticket is a fault that the warranty pays for, under a policy that counts."""
        self.ensure_one()
        asset = self.asset_id
        return (
            self.type == "fault"
            and bool(self.symptom_id)
            and not self.exclusion
            and not self.exchange_id
            and self.active
            and self.service_category == "warranty"
            and asset.state == "in_service"
            and asset.warranty_policy_id.id in asset.warranty_policy_id._get_series_policy_ids()
        )

    def _get_faults_by_key(self):
        """Return {(asset, symptom): countable faults} of these tickets' assets and symptoms that
        are no reason of a proposal yet; none of assets that have an open one.
        """
        assets = self.asset_id
        exchanges = self.env["aftersales.exchange"].search_fetch(
            [("asset_id", "in", assets.ids), ("state", "in", ("proposed", "approved"))],
            ["asset_id"],
        )
        assets -= exchanges.asset_id
        days = max(self.asset_id.warranty_policy_id.mapped("repeat_days"))
        earliest = min(ticket._get_fault_day() for ticket in self) - timedelta(days=days)
        domain = self._get_faults_domain(assets, earliest) & Domain(
            [("symptom_id", "in", self.symptom_id.ids), ("exchange_id", "=", False)]
        )
        fetched = ["asset_id", "symptom_id", "date_failure", "date_open", "company_id", "name"]
        return self.search_fetch(domain, fetched).grouped(lambda t: (t.asset_id, t.symptom_id))

    @api.model
    def _prepare_repeat_vals(self, key, faults, tickets):
        """Return the values of the proposal for a series among ``faults`` that one of ``tickets``
        belongs to, or None.
        """
        asset, symptom = key
        policy = asset.warranty_policy_id
        events = [(fault._get_fault_day(), fault.id) for fault in faults]
        series = find_series(events, policy.repeat_count, policy.repeat_days)
        if not set(series) & set(tickets.ids):
            return None
        return {
            "asset_id": asset.id,
            "company_id": asset.company_id.id,
            "ticket_id": series[-1],
            "ticket_ids": series,
            "symptom_id": symptom.id,
            "origin": "repeat",
            "repeat_count": policy.repeat_count,
            "repeat_days": policy.repeat_days,
        }

    @api.model
    def _make_proposals(self, vals_list):
        """Make the proposals, each with its faults; what another process made meanwhile stays."""
        exchanges = self.env["aftersales.exchange"]
        # One proposal an asset, though two of its faults may have come back too often.
        by_asset = {vals["asset_id"]: vals for vals in reversed(vals_list)}
        faults = [vals.pop("ticket_ids") for vals in by_asset.values()]
        try:
            with self.env.cr.savepoint():
                exchanges = exchanges.create(list(by_asset.values()))
        except UniqueViolation:
            _logger.info("A replacement of one of these assets was proposed meanwhile.")
            return exchanges
        quiet = self.with_context(tracking_disable=True)
        for exchange, ids in zip(exchanges, faults, strict=True):
            # Assigned one by one, written in one statement.
            quiet.browse(ids).exchange_id = exchange
        exchanges._ask_manager()
        return exchanges

    def _review_series(self):
        """Withdraw proposals that are undecided and lost their reason, as when misuse was found."""
        # Who finds misuse need not be the one who proposed.
        exchanges = self.sudo().exchange_id.filtered(
            lambda exchange: exchange.state == "proposed" and exchange.origin == "repeat"
        )
        if not exchanges:
            return
        # Faults of other technicians' tickets count as well.
        countable = self.sudo().search(
            self._get_countable_domain() & Domain("exchange_id", "in", exchanges.ids)
        )
        # As above.
        faults = defaultdict(self.sudo().browse)
        for fault in countable:
            exchange = fault.exchange_id
            if fault.asset_id == exchange.asset_id and fault.symptom_id == exchange.symptom_id:
                faults[exchange] |= fault
        for exchange in exchanges:
            exchange._keep_reasons(faults[exchange])
