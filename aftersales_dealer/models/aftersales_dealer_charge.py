from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

MANAGER = "aftersales_dealer.group_aftersales_dealer_manager"


class AftersalesDealerCharge(models.Model):
    """An amount between company and dealer that is no claim: it comes into the next fee notice
    (F06).

    Rewards and penalties (D11), freight and restoration of returned goods (D12), what an advance
    compensation recovers (F05). The document behind it is named by ``res_model`` and ``res_id``.
    """

    _name = "aftersales.dealer.charge"
    _description = "Dealer Charge"
    _inherit = [
        "aftersales.number.mixin",
        "aftersales.transition.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "date desc, id desc"
    _check_company_auto = True
    _number_sequence = "aftersales.dealer.charge"
    _rec_names_search = ["name", "description"]
    _guard_readonly = True
    _transitions = {
        "draft": ("approved", "cancelled"),
        "approved": ("noticed", "cancelled"),
        "noticed": ("approved", "settled"),
        "settled": ("approved",),
    }
    _agreed_fields = {
        "dealer_id",
        "company_id",
        "currency_id",
        "date",
        "kind",
        "amount",
        "description",
    }
    _frozen_fields = {
        **dict.fromkeys(("approved", "noticed"), _agreed_fields),
        **dict.fromkeys(("settled", "cancelled"), _agreed_fields | {"account_id"}),
    }

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    dealer_id = fields.Many2one(
        "res.partner",
        required=True,
        index=True,
        check_company=True,
        domain="[('is_dealer', '=', True)]",
        ondelete="restrict",
        tracking=True,
    )
    currency_id = fields.Many2one(
        "res.currency", required=True, default=lambda self: self.env.company.currency_id
    )
    date = fields.Date(required=True, default=fields.Date.context_today)
    kind = fields.Selection(
        [
            ("reward", "Reward"),
            ("penalty", "Penalty"),
            ("freight", "Freight"),
            ("restoration", "Parts and labour to restore"),
            ("advance", "Advance compensation"),
            ("other", "Other"),
        ],
        required=True,
        default="other",
        tracking=True,
    )
    amount = fields.Monetary(
        required=True,
        tracking=True,
        help="Positive: the dealer gets it. Negative: the dealer owes it.",
    )
    description = fields.Char(required=True)
    res_model = fields.Char(string="Document Type", readonly=True, copy=False)
    res_id = fields.Many2oneReference(
        string="Document", model_field="res_model", readonly=True, copy=False
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("approved", "Approved"),
            ("noticed", "In a notice"),
            ("settled", "Settled"),
            ("cancelled", "Cancelled"),
        ],
        string="Status",
        required=True,
        readonly=True,
        default="draft",
        index=True,
        copy=False,
        tracking=True,
    )
    approved_by_id = fields.Many2one("res.users", readonly=True, copy=False)

    _name_uniq = models.UniqueIndex(
        "(name, company_id)", "A dealer charge with this number exists already."
    )
    # A document that is approved twice charges once.
    _source_uniq = models.UniqueIndex(
        "(res_model, res_id, kind) WHERE res_id IS NOT NULL AND state != 'cancelled'",
        "This document has a charge of this kind already.",
    )
    _amount_not_zero = models.Constraint(
        "CHECK(amount != 0)", "The amount of a dealer charge cannot be zero."
    )

    @api.model_create_multi
    def create(self, vals_list):
        charges = super().create(vals_list)
        charges._check_dealer()
        return charges

    def write(self, vals):
        result = super().write(vals)
        if "dealer_id" in vals:
            self._check_dealer()
        return result

    def _check_dealer(self):
        """Raise when a person charges who is no dealer; documents of former dealers still may.

        No constraint: those run as superuser, whoever enters the charge.
        """
        for charge in self:
            if not (charge.dealer_id.is_dealer or self.env.su):
                raise ValidationError(
                    self.env._(
                        "%(partner)s is not a dealer. Choose a dealer, or invoice the contact.",
                        partner=charge.dealer_id.display_name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        self._ensure_state_in(
            ("draft",), self.env._("only a draft can be deleted. Cancel it instead.")
        )

    @api.model
    def _create_charges(self, vals_list):
        """Return the approved charges of documents that were approved on their own (F06).

        Idempotent: the live charge of the same document and kind is returned, not made twice.

        :param vals_list: values with ``res_model``, ``res_id``, ``kind``, ``dealer_id``,
            ``company_id``, ``currency_id``, ``amount`` (signed), ``description``
        """
        # The document's own approval was checked; its approver need not write charges.
        charges = self.sudo()
        known = {
            (charge.res_model, charge.res_id, charge.kind): charge
            for charge in charges.search(
                [
                    ("res_model", "in", list({vals["res_model"] for vals in vals_list})),
                    ("res_id", "in", list({vals["res_id"] for vals in vals_list})),
                    ("state", "!=", "cancelled"),
                ]
            )
        }
        keys = [(vals["res_model"], vals["res_id"], vals["kind"]) for vals in vals_list]
        missing = [vals for key, vals in zip(keys, vals_list, strict=True) if key not in known]
        created = charges.create(missing)
        created._set_state("approved", approved_by_id=self.env.uid)
        return self.browse((*created.ids, *(known[key].id for key in keys if key in known)))

    @api.model
    def _cancel_by_source(self, documents):
        """Cancel the charges of ``documents`` that are withdrawn.

        :raise UserError: when one is in a notice or settled already
        """
        # As in ``_create_charges``: the document's own rights were checked.
        charges = self.sudo().search(
            [
                ("res_model", "=", documents._name),
                ("res_id", "in", documents.ids),
                ("state", "!=", "cancelled"),
            ]
        )
        charges._cancel()

    def _cancel(self):
        """Cancel charges that no notice has yet.

        :raise UserError: naming one that is in a notice
        """
        for charge in self:
            if charge.state in ("noticed", "settled"):
                raise UserError(
                    self.env._(
                        "%(charge)s is in a fee notice already. Reverse or cancel the notice, "
                        "or enter a counter-charge.",
                        charge=charge.display_name,
                    )
                )
        self._set_state("cancelled")

    def action_approve(self):
        """Approve charges: they come into the dealers' next notices (F06).

        :raise AccessError: when the user is not a dealer manager
        """
        self.env["aftersales.notice"]._check_groups(MANAGER)
        self._set_state("approved", approved_by_id=self.env.uid)

    def action_cancel(self):
        """Cancel charges that no notice has yet."""
        self.env["aftersales.notice"]._check_groups(MANAGER)
        self._cancel()

    def _on_settled(self):
        """The notices of these charges were settled: tell the documents behind them."""
        self._tell_sources("_on_charges_settled")

    def _on_reversed(self):
        """The settlement of these charges was reversed: tell the documents behind them."""
        self._tell_sources("_on_charges_reversed")

    def _tell_sources(self, hook):
        """Call ``hook`` of the documents behind the charges, once a model, where it has one."""
        for model, charges in self.filtered("res_id").grouped("res_model").items():
            documents = self.env[model].browse(charges.mapped("res_id"))
            if hasattr(documents, hook):
                getattr(documents, hook)(charges)
