from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError


class ResPartner(models.Model):
    _inherit = "res.partner"

    is_dealer = fields.Boolean(
        string="Dealer",
        tracking=True,
        copy=False,
        help="Sells and serves our products under a dealer agreement.",
    )
    dealer_grade_id = fields.Many2one(
        "aftersales.dealer.grade",
        string="Grade",
        index="btree_not_null",
        tracking=True,
        copy=False,
        ondelete="restrict",
    )
    dealer_agreement_ids = fields.One2many(
        "aftersales.dealer.agreement", "dealer_id", string="Dealer Agreements"
    )
    dealer_agreement_id = fields.Many2one(
        "aftersales.dealer.agreement",
        string="Agreement in Force",
        compute="_compute_dealer_agreement_id",
        compute_sudo=True,
        groups="aftersales_dealer.group_aftersales_dealer_user",
    )
    dealer_asset_ids = fields.One2many("aftersales.asset", "dealer_id", string="Machines Delivered")
    dealer_asset_count = fields.Integer(compute="_compute_dealer_counts", string="Machines")
    dealer_open_asset_count = fields.Integer(
        compute="_compute_dealer_counts", string="Not Registered"
    )
    dealer_registration_count = fields.Integer(
        compute="_compute_dealer_counts", string="Registrations"
    )

    _dealer_idx = models.Index("(name) WHERE is_dealer IS TRUE")

    @api.depends(
        "dealer_agreement_ids.state",
        "dealer_agreement_ids.date_start",
        "dealer_agreement_ids.date_end",
    )
    @api.depends_context("company")
    def _compute_dealer_agreement_id(self):
        agreements = self._get_agreements()
        for partner in self:
            partner.dealer_agreement_id = agreements[partner]

    def _compute_dealer_counts(self):
        states = {}
        for model, field in (
            ("aftersales.asset", "registration_state"),
            ("aftersales.registration", "state"),
        ):
            states[model] = {}
            if self.env[model].has_access("read"):
                for dealer, state, count in self.env[model]._read_group(
                    [("dealer_id", "in", self.ids)], ["dealer_id", field], ["__count"]
                ):
                    states[model].setdefault(dealer.id, {})[state] = count
        for partner in self:
            assets = states["aftersales.asset"].get(partner.id, {})
            partner.dealer_asset_count = sum(assets.values())
            partner.dealer_open_asset_count = assets.get("open", 0)
            registrations = states["aftersales.registration"].get(partner.id, {})
            partner.dealer_registration_count = registrations.get("registered", 0)

    @api.constrains("is_dealer", "parent_id", "is_company")
    def _check_dealer_commercial(self):
        for partner in self.filtered("is_dealer"):
            if partner.commercial_partner_id != partner:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is a contact of %(company)s. Tick “Dealer” on %(company)s "
                        "instead.",
                        contact=partner.name,
                        company=partner.commercial_partner_id.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        # Afterwards, as a default in the context counts, too.
        if any(partner.is_dealer or partner.dealer_grade_id for partner in partners):
            self._check_may_set_dealer()
        return partners

    def write(self, vals):
        if "is_dealer" in vals and any(
            partner.is_dealer != bool(vals["is_dealer"]) for partner in self
        ):
            self._check_may_set_dealer()
        if "dealer_grade_id" in vals and any(
            p.dealer_grade_id.id != vals["dealer_grade_id"] for p in self
        ):
            self._check_may_set_dealer()
        return super().write(vals)

    @api.model
    def _check_may_set_dealer(self):
        """Making a contact a dealer opens the dealer pages to its portal users.

        :raise AccessError: for users without rights on dealers
        """
        if not self.env.su and not self.env.user.has_group(
            "aftersales_dealer.group_aftersales_dealer_user"
        ):
            raise AccessError(
                self.env._(
                    "Only dealer staff may make a contact a dealer or change its grade. Ask one "
                    "of them."
                )
            )

    def _get_agreements(self, date=None, company=None):
        """Return {dealer: agreement in force on ``date`` with ``company``} in one query (D01).

        :param date: ``datetime.date`` or ISO string; today when empty
        :param company: ``res.company``; the current one when empty
        """
        day = fields.Date.to_date(date) or fields.Date.context_today(self)
        company = company or self.env.company
        agreements = self.env["aftersales.dealer.agreement"]._get_for(
            (dealer, company, day) for dealer in self
        )
        return {dealer: agreements[dealer, company, day] for dealer in self}

    def _get_agreement(self, date=None, company=None):
        """Return the agreement of one dealer in force on ``date``, empty when none."""
        self.ensure_one()
        return self._get_agreements(date=date, company=company)[self]

    def action_view_dealer_registrations(self):
        """Open the dealer's registration cards."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_dealer.aftersales_registration_action"
        )
        return dict(
            action, domain=[("dealer_id", "=", self.id)], context={"default_dealer_id": self.id}
        )

    def action_view_dealer_assets(self):
        """Open the machines that were delivered to the dealer, those not registered yet first."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_asset_action"
        )
        return dict(
            action, domain=[("dealer_id", "=", self.id)], context={"search_default_to_register": 1}
        )
