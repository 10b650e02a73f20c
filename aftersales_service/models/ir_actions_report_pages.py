from io import BytesIO

from reportlab.pdfgen.canvas import Canvas

from odoo import models
from odoo.tools.pdf import PdfFileReader, PdfFileWriter

# Long lists, of which a sheet that got lost must be missed.
NUMBERED = {
    "aftersales_service.report_call_register",
    "aftersales_service.report_call_register_selection",
}


class IrActionsReport(models.Model):
    """Page numbers in the PDF itself: not every build of wkhtmltopdf prints footers."""

    _inherit = "ir.actions.report"

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        streams = super()._render_qweb_pdf_prepare_streams(report_ref, data, res_ids=res_ids)
        if self._get_report(report_ref).report_name in NUMBERED:
            for content in streams.values():
                if content.get("stream"):
                    content["stream"] = self._number_pages(content["stream"])
        return streams

    def _number_pages(self, stream):
        """Return the PDF ``stream`` with "2 / 14" at the foot of each page."""
        stream.seek(0)
        reader, writer = PdfFileReader(stream), PdfFileWriter()
        count = reader.getNumPages()
        for number in range(count):
            writer.addPage(reader.getPage(number))
            page = writer.getPage(number)
            width = float(page.mediaBox.getWidth())
            overlay = BytesIO()
            canvas = Canvas(overlay, pagesize=(width, float(page.mediaBox.getHeight())))
            canvas.setFont("Helvetica", 8)
            canvas.drawCentredString(width / 2, 14, f"{number + 1} / {count}")
            canvas.save()
            overlay.seek(0)
            page.mergePage(PdfFileReader(overlay).getPage(0))
        numbered = BytesIO()
        writer.write(numbered)
        return numbered
