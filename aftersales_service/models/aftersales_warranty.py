from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class AftersalesWarranty(models.Model):
    """The certificate of an asset: its terms with their dates (W05)."""

    _name = "aftersales.warranty"
    _description = "Warranty"
    _inherit = [
        "aftersales.number.mixin",
        "aftersales.transition.mixin",
        "aftersales.clone.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True
    _number_sequence = "aftersales.warranty"
    _guard_readonly = True
    _transitions = {
        "draft": ("active", "expired", "void"),
        # Back to draft when the event that started it turns out not to have happened.
        "active": ("draft", "expired", "void"),
        "expired": ("draft", "active", "void"),
        "void": ("draft",),  # reinstated
    }

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    asset_id = fields.Many2one(
        "aftersales.asset", required=True, index=True, ondelete="cascade", check_company=True
    )
    product_id = fields.Many2one(related="asset_id.product_id")
    serial = fields.Char(related="asset_id.serial")
    partner_id = fields.Many2one(related="asset_id.partner_id", string="Owner")
    policy_id = fields.Many2one(
        "aftersales.warranty.policy",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
    )
    date_start = fields.Date(string="Start", tracking=True, readonly=True)
    date_end = fields.Date(
        string="End",
        compute="_compute_date_end",
        store=True,
        help="The last day of the longest term of the whole product.",
    )
    term_ids = fields.One2many("aftersales.warranty.term", "warranty_id", string="Terms", copy=True)
    remaining_days = fields.Integer(compute="_compute_remaining_days")
    state = fields.Selection(
        [("draft", "Draft"), ("active", "Active"), ("expired", "Expired"), ("void", "Void")],
        string="Status",
        required=True,
        default="draft",
        tracking=True,
        group_expand=True,
    )
    void_reason = fields.Char(readonly=True, copy=False, tracking=True)

    ended_with_asset = fields.Boolean(
        readonly=True, copy=False, help="Void because the asset came back or was scrapped."
    )

    _name_uniq = models.UniqueIndex(
        "(name, company_id)", "The warranty number must be unique per company."
    )
    _policy_uniq = models.UniqueIndex(
        "(asset_id, policy_id) WHERE state != 'void' AND sale_line_id IS NULL",
        "An asset has one warranty of a policy only: open that one.",
    )
    _expiry_idx = models.Index("(date_end) WHERE state = 'active'")

    @api.depends("term_ids.date_end", "term_ids.part_category_id", "term_ids.component")
    def _compute_date_end(self):
        for warranty in self:
            ends = warranty._get_whole_terms().mapped("date_end")
            warranty.date_end = max((end for end in ends if end), default=False)

    def _get_whole_terms(self):
        """Return the terms that the end of the warranty is read from: those of the whole product,
        else all.
        """
        self.ensure_one()
        terms = self.term_ids
        return (
            terms.filtered(lambda term: not term.part_category_id and not term.component)
            or terms.filtered(lambda term: not term.part_category_id)
            or terms
        )

    @api.depends("date_end", "state")
    def _compute_remaining_days(self):
        today = fields.Date.context_today(self)
        for warranty in self:
            running = warranty.state == "active" and warranty.date_end
            warranty.remaining_days = max((warranty.date_end - today).days, 0) if running else 0

    @api.constrains("date_start", "term_ids")
    def _check_dates(self):
        for warranty in self:
            if (
                warranty.date_start
                and warranty.date_end
                and warranty.date_end < warranty.date_start
            ):
                raise ValidationError(
                    self.env._(
                        "%(warranty)s: the end (%(end)s) is before the start (%(start)s). "
                        "Correct the terms.",
                        warranty=warranty.display_name,
                        end=warranty.date_end,
                        start=warranty.date_start,
                    )
                )

    def _check_frozen(self, vals):
        """What a warranty is of does not change; managers correct one that has not started."""
        if self._is_readonly_guarded():
            manager = self.env.user.has_group("aftersales_service.group_aftersales_manager")
            for warranty in self.filtered(lambda w: not manager or w.state != "draft"):
                for name in ("asset_id", "policy_id", "company_id"):
                    if name in vals and vals[name] != warranty[name].id:
                        raise UserError(
                            self.env._(
                                "%(warranty)s: “%(field)s” does not change any more. Void the "
                                "warranty and make another one.",
                                warranty=warranty.display_name,
                                field=self._fields[name].get_description(self.env)["string"],
                            )
                        )
        return super()._check_frozen(vals)

    def action_print(self):
        """Print the warranty card in the owner's language (W05)."""
        return self.env.ref("aftersales_service.aftersales_warranty_report").report_action(self)

    def action_void(self):
        """Open the dialog that asks why the warranty is voided (W05)."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_warranty_void_action"
        )
        return dict(action, context={"default_warranty_ids": self.ids})

    def _void(self, reason):
        """Void the warranties for ``reason`` (str).

        :raise UserError: without a reason
        """
        if not (reason or "").strip():
            raise UserError(
                self.env._(
                    "%(warranty)s: give the reason for voiding the warranty.",
                    warranty=", ".join(self.mapped("display_name")),
                )
            )
        self._set_state("void", void_reason=reason.strip())
        # So that the unique index lets a new warranty of the policy take its place at once.
        self.flush_recordset(["state"])

    def _end_with_asset(self, reason):
        """The asset is gone: what still runs ends, for ``reason``."""
        running = self.filtered(lambda w: w.state != "void")
        running._void(reason)
        running._write_past_guard({"ended_with_asset": True})

    def _undo_end_with_asset(self):
        """Take back that warranties ended with their asset: they run on with their old dates.
        Those voided for another reason, or replaced by now, stay as they are.

        :return: the warranties that run on
        """
        live = {(w.asset_id, w.policy_id) for w in self.asset_id.warranty_ids if w.state != "void"}
        ended = self.filtered(
            lambda w: (
                w.state == "void" and w.ended_with_asset and (w.asset_id, w.policy_id) not in live
            )
        )
        ended._set_state("draft", void_reason=False, ended_with_asset=False)
        ended._set_state_by_dates()
        ended._start_when_due()
        return ended

    @api.model
    def _clone_for(self, prototypes):
        """Give each asset the warranties, with their terms, of its prototype: the records of
        ``self`` (W02).

        :param dict prototypes: {asset: id of the asset it is a clone of}
        """
        by_asset = self.grouped(lambda warranty: warranty.asset_id.id)
        pairs = [
            (asset, warranty)
            for asset, prototype_id in prototypes.items()
            for warranty in by_asset.get(prototype_id, ())
        ]
        numbered = [{"company_id": warranty.company_id.id} for __, warranty in pairs]
        self._fill_numbers(numbered)
        clones = self._clone_rows(
            [warranty.id for __, warranty in pairs],
            {
                "asset_id": [asset.id for asset, __ in pairs],
                "name": [vals["name"] for vals in numbered],
            },
        )
        terms = [
            (clone.id, term_id)
            for clone, (__, warranty) in zip(clones, pairs, strict=True)
            for term_id in warranty.term_ids.ids
        ]
        with clones._keeping_copied():
            self.env["aftersales.warranty.term"]._clone_rows(
                [term_id for __, term_id in terms],
                {"warranty_id": [warranty_id for warranty_id, __ in terms]},
            )

    @api.model
    def _get_ending_domain(self, days):
        """Domain of running warranties that end within ``days`` days."""
        today = fields.Date.context_today(self)
        return [
            ("state", "=", "active"),
            ("date_end", ">=", today),
            ("date_end", "<=", today + relativedelta(days=days)),
        ]
