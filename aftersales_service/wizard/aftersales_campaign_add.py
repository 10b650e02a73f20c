import ast
import base64
from collections import Counter

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools import serial_list

SHOWN = 50


class AftersalesCampaignAdd(models.TransientModel):
    """Adds machines to a campaign: a pasted list, a range, a file or a filter; shows what was
    found before anything is changed (W15).
    """

    _name = "aftersales.campaign.add"
    _description = "Add Units to a Campaign"

    campaign_id = fields.Many2one("aftersales.campaign", required=True, readonly=True)
    company_id = fields.Many2one(related="campaign_id.company_id")
    step = fields.Selection([("choose", "Choose"), ("check", "Check")], default="choose")
    mode = fields.Selection(
        [
            ("list", "List of serials"),
            ("range", "Range of serials"),
            ("file", "File"),
            ("filter", "Filter"),
        ],
        string="By",
        required=True,
        default="list",
    )
    product_ids = fields.Many2many(
        "product.product",
        string="Products",
        help="Only serials of these products; needed when a serial exists for several.",
    )
    serials = fields.Text(string="Serial Numbers")
    serial_first = fields.Char(string="First Serial")
    serial_last = fields.Char(string="Last Serial")
    file = fields.Binary()
    filename = fields.Char()
    filter_on = fields.Selection(
        [
            ("stock.lot", "Serials (delivered or not)"),
            ("aftersales.asset", "Assets at customers"),
        ],
        default="stock.lot",
    )
    lot_domain = fields.Char(default="[]", string="Serials That")
    asset_domain = fields.Char(default="[]", string="Assets That")
    only_known = fields.Boolean(
        string="Add the known ones, leave the others out",
        compute="_compute_only_known",
        store=True,
        readonly=False,
    )
    problem_count = fields.Integer(readonly=True)
    new_count = fields.Integer(readonly=True)
    preview = fields.Html(readonly=True, sanitize=False)

    @api.depends("mode")
    def _compute_only_known(self):
        for wizard in self:
            # Numbers that were never used are part of a range's nature.
            wizard.only_known = wizard.mode == "range"

    def action_check(self):
        """Look the machines up and show what was found; nothing is changed yet.

        :raise UserError: when what was given cannot be read
        """
        self.ensure_one()
        lots, assets, problems = self._find()
        vals_list = self.campaign_id._prepare_unit_vals_list(lots, assets)
        self.write(
            {
                "step": "check",
                "problem_count": len(problems),
                "new_count": len(vals_list),
                "preview": self._format_preview(lots, assets, vals_list, problems),
            }
        )
        return self._reopen()

    def action_back(self):
        """Back to the choice."""
        self.step = "choose"
        return self._reopen()

    def action_add(self):
        """Add what was found to the campaign.

        :raise UserError: naming line, serial and cure when something is unknown and “Add the known
            ones” is not ticked; nothing is changed then
        """
        self.ensure_one()
        lots, assets, problems = self._find()
        if problems and not self.only_known:
            raise UserError(
                "\n".join(
                    [
                        *(self._format_problem(problem) for problem in problems[:20]),
                        self.env._(
                            "Nothing was added. Correct the list or tick “Add the known ones”."
                        ),
                    ]
                )
            )
        added = self.campaign_id._add_units(lots, assets)
        if not added:
            raise UserError(
                self.env._(
                    "%(campaign)s: there is no unit to add. Those that were found are in the "
                    "campaign already.",
                    campaign=self.campaign_id.display_name,
                )
            )
        self.campaign_id._message_log(body=self.env._("%s units added.", added))
        return {"type": "ir.actions.act_window_close"}

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Add Units"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _find(self):
        """Return (lots, assets without serial, [(line, serial, problem)])."""
        self.ensure_one()
        if self.mode == "filter":
            return self._find_by_filter()
        numbered = self._read_serials()
        if not numbered:
            raise UserError(self.env._("No serial number was given. Fill in “Serial Numbers”."))
        if len(numbered) > serial_list.MAX_UNITS:
            error = serial_list.SerialListError(
                "too_many", count=len(numbered), limit=serial_list.MAX_UNITS
            )
            raise UserError(self._format_error(error))
        campaign = self.campaign_id
        wanted = [serial for _line, serial in numbered]
        lots, assets, problems = campaign._find_serials(wanted, self.product_ids)
        repeated, found = Counter(wanted), []
        for line, serial in numbered:
            if serial in problems and repeated[serial]:
                found.append((line, serial, problems[serial]))
                repeated[serial] = 0  # named once, on its first line
        return lots, assets, found

    def _read_serials(self):
        """Return [(line, serial)] of what was given."""
        try:
            if self.mode == "list":
                return serial_list.parse_list(self.serials)
            if self.mode == "range":
                numbers = serial_list.expand_range(self.serial_first, self.serial_last)
                return list(enumerate(numbers, start=1))
            if not self.file:
                return []
            return serial_list.read_file(base64.b64decode(self.file), self.filename)
        except serial_list.SerialListError as error:
            raise UserError(self._format_error(error)) from error

    def _find_by_filter(self):
        """Return lots and assets of the filter; a filter has no problems."""
        lots, assets = self.env["stock.lot"], self.env["aftersales.asset"]
        products = Domain("product_id", "in", self.product_ids.ids) if self.product_ids else None
        lots_wanted = self.filter_on == "stock.lot"
        domain = self._read_domain("lot_domain" if lots_wanted else "asset_domain")
        if products:
            domain &= products
        if domain.is_true():
            raise UserError(self.env._("Choose a product or a filter: else all would be affected."))
        if lots_wanted:
            # Serials of parts and goods are lots too: machines only, unless products are named.
            domain &= self.campaign_id._get_lot_domain()
            if not products:
                domain &= Domain("product_id.is_asset", "=", True)
            return lots.search(domain, limit=serial_list.MAX_UNITS), assets, []
        domain &= assets._get_live_domain() & Domain(
            "company_id", "=", self.campaign_id.company_id.id
        )
        found = assets.search_fetch(domain, ["lot_id"], limit=serial_list.MAX_UNITS)
        loose = found.filtered(lambda asset: not asset.lot_id)
        return found.lot_id, loose, []

    def _read_domain(self, name):
        try:
            return Domain(ast.literal_eval(self[name] or "[]"))
        except (ValueError, SyntaxError, TypeError) as error:
            label = self._fields[name].get_description(self.env)["string"]
            raise UserError(
                self.env._("“%(field)s”: the filter cannot be read. Build it anew.", field=label)
            ) from error

    def _format_problem(self, problem):
        line, serial, code = problem
        return self.campaign_id._format_problem(line, serial, code)

    def _format_preview(self, lots, assets, vals_list, problems):
        """Return what was found as HTML: counts, and the problems by line."""
        located = len([vals for vals in vals_list if vals["asset_id"]])
        in_stock = self._count_in_stock([v["lot_id"] for v in vals_list if not v["asset_id"]])
        new_lots = {vals["lot_id"] for vals in vals_list}
        known = len([lot for lot in lots if lot.id not in new_lots])
        known += len(assets) - len([v for v in vals_list if not v["lot_id"]])
        rows = [
            (self.env._("At customers"), located, ""),
            (self.env._("In stock, not delivered yet"), in_stock, ""),
            (
                self.env._("Neither in stock nor at a customer"),
                len(vals_list) - located - in_stock,
                "",
            ),
            (self.env._("In the campaign already"), known, "text-muted"),
            (self.env._("Unknown or not clear"), len(problems), "text-danger"),
        ]
        table = Markup().join(
            Markup('<tr class="%s"><td>%s</td><td class="text-end fw-bold">%s</td></tr>')
            % (style if count else "text-muted", label, count)
            for label, count, style in rows
        )
        text = Markup('<table class="table table-sm w-auto">%s</table>') % table
        items = [self._format_problem(problem) for problem in problems[:SHOWN]]
        if len(problems) > SHOWN:
            items.append(self.env._("… and %s more.", len(problems) - SHOWN))
        if items:
            text += Markup('<ul class="mb-0">%s</ul>') % Markup().join(
                Markup("<li>%s</li>") % item for item in items
            )
        return text

    def _count_in_stock(self, lot_ids):
        """Return how many of the lots are in a location of the company: one query."""
        # Only the number is shown; service managers have no rights on stock.
        quants = self.env["stock.quant"].sudo()
        domain = [
            ("lot_id", "in", lot_ids),
            ("quantity", ">", 0),
            ("location_id.usage", "in", ("internal", "transit")),
        ]
        return quants._read_group(domain, [], ["lot_id:count_distinct"])[0][0]

    def _format_error(self, error):
        """Return the sentence for a ``SerialListError``."""
        texts = {
            "range_number": lambda: self.env._(
                "“%(serial)s” has no number to count from. Fill in “First Serial” and “Last "
                "Serial”, e.g. GT904-26001 and GT904-26050.",
                **error.arguments,
            ),
            "range_text": lambda: self.env._(
                "“%(first)s” and “%(last)s” differ in more than their last number. Enter two "
                "serials of one series.",
                **error.arguments,
            ),
            "range_width": lambda: self.env._(
                "“%(first)s” and “%(last)s” have numbers of different length. Write both with "
                "the same number of digits.",
                **error.arguments,
            ),
            "range_order": lambda: self.env._(
                "“%(last)s” comes before “%(first)s”. Exchange “First Serial” and “Last Serial”.",
                **error.arguments,
            ),
            "too_many": lambda: self.env._(
                "These are %(count)s serials; at most %(limit)s are added at a time. Split them.",
                **error.arguments,
            ),
            "file_kind": lambda: self.env._(
                "The file “%(filename)s” is neither .xlsx nor .csv. Save it as one of these.",
                **error.arguments,
            ),
            "file_broken": lambda: self.env._(
                "The file “%(filename)s” cannot be read. Save it anew as .xlsx or .csv.",
                **error.arguments,
            ),
        }
        return texts[error.code]()
