import base64
import binascii

from odoo import fields, http
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.http import request
from odoo.tools import float_round
from odoo.tools.mimetypes import guess_mimetype

from .portal_claim import PortalClaim

MAX_PHOTOS, MAX_PHOTO_BYTES = 10, 10 * 1024 * 1024
MAX_LINES = 100
MAX_SAVES = 200  # of one login in an hour
MAX_PROPOSED = 20
LINE_FIELDS = (
    "id",
    "kind",
    "product_id",
    "name",
    "quantity",
    "price_unit",
    "serial_new",
    "serial_old",
)
IMAGE_TYPES = ("image/png", "image/jpeg", "image/webp", "image/gif")


class PortalClaimForm(PortalClaim):
    """The form in which a dealer files or corrects a claim on the portal (D07)."""

    @http.route("/my/claims/new", type="http", auth="user", website=True, readonly=True)
    def portal_claim_new(self, serial="", authorisation_id="", **kwargs):
        """Show the empty claim, for a machine and an authorisation when they are named."""
        dealer = self._get_dealer()
        if not dealer:
            return request.redirect("/my")
        claim = request.env["aftersales.claim"]
        post = {"serial": serial, "authorisation_id": authorisation_id}
        return self._render_claim_form(dealer, claim, post, [{}])

    @http.route(
        "/my/claims/<int:claim_id>/edit", type="http", auth="user", website=True, readonly=True
    )
    def portal_claim_edit(self, claim_id, **kwargs):
        """Show a draft or returned claim to be changed."""
        claim = self._get_own_claim(claim_id)
        if not claim or claim.state not in ("draft", "returned"):
            return request.redirect(f"/my/claims/{claim_id}" if claim else "/my/claims")
        lines = [line._prepare_portal_form_vals() for line in claim.line_ids]
        return self._render_claim_form(
            self._get_dealer(), claim, claim._prepare_portal_form_vals(), lines
        )

    @http.route("/my/claims/save", type="http", auth="user", website=True, methods=["POST"])
    def portal_claim_save(self, claim_id="", intent="save", **post):
        """Save the posted claim, and submit it when that was pressed; show the form again when
        refused.
        """
        dealer = self._get_dealer()
        if not dealer:
            return request.redirect("/my")
        claim = self._get_own_claim(self._parse_int(claim_id))
        if claim_id and not claim:
            return request.redirect("/my/claims")
        rows = self._read_rows()
        try:
            self._check_saves()
            with request.env.cr.savepoint():
                claim = self._save_claim(dealer, claim, post, rows)
                if intent == "submit":
                    claim._ensure_submittable()
                # After all that may be refused: a refused claim uses up no number.
                claim._draw_numbers()
                if intent == "submit":
                    claim.action_submit()
        except UserError as refusal:
            before = (
                # Found to be the dealer's own above; read anew after the rollback.
                request.env["aftersales.claim"].sudo().browse(self._parse_int(claim_id)).exists()
            )
            return self._render_claim_form(dealer, before, post, rows, error=str(refusal))
        return request.redirect(
            f"{claim.access_url}?message={'submitted' if intent == 'submit' else 'saved'}"
        )

    @http.route("/my/claims/items", type="jsonrpc", auth="user", readonly=True)
    def portal_claim_items(self, term="", kind="part"):
        """Return up to twenty parts or labour operations that match ``term``, with the agreed
        price.

        :param str term: part of name or reference
        :param str kind: ``part`` or ``labour``
        """
        dealer = self._get_dealer()
        if not dealer or kind not in ("part", "labour"):
            return []
        # Dealers see names and their own agreed prices of parts, not the products themselves.
        products = request.env["product.product"].sudo()
        found = products.search(self._get_item_domain(str(term)[:64], kind), limit=MAX_PROPOSED)
        agreement = self._get_current_agreement(dealer)
        prices = {}
        if agreement and kind == "part":
            prices = agreement._get_part_prices(found, fields.Date.context_today(agreement))
        by_id = {product.id: price for product, price in prices.items()}
        return [
            {
                "id": product.id,
                "name": product.display_name,
                "price": agreement.labour_rate_today
                if kind == "labour"
                else by_id.get(product.id, 0.0),
                "hours": product.standard_hours,
                "serial": product.tracking == "serial",
            }
            for product in found
        ]

    def _get_item_domain(self, term, kind):
        by_name = Domain("name", "ilike", term) | Domain("default_code", "ilike", term)
        companies = Domain("company_id", "in", [False, request.env.company.id])
        if kind == "labour":
            return (
                by_name
                & companies
                & Domain("type", "=", "service")
                & Domain("standard_hours", ">", 0)
            )
        return (
            by_name
            & companies
            & Domain([("type", "=", "consu"), ("is_asset", "=", False), ("sale_ok", "=", True)])
        )

    def _get_current_agreement(self, dealer):
        """Return the dealer's agreement of today in superuser mode, empty when there is none."""
        key = (dealer, request.env.company, fields.Date.context_today(dealer))
        return request.env["aftersales.dealer.agreement"]._get_for([key])[key]

    def _check_saves(self):
        """Refuse more saves than anybody types: a serial that is known is told from one that is
        not, so serials could be guessed. Refused ones count, too: this is before the savepoint.

        :raise UserError: too many within the hour
        """
        user = request.env.user
        if not request.env["aftersales.throttle"]._allow(
            "dealer-claim", f"user {user.id}", MAX_SAVES, 3600
        ):
            raise UserError(request.env._("That was a lot at once. Please wait an hour."))

    def _render_claim_form(self, dealer, claim, post, rows, error=""):
        agreement = self._get_current_agreement(dealer)
        # Own machines that are registered; sudo shows serial and product.
        assets = request.env["aftersales.asset"].search(
            [("dealer_id", "=", dealer.id), ("registration_id", "!=", False)],
            limit=500,
            order="id desc",
        )
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "dealer_claim_new",
            "claim": claim,
            "post": post,
            "rows": rows,
            "error": error,
            # As above: found by the user's rules.
            "assets": assets.sudo(),
            "symptoms": request.env["aftersales.symptom"].search([]),
            "agreement": agreement,
            "currency": agreement.currency_id or request.env.company.currency_id,
            "today": fields.Date.context_today(dealer),
            **self._prepare_claim_form_values(dealer),
        }
        return request.render("aftersales_dealer.portal_claim_form", values)

    def _prepare_claim_form_values(self, dealer):
        """Return what else the form needs for ``dealer``; extended by features of their own."""
        return {}

    def _read_rows(self):
        """Return the posted lines as dicts of strings: the n-th value of each field is of the
        n-th line.
        """
        form = request.httprequest.form
        columns = [form.getlist(f"line_{name}")[:MAX_LINES] for name in LINE_FIELDS]
        return [dict(zip(LINE_FIELDS, row, strict=True)) for row in zip(*columns, strict=False)]

    def _save_claim(self, dealer, claim, post, rows):
        """Create or change the dealer's claim with the posted values; returns it in superuser
        mode.
        """
        asset = self._find_asset(dealer, post.get("serial"))
        values = self._parse_claim(post, asset)
        # The dealer and its own machine were checked above, the claim by ``_get_own_claim``.
        claims = request.env["aftersales.claim"].sudo().with_company(asset.company_id)
        if not claim:
            claim = claims.create(
                {
                    **values,
                    "name": claims._get_unnumbered_name(),
                    "dealer_id": dealer.id,
                    "company_id": asset.company_id.id,
                    "user_id": False,
                }
            )
        else:
            claim.write(values)
        claim.write({"line_ids": self._parse_lines(claim, rows)})
        photos = self._read_photos(claim)
        if photos:
            # Dealers may not make attachments of claims; these belong to the one just saved.
            claim.photo_ids += request.env["ir.attachment"].sudo().create(photos)
        return claim

    def _find_asset(self, dealer, serial):
        """Return the dealer's own machine with ``serial``; others are answered as if there were
        none.
        """
        serial = (serial or "").strip()
        domain = Domain("lot_id.name", "=", serial) | Domain("name", "=", serial)
        assets = (
            # Dealers have no rights on serials, which the search goes by; only own machines match.
            request.env["aftersales.asset"]
            .sudo()
            .search(domain & Domain("dealer_id", "=", dealer.id), limit=2)
        )
        if not serial or len(assets) != 1:
            raise UserError(
                request.env._(
                    "There is no machine with the serial “%(serial)s” among yours. Check the "
                    "name plate.",
                    serial=serial,
                )
            )
        return assets

    def _parse_claim(self, post, asset):
        values = {
            "asset_id": asset.id,
            "date_failure": self._parse_date(post.get("date_failure"), request.env._("Failed on")),
            "date_repair": self._parse_date(post.get("date_repair"), request.env._("Repaired on")),
            "meter": self._parse_number(post.get("meter") or "0", request.env._("Meter reading")),
            "symptom_id": request.env["aftersales.symptom"]
            .browse(self._parse_int(post.get("symptom_id")))
            .exists()
            .id,
            "description": (post.get("description") or "").strip()[:10000],
            "signed_by": (post.get("signed_by") or "").strip()[:128],
        }
        signature = (post.get("signature") or "").partition("base64,")[2]
        if signature:
            values["signature"] = self._parse_signature(signature)
        return values

    def _parse_signature(self, text):
        try:
            content = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            content = b""
        if guess_mimetype(content) != "image/png" or len(content) > 1024 * 1024:
            raise UserError(
                request.env._("The signature could not be read. Let the user sign again.")
            )
        return text

    def _parse_lines(self, claim, rows):
        """Return the commands that make the claim's lines those posted; a line keeps its record
        by its id.
        """
        known = {line.id: line for line in claim.line_ids}
        commands, kept = [], set()
        for row in rows:
            values = self._parse_line(row)
            line_id = self._parse_int(row["id"])
            if line_id in known and line_id not in kept:
                kept.add(line_id)
                commands.append(Command.update(line_id, values))
            else:
                commands.append(Command.create(values))
        return [Command.delete(line_id) for line_id in known.keys() - kept] + commands

    def _parse_line(self, row):
        kinds = request.env["aftersales.claim.line"]._fields["kind"].get_values(request.env)
        kind = row["kind"] if row["kind"] in kinds else "other"
        product = self._find_item(row, kind)
        name = product.display_name or row["name"].strip()[:256]
        if not name:
            raise UserError(
                request.env._(
                    "Each line needs a part, an operation or a description. Fill it in or remove "
                    "the line."
                )
            )
        values = {
            "kind": kind,
            "product_id": product.id,
            "name": name,
            "quantity": self._parse_number(row["quantity"], request.env._("Quantity")),
            "price_unit": self._parse_number(row["price_unit"] or "0", request.env._("Unit price")),
            "lot_id": self._find_lot(product, row["serial_new"]),
            "removed_lot_id": self._find_lot(product, row["serial_old"]),
        }
        if float_round(values["quantity"], precision_digits=self._get_quantity_digits()) <= 0:
            raise UserError(
                request.env._("“%(line)s”: the quantity must be above zero.", line=name)
            )
        return values

    def _get_quantity_digits(self):
        """Return how many decimals of a quantity are kept."""
        return request.env["decimal.precision"].precision_get("Product Unit")

    def _find_item(self, row, kind):
        products = request.env["product.product"].sudo()  # as in ``portal_claim_items``
        if kind not in ("part", "labour") or not self._parse_int(row["product_id"]):
            return products
        return products.search(
            self._get_item_domain("", kind) & Domain("id", "=", self._parse_int(row["product_id"])),
            limit=1,
        )

    def _find_lot(self, product, serial):
        serial = (serial or "").strip()
        if not product or not serial:
            return False
        lot = (
            # Dealers have no rights on serials; product and whole serial must be known to match.
            request.env["stock.lot"]
            .sudo()
            .search(
                [
                    ("product_id", "=", product.id),
                    ("name", "=", serial),
                    ("company_id", "in", [False, request.env.company.id]),
                ],
                limit=1,
            )
        )
        if not lot:
            raise UserError(
                request.env._(
                    "%(part)s: the serial “%(serial)s” is not known. Check it.",
                    part=product.display_name,
                    serial=serial,
                )
            )
        return lot.id

    def _read_photos(self, claim):
        """Return the values of the attachments for the posted photos."""
        files = [file for file in request.httprequest.files.getlist("photos") if file.filename]
        if len(files) + len(claim.photo_ids) > MAX_PHOTOS:
            raise UserError(
                request.env._(
                    "No more than %(count)s photos can be kept with a claim.", count=MAX_PHOTOS
                )
            )
        photos = []
        for file in files:
            content = file.read(MAX_PHOTO_BYTES + 1)
            if len(content) > MAX_PHOTO_BYTES or guess_mimetype(content) not in IMAGE_TYPES:
                raise UserError(
                    request.env._(
                        "“%(name)s” is not a photo, or larger than 10 MB. Choose another.",
                        name=file.filename,
                    )
                )
            photos.append(
                {
                    "name": file.filename,
                    "raw": content,
                    "res_model": "aftersales.claim",
                    "res_id": claim.id,
                }
            )
        return photos

    def _parse_date(self, text, label):
        try:
            return fields.Date.to_date((text or "").strip()) or False
        except ValueError:
            raise UserError(
                request.env._("“%(field)s”: enter the day as year-month-day.", field=label)
            ) from None

    def _parse_number(self, text, label):
        try:
            number = float((text or "").strip().replace(",", "."))
        except ValueError:
            number = -1.0
        if not 0 <= number < 10**9:
            raise UserError(
                request.env._("“%(field)s”: enter a number, for example 12.5.", field=label)
            )
        return number
