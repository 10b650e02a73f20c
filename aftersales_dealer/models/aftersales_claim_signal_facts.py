from dataclasses import replace

from odoo import api, fields, models

from odoo.addons.aftersales_service.tools.phone import same_number

# Found by the nightly job about a claim: what the checks on submission cannot know.
NIGHT_CODES = ("signal_picture",)


class AftersalesClaim(models.Model):
    """What the signals of a claim are read from (D19)."""

    _inherit = "aftersales.claim"

    signal_ids = fields.One2many(
        "aftersales.claim.signal",
        "claim_id",
        string="Signals",
        readonly=True,
        groups="aftersales_dealer.group_aftersales_dealer_user",
    )

    signal_count = fields.Integer(
        compute="_compute_signal_count",
        groups="aftersales_dealer.group_aftersales_dealer_user",
    )

    @api.depends("signal_ids")
    def _compute_signal_count(self):
        for claim in self:
            claim.signal_count = len(claim.signal_ids)

    def action_view_signals(self):
        """Open the signals of this claim."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_dealer.aftersales_claim_signal_action"
        )
        return dict(action, domain=[("claim_id", "=", self.id)], context={})

    def _get_check_facts(self):
        facts = super()._get_check_facts()
        # Dealers who submit see none of what these are compared with.
        claims = self.sudo()
        photos = claims._get_photo_facts()
        ends = claims._get_cover_ends()
        contacts = claims._get_same_contacts()
        signals = claims._get_night_signals()
        for claim in self:
            facts[claim] = replace(
                facts[claim],
                date_failure=claim.date_failure or None,
                photos=photos.get(claim.id),
                cover_end=ends.get(claim.asset_id.id),
                same_contact=contacts.get(claim.id),
                signals=signals.get(claim.id, ()),
            )
        return facts

    def _get_photo_facts(self):
        """Return {claim id: (number, dealer, photo, id) of earlier claims with the same file}."""
        photos = self.env["aftersales.claim.photo"]
        photos._keep(self)
        return {claim: tuple(found) for claim, found in photos._find_same(self).items()}

    def _get_cover_ends(self):
        """Return {asset id: last day of its longest warranty}: one query."""
        rows = self.env["aftersales.warranty"]._read_group(
            [("asset_id", "in", self.asset_id.ids), ("state", "in", ("active", "expired"))],
            ["asset_id"],
            ["date_end:max"],
        )
        return {asset.id: end for asset, end in rows if end}

    def _get_same_contacts(self):
        """Return {claim id: phone or e-mail that user and dealer share, "" when none}; claims
        without any are left out.
        """
        dealers = self.dealer_id
        people = self.env["res.partner"].search(
            ["|", ("id", "in", dealers.ids), ("parent_id", "in", dealers.ids)]
        )
        (people | self.end_user_id).fetch(["phone", "email_normalized", "commercial_partner_id"])
        by_dealer = people.grouped("commercial_partner_id")
        return {
            claim.id: claim._get_same_contact(by_dealer.get(claim.dealer_id, people.browse()))
            for claim in self
            if claim.end_user_id.phone or claim.end_user_id.email_normalized
        }

    def _get_same_contact(self, people):
        user = self.end_user_id
        for person in people:
            if user.email_normalized and user.email_normalized == person.email_normalized:
                return user.email_normalized
            if user.phone and person.phone and same_number(user.phone, person.phone):
                return user.phone
        return ""

    def _get_night_signals(self):
        """Return {claim id: codes of what the nightly job found and nobody dismissed}."""
        signals = self.env["aftersales.claim.signal"].search(
            [
                ("claim_id", "in", self.ids),
                ("code", "in", NIGHT_CODES),
                ("state", "!=", "dismissed"),
            ]
        )
        return {
            claim.id: tuple(sorted(set(own.mapped("code"))))
            for claim, own in signals.grouped("claim_id").items()
        }

    def _prepare_signal_vals(self, finding):
        """Return the values of the signal that the check ``finding`` found on the claim."""
        self.ensure_one()
        return {
            "claim_id": self.id,
            "company_id": self.company_id.id,
            "dealer_id": self.dealer_id.id,
            "other_claim_id": finding.sentences[0][1].get("claim_id", False),
            "code": finding.code,
            # As the database gives it back.
            "details": [list(sentence) for sentence in finding.sentences],
        }

    def _get_dealer_checks(self):
        """Return the checks that the dealer may see (D19)."""
        self.ensure_one()
        return self.check_ids.filtered(lambda check: not check.internal)
