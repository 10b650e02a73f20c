from odoo import models
from odoo.exceptions import AccessError
from odoo.tools import SQL


class AftersalesReportMixin(models.AbstractModel):
    """What all analyses share: they read documents, own none, and lead back to them (H01)."""

    _name = "aftersales.report.mixin"
    _description = "Analysis of Documents"
    _document_field = None

    def _compute_display_name(self):
        # Readers see the document's name in the row, as in any many2one, without a right on it.
        for row, known in zip(self, self.sudo(), strict=True):
            row.display_name = known._get_document().display_name

    def _get_document(self):
        """Return the document behind the row."""
        self.ensure_one()
        return self[self._document_field]

    def action_open_document(self):
        """Open the document behind a row of the analysis.

        :raise AccessError: the user may read the analysis but not the document
        """
        self.ensure_one()
        document = self._get_document()
        if not document.has_access("read"):
            raise AccessError(
                self.env._(
                    "You may read the analysis but not the document %(document)s itself. "
                    "Ask whoever is in charge of it, or an administrator for the right.",
                    document=document.sudo().display_name,  # its name is shown in the row already
                )
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": document._name,
            "res_id": document.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def _selection_of(self, model, field):
        """Return the choices of a document's field, with what other addons added to them."""
        return self.env[model]._fields[field]._description_selection(self.env)

    def _hours_between(self, start, end):
        """SQL: hours by the wall clock between two timestamps; NULL when one is missing."""
        return SQL("(EXTRACT(EPOCH FROM (%s - %s)) / 3600.0)", end, start)

    def _percent(self, kept, counted=None):
        """SQL: 100 or 0, or NULL where it does not apply: AVG is the share at every level."""
        value = SQL("CASE WHEN %s THEN 100.0 ELSE 0.0 END", kept)
        return value if counted is None else SQL("CASE WHEN %s THEN %s END", counted, value)
