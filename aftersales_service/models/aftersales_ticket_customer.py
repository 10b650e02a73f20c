from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date, format_datetime
from odoo.tools.misc import formatLang

# The screen is read while somebody speaks: a few lines of each kind, and how many there are more.
SHOWN = 5


class AftersalesTicket(models.Model):
    """What the agent sees of the customer while the caller is still speaking (T02)."""

    _inherit = "aftersales.ticket"

    caller_records = fields.Json(
        compute="_compute_caller_records",
        help="The customer's records on one screen: machines with their cover, contracts, open "
        "tickets, campaigns, last visits, overdue debts.",
    )
    duplicate_proposals = fields.Json(
        compute="_compute_duplicate_proposals",
        help="Open tickets of the same machine or caller, with why they may be the same matter.",
    )
    company_currency_id = fields.Many2one(related="company_id.currency_id")
    customer_due = fields.Monetary(
        compute="_compute_customer_due",
        currency_field="company_currency_id",
        string="Overdue Debts",
    )

    @api.depends("partner_id")
    @api.depends_context("uid", "lang", "tz")
    def _compute_caller_records(self):
        for ticket in self:
            # One customer at a time is on the screen; lists do not show this field.
            ticket.caller_records = ticket._get_caller_records() if ticket.partner_id else False

    @api.depends("asset_id", "caller_id", "caller_phone", "symptom_id", "company_id")
    @api.depends_context("uid", "lang", "tz")
    def _compute_duplicate_proposals(self):
        for ticket, others in self._find_duplicates().items():
            ticket.duplicate_proposals = [
                ticket._get_ticket_line(other, reasons=ticket._get_duplicate_reasons(other))
                for other in others
            ]

    @api.depends("partner_id")
    def _compute_customer_due(self):
        amounts = dict(
            # Agents are no accountants: they see this one figure, of customers they may see and in
            # companies they work in, and no entry.
            self.env["account.move.line"]
            .sudo()
            ._read_group(
                [
                    ("partner_id", "in", self.partner_id.commercial_partner_id.ids),
                    ("company_id", "in", (self.company_id & self.env.user.company_ids).ids),
                    ("account_id.account_type", "=", "asset_receivable"),
                    ("parent_state", "=", "posted"),
                    ("reconciled", "=", False),
                    ("date_maturity", "<", fields.Date.context_today(self)),
                ],
                ["partner_id"],
                ["amount_residual:sum"],
            )
        )
        by_id = {partner.id: amount for partner, amount in amounts.items()}
        for ticket in self:
            ticket.customer_due = by_id.get(ticket.partner_id.commercial_partner_id.id, 0.0)

    @api.model
    def _get_customer_domain(self, partner):
        """Return the domain of what belongs to the customer ``partner`` or its contacts."""
        return Domain("partner_id", "child_of", partner.commercial_partner_id.ids)

    def _get_only_asset(self):
        """Return the machine of a customer who has but one."""
        self.ensure_one()
        assets = self.env["aftersales.asset"]
        domain = self._get_customer_domain(self.partner_id._origin) & assets._get_live_domain()
        found = assets.search(domain, limit=2)
        return found if len(found) == 1 else assets

    def _get_caller_records(self):
        """Return what the agent sees of the customer, each part only when the user may read it.

        Features add parts: each a dict of ``key``, ``title``, ``lines`` and ``more`` (how many
        there are beside those shown).
        """
        self.ensure_one()
        customer = self.partner_id.commercial_partner_id._origin
        domain = self._get_customer_domain(customer)
        due = self.customer_due
        return {
            "customer": {
                "id": customer.id,
                "name": customer.display_name,
                "phone": customer.phone or False,
                "city": customer.city or False,
                "salesperson": customer.user_id.name or False,
            },
            "due": formatLang(self.env, due, currency_obj=self.company_currency_id)
            if due > 0
            else False,
            "parts": [
                part
                for part in (
                    self._get_asset_part(domain),
                    self._get_ticket_part(domain),
                    self._get_campaign_part(domain),
                    self._get_contract_part(domain),
                    self._get_visit_part(domain),
                )
                if part and part["lines"]
            ],
        }

    @api.model
    def _search_part(self, model, domain, order=None):
        """Return the records of ``model`` that are shown and how many there are more; None when
        the user may not read them.
        """
        records = self.env[model]
        if not records.has_access("read"):
            return None
        found = records.search(domain, limit=SHOWN + 1, order=order)
        more = records.search_count(domain) - SHOWN if len(found) > SHOWN else 0
        return found[:SHOWN], more

    @api.model
    def _get_part(self, key, title, found, make_line):
        """Return a part of the screen from what ``_search_part`` found."""
        if not found:
            return None
        records, more = found
        lines = [{"id": rec.id, "model": rec._name, **make_line(rec)} for rec in records]
        return {"key": key, "title": title, "lines": lines, "more": more}

    def _get_asset_part(self, domain):
        def make_line(asset):
            bar = asset.cover_bar
            return {
                "name": asset.product_id.display_name,
                "serial": asset.serial or asset.name,
                "label": asset.display_name,
                "state": bar["summary"],
                "state_kind": bar["summary_state"],
            }

        live = domain & self.env["aftersales.asset"]._get_live_domain()
        found = self._search_part("aftersales.asset", live)
        return self._get_part("assets", self.env._("Machines"), found, make_line)

    def _get_ticket_part(self, domain):
        open_tickets = domain & Domain("is_closed", "=", False)
        found = self._search_part("aftersales.ticket", open_tickets, "date_open desc")
        return self._get_part(
            "tickets", self.env._("Open tickets"), found, lambda t: self._get_ticket_line(t)
        )

    def _get_ticket_line(self, ticket, reasons=None):
        """Return how ``ticket`` is shown to the agent, with ``reasons`` why it is."""
        # sudo: who has the ticket tells the agent whom to ask.
        names = [ticket.serial, ticket.technician_id.sudo().name]
        return {
            "id": ticket.id,
            "model": ticket._name,
            "name": ticket.name,
            "label": ticket.subject,
            "hint": ", ".join(filter(None, names)),
            "state": ticket.stage_id.name,
            "state_kind": "ended" if ticket.is_closed else ticket.sla_state,
            "date": format_date(self.env, ticket.date_open),
            "calls": ticket.call_count,
            "closed": bool(ticket.is_closed),
            "reasons": reasons or [],
        }

    def _get_campaign_part(self, domain):
        lines = self.env["aftersales.campaign.line"]
        running = self.env["aftersales.campaign"]._get_running()
        found = None
        if running:
            todo = Domain(lines._get_todo_domain()) & Domain("campaign_id", "in", running.ids)
            assets = Domain("asset_id", "any", domain)
            found = self._search_part("aftersales.campaign.line", todo & assets)

        def make_line(line):
            return {"name": line.campaign_id.display_name, "label": line.asset_id.display_name}

        return self._get_part("campaigns", self.env._("Open campaigns"), found, make_line)

    def _get_contract_part(self, domain):
        running = domain & Domain("state", "=", "running")
        found = self._search_part("aftersales.contract", running, "date_end")
        return self._get_part(
            "contracts",
            self.env._("Contracts"),
            found,
            lambda contract: {
                "name": contract.name,
                "label": self.env._("until %s", format_date(self.env, contract.date_end)),
            },
        )

    def _get_visit_part(self, domain):
        planned = domain & Domain("state", "!=", "cancelled") & Domain("date_start", "!=", False)
        found = self._search_part("aftersales.visit", planned, "date_start desc")

        def make_line(visit):
            when = format_datetime(self.env, visit.date_start, dt_format="short")
            # sudo: whose visit it is tells the agent whom to ask.
            names = [visit.type_id.name, visit.technician_id.sudo().name]
            return {
                "name": visit.name,
                "label": ", ".join(filter(None, names)),
                "date": when,
                "state": visit._get_state_label(visit.state),
            }

        return self._get_part("visits", self.env._("Last visits"), found, make_line)
