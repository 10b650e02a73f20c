from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import is_html_empty

# So many tickets are named in one message.
NAMED = 5


class AftersalesTicket(models.Model):
    """No ticket is closed without its written record, whichever way it is closed (T05).

    A constraint, not a check of the buttons: the stage bar, the board, imports, several lines
    edited at once and the API all come by here.
    """

    _inherit = "aftersales.ticket"

    @api.constrains("stage_id", "resolution")
    def _check_record(self):
        missing = self.filtered(lambda t: t.stage_id.is_closed and is_html_empty(t.resolution))
        if not missing:
            return
        if len(missing) == 1:
            raise ValidationError(
                self.env._(
                    "%(ticket)s: write down under “Resolution” what was done before you close it.",
                    ticket=missing.display_name,
                )
            )
        names = ", ".join(ticket.name for ticket in missing[:NAMED])
        raise ValidationError(
            self.env._(
                "%(count)s tickets cannot be closed: write down under “Resolution” what was done "
                "on each of them. They are: %(names)s.",
                count=len(missing),
                names=names if len(missing) <= NAMED else f"{names}, …",
            )
        )

    def _complete_new(self):
        result = super()._complete_new()
        # An import brings what was done before: it ended at the latest now.
        self.filtered(lambda t: t.is_closed and not t.date_closed)._write_past_guard(
            {"date_closed": fields.Datetime.now()}
        )
        return result
