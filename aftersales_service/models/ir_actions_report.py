from lxml import html

from odoo import models
from odoo.tools.safe_eval import safe_eval, time

from odoo.addons.base.models.ir_actions_report import _wkhtml


class IrActionsReport(models.Model):
    """Documents of after-sales that are printed from a list (W05, H03).

    Debian's wkhtmltopdf is built with a Qt that takes one page of HTML a run; Odoo refuses to print
    several documents then.
    """

    _inherit = "ir.actions.report"

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        """Print what is kept as attachment one by one, so that each is kept as its own file, and
        everything else in one run.
        """
        ids = list(dict.fromkeys(res_ids or ()))
        if len(ids) < 2 or not self._is_joined_to_print(report_ref):
            return super()._render_qweb_pdf_prepare_streams(report_ref, data, res_ids=res_ids)
        kept = self._get_kept_documents(report_ref, ids)
        groups = [[res_id] for res_id in kept] + [[i for i in ids if i not in kept]]
        streams = {}
        for group in filter(None, groups):
            made = super()._render_qweb_pdf_prepare_streams(
                report_ref, dict(data or {}), res_ids=group
            )
            # What cannot be told apart is given without a record: no file of any of them.
            whole = made.get(False)
            streams |= {group[0]: whole} if whole else made
        return streams

    def _run_wkhtmltopdf(
        self,
        bodies,
        report_ref=False,
        header=None,
        footer=None,
        landscape=False,
        specific_paperformat_args=None,
        set_viewport_size=False,
    ):
        bodies = list(bodies)
        if len(bodies) > 1 and report_ref and self._is_joined_to_print(report_ref):
            bodies = [self._join_pages(bodies)]
        return super()._run_wkhtmltopdf(
            bodies,
            report_ref=report_ref,
            header=header,
            footer=footer,
            landscape=landscape,
            specific_paperformat_args=specific_paperformat_args,
            set_viewport_size=set_viewport_size,
        )

    def _is_joined_to_print(self, report_ref):
        """Whether documents of the report are put into one page of HTML to be printed."""
        model = self._get_report(report_ref).model or ""
        return model.startswith("aftersales.") and not _wkhtml().is_patched_qt

    def _get_kept_documents(self, report_ref, ids):
        """Return those of ``ids`` whose PDF is kept as attachment."""
        report = self._get_report(report_ref)
        if not report.attachment:
            return set()
        return {
            record.id
            for record in self.env[report.model].browse(ids)
            if safe_eval(report.attachment, {"object": record, "time": time})
        }

    def _join_pages(self, bodies):
        """Return one page of HTML with those of ``bodies`` (list of str), each on a sheet of its
        own.
        """
        parser = html.HTMLParser(encoding="utf-8")
        first, *others = (html.document_fromstring(str(body), parser=parser) for body in bodies)
        for other in others:
            sheet = html.Element("div", style="page-break-before: always;")
            sheet.extend(other.body.getchildren())
            first.body.append(sheet)
        return html.tostring(first, encoding="unicode", doctype="<!DOCTYPE html>")
