from odoo import api, fields, models
from odoo.exceptions import UserError

# What no receipt shows is no expense: hours and parts are held against the agreement instead.
RECEIPT_KINDS = ("freight", "other")
OUTSTANDING = ("awaiting", "in_transit", "received", "missing")


class AftersalesNotice(models.Model):
    """Line by line: what was checked, what speaks against a line (F01)."""

    _inherit = "aftersales.notice"

    line_count = fields.Integer(compute="_compute_checked_count")
    checked_count = fields.Integer(string="Checked Lines", compute="_compute_checked_count")

    @api.depends("line_ids.verified")
    def _compute_checked_count(self):
        lines = self.env["aftersales.notice.line"]
        counts = {
            (notice.id, checked): count
            for notice, checked, count in lines._read_group(
                [("notice_id", "in", self.ids)], ["notice_id", "verified"], ["__count"]
            )
        }
        for notice in self:
            notice.checked_count = counts.get((notice.id, True), 0)
            notice.line_count = notice.checked_count + counts.get((notice.id, False), 0)

    def action_check_clean(self):
        """Mark the lines without a remark as checked; the others are looked at one by one (F01).

        :raise AccessError: the user is not a verifier
        """
        lines = self.line_ids.filtered(lambda line: not line.verified and not line.remark)
        lines.write({"verified": True})
        return True

    def action_view_verification(self):
        """Open the lines of the notices to check them (F01)."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_dealer.aftersales_notice_line_action"
        )
        return dict(
            action,
            domain=[("notice_id", "in", self.ids)],
            context={"search_default_group_claim": 1},
        )

    def _ensure_checked(self):
        """Raise when the company wants each line checked, and one is not (F01)."""
        for notice in self:
            # One yes or no of the notice's own company, whoever verifies.
            if not notice.company_id.sudo().aftersales_verify_each_line:
                continue
            left = notice.line_ids.filtered(lambda line: not line.verified)
            if left:
                raise UserError(
                    self.env._(
                        "%(notice)s: %(count)s lines were not checked yet, “%(line)s” first. Open "
                        "Check Lines.",
                        notice=notice.display_name,
                        count=len(left),
                        line=left[0].display_name,
                    )
                )


class AftersalesNoticeLine(models.Model):
    _inherit = "aftersales.notice.line"

    remark = fields.Text(compute="_compute_remark", help="What speaks against the line as it is.")
    has_remark = fields.Boolean(compute="_compute_remark", search="_search_has_remark")
    receipt_count = fields.Integer(string="Receipts", compute="_compute_receipt_count")
    part_verdict = fields.Char(string="Verdict on the Old Part", compute="_compute_part_verdict")
    claim_reason = fields.Char(
        string="Why Approved Less",
        compute="_compute_claim_reason",
        help="What was cut when the claim was decided, or who else pays.",
    )
    carried_reason = fields.Char(
        related="carried_from_id.dispute_reason", string="Disputed Before: Why"
    )

    def _compute_receipt_count(self):
        for line in self:
            # Verifiers see the claim's photos and receipts; other readers their number only.
            line.receipt_count = len(line.claim_id.sudo().photo_ids)

    def _compute_part_verdict(self):
        for line in self:
            # As above: the verdict on the part belongs to the amount.
            parts = line.claim_line_id.sudo().return_line_ids.filtered("appraisal")[-1:]
            labels = [
                dict(parts._fields[name]._description_selection(self.env)).get(parts[name])
                for name in ("appraisal", "responsible")
                if parts and parts._fields[name].type == "selection"
            ]
            line.part_verdict = ", ".join(filter(None, labels))

    def _compute_claim_reason(self):
        for line in self:
            cut = line.currency_id.compare_amounts(line.amount_approved, line.amount_claimed) < 0
            line.claim_reason = line._get_claim_reason() if cut and line.claim_line_id else False

    def _compute_remark(self):
        for line in self:
            line.remark = "\n".join(line._get_remarks())
            line.has_remark = bool(line.remark)

    def _search_has_remark(self, operator, value):
        if operator != "in":
            return NotImplemented
        # Remarks matter while a notice is verified; there are not many such lines at a time.
        lines = self.search([("state", "in", ("draft", "verified"))])
        return [("id", "in", lines.filtered("remark").ids)]

    def _get_remarks(self):
        """Return what the verifier should look at, as sentences (F01)."""
        self.ensure_one()
        remarks = []
        compare = self.currency_id.compare_amounts
        if self.return_state in OUTSTANDING:
            states = dict(self._fields["return_state"]._description_selection(self.env))
            remarks.append(self.env._("Old part: %(state)s", state=states[self.return_state]))
        if self.type == "claim" and compare(self.amount_approved, self.amount_claimed) < 0:
            remarks.append(
                self.env._(
                    "Approved less than claimed: %(reason)s", reason=self._get_claim_reason()
                )
            )
        if self.kind in RECEIPT_KINDS and not self.receipt_count:
            remarks.append(self.env._("No receipt or photo on the claim"))
        if self.carried_from_id:
            remarks.append(
                self.env._(
                    "Left out of %(notice)s before: %(reason)s",
                    notice=self.carried_from_id.notice_id.display_name,
                    reason=self.carried_reason or self.carried_from_id.reason or "",
                )
            )
        return remarks

    def _get_claim_reason(self):
        """Return why less than claimed is granted: what appraiser or checks cut, who else pays."""
        self.ensure_one()
        # Whoever reads the notice may know why its amounts are what they are.
        claim_line = self.claim_line_id.sudo()
        compare = self.currency_id.compare_amounts
        reasons = []
        if compare(claim_line.amount_approved, self.amount_claimed) < 0:
            reasons.append(claim_line.reason or claim_line.appraisal_reason)
        if compare(self.amount_approved, claim_line.amount_approved) < 0:
            reasons.append(claim_line._get_payers_text())
        return "; ".join(filter(None, reasons))

    def _get_cut_reason(self):
        """Return why the dealer gets less than it claimed for the line: the claim's reason and
        the verifier's.
        """
        self.ensure_one()
        if self.postponed:
            return self.reason
        reasons = []
        if self.currency_id.compare_amounts(self.amount_approved, self.amount_claimed) < 0:
            reasons.append(self._get_claim_reason())
        if self.currency_id.compare_amounts(self.amount, self.amount_approved) < 0:
            reasons.append(self.reason)
        return "; ".join(filter(None, reasons))

    def action_check(self):
        """Mark these lines as checked: amount, receipts, returned parts (F01).

        :raise AccessError: the user is not a verifier
        """
        self.filtered(lambda line: not line.verified).write({"verified": True})
        return True

    def action_view_receipts(self):
        """Open photos and receipts of the line's claim (F01)."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Receipts of %(claim)s", claim=self.claim_id.name),
            "res_model": "ir.attachment",
            "view_mode": "kanban,list,form",
            "domain": [("id", "in", self.claim_id.photo_ids.ids)],
            "context": {"create": False},
        }
