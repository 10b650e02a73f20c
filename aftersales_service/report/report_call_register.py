from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, format_datetime, format_time
from odoo.tools.image import image_data_uri


class ReportCallRegister(models.AbstractModel):
    """What the call register of a period shows: rows of plain text by day (T03).

    All is read before the page is drawn, so that a thousand calls take as many queries as ten.
    """

    _name = "report.aftersales_service.report_call_register"
    _description = "Call Register of a Period"

    @api.model
    def _get_report_values(self, docids, data=None):
        register = self.env["aftersales.call.register"].browse(docids).ensure_one()
        period = self.env._(
            "%(start)s – %(end)s",
            start=format_date(self.env, register.date_from),
            end=format_date(self.env, register.date_to),
        )
        return self._prepare_values(register._get_tickets(), register.company_id, period)

    @api.model
    def _prepare_values(self, tickets, company, period):
        """Return what the template draws."""
        tz = company._get_aftersales_tz()
        days = {}
        for ticket in tickets:
            local = fields.Datetime.context_timestamp(self.with_context(tz=tz), ticket.date_open)
            days.setdefault(local.date(), []).append(self._prepare_row(ticket, tz))
        return {
            "doc_ids": tickets.ids,
            "doc_model": tickets._name,
            "docs": tickets,
            "company": company,
            "res_company": company,
            "image_data_uri": image_data_uri,
            "period": period,
            "count": len(tickets),
            "days": [
                {"label": format_date(self.env, day, date_format="full"), "rows": rows}
                for day, rows in days.items()
            ],
        }

    @api.model
    def _prepare_row(self, ticket, tz):
        """Return the texts of one line."""

        def moment(date):
            return format_datetime(self.env, date, tz=tz, dt_format="short") if date else ""

        channels = dict(ticket._fields["channel"]._description_selection(self.env))
        return {
            "name": ticket.name,
            "time": format_time(self.env, ticket.date_open, tz=tz, time_format="short"),
            "channel": channels.get(ticket.channel, ""),
            "caller": ticket.caller_name or "",
            "phone": ticket.caller_phone or "",
            "customer": ticket.partner_id.display_name or "",
            "product": ticket.product_id.name or "",
            "serial": ticket.serial or "",
            "subject": ticket.subject,
            "symptom": ticket.symptom_id.name or "",
            "category": ticket.register_category,
            "emergency": ticket.emergency,
            "answered": f"{ticket.seconds_to_answer} s" if ticket.seconds_to_answer else "",
            "promised": moment(ticket.register_date_promised),
            "technician": ticket.technician_id.name or "",
            "arrived": moment(ticket.register_date_arrived),
            "solved": moment(ticket.register_date_solved),
            "result": ticket.register_result,
            "satisfaction": ticket.register_satisfaction,
        }


class ReportCallRegisterSelection(models.AbstractModel):
    """The call register of the calls chosen in a list."""

    _name = "report.aftersales_service.report_call_register_selection"
    _inherit = "report.aftersales_service.report_call_register"
    _description = "Call Register of Chosen Calls"

    @api.model
    def _get_report_values(self, docids, data=None):
        tickets = (
            self.env["aftersales.ticket"]
            .browse(docids)
            .sorted(lambda ticket: (ticket.date_open, ticket.id))
        )
        company = tickets.company_id
        if len(company) > 1:
            raise UserError(
                self.env._(
                    "A register is of one company; these calls are of %s. Choose those of one.",
                    ", ".join(company.mapped("name")),
                )
            )
        return self._prepare_values(tickets, company, self.env._("Chosen calls"))
