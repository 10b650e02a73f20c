from markupsafe import Markup

from odoo import api, fields, models

from .aftersales_asset_entitlement import EXCLUSIONS


class AftersalesTicket(models.Model):
    """What was decided about who pays, when it was decided, and why (W07, T03)."""

    _inherit = "aftersales.ticket"

    exclusion = fields.Selection(
        EXCLUSIONS,
        tracking=True,
        help="Found by the technician: makes the service paid, whatever the warranty says.",
    )
    part_id = fields.Many2one(
        "product.product",
        string="Failed Part",
        index="btree_not_null",
        help="Wear parts have terms of their own.",
    )
    service_category = fields.Selection(
        [
            ("paid", "A · Paid service"),
            ("contract", "B · Contract service"),
            ("warranty", "C · Free service"),
            ("internal", "D · Internal work"),
        ],
        readonly=True,
        copy=False,
        tracking=True,
        index="btree_not_null",
    )
    entitlement_parts = fields.Boolean(string="Parts Covered", readonly=True, copy=False)
    entitlement_labour = fields.Boolean(string="Labour Covered", readonly=True, copy=False)
    entitlement_travel = fields.Boolean(string="Travel Covered", readonly=True, copy=False)
    entitlement_date_end = fields.Date(string="Covered until", readonly=True, copy=False)
    entitlement_source = fields.Char(readonly=True, copy=False)
    entitlement_reasons = fields.Html(string="Why", readonly=True, copy=False)
    entitlement_date = fields.Datetime(string="Decided on", readonly=True, copy=False)

    @api.model
    def _get_entitlement_triggers(self):
        """Names of the fields whose change asks the resolver anew."""
        return {"asset_id", "date_failure", "meter", "exclusion", "part_id"}

    def action_check_entitlement(self):
        """Ask the resolver for each ticket and store its answer (W07)."""
        self.check_access("write")
        for (day, part, exclusion, meter), tickets in self.grouped(
            lambda t: t._get_entitlement_question()
        ).items():
            assets = tickets.asset_id
            answers = assets.get_entitlement(date=day, part=part, exclusion=exclusion, meter=meter)
            for asset, own in tickets.grouped("asset_id").items():
                own.write(own._prepare_entitlement_vals(answers.get(asset.id)))

    def _get_entitlement_question(self):
        """Return (date, part, exclusion, meter) that the resolver is asked for this ticket."""
        self.ensure_one()
        return (
            self.date_failure or self.date_open.date(),
            self.part_id,
            self.exclusion or None,
            self.meter or None,
        )

    @api.model
    def _prepare_entitlement_vals(self, answer):
        """Return the ticket values for an answer of ``get_entitlement``; paid when there is no
        asset.
        """
        if answer is None:
            answer = {
                "category": "paid",
                "parts": False,
                "labour": False,
                "travel": False,
                "source": False,
                "date_end": False,
                "reasons": [self.env._("No asset is named: paid until one is.")],
            }
        items = Markup().join(Markup("<li>%s</li>") % reason for reason in answer["reasons"])
        return {
            "service_category": "warranty"
            if answer["category"] == "goodwill"
            else answer["category"],
            "entitlement_parts": answer["parts"],
            "entitlement_labour": answer["labour"],
            "entitlement_travel": answer["travel"],
            "entitlement_source": answer["source"],
            "entitlement_date_end": answer["date_end"],
            "entitlement_reasons": Markup('<ul class="mb-0">%s</ul>') % items,
            "entitlement_date": fields.Datetime.now(),
        }
