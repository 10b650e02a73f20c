from odoo import api, fields, models

from .aftersales_sla_target import DEALER_KINDS


class AftersalesSlaClock(models.Model):
    """A clock may be about a dealer's claim (S08)."""

    _inherit = "aftersales.sla.clock"

    claim_id = fields.Many2one(
        "aftersales.claim",
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
        readonly=True,
    )
    kind = fields.Selection(
        selection_add=DEALER_KINDS, ondelete={key: "cascade" for key, _label in DEALER_KINDS}
    )

    _document_check = models.Constraint(
        "CHECK(num_nonnulls(ticket_id, claim_id) = 1)", "A clock is about one document."
    )
    _claim_kind_uniq = models.UniqueIndex(
        "(claim_id, kind, round) WHERE claim_id IS NOT NULL AND state != 'cancelled'",
        "A claim has one clock of each kind.",
    )

    @api.depends(
        "ticket_id.partner_id", "ticket_id.user_id", "claim_id.dealer_id", "claim_id.user_id"
    )
    def _compute_parties(self):
        return super()._compute_parties()

    @api.depends("ticket_id.display_name", "claim_id.display_name")
    def _compute_document_name(self):
        return super()._compute_document_name()

    @api.depends("kind", "ticket_id.name", "claim_id.name")
    def _compute_display_name(self):
        return super()._compute_display_name()

    def _get_document(self):
        return self.claim_id or super()._get_document()
