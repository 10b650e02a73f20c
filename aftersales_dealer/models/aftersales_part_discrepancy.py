from odoo import api, fields, models

KINDS = [
    ("missing", "Missing"),
    ("less", "Less than announced"),
    ("damaged", "Damaged"),
    ("unexpected", "Not announced"),
    ("foreign", "Not of this sender"),
    ("unknown", "Unknown label"),
]


class AftersalesPartDiscrepancy(models.Model):
    """What a receipt found and does not agree with the packing list (D18)."""

    _name = "aftersales.part.discrepancy"
    _description = "Old Part Discrepancy"
    _order = "return_id desc, id"
    _rec_name = "code"

    return_id = fields.Many2one(
        "aftersales.part.return", string="Shipment", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="return_id.company_id", store=True, index=True)
    dealer_id = fields.Many2one(related="return_id.dealer_id", store=True, index="btree_not_null")
    part_id = fields.Many2one(
        "aftersales.part.return.line",
        string="Old Part",
        index="btree_not_null",
        ondelete="set null",
    )
    kind = fields.Selection(KINDS, required=True, index=True)
    code = fields.Char(string="Label", required=True, help="What was scanned or announced.")
    expected = fields.Float(digits="Product Unit")
    received = fields.Float(digits="Product Unit")
    user_id = fields.Many2one(
        "res.users", string="Found by", default=lambda self: self.env.user, index="btree_not_null"
    )
    sentence = fields.Char(compute="_compute_sentence")

    _kind_uniq = models.UniqueIndex(
        "(return_id, kind, code)", "This discrepancy of the shipment is recorded already."
    )

    @api.depends("kind", "code", "expected", "received", "part_id")
    @api.depends_context("lang")
    def _compute_sentence(self):
        for found in self:
            found.sentence = found._get_sentence()

    def _get_sentence(self):
        """Return what was found as a sentence in the reader's language."""
        self.ensure_one()
        # Dealers read the sentence on the portal; of the part its name is shown.
        names = {"label": self.code, "part": self.part_id.sudo().product_id.display_name or ""}
        if self.kind == "missing":
            return self.env._("%(label)s %(part)s was announced and did not arrive.", **names)
        if self.kind == "less":
            return self.env._(
                "%(label)s %(part)s: %(received)s of %(expected)s arrived.",
                received=self.received,
                expected=self.expected,
                **names,
            )
        if self.kind == "damaged":
            return self.env._("%(label)s %(part)s arrived damaged.", **names)
        if self.kind == "unexpected":
            return self.env._(
                "%(label)s %(part)s was not on the packing list. It was received all the same.",
                **names,
            )
        if self.kind == "foreign":
            return self.env._(
                "%(label)s does not belong to this sender; it was put aside.", **names
            )
        return self.env._("%(label)s is no label that we know; it was put aside.", **names)


class AftersalesPartReturn(models.Model):
    _inherit = "aftersales.part.return"

    discrepancy_ids = fields.One2many(
        "aftersales.part.discrepancy", "return_id", string="Discrepancies", readonly=True
    )

    def _note_discrepancy(self, kind, code, part=None):
        """Record what was found while scanning, once."""
        self.ensure_one()
        known = self.discrepancy_ids.filtered(lambda d: (d.kind, d.code) == (kind, code))
        if not known:
            # Whoever scans records what is found; nobody types or deletes it.
            self.env["aftersales.part.discrepancy"].sudo().create(
                {
                    "return_id": self.id,
                    "kind": kind,
                    "code": code,
                    "part_id": part.id if part else False,
                    "user_id": self.env.uid,
                }
            )

    def _settle_discrepancies(self):
        """Record what the finished receipt shows: missing, fewer, damaged; and tell the senders."""
        vals_list = []
        for part in self.line_ids:
            kinds = []
            if part.state == "missing":
                kinds.append("missing")
            elif part.uom_id.compare(part.quantity_received, part.quantity) < 0:
                kinds.append("less")
            if part.damaged and part.state != "missing":
                kinds.append("damaged")
            vals_list += [part._prepare_discrepancy_vals(kind) for kind in kinds]
        self.env["aftersales.part.discrepancy"].sudo().create(vals_list)  # as above
        self.invalidate_recordset(["discrepancy_ids"])
        self.filtered("discrepancy_ids")._tell_discrepancies()

    def _tell_discrepancies(self):
        """Mail each sender what did not agree with its packing list, in its language."""
        for shipment in self:
            partner = shipment._get_sender_partner()
            if not partner:
                continue
            reader = shipment.with_context(lang=partner.lang)
            body = self.env["ir.qweb"]._render(
                "aftersales_dealer.mail_part_discrepancy", {"shipment": reader}, lang=partner.lang
            )
            shipment.message_post(
                body=body,
                subject=reader.env._("Old parts %s: not as announced", shipment.name),
                partner_ids=partner.ids,
                subtype_xmlid="mail.mt_comment",
            )

    def _get_sender_partner(self):
        """Return the contact whom mails about the shipment go to."""
        self.ensure_one()
        return self.dealer_id


class AftersalesPartReturnLine(models.Model):
    _inherit = "aftersales.part.return.line"

    def _prepare_discrepancy_vals(self, kind):
        self.ensure_one()
        return {
            "return_id": self.return_id.id,
            "kind": kind,
            "code": self.label,
            "part_id": self.id,
            "expected": self.quantity,
            "received": self.quantity_received,
            "user_id": self.env.uid,
        }
