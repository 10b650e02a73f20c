from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools.misc import get_lang

from ..tools import claim_sheet


class AftersalesClaimSheet(models.TransientModel):
    """A spreadsheet with a dealer's claims: looked through, made drafts, the rest to correct (D07).

    For use in superuser mode by the portal, which looks for the dealer's own only.
    """

    _name = "aftersales.claim.sheet"
    _inherit = "aftersales.dealer.sheet"
    _description = "Claims Sent as a Spreadsheet"
    _transient_max_hours = 24.0

    rows = fields.Json(readonly=True, help="The cells of each row, as text, in the file's order.")
    results = fields.Json(readonly=True, help="For each row what is wrong with it, or nothing.")
    claim_ids = fields.Many2many("aftersales.claim", readonly=True)
    error_count = fields.Integer(compute="_compute_counts")
    good_count = fields.Integer(string="Good Claims", compute="_compute_counts")
    known_count = fields.Integer(string="Known Claims", compute="_compute_counts")

    @api.depends("rows", "results")
    def _compute_counts(self):
        for sheet in self:
            results = sheet.results or []
            sheet.error_count = sum(bool(result["error"]) for result in results)
            for name in ("good", "known"):
                references = {result["reference"] for result in results if result["what"] == name}
                sheet[f"{name}_count"] = len(references)

    @api.model
    def _get_columns(self):
        """Return {field: (title, whether needed)} of the template, in its order."""
        return {
            "reference": (self.env._("Your reference"), True),
            "serial": (self.env._("Serial of the machine"), True),
            "date_failure": (self.env._("Failed on"), True),
            "date_repair": (self.env._("Repaired on"), True),
            "meter": (self.env._("Meter"), False),
            "symptom": (self.env._("Symptom"), False),
            "description": (self.env._("Fault and repair"), False),
            "signed_by": (self.env._("Signed by"), False),
            "kind": (self.env._("Kind"), True),
            "item": (self.env._("Operation or part"), False),
            "quantity": (self.env._("Quantity"), True),
            "price_unit": (self.env._("Unit price"), False),
            "serial_fitted": (self.env._("Serial fitted"), False),
            "serial_removed": (self.env._("Serial removed"), False),
        }

    @api.model
    def _get_template_rows(self, dealer):
        example = ["R-1001", "26101", "2026-03-01", "2026-03-03", "412", "", "", "", "labour"]
        return [[*example, "HY-010", "2.5"]]

    @api.model
    def _get_file_names(self):
        return {
            "template": self.env._("Claims.xlsx"),
            "errors": self.env._("Claims to correct.xlsx"),
        }

    @api.model
    def _prepare_start_values(self, dealer):
        kinds = self.env["aftersales.claim.line"]._fields["kind"]
        return {"kinds": dict(kinds._description_selection(self.env))}

    @api.model
    def _prepare_sheet_vals(self, header, rows, positions):
        return {
            "rows": [
                {f: str(row[at]) if at < len(row) else "" for f, at in positions.items()}
                for row in rows
            ]
        }

    def _judge(self):
        self.results = self._check_rows()[0]

    def _get_shown_rows(self):
        rows = [{**cells, **result} for cells, result in zip(self.rows, self.results, strict=True)]
        return sorted(rows, key=lambda row: not row["error"])

    def _check_rows(self):
        """Return (results, {reference: claim values}): what is wrong with each row, and the claims
        that can be made; in a constant number of queries.
        """
        self.ensure_one()
        date_format = get_lang(self.env).date_format
        parsed = [claim_sheet.read_row(row, date_format) for row in self.rows]
        facts = self._find_facts([values for values, __ in parsed])
        errors = [[self._word_problem(*problem) for problem in problems] for __, problems in parsed]
        results = [{} for __ in parsed]
        claims = {}
        for reference, positions in claim_sheet.group_claims([v for v, __ in parsed]).items():
            rows = [self._fill_header(parsed[positions[0]][0], parsed[at][0]) for at in positions]
            known = reference in facts["known"]
            if not known:
                self._check_claim(rows, positions, errors, facts)
            bad = not known and any(errors[at] for at in positions)
            what = "known" if known else "bad" if bad else "good"
            for at in positions:
                elsewhere = self.env._("Another row of this claim has to be corrected.")
                text = " ".join(errors[at]) or elsewhere
                results[at] = {"reference": reference, "what": what, "error": text if bad else ""}
            if what == "good":
                claims[reference] = self._prepare_claim_vals(reference, rows, facts)
        return results, claims

    def _fill_header(self, first, values):
        """An empty cell of a later row means the same as in the first row of its claim."""
        return {
            **values,
            **{name: values.get(name) or first.get(name) for name in claim_sheet.HEADER},
        }

    def _check_claim(self, rows, positions, errors, facts):
        """Add what is wrong with the claim of ``rows`` to the ``errors`` of its rows."""
        columns = self._get_columns()
        for name in claim_sheet.find_contradictions(rows):
            errors[positions[0]].append(
                self.env._(
                    "“%(column)s” differs between the rows of this claim.", column=columns[name][0]
                )
            )
        for at, row in zip(positions, rows, strict=True):
            # A later row may leave out what the first one says.
            errors[at] = self._drop_filled(errors[at], row)
            errors[at] += self._get_row_errors(row, facts)

    def _drop_filled(self, errors, row):
        missing = {
            self._word_problem("missing", name) for name in claim_sheet.HEADER if row.get(name)
        }
        return [error for error in errors if error not in missing]

    def _get_row_errors(self, row, facts):
        errors = []
        if row.get("serial") and len(facts["assets"].get(row["serial"], ())) != 1:
            errors.append(
                self.env._(
                    "There is no machine with the serial “%(serial)s” among yours.",
                    serial=row["serial"],
                )
            )
        if row.get("kind") and row["kind"].casefold() not in facts["kinds"]:
            errors.append(
                self.env._(
                    "The kind is one of: %(kinds)s.", kinds=", ".join(sorted(facts["kinds"]))
                )
            )
        kind = facts["kinds"].get((row.get("kind") or "").casefold())
        item = (row.get("item") or "").casefold()
        if kind == "part" and item not in facts["parts"]:
            errors.append(self.env._("There is no part “%(item)s”.", item=row.get("item") or ""))
        if kind == "labour" and item and item not in facts["operations"]:
            errors.append(self.env._("There is no operation “%(item)s”.", item=row["item"]))
        if row.get("quantity") == 0:
            errors.append(self.env._("The quantity must be above zero."))
        if row.get("symptom") and row["symptom"].casefold() not in facts["symptoms"]:
            errors.append(self.env._("There is no symptom “%(item)s”.", item=row["symptom"]))
        part = facts["parts"].get(item)
        for name in ("serial_fitted", "serial_removed"):
            serial = row.get(name)
            if serial and (part, serial) not in facts["lots"]:
                errors.append(self.env._("The serial “%(serial)s” is not known.", serial=serial))
        return errors

    def _word_problem(self, code, name):
        """Return the sentence for a problem that ``tools/claim_sheet.py`` found in a cell."""
        column = self._get_columns()[name][0]
        if code == "missing":
            return self.env._("“%(column)s” is missing.", column=column)
        if code == "day":
            return self.env._("“%(column)s” is no date.", column=column)
        return self.env._("“%(column)s” is no number above zero.", column=column)

    def _find_facts(self, rows):
        """Return the records that the rows name, and the references known before."""

        def named(name):
            """Return the texts of one column."""
            return list({row[name] for row in rows if row.get(name)})

        company = self.env.company
        companies = Domain("company_id", "in", [False, company.id])
        assets = self.env["aftersales.asset"].search(
            Domain("dealer_id", "=", self.dealer_id.id) & Domain("serial", "in", named("serial"))
        )
        items = named("item")
        parts = self.env["product.product"].search(
            companies
            & Domain("type", "=", "consu")
            & (Domain("default_code", "in", items) | Domain("name", "in", items))
        )
        operations = self.env["aftersales.labour.operation"].search(
            companies & Domain("code", "in", items)
        )
        symptoms = self.env["aftersales.symptom"].search([("name", "in", named("symptom"))])
        lots = self.env["stock.lot"].search(
            Domain("product_id", "in", parts.ids)
            & Domain("name", "in", named("serial_fitted") + named("serial_removed"))
        )
        known = self.env["aftersales.claim"].search(
            [
                ("dealer_id", "=", self.dealer_id.id),
                ("dealer_reference", "in", named("reference")),
                ("state", "!=", "cancelled"),
            ]
        )
        kinds = self.env["aftersales.claim.line"]._fields["kind"]
        by_word = {
            word.casefold(): value
            for value, label in kinds._description_selection(self.env)
            for word in (value, label)
        }
        by_name = {part.name.casefold(): part for part in parts}
        by_code = {part.default_code.casefold(): part for part in parts if part.default_code}
        return {
            "assets": assets.grouped("serial"),
            "kinds": by_word,
            "parts": {**by_name, **by_code},
            "operations": {operation.code.casefold(): operation for operation in operations},
            "symptoms": {symptom.name.casefold(): symptom for symptom in symptoms},
            "lots": {(lot.product_id, lot.name): lot for lot in lots},
            "known": set(known.mapped("dealer_reference")),
        }

    def _prepare_claim_vals(self, reference, rows, facts):
        """Return the values of one claim from its rows."""
        first = rows[0]
        asset = facts["assets"][first["serial"]]
        symptom = facts["symptoms"].get((first.get("symptom") or "").casefold())
        return {
            "dealer_id": self.dealer_id.id,
            "company_id": asset.company_id.id,
            "dealer_reference": reference,
            "asset_id": asset.id,
            "user_id": False,
            "date_failure": first["date_failure"],
            "date_repair": first["date_repair"],
            "meter": first.get("meter") or 0.0,
            "symptom_id": symptom.id if symptom else False,
            "description": first.get("description") or "",
            "signed_by": first.get("signed_by") or "",
            "line_ids": [Command.create(self._prepare_line_vals(row, facts)) for row in rows],
        }

    def _prepare_line_vals(self, row, facts):
        kind = facts["kinds"][row["kind"].casefold()]
        item = (row.get("item") or "").casefold()
        operation = facts["operations"].get(item) if kind == "labour" else None
        part = facts["parts"].get(item) if kind == "part" else None
        product = part or (operation and operation.product_id)
        vals = {
            "kind": kind,
            "operation_id": operation.id if operation else False,
            "product_id": product.id if product else False,
            "quantity": row["quantity"],
        }
        for name, field in (("serial_fitted", "lot_id"), ("serial_removed", "removed_lot_id")):
            if row.get(name):
                vals[field] = facts["lots"][part, row[name]].id
        if row.get("item") and not product and not operation:
            vals["name"] = row["item"]
        # Without a price the agreement's counts.
        return {**vals, "price_unit": row["price_unit"]} if row.get("price_unit") else vals

    def _make_drafts(self):
        """Make drafts of the good claims; what is known already is left alone (D07).

        :raise UserError: when no claim is good
        """
        self.ensure_one()
        results, claims = self._check_rows()  # somebody may have sent the same file meanwhile
        if not claims:
            raise UserError(self.env._("There is no new claim without problems in the file."))
        made = self.env["aftersales.claim"].create(list(claims.values()))
        self.write({"results": results, "state": "done", "claim_ids": [Command.set(made.ids)]})
        return made

    def _take_over(self):
        self._make_drafts()

    def _get_taken_text(self):
        return self.env._("Another file with the same references was sent just now.")

    def _get_wrong_rows(self):
        columns = self._get_columns()
        rows = [
            [*(row.get(name, "") for name in columns), result["error"]]
            for row, result in zip(self.rows, self.results, strict=True)
            if result["error"]
        ]
        return self._get_titles(), rows
