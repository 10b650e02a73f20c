from dataclasses import replace

from odoo import api, fields, models
from odoo.tools import SQL

REFRESH_DAYS = 30


class AftersalesClaimPeer(models.Model):
    _inherit = "aftersales.claim.peer"

    @api.model
    def _cron_update(self, batch_size=2000):
        """Work out the rows of the dealers and machines claimed for since the last run, then those
        that have grown old: claims leave the two years, or were refused (D08).
        """
        cron = self.env["ir.cron"]
        progress = self.env["aftersales.claim.progress"]._get("peers")
        progress._step_back()
        while claims := progress._next_claims(batch_size):
            self._compute_for(self._get_pairs(claims))
            if not cron._commit_progress(len(claims)):
                return
        while pairs := self._get_old_pairs(batch_size // 4):
            self._compute_for(pairs)
            if not cron._commit_progress(len(pairs)):
                return

    @api.model
    def _get_pairs(self, claims):
        claims.fetch(["company_id", "dealer_id", "product_id"])
        return sorted(
            {
                (claim.company_id.id, claim.dealer_id.id, claim.product_id.id)
                for claim in claims
                if claim.product_id
            }
        )

    @api.model
    def _get_old_pairs(self, limit):
        before = fields.Datetime.subtract(fields.Datetime.now(), days=REFRESH_DAYS)
        return self.env.execute_query(
            SQL(
                "SELECT DISTINCT company_id, dealer_id, product_id FROM ("
                " SELECT company_id, dealer_id, product_id FROM aftersales_claim_peer"
                " WHERE date_computed < %s ORDER BY date_computed, id LIMIT %s) AS old",
                before,
                limit,
            )
        )


class AftersalesClaim(models.Model):
    """What other dealers claim for the same (D08, D19)."""

    _inherit = "aftersales.claim"

    _submitted_idx = models.Index("(date_submitted, id) WHERE date_submitted IS NOT NULL")
    _peer_idx = models.Index("(product_id, dealer_id) WHERE date_submitted IS NOT NULL")

    def _get_check_facts(self):
        facts = super()._get_check_facts()
        keys = {claim: claim._get_peer_keys() for claim in self}
        # What others claim is compared for dealers who never see it.
        peers = self.env["aftersales.claim.peer"].sudo()
        found = peers._get_peers([key for own in keys.values() for key in own.values()])
        for claim, own in keys.items():
            lines = tuple(
                replace(line, peers=found.get(own.get(line.key))) for line in facts[claim].lines
            )
            facts[claim] = replace(
                facts[claim],
                lines=lines,
                peers=found.get(own.get("claim")),
                hours=found.get(own.get("hours")),
            )
        return facts

    def _get_peer_keys(self):
        """Return {``claim``, ``hours`` or line id: key of ``aftersales.claim.peer._get_peers``}."""
        self.ensure_one()
        if not self.product_id:
            return {}
        parties = (self.company_id.id, self.dealer_id.id, self.product_id.id)
        currency = self.currency_id.id
        keys = {"hours": ("hours", *parties, 0, 0, 0, self.company_id.currency_id.id)}
        if self.symptom_id:
            keys["claim"] = ("claim", *parties, self.symptom_id.id, 0, 0, currency)
        for line in self.line_ids:
            operation = line.operation_id.id or 0
            job = 0 if operation else line.product_id.id or 0
            if line.kind in ("labour", "part") and (job or operation):
                keys[line.id] = ("line", *parties, 0, job, operation, currency)
        return keys
