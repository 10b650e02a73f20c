from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import picture


class AftersalesClaimPhoto(models.Model):
    """The fingerprint of a photo of a claim, by which the same picture is found on another one
    (D19).
    """

    _name = "aftersales.claim.photo"
    _description = "Fingerprint of a Claim Photo"
    _rec_name = "attachment_id"

    claim_id = fields.Many2one("aftersales.claim", required=True, index=True, ondelete="cascade")
    attachment_id = fields.Many2one("ir.attachment", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, index=True, ondelete="cascade")
    dealer_id = fields.Many2one("res.partner", required=True, index=True, ondelete="cascade")
    checksum = fields.Char(index="btree_not_null", help="Of the file: equal for equal files.")
    fingerprint = fields.Char(help="Of the picture; unset until the nightly job has looked at it.")

    _photo_uniq = models.UniqueIndex(
        "(claim_id, attachment_id)", "A photo of a claim has one fingerprint."
    )
    _part_1_idx = models.Index("(substr(fingerprint, 1, 4)) WHERE fingerprint != ''")
    _part_2_idx = models.Index("(substr(fingerprint, 5, 4)) WHERE fingerprint != ''")
    _part_3_idx = models.Index("(substr(fingerprint, 9, 4)) WHERE fingerprint != ''")
    _part_4_idx = models.Index("(substr(fingerprint, 13, 4)) WHERE fingerprint != ''")
    _todo_idx = models.Index("(id) WHERE fingerprint IS NULL")

    @api.model
    def _keep(self, claims):
        """Keep the checksums of the photos of ``claims``, one statement however many."""
        if not claims:
            return
        self.flush_model()
        claims.flush_recordset(["photo_ids", "dealer_id", "company_id"])
        relation = claims._fields["photo_ids"]
        self.env.cr.execute(
            SQL(
                """INSERT INTO aftersales_claim_photo
                          (claim_id, attachment_id, company_id, dealer_id, checksum)
                   SELECT claim.id, file.id, claim.company_id, claim.dealer_id, file.checksum
                     FROM %(relation)s AS photo
                     JOIN aftersales_claim AS claim ON claim.id = photo.%(claim)s
                     JOIN ir_attachment AS file ON file.id = photo.%(file)s
                    WHERE claim.id IN %(claims)s
                   ON CONFLICT (claim_id, attachment_id) DO NOTHING""",
                relation=SQL.identifier(relation.relation),
                claim=SQL.identifier(relation.column1),
                file=SQL.identifier(relation.column2),
                claims=tuple(claims.ids),
            )
        )
        self.invalidate_model(flush=False)

    @api.model
    def _find_same(self, claims):
        """Return {claim id: {(number, dealer, photo, id) of earlier claims with the same file}};
        claims without photos are left out. One query.

        A dealer may claim anew what it withdrew.
        """
        if not claims:
            return {}
        claims.flush_model(["name", "state", "dealer_id"])
        rows = self.env.execute_query(
            SQL(
                """SELECT own.claim_id, other_claim.name, dealer.name, file.name,
                          other_claim.id
                     FROM aftersales_claim_photo AS own
                     JOIN ir_attachment AS file ON file.id = own.attachment_id
                     LEFT JOIN aftersales_claim_photo AS other
                       ON other.checksum = own.checksum AND other.claim_id < own.claim_id
                      AND other.company_id = own.company_id
                     LEFT JOIN aftersales_claim AS other_claim
                       ON other_claim.id = other.claim_id
                      AND NOT (other_claim.state = 'cancelled' AND other.dealer_id = own.dealer_id)
                     LEFT JOIN res_partner AS dealer ON dealer.id = other_claim.dealer_id
                    WHERE own.claim_id IN %s""",
                tuple(claims.ids),
            )
        )
        found = {}
        for claim_id, *other in rows:
            others = found.setdefault(claim_id, set())
            if other[0]:
                others.add(tuple(other))
        return found

    @api.model
    def _read_pictures(self, limit=200):
        """Look at the next pictures that have no fingerprint yet; return the photos."""
        photos = self.search([("fingerprint", "=", None)], limit=limit, order="id")
        for photo in photos:
            photo.fingerprint = picture.fingerprint(photo.attachment_id.raw or b"") or "-"
        self.flush_model()
        return photos

    def _find_similar(self):
        """Return [(photo, similar photo of an earlier claim, number of different bits)] by the four
        parts of the fingerprints: one query.
        """
        own = self.filtered(lambda photo: len(photo.fingerprint or "") == 16)
        if not own:
            return []
        rows = self.env.execute_query(
            SQL(
                """SELECT own.id, other.id
                     FROM aftersales_claim_photo AS own
                     JOIN aftersales_claim_photo AS other
                       ON (substr(other.fingerprint, 1, 4) = substr(own.fingerprint, 1, 4)
                        OR substr(other.fingerprint, 5, 4) = substr(own.fingerprint, 5, 4)
                        OR substr(other.fingerprint, 9, 4) = substr(own.fingerprint, 9, 4)
                        OR substr(other.fingerprint, 13, 4) = substr(own.fingerprint, 13, 4))
                      AND other.fingerprint != '' AND other.company_id = own.company_id
                      AND other.claim_id < own.claim_id
                      AND other.checksum IS DISTINCT FROM own.checksum
                     WHERE own.id IN %s AND length(other.fingerprint) = 16""",
                tuple(own.ids),
            )
        )
        pairs = [(self.browse(one), self.browse(other)) for one, other in rows]
        measured = (
            (one, other, picture.differences(one.fingerprint, other.fingerprint))
            for one, other in pairs
        )
        return [found for found in measured if found[2] <= picture.TOLERANCE]
