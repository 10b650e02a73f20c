from odoo import fields, models
from odoo.exceptions import UserError

AGENT = "aftersales_service.group_aftersales_agent"
MANAGER = "aftersales_service.group_aftersales_manager"
# What people may say of a unit; what waives it only a manager.
DECISIONS = ("done", "not_found", "refused", "exempt", "open")
MANAGER_DECISIONS = ("exempt", "open", "release")


class AftersalesCampaignLine(models.Model):
    """What happens to a unit: delivered, decided by people, released for delivery (W15)."""

    _inherit = "aftersales.campaign.line"

    def _link_assets(self, assets):
        """The machines of these units were delivered and are the new ``assets`` now."""
        by_lot = {asset.lot_id: asset for asset in assets}
        serials = self.filtered(lambda line: line.tracking == "serial")
        for line in serials:
            line._write_past_guard({"asset_id": by_lot[line.lot_id].id})
        # The owner who was told, or did not want it, has the machine no longer.
        serials.filtered(
            lambda line: line.state in ("informed", "refused", "not_found", "scheduled")
        )._set_state("open", date_informed=False, date_reminded=False, ticket_id=False)
        # A lot has many owners: the unit in stock stays, each delivery is one more.
        campaigns = (self - serials).grouped("campaign_id")
        for campaign, lines in campaigns.items():
            lots = lines.lot_id
            self._past_guard().create(
                [
                    campaign._prepare_unit_vals(
                        asset.serial, asset.product_id, lot_id=asset.lot_id.id, asset_id=asset.id
                    )
                    for asset in assets
                    if asset.lot_id in lots
                ]
            )

    def action_decide(self):
        """Open the dialog for a decision on the units; ``default_decision`` in the context says
        which.
        """
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_campaign_decide_action"
        )
        return dict(action, context={**self.env.context, "default_line_ids": self.ids})

    def action_plan(self):
        """Open the dialog that makes tickets for these units; for all when none is chosen."""
        self.campaign_id.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_campaign_plan_action"
        )
        context = {"default_campaign_id": self.campaign_id.id, "default_line_ids": self.ids}
        return dict(action, context=context)

    def decide(self, decision, reason=None, date=None):
        """Record what became of the units (W15).

        :param str decision: ``done``, ``not_found``, ``refused``, ``exempt`` or ``open`` (to do
            again)
        :param str reason: why; needed for all of them
        :param date: the day, today when empty
        :raise UserError: without reason or right, for a campaign not open, a day to come
        """
        self._check_decision(decision, reason, date)
        values = {
            "reason": reason.strip(),
            "user_id": self.env.uid,
            "date_done": (date or fields.Date.context_today(self)) if decision == "done" else False,
        }
        if decision == "open":
            values.update(date_informed=False, date_reminded=False, ticket_id=False)
        # Agents record what customers say; the units are not theirs to edit otherwise.
        self.sudo()._set_state(decision, **values)
        labels = dict(self._fields["state"]._description_selection(self.env))
        self._log_on_campaigns(
            lambda serials: self.env._(
                "%(decision)s: %(serials)s. %(reason)s",
                decision=labels[decision],
                serials=serials,
                reason=reason.strip(),
            )
        )

    def _check_decision(self, decision, reason, date=None):
        """Raise UserError unless the user may decide so on all units, with a reason."""
        self.check_access("read")
        unit, user = self[:1].display_name, self.env.user
        if decision in MANAGER_DECISIONS and not (self.env.su or user.has_group(MANAGER)):
            raise UserError(
                self.env._("%(unit)s: this is decided by a service manager.", unit=unit)
            )
        if not (self.env.su or user.has_group(AGENT)):
            raise UserError(self.env._("%(unit)s: this is recorded by the hotline.", unit=unit))
        if decision not in (*DECISIONS, "release"):
            raise UserError(self.env._("“%s” is no decision on a unit.", decision))
        if not (reason or "").strip():
            raise UserError(self.env._("%(unit)s: state the “Reason”.", unit=self[:1].display_name))
        if date and fields.Date.to_date(date) > fields.Date.context_today(self):
            raise UserError(
                self.env._(
                    "%(unit)s: “Done on” cannot be in the future.", unit=self[:1].display_name
                )
            )
        self._check_campaign_open()

    def _check_campaign_open(self):
        """Raise UserError when the campaign of a unit is not open."""
        for campaign in self.campaign_id:
            if campaign.state != "open":
                raise UserError(
                    self.env._(
                        "%(campaign)s is %(state)s: only units of open campaigns are worked on.",
                        campaign=campaign.display_name,
                        state=campaign._get_state_label(campaign.state),
                    )
                )

    def release(self, reason):
        """Let machines in stock be delivered although the campaign stops them (W15).

        :param str reason: why they may leave as they are; logged on the campaign
        :raise UserError: without reason, or when the user is no service manager
        """
        self._check_decision("release", reason)
        # After the check: the rules on units need not let the managers of all companies write.
        self.sudo()._write_past_guard(
            {
                "release_reason": reason.strip(),
                "release_user_id": self.env.uid,
                "release_date": fields.Datetime.now(),
            }
        )
        self._log_on_campaigns(
            lambda serials: self.env._(
                "Released for delivery: %(serials)s. %(reason)s",
                serials=serials,
                reason=reason.strip(),
            )
        )

    def _log_on_campaigns(self, make_text):
        """Log ``make_text(serials)`` on the campaign of each unit."""
        # What was decided belongs into the history, whoever decided it.
        self.campaign_id.sudo()._message_log_batch(
            bodies={
                campaign.id: make_text(lines._format_serials())
                for campaign, lines in self.grouped("campaign_id").items()
            }
        )

    def _format_serials(self, limit=20):
        """Return the serials as text, the first ``limit`` of them by name."""
        shown, rest = ", ".join(self[:limit].mapped("serial")), len(self) - limit
        if rest <= 0:
            return shown
        return self.env._("%(serials)s and %(count)s more", serials=shown, count=rest)
