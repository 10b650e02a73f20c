import base64

from odoo import http
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.http import request

from odoo.addons.aftersales_service.tools.upload import UploadRefused, check_files

from .portal_dealer import DealerPortal, dealer_todo, reads_only


class DealerAdvancePortal(DealerPortal):
    """Advance compensation for which a dealer is asked: read and answer (D14, F05)."""

    def _get_dealer_todos(self, dealer):
        todos = super()._get_dealer_todos(dealer)
        if self._is_dealer_owner():
            waiting = request.env["aftersales.advance"].search(
                [("state", "=", "hearing"), ("dealer_answer", "=", False)], order="date_answer_due"
            )
            todos.append(
                dealer_todo(
                    "advance",
                    request.env._("Consumers claim from you: answer"),
                    "/my/advances",
                    len(waiting),
                    text=request.env._("Without your answer we decide on what we know."),
                    icon="fa-gavel",
                    sequence=20,
                    deadline=waiting[:1].date_answer_due,
                )
            )
        return todos

    def _get_own_advance(self, advance_id):
        """Return the owner's advance as superuser; an empty one for what is unknown or foreign."""
        advances = request.env["aftersales.advance"]
        if not self._ensure_dealer_owner():
            return advances
        # The portal rule found it as the user; sudo shows the names of its parties.
        return advances.search([("id", "=", advance_id)]).sudo()

    @http.route("/my/advances", type="http", auth="user", website=True, readonly=True)
    def portal_my_advances(self, **kw):
        """List what consumers claimed and the company paid for the dealer (F05)."""
        if not self._ensure_dealer_owner():
            return request.redirect("/my")
        values = self._prepare_portal_layout_values()
        values.update(
            page_name="dealer_advance",
            # The portal rule gave the dealer's own; sudo shows the consumers' names.
            advances=request.env["aftersales.advance"].search([], limit=200).sudo(),
        )
        return request.render("aftersales_dealer.portal_my_advances", values)

    @http.route(
        "/my/advances/<int:advance_id>", type="http", auth="user", website=True, readonly=reads_only
    )
    def portal_my_advance(self, advance_id, report_type=None, download=False, **kw):
        """Show one, or print its letter with ``?report_type=pdf`` (F05)."""
        advance_sudo = self._get_own_advance(advance_id)
        if not advance_sudo:
            return request.redirect("/my")
        if report_type in ("html", "pdf", "text"):
            return self._show_report(
                model=advance_sudo,
                report_type=report_type,
                report_ref="aftersales_dealer.action_report_aftersales_advance_dealer",
                download=download,
            )
        return self._render_advance(advance_sudo)

    def _render_advance(self, advance_sudo, error=None, post=None):
        """Show the page, and why an answer was refused."""
        values = self._prepare_portal_layout_values()
        values.update(
            page_name="dealer_advance",
            advance=advance_sudo,
            answers=advance_sudo._fields["dealer_answer"]._description_selection(request.env),
            error=error,
            post=post or {},
        )
        return request.render("aftersales_dealer.portal_my_advance", values)

    @http.route(
        "/my/advances/<int:advance_id>/answer",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_advance_answer(self, advance_id, answer=None, text=None, **kw):
        """Record the dealer's answer with its documents and show the page again (F05).

        :param str answer: ``accepts``, ``paid`` or ``objects``
        :param str text: what the dealer says
        """
        advance_sudo = self._get_own_advance(advance_id)
        if not advance_sudo:
            return request.redirect("/my")
        try:
            files = check_files(self._read_files())
            with request.env.cr.savepoint():
                # As the user: the action checks by itself who answers.
                own = request.env["aftersales.advance"].browse(advance_id)
                own.action_answer(answer=answer, text=text)
                self._keep_files(advance_sudo, files)
        except UploadRefused as refusal:
            names = {"name": refusal.name}
            error = request.env._("The file %(name)s cannot be taken: send photos or PDF.", **names)
            return self._render_advance(advance_sudo, error, {"answer": answer, "text": text})
        except UserError as refusal:
            advance_sudo.invalidate_recordset()
            return self._render_advance(
                advance_sudo, str(refusal), {"answer": answer, "text": text}
            )
        return request.redirect(f"/my/advances/{advance_id}")

    def _read_files(self):
        """Return (name, stream) of the posted files."""
        files = request.httprequest.files.getlist("files")
        return [(file.filename, file.stream) for file in files if file.filename]

    def _keep_files(self, advance_sudo, files):
        """Attach checked files to the answer."""
        if not files:
            return
        attachments = request.env["ir.attachment"].sudo()  # of its own answer, checked above
        made = attachments.create(
            [
                {
                    "name": file.name,
                    "datas": base64.b64encode(file.content),
                    "mimetype": file.mimetype,
                    "res_model": advance_sudo._name,
                    "res_id": advance_sudo.id,
                }
                for file in files
            ]
        )
        advance_sudo._write_past_guard(
            {"answer_file_ids": [Command.link(file.id) for file in made]}
        )
