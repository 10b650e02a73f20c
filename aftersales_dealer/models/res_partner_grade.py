from odoo import fields, models
from odoo.exceptions import UserError

# Only code in this process can hold this object: a client cannot send it in a context.
_BY_CHANGE = object()


class ResPartner(models.Model):
    """A dealer's grade changes by a decided proposal, and its history stays (D11)."""

    _inherit = "res.partner"

    dealer_grade_change_ids = fields.One2many(
        "aftersales.dealer.grade.change",
        "dealer_id",
        string="Grade History",
        groups="aftersales_dealer.group_aftersales_dealer_user",
    )

    def write(self, vals):
        if (
            "dealer_grade_id" not in vals
            or self.env.context.get("aftersales_grade_change") is _BY_CHANGE
        ):
            return super().write(vals)
        changed = self.filtered(
            lambda p: p.is_dealer and p.dealer_grade_id.id != vals["dealer_grade_id"]
        )
        # Also of who is no dealer at this moment: the grade would be back with the role.
        graded = self.filtered(
            lambda p: p.dealer_grade_id and p.dealer_grade_id.id != vals["dealer_grade_id"]
        )
        if graded and not self.env.su:
            self._check_may_set_dealer()
            raise UserError(
                self.env._(
                    "%(dealer)s has the grade %(grade)s. Another one is proposed with “Change "
                    "Grade” and approved by a dealer manager.",
                    dealer=graded[0].display_name,
                    grade=graded[0].dealer_grade_id.name,
                )
            )
        if changed and vals["dealer_grade_id"]:
            self._check_may_set_dealer()
            # Before the grade is another one: the history knows what it was.
            changed._record_grade(vals["dealer_grade_id"])
        return super().write(vals)

    def _record_grade(self, grade_id):
        """Write a grade that is set directly into the history, effective today."""
        # Whoever may set a grade need not have rights on the history.
        changes = self.env["aftersales.dealer.grade.change"].sudo()
        return changes._past_guard().create(
            [
                {
                    "dealer_id": partner.id,
                    "company_id": (partner.company_id or self.env.company).id,
                    "grade_to_id": grade_id,
                    "reason": self.env._("Set on the contact."),
                    "state": "done",
                    "decided_by_id": self.env.uid,
                    "date_decided": fields.Datetime.now(),
                }
                for partner in self
            ]
        )

    def _set_grade_by_change(self, grade):
        """Give dealers ``grade`` after its change was approved."""
        self.with_context(aftersales_grade_change=_BY_CHANGE).write({"dealer_grade_id": grade.id})

    def action_change_dealer_grade(self):
        """Open a new proposal for the grade of this dealer (D11)."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Change Grade"),
            "res_model": "aftersales.dealer.grade.change",
            "view_mode": "form",
            "context": {"default_dealer_id": self.id},
        }
