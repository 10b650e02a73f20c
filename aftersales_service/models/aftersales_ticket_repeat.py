from datetime import timedelta

from odoo import fields, models

from ..tools.repeat_fault import link_repeats


class AftersalesTicket(models.Model):
    """Repeat fault: the same symptom, or the same cause, on the same asset within the company's
    days (T16).

    Stored, and kept up by what happens: a fault that is reported, changed, merged or archived is
    looked at together with the later ones that may repeat it, in a constant number of queries.
    """

    _inherit = "aftersales.ticket"

    repeat_of_id = fields.Many2one(
        "aftersales.ticket",
        string="Repeats",
        index="btree_not_null",
        readonly=True,
        copy=False,
        help="The fault before this one on the same asset with the same symptom or cause, within "
        "the days of the company's settings.",
    )
    repeated_by_ids = fields.One2many(
        "aftersales.ticket",
        "repeat_of_id",
        string="Repeated by",
        readonly=True,
        copy=False,
        context={"active_test": False},
    )

    def write(self, vals):
        result = super().write(vals)
        if (self._get_repeat_triggers() | {"cause_id"}) & vals.keys():
            self._review_repeats()
        return result

    def _on_created(self):
        result = super()._on_created()
        self._review_repeats()
        return result

    def _on_merged(self, merged):
        result = super()._on_merged(merged)
        (self | merged)._review_repeats()
        return result

    def action_review_repeats(self):
        """Work out anew which faults repeat others, and which were fixed the first time: after the
        days in the settings were changed (T16).
        """
        self.check_access("write")
        self._review_repeats()
        self._review_first_fix()

    def _review_repeats(self):
        """Store what these faults repeat, and what later ones repeat now."""
        # sudo: faults of other teams and technicians count as well.
        tickets = self.sudo()
        affected = tickets | tickets.repeated_by_ids
        affected = affected.filtered(lambda t: t.repeat_of_id or t._may_repeat())
        if not affected:
            return
        links = affected._get_repeat_links()
        touched = []
        for ticket in affected | affected.browse(links):
            before = ticket.repeat_of_id
            now = affected.browse(links.get(ticket.id) or [])
            if before != now:
                # One by one, stored in one statement; nobody follows this field.
                ticket.with_context(tracking_disable=True).repeat_of_id = now
                touched += before.ids + now.ids
        affected.browse(dict.fromkeys(touched))._review_first_fix()

    def _may_repeat(self):
        """Whether the ticket can be, or have, a repeat at all."""
        self.ensure_one()
        return bool(self.type == "fault" and self.asset_id and (self.symptom_id or self.cause_id))

    def _get_repeat_links(self):
        """Return {ticket id: id of what it repeats, or None} of the countable faults of these
        tickets' assets since the first of them.
        """
        days = max(self.company_id.mapped("aftersales_repeat_days"))
        first = min(ticket._get_fault_day() for ticket in self)
        fetched = ["asset_id", "symptom_id", "cause_id", "date_failure", "date_open", "company_id"]
        faults = self.search_fetch(
            self._get_faults_domain(self.asset_id, first - timedelta(days=days)), fetched
        )
        links = {}
        for (_asset, company), own in faults.grouped(lambda t: (t.asset_id, t.company_id)).items():
            events = [(fault._get_fault_day(), fault.id, fault._get_repeat_keys()) for fault in own]
            links |= link_repeats(events, company.aftersales_repeat_days)
        # Those before the first are there to be found only.
        return {fault.id: links[fault.id] for fault in faults if fault._get_fault_day() >= first}

    def _get_repeat_keys(self):
        """Return what makes a fault the same as another: its symptom and its cause."""
        self.ensure_one()
        keys = {("symptom", self.symptom_id.id), ("cause", self.cause_id.id)}
        return {key for key in keys if key[1]}
