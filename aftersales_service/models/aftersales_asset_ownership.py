from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class AftersalesAsset(models.Model):
    """An asset that is sold on keeps or loses its cover, as the policy says (W16)."""

    _inherit = "aftersales.asset"

    date_owner = fields.Date(
        string="Owner since",
        readonly=True,
        copy=False,
        tracking=True,
        help="The day the asset was sold on to its present owner; empty while it is the first.",
    )
    is_owner_locked = fields.Boolean(compute="_compute_is_owner_locked")

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_is_owner_locked(self):
        manager = self.env.user.has_group("aftersales_service.group_aftersales_manager")
        for asset in self:
            asset.is_owner_locked = asset.state == "in_service" and not manager

    def write(self, vals):
        before = {asset: asset.partner_id.commercial_partner_id for asset in self}
        if "partner_id" in vals:
            self._check_may_change_owner(vals["partner_id"])
        result = super().write(vals)
        if "partner_id" in vals:
            left = self.filtered(lambda a: a.partner_id.commercial_partner_id != before[a])
            # The links that the owner before was sent lead nowhere any more.
            left.filtered("access_token").sudo().access_token = False
        return result

    def _check_frozen(self, vals):
        """The company of what is in service does not change."""
        if "company_id" in vals and self._is_readonly_guarded():
            for asset in self:
                if asset.state != "draft" and asset.company_id.id != vals["company_id"]:
                    raise UserError(
                        self.env._(
                            "%(asset)s is %(state)s: its company no longer changes.",
                            asset=asset.display_name,
                            state=asset._get_state_label(asset.state),
                        )
                    )
        return super()._check_frozen(vals)

    def _check_may_change_owner(self, owner_id):
        """Raise UserError when the user replaces the owner of an asset in service by hand."""
        manager = self.env.user.has_group("aftersales_service.group_aftersales_manager")
        if manager or not self._is_readonly_guarded():
            return
        owned = self.filtered(
            lambda a: a.state == "in_service" and a.partner_id and a.partner_id.id != owner_id
        )
        if owned:
            raise UserError(
                self.env._(
                    "%(asset)s belongs to %(owner)s. Record the sale with “Transfer Ownership”, or "
                    "ask a service manager to correct the owner.",
                    asset=owned[0].display_name,
                    owner=owned[0].partner_id.display_name,
                )
            )

    def action_transfer_ownership(self):
        """Open the dialog that records that these assets were sold on (W16)."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_asset_transfer_action"
        )
        return dict(action, context={"default_asset_ids": self.ids})

    def _transfer_ownership(self, owner, date, reason="", site=None):
        """``owner`` bought these assets from their owners; what follows from it follows (W16).

        :param owner: ``res.partner``
        :param date: the day from which they are the new owner's; not in the future
        :param reason: text, with the number of the document
        :param site: ``res.partner``, the address where they stand now; the owner's when empty
        :raise UserError: when an asset, the owner or the date does not allow it
        """
        self.check_access("write")
        for asset in self:
            asset._check_transfer(owner, date)
        before = {asset: asset.partner_id for asset in self}
        self._write_past_guard(
            {"partner_id": owner.id, "site_id": (site or owner).id, "date_owner": date}
        )
        self._on_sold_on(owner, date)
        self._message_log_batch(
            bodies={
                asset.id: asset._explain_transfer(before[asset], owner, date, reason)
                for asset in self
            }
        )

    def _on_sold_on(self, owner, date):
        """Warranties whose policy does not go with the asset end (W16)."""
        result = super()._on_sold_on(owner, date)
        # Whoever records the sale need not have rights on the terms of warranties.
        warranties = self.warranty_ids.sudo()
        ending = warranties.filtered(lambda w: not w.policy_id.transferable)
        ending._end_before(date, self.env._("Sold on to %s", owner.display_name))
        (warranties - ending)._on_owner_changed(owner)
        return result

    def _explain_transfer(self, before, owner, date, reason):
        """Return the line of the asset's history that tells of the sale."""
        self.ensure_one()
        sentences = [
            self.env._(
                "Sold on by %(before)s to %(owner)s on %(date)s.",
                before=before.display_name or self.env._("nobody"),
                owner=owner.display_name,
                date=format_date(self.env, date),
            )
        ]
        lost = self.warranty_ids.filtered(lambda w: w.state != "draft" and w.end_reason)
        if lost:
            names = ", ".join(lost.mapped("name"))
            sentences.append(self.env._("Its warranty does not go with it: %s.", names))
        elif self.warranty_state in ("draft", "active"):
            sentences.append(self.env._("Its warranty goes with it."))
        return " ".join([*sentences, reason or ""]).strip()

    def _check_transfer(self, owner, date):
        """Raise UserError when the asset cannot have been sold on to ``owner`` on ``date``."""
        self.ensure_one()
        names = {"asset": self.display_name, "owner": owner.display_name}
        if self.state != "in_service":
            raise UserError(
                self.env._(
                    "%(asset)s is %(state)s: only an asset in service is sold on.",
                    state=self._get_state_label(self.state),
                    **names,
                )
            )
        if owner.commercial_partner_id == self.partner_id.commercial_partner_id:
            raise UserError(
                self.env._(
                    "%(asset)s belongs to %(owner)s already. Choose the buyer; when only the "
                    "address changed, correct the site instead.",
                    **names,
                )
            )
        if owner.company_id and owner.company_id != self.company_id:
            raise UserError(
                self.env._(
                    "%(asset)s: %(owner)s is a contact of %(other)s only. Choose a contact of "
                    "%(company)s.",
                    other=owner.company_id.display_name,
                    company=self.company_id.display_name,
                    **names,
                )
            )
        self._check_transfer_date(date)

    def _check_transfer_date(self, date):
        """Raise UserError when the asset cannot have been sold on ``date``."""
        today = self.company_id._get_aftersales_today()
        if date > today:
            raise UserError(
                self.env._(
                    "%(asset)s: the sale on %(date)s is in the future. Record it on that day.",
                    asset=self.display_name,
                    date=format_date(self.env, date),
                )
            )
        earliest = max((day for day in (self.date_delivery, self.date_owner) if day), default=date)
        if date < earliest:
            raise UserError(
                self.env._(
                    "%(asset)s: the sale on %(date)s is before %(earliest)s, when its present "
                    "owner got it. Correct the date.",
                    asset=self.display_name,
                    date=format_date(self.env, date),
                    earliest=format_date(self.env, earliest),
                )
            )
