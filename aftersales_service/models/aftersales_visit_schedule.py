from odoo import models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, format_datetime

from ..tools.overlap import overlapping_pairs

# States in which a visit takes the technician's time.
BUSY_STATES = ("scheduled", "confirmed", "travelling", "on_site")


class AftersalesVisit(models.Model):
    """Nobody is sent to two places at once, or on a day off, without a reason (V02)."""

    _inherit = "aftersales.visit"

    def _check_overlaps(self):
        """Raise ValidationError for the first of these visits that runs into something,
        unexplained.

        The visits of one call are checked against each other too; two queries for any number.
        """
        movers = self.filtered(
            lambda v: (
                v.state in BUSY_STATES and v.technician_id and v.date_start and not v.overlap_reason
            )
        )
        if not movers:
            return
        movers._claim_technicians()
        for technician, intervals in movers._get_busy_intervals().items():
            for pair in overlapping_pairs(intervals):
                for visit, other in (pair, pair[::-1]):
                    if visit._name == self._name and visit in movers:
                        raise ValidationError(visit._get_overlap_message(technician, other))

    def _claim_technicians(self):
        """Make two dispatchers who plan the same technician at once come one after the other.

        Neither sees the other's visit before it is committed. An update of the row, unlike a
        lock, makes the later transaction fail to serialize; Odoo then repeats it, and it sees.
        """
        self.env.cr.execute(
            SQL(
                "UPDATE hr_employee SET id = id WHERE id IN %s",
                tuple(sorted(self.technician_id.ids)),
            )
        )

    def _get_overlap_message(self, technician, other):
        """Return the sentence that says what ``other`` (visit or leave) the visit runs into, and
        the cure.
        """
        self.ensure_one()
        if other._name == self._name:
            start, end = other.date_start, other.date_end
            label = (
                other.display_name
                if other.company_id in self.env.companies
                else self.env._("a visit")
            )
        else:
            start, end = other.date_from, other.date_to
            # A holiday has a name for everybody; why somebody is absent is their own matter.
            holiday = not other.resource_id and other.name
            label = holiday or self.env._("a leave")
        return self.env._(
            "%(visit)s: %(technician)s is not free, there is “%(other)s” from %(start)s to "
            "%(end)s. Choose "
            "another time or technician, or have a dispatcher fill in “Overlap Reason”.",
            visit=self.display_name,
            technician=technician.display_name,
            other=label,
            start=format_datetime(self.env, start),
            end=format_datetime(self.env, end),
        )

    def _get_busy_intervals(self):
        """Return {technician: [(start, end, visit or leave)]} around the time of these visits."""
        first, last = min(self.mapped("date_start")), max(self.mapped("date_end"))
        technicians = self.technician_id
        busy = {technician: [] for technician in technicians}
        # A technician is busy whoever planned it: also in other companies, and with private leaves.
        visits = self.sudo().search(
            [
                ("technician_id", "in", technicians.ids),
                ("state", "in", BUSY_STATES),
                ("date_start", "<", last),
                ("date_end", ">", first),
            ]
        )
        for visit in visits:
            busy[visit.technician_id].append(
                # Handed on with the caller's rights; times were all that was needed.
                (visit.date_start, visit.date_end, visit.sudo(self.env.su))
            )
        leaves = (
            # As above. What is handed on names the leave at most, see ``_get_overlap_message``.
            self.env["resource.calendar.leaves"]
            .sudo()
            .search(
                [
                    # Which resource an employee is, is for HR to read.
                    ("resource_id", "in", [*technicians.sudo().resource_id.ids, False]),
                    ("time_type", "=", "leave"),
                    ("date_from", "<", last),
                    ("date_to", ">", first),
                ]
            )
        )
        for technician in technicians:
            # As above.
            resource = technician.sudo().resource_id
            busy[technician].extend(
                (leave.date_from, leave.date_to, leave)
                for leave in leaves
                if leave.resource_id == resource
                or (not leave.resource_id and self._is_general_leave(leave, resource))
            )
        return busy

    def _is_general_leave(self, leave, resource):
        """Whether the public holiday ``leave`` is one of ``resource``'s working hours and
        company.
        """
        return leave.calendar_id in (
            resource.calendar_id,
            self.env["resource.calendar"],
        ) and leave.company_id in (resource.company_id, self.env["res.company"])
