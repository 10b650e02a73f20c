from io import BytesIO

from reportlab.pdfbase.pdfmetrics import stringWidth

from odoo import models
from odoo.tools.pdf import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    PdfFileReader,
    PdfFileWriter,
)

# A name that no page uses for a font of its own.
FONT = "/AftersalesFoot"

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
        """Return the PDF ``stream`` with "2 / 14" at the foot of each page.

        The number is one more content of the page: merging pages would read and unpack what is
        drawn on them, which with Chinese characters is megabytes a page.
        """
        stream.seek(0)
        reader, writer = PdfFileReader(stream), PdfFileWriter()
        count = reader.getNumPages()
        for number in range(count):
            writer.addPage(reader.getPage(number))
            self._add_foot(writer, writer.getPage(number), f"{number + 1} / {count}")
        numbered = BytesIO()
        writer.write(numbered)
        return numbered

    def _add_foot(self, writer, page, text):
        """Write ``text`` (digits and signs only) into the middle of the foot of ``page``."""
        size = 8
        left = float(page.mediaBox.getWidth()) / 2 - stringWidth(text, "Helvetica", size) / 2
        foot = f"Q BT {FONT} {size} Tf {left:.2f} 14 Td ({text}) Tj ET"
        contents = page["/Contents"]
        if not isinstance(contents, ArrayObject):
            contents = ArrayObject([page.raw_get("/Contents")])
        page[NameObject("/Contents")] = ArrayObject(
            [
                # Whatever the page does to its coordinates ends before the foot.
                writer._addObject(self._make_content("q")),
                *contents,
                writer._addObject(self._make_content(foot)),
            ]
        )
        resources = page["/Resources"]
        fonts = resources.setdefault(NameObject("/Font"), DictionaryObject()).get_object()
        fonts[NameObject(FONT)] = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Font"),
                NameObject("/Subtype"): NameObject("/Type1"),
                NameObject("/BaseFont"): NameObject("/Helvetica"),
            }
        )

    def _make_content(self, text):
        content = DecodedStreamObject()
        content.setData(text.encode())
        return content
