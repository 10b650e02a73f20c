import re

from odoo import api, fields, models
from odoo.tools import SQL, consteq
from odoo.tools.misc import hmac

TOKEN = re.compile(r"^(\d{1,18})-([0-9a-f]{20})$")
MAX_LENGTH = 64


class AftersalesWarranty(models.Model):
    """What anybody may learn of a warranty: its status and last day, nothing else (W14)."""

    _inherit = "aftersales.warranty"

    check_url = fields.Char(
        compute="_compute_check_url",
        help="Leads to the public page that tells whether the warranty runs.",
    )

    # As typed by people: the case and the blanks of a serial do not matter.
    _check_name_idx = models.Index("(company_id, upper(regexp_replace(name, '\\s', '', 'g')))")

    def _compute_check_url(self):
        for warranty in self:
            warranty.check_url = (
                f"{warranty.get_base_url()}/warranty/check/{warranty._get_check_token()}"
            )

    def _get_check_token(self):
        """Return what proves that one holds the card: it cannot be guessed from other cards."""
        self.ensure_one()
        key = hmac(self.env(su=True), "aftersales-warranty-check", str(self.id))
        return f"{self.id}-{key[:20]}"

    @api.model
    def _answer_check(self, code, company):
        """Answer a visitor who knows a serial, a certificate number or the token of a QR code.

        Unknown codes, void warranties and those of other companies get the same answer, by the
        same queries. A serial that two products use is answered when it makes no difference.

        :param code: what the visitor typed or scanned (str)
        :param company: ``res.company`` whose page it is; a token is good on any page
        :return: ``{"status": "active" | "ended" | "draft" | "unknown" | "ambiguous",
            "date_end": date or False}``
        """
        code = "".join((code or "").split())
        if not code or len(code) > MAX_LENGTH or "\x00" in code:
            return {"status": "unknown", "date_end": False}
        # Visitors have no rights: the answer is made of status and date only.
        warranties = self.sudo()
        token = TOKEN.match(code.lower())
        found = warranties.browse()
        if token:
            found = warranties.browse(int(token[1])).exists()
            if not found or not consteq(found._get_check_token(), code.lower()):
                found = warranties.browse()
        assets, numbered = warranties._find_for_check(code, company)
        answers = [(found | numbered)._get_check_answer()] if found | numbered else []
        answers += [asset.warranty_ids._get_check_answer() for asset in assets]
        known = {answer for answer in answers if answer[0] != "unknown"}
        if len(known) > 1:
            return {"status": "ambiguous", "date_end": False}
        status, date_end = known.pop() if known else ("unknown", False)
        return {"status": status, "date_end": date_end}

    @api.model
    def _find_for_check(self, code, company):
        """Return (assets with the serial ``code``, warranties with the number ``code``): exactly,
        but for case and blanks. Of the assets of one product, the one in service now.
        """
        self.env["aftersales.asset"].flush_model(["serial", "company_id", "state"])
        self.flush_model(["name", "company_id"])
        normal = SQL("upper(regexp_replace(%s, '\\s', '', 'g'))", code)
        asset_rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT ON (product_id) id FROM aftersales_asset"
                " WHERE company_id = %s AND upper(regexp_replace(serial, '\\s', '', 'g')) = %s"
                " ORDER BY product_id, state IN ('draft', 'in_service') DESC, id DESC",
                company.id,
                normal,
            )
        )
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM aftersales_warranty"
                " WHERE company_id = %s AND upper(regexp_replace(name, '\\s', '', 'g')) = %s",
                company.id,
                normal,
            )
        )
        assets = self.env["aftersales.asset"].browse(row[0] for row in asset_rows)
        return assets, self.browse(row[0] for row in rows)

    def _get_check_answer(self):
        """Return (status, last day) of these warranties together: the best that is so today."""
        live = self.filtered(lambda w: w.state != "void" and w.term_ids)
        if not live:
            return ("unknown", False)
        running = [
            warranty.date_end
            for warranty in live
            if warranty.date_start
            and warranty.date_end
            and warranty.date_start
            <= warranty.company_id._get_aftersales_today()
            <= warranty.date_end
        ]
        if running:
            return ("active", max(running))
        if any(
            not w.date_start or w.date_start > w.company_id._get_aftersales_today() for w in live
        ):
            return ("draft", False)
        return ("ended", max(live.mapped("date_end")))
