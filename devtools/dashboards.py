"""Writes the dashboards of aftersales_reports: python3 -m devtools.dashboards

A dashboard is an Odoo spreadsheet, a JSON file that is no pleasure to edit by hand. What each one
shows is said here in a few words; the files in ``aftersales_reports/data/files`` are written from
it and committed. Odoo finds the texts to translate in the files itself (their names end in
``_dashboard.json``).
"""

import json
from pathlib import Path

FILES = Path(__file__).parent.parent / "aftersales_reports" / "data" / "files"
# The format of the spreadsheets that Odoo 19 ships; newer versions migrate it when they load it.
VERSION = "18.5.10"
COLUMNS = {"A": 235, "B": 130, "C": 110, "D": 50, "E": 235, "F": 130, "G": 110}
WIDTH, HALF = 1000, 475
ROW, TITLE_ROW, TABLE_ROW = 23, 40, 28
STYLES = {
    1: {"textColor": "#01666b", "bold": True, "fontSize": 16},
    2: {"bold": True, "fontSize": 11, "textColor": "#434343", "verticalAlign": "middle"},
    3: {"textColor": "#434343", "verticalAlign": "middle"},
}
BORDERS = {1: {"bottom": {"style": "thin", "color": "#CCCCCC"}}}
BLUE, GREEN, RED, SAND = "#EFF6FF", "#ECFDF5", "#FEF2F2", "#FFF7ED"
MENU = "aftersales_reports.aftersales_report_{}_menu"


class Dashboard:
    """One spreadsheet: figures and tables from top to bottom, a sheet "Data" behind them."""

    def __init__(self, filters):
        """:param filters: name → (label, model or None for a date, default of a date)"""
        self.filters = filters
        self.row, self.rows, self.cells, self.styles, self.borders = 0, {}, {}, {}, {}
        self.figures, self.tables, self.menus = [], [], {}
        self.pivots, self.lists = {}, {}
        self.data = []
        self._skip(6)  # room for the key figures

    # -- parts ----------------------------------------------------------------------------------

    def key_figures(self, *figures):
        """Cards in one line: dict with title, model, domain, measure, match and how to show it."""
        gap = 10
        width = (WIDTH - gap * (len(figures) - 1)) // len(figures)
        for index, figure in enumerate(figures):
            key = self._data_cell(figure["title"], figure)
            chart = {
                "type": "scorecard",
                "title": {"text": figure["title"], "color": "#434343", "bold": True},
                "background": figure.get("color", BLUE),
                "keyValue": f"Data!C{key}",
                "baselineMode": "text",
                "baselineColorUp": "#00A04A",
                "baselineColorDown": "#DC6965",
                "humanize": False,
            }
            if "below" in figure:
                below = self._data_cell(figure["below"]["text"], figure["below"])
                chart["baseline"] = f"Data!C{below}"
                chart["baselineDescr"] = {"text": figure["below"]["text"]}
            self._figure(chart, index * (width + gap), 11, width, 109, figure["menu"])

    def charts(self, *charts, height=320):
        """One chart over the full width, or two side by side."""
        top = self._skip(0)
        self._titles(*charts)
        y = self._y()
        width = WIDTH if len(charts) == 1 else HALF
        for index, chart in enumerate(charts):
            definition = {
                "type": f"odoo_{chart['mode']}",
                "title": {"text": ""},
                "background": "#FFFFFF",
                "legendPosition": chart.get("legend", "top"),
                "metaData": {
                    "groupBy": chart["group_by"],
                    "measure": chart.get("measure", "__count"),
                    "order": chart.get("order"),
                    "resModel": chart["model"],
                    "mode": chart["mode"],
                },
                "searchParams": {
                    "comparison": None,
                    "context": {},
                    "domain": chart.get("domain", []),
                    "groupBy": chart["group_by"],
                    "orderBy": [],
                },
                "dataSets": [{"backgroundColor": chart["colour"]}] if "colour" in chart else [],
                "verticalAxisPosition": "left",
                "stacked": chart.get("stacked", True),
                "fieldMatching": self._matching(chart),
            }
            x = index * (WIDTH - HALF)
            self._figure(definition, x, y + 8, width, height, chart["menu"])
        self._skip((height + 16 + ROW - 1) // ROW)
        return top

    def tables_of(self, *tables):
        """Lists ("columns") and pivots ("rows"), one over the full width or two side by side."""
        self._titles(*tables)
        first = self.row
        for table, letters in zip(tables, self._blocks(len(tables)), strict=True):
            size = table.get("size", 6)
            if "columns" in table:
                used = self._list(table, letters, first, size)
            else:
                used = self._pivot_table(table, letters, first, size)
            self._format_table(letters[:used], first, size)
        for __ in range(1 + max(table.get("size", 6) for table in tables)):
            self.rows[self.row] = TABLE_ROW
            self.row += 1
        self._skip(1)

    # -- their making ---------------------------------------------------------------------------

    def _blocks(self, count):
        return ["ABCEFG"] if count == 1 else ["ABC", "EFG"]

    def _skip(self, count):
        self.row += count
        return self.row

    def _y(self):
        return sum(self.rows.get(row, ROW) for row in range(self.row))

    def _titles(self, *parts):
        self.rows[self.row] = TITLE_ROW
        for part, letters in zip(parts, self._blocks(len(parts)), strict=True):
            cell = f"{letters[0]}{self.row + 1}"
            menu = MENU.format(part["menu"])
            self.cells[cell] = f"[{part['title']}](odoo://ir_menu_xml_id/{menu})"
            self.styles[cell] = 1
            self.borders[f"{cell}:{letters[-1]}{self.row + 1}"] = 1
        self.row += 1

    def _matching(self, part):
        """How the filters of the dashboard apply to one data source; those not named do not."""
        return {
            name: {
                "chain": chain,
                "type": "many2one" if self.filters[name][1] else "datetime",
                "offset": 0,
            }
            for name, chain in part.get("match", {}).items()
        }

    def _figure(self, chart, x, y, width, height, menu):
        identifier = f"figure-{len(self.figures) + 1}"
        self.figures.append(
            {
                "id": identifier,
                "tag": "chart",
                "col": 0,
                "row": 0,
                "offset": {"x": x, "y": y},
                "width": width,
                "height": height,
                "data": chart | {"chartId": identifier},
            }
        )
        self.menus[identifier] = MENU.format(menu)

    def _pivot(self, part, rows=(), columns=(), sort=None):
        identifier = str(len(self.pivots) + 1)
        measures = [
            {"id": name, "fieldName": name} | ({"userDefinedName": label} if label else {})
            for name, label in part["measures"]
        ]
        self.pivots[identifier] = {
            "type": "ODOO",
            "id": identifier,
            "formulaId": identifier,
            "name": part.get("label") or part.get("title") or part["text"],
            "model": part["model"],
            "domain": part.get("domain", []),
            "context": {},
            "measures": measures,
            "rows": [{"fieldName": name} for name in rows],
            "columns": [{"fieldName": name} for name in columns],
            "fieldMatching": self._matching(part),
        }
        if sort:
            self.pivots[identifier]["sortedColumn"] = {
                "measure": sort,
                "order": "desc",
                "domain": [],
            }
        return identifier

    def _data_cell(self, label, part):
        """Put a key figure on the data sheet; return its row. A share of nothing is a dash."""
        measure = part.get("measure", "__count")
        names = dict.fromkeys(("__count", measure))
        identifier = self._pivot(part | {"measures": [(name, None) for name in names]})
        value = f'PIVOT.VALUE({identifier},"{measure}")'
        row = len(self.data) + 1
        formula, shown = f"={value}", f"=B{row}"
        if part.get("format") == "percent":
            count = f'PIVOT.VALUE({identifier},"__count")'
            formula = f'=IF(ISNUMBER({count}),IF({count}>0,ROUND({value},0),"–"),"–")'
            shown = f'=IF(ISNUMBER(B{row}),CONCATENATE(B{row},"%"),B{row})'
        elif measure != "__count":
            shown = f"=FORMAT.LARGE.NUMBER(B{row})"
        self.data.append((f'=_t("{label}")', formula, shown))
        return row

    def _list(self, table, letters, first, size):
        identifier = str(len(self.lists) + 1)
        names = [name for name, __ in table["columns"]]
        self.lists[identifier] = {
            "id": identifier,
            "name": table["title"],
            "model": table["model"],
            "columns": names,
            "domain": table.get("domain", []),
            "context": {},
            "orderBy": [{"name": name, "asc": up} for name, up in table["order"]],
            "fieldMatching": self._matching(table),
        }
        for letter, (name, label) in zip(letters, table["columns"], strict=False):
            self.cells[f"{letter}{first + 1}"] = (
                f'=ODOO.LIST.HEADER({identifier},"{name}",_t("{label}"))'
            )
            for index in range(1, size + 1):
                self.cells[f"{letter}{first + 1 + index}"] = (
                    f'=ODOO.LIST({identifier},{index},"{name}")'
                )
        return len(names)

    def _pivot_table(self, table, letters, first, size):
        identifier = self._pivot(table, rows=table["rows"], sort=table["measures"][0][0])
        self.cells[f"{letters[0]}{first + 1}"] = f"=PIVOT({identifier},{size},FALSE,FALSE)"
        return 1 + len(table["measures"])

    def _format_table(self, letters, first, size):
        head, last = first + 1, first + 1 + size
        self.styles[f"{letters[0]}{head}:{letters[-1]}{head}"] = 2
        self.styles[f"{letters[0]}{head + 1}:{letters[-1]}{last}"] = 3
        config = {
            "hasFilters": False,
            "totalRow": False,
            "firstColumn": False,
            "lastColumn": False,
            "numberOfHeaders": 1,
            "bandedRows": True,
            "bandedColumns": False,
            "automaticAutofill": True,
            "styleId": "None",
        }
        self.tables.append(
            {"range": f"{letters[0]}{head}:{letters[-1]}{last}", "type": "static", "config": config}
        )

    # -- the file -------------------------------------------------------------------------------

    def content(self):
        """Return the spreadsheet as Odoo stores it."""
        filters = []
        for name, (label, model, default) in self.filters.items():
            if model:
                filters.append({"id": name, "type": "relation", "label": label, "modelName": model})
            else:
                filters.append(
                    {"id": name, "type": "date", "label": label, "defaultValue": default}
                )
        return {
            "version": VERSION,
            "sheets": [self._main_sheet(), self._data_sheet()],
            "styles": {str(key): style for key, style in STYLES.items()},
            "formats": {"1": "#,##0"},
            "borders": {str(key): border for key, border in BORDERS.items()},
            "revisionId": "START_REVISION",
            "uniqueFigureIds": True,
            "settings": {
                "locale": {
                    "name": "English (US)",
                    "code": "en_US",
                    "thousandsSeparator": ",",
                    "decimalSeparator": ".",
                    "dateFormat": "mm/dd/yyyy",
                    "timeFormat": "hh:mm:ss",
                    "formulaArgSeparator": ",",
                    "weekStart": 7,
                }
            },
            "pivots": self.pivots,
            "pivotNextId": len(self.pivots) + 1,
            "customTableStyles": {},
            "globalFilters": filters,
            "lists": self.lists,
            "listNextId": len(self.lists) + 1,
            "chartOdooMenusReferences": self.menus,
        }

    def _main_sheet(self):
        sheet = self._sheet("dashboard", "Dashboard", len(COLUMNS), self.row + 2)
        columns = {str(index): {"size": size} for index, size in enumerate(COLUMNS.values())}
        rows = {str(row): {"size": size} for row, size in self.rows.items()}
        return sheet | {
            "rows": rows,
            "cols": columns,
            "cells": self.cells,
            "styles": self.styles,
            "borders": self.borders,
            "figures": self.figures,
            "tables": self.tables,
        }

    def _data_sheet(self):
        cells = {}
        for row, values in enumerate(self.data, start=1):
            cells |= {f"{letter}{row}": value for letter, value in zip("ABC", values, strict=True)}
        sheet = self._sheet("data", "Data", 6, len(self.data) + 5)
        return sheet | {"cells": cells, "cols": {"0": {"size": 260}}}

    def _sheet(self, identifier, name, columns, rows):
        return {
            "id": identifier,
            "name": name,
            "colNumber": columns,
            "rowNumber": rows,
            "rows": {},
            "cols": {},
            "merges": [],
            "cells": {},
            "styles": {},
            "formats": {},
            "borders": {},
            "conditionalFormats": [],
            "dataValidationRules": [],
            "figures": [],
            "tables": [],
            "areGridLinesVisible": True,
            "isVisible": True,
            "headerGroups": {"ROW": [], "COL": []},
            "comments": {},
        }


def service_dashboard():
    """For the service manager: what is open, what was promised, what comes today."""
    ticket, sla = "aftersales.report.ticket", "aftersales.report.sla"
    visit, back = "aftersales.report.visit", "aftersales.report.return.visit"
    board = Dashboard(
        {
            "period": ("Period", None, "last_90_days"),
            "team": ("Team", "aftersales.team", None),
        }
    )
    opened = {"period": "date_open", "team": "team_id"}
    started = {"period": "date_start", "team": "team_id"}
    now = {"team": "team_id"}
    open_tickets = [["is_closed", "=", False]]
    urgent = [*open_tickets, ["emergency", "=", True]]
    about_tickets = ["about", "=", "ticket"]
    broken = [["result", "=", "breached"], ["is_waiting", "=", True], about_tickets]
    today = [["date_start", ">=", "today"], ["date_start", "<", "today +1d"]]
    due = [["state", "=", "planned"], ["date_planned", "<", "today +1d"]]
    board.key_figures(
        {
            "title": "Open tickets",
            "model": ticket,
            "domain": open_tickets,
            "match": now,
            "menu": "ticket",
            "below": {"text": "emergencies", "model": ticket, "domain": urgent, "match": now},
        },
        {
            "title": "Promises kept",
            "model": sla,
            "measure": "in_time",
            "format": "percent",
            "domain": [["result", "!=", "open"], about_tickets],
            "match": started,
            "menu": "sla",
            "color": GREEN,
            "below": {
                "text": "broken",
                "model": sla,
                "domain": [["result", "=", "breached"], about_tickets],
                "match": started,
            },
        },
        {
            "title": "Overdue now",
            "model": sla,
            "domain": broken,
            "match": now,
            "menu": "sla",
            "color": RED,
            "below": {
                "text": "still in time",
                "model": sla,
                "domain": [["result", "=", "open"], about_tickets],
                "match": now,
            },
        },
        {
            "title": "Visits today",
            "model": visit,
            "domain": today,
            "match": now,
            "menu": "visit",
            "below": {
                "text": "done",
                "model": visit,
                "domain": [*today, ["state", "=", "done"]],
                "match": now,
            },
        },
        {
            "title": "Return visits due",
            "model": back,
            "domain": due,
            "match": now,
            "menu": "return_visit",
            "color": SAND,
            "below": {
                "text": "not satisfied",
                "model": back,
                "domain": [["satisfied", "=", "no"]],
                "match": {"period": "date_done", "team": "team_id"},
            },
        },
        {
            "title": "First-time fix",
            "model": ticket,
            "measure": "first_time_fix",
            "format": "percent",
            "domain": [["first_fix", "!=", False]],
            "match": opened,
            "menu": "ticket",
            "color": GREEN,
            "below": {
                "text": "reopened",
                "model": ticket,
                "domain": [["reopen_count", ">", 0]],
                "match": opened,
            },
        },
    )
    board.charts(
        {
            "title": "Tickets opened",
            "mode": "bar",
            "model": ticket,
            "group_by": ["date_open:week", "type"],
            "match": opened,
            "menu": "ticket",
        },
        height=300,
    )
    board.tables_of(
        {
            "title": "Overdue promises",
            "model": sla,
            "domain": broken,
            "columns": [
                ("ticket_id", "Ticket"),
                ("kind", "Promised"),
                ("team_id", "Team"),
                ("partner_id", "Customer"),
                ("technician_id", "Technician"),
                ("hours_late", "Hours late"),
            ],
            "order": [("emergency", False), ("date_deadline", True)],
            "match": now,
            "menu": "sla",
            "size": 10,
        }
    )
    board.tables_of(
        {
            "title": "Visits today",
            "model": visit,
            "domain": today,
            "columns": [
                ("visit_id", "Visit"),
                ("technician_id", "Technician"),
                ("state", "Status"),
            ],
            "order": [("date_start", True)],
            "match": now,
            "menu": "visit",
            "size": 6,
        },
        {
            "title": "Return visits due",
            "model": back,
            "domain": due,
            "columns": [("partner_id", "Customer"), ("user_id", "Agent"), ("date_planned", "Due")],
            "order": [("date_planned", True)],
            "match": now,
            "menu": "return_visit",
            "size": 6,
        },
    )
    board.charts(
        {
            "title": "Who pays",
            "mode": "pie",
            "model": ticket,
            "group_by": ["service_category"],
            "match": opened,
            "menu": "ticket",
            "legend": "right",
        },
        {
            "title": "Open tickets by team",
            "mode": "bar",
            "model": ticket,
            "domain": open_tickets,
            "group_by": ["team_id", "stage_id"],
            "match": now,
            "menu": "ticket",
        },
    )
    board.charts(
        {
            "title": "Promises kept (%)",
            "mode": "bar",
            "model": sla,
            "domain": [["result", "!=", "open"], about_tickets],
            "group_by": ["kind"],
            "measure": "in_time",
            "match": started,
            "menu": "sla",
            "legend": "none",
            "colour": "#43C5B1",
        },
        {
            "title": "How faults end",
            "mode": "pie",
            "model": ticket,
            "domain": [["type", "=", "fault"]],
            "group_by": ["outcome"],
            "match": opened,
            "menu": "ticket",
            "legend": "right",
        },
    )
    board.tables_of(
        {
            "title": "Most frequent symptoms",
            "model": ticket,
            "domain": [["symptom_id", "!=", False]],
            "rows": ["symptom_id"],
            "label": "Symptom",
            "measures": [("__count", "Tickets"), ("hours_to_close", "Hours to close")],
            "match": opened,
            "menu": "ticket",
        },
        {
            "title": "Technicians",
            "model": visit,
            "domain": [["state", "=", "done"], ["technician_id", "!=", False]],
            "rows": ["technician_id"],
            "label": "Technician",
            "measures": [("__count", "Visits done"), ("fixed_rate", "Fixed (%)")],
            "match": {"period": "date_done", "team": "team_id"},
            "menu": "visit",
        },
    )
    return board.content()


def settlement_dashboard():
    """For the accountant: what dealers claim, were granted, got deducted, and still owe."""
    claim, notice = "aftersales.report.claim", "aftersales.report.settlement"
    owed = "aftersales.report.receivable"
    board = Dashboard(
        {
            "period": ("Period", None, "last_90_days"),
            "dealer": ("Dealer", "res.partner", None),
        }
    )
    claimed = {"period": "date_claim", "dealer": "dealer_id"}
    issued = {"period": "date_notice", "dealer": "dealer_id"}
    settled = {"period": "date_settled", "dealer": "dealer_id"}
    now = {"dealer": "dealer_id"}
    real = [["state", "not in", ["draft", "cancelled"]]]
    undecided = [["state", "in", ["submitted", "returned", "awaiting_parts", "appraised"]]]
    to_issue = [["state", "in", ["draft", "verified"]]]
    with_dealer = [["state", "in", ["issued", "disputed"]]]
    board.key_figures(
        {
            "title": "To decide",
            "model": claim,
            "measure": "amount_claimed",
            "domain": undecided,
            "match": now,
            "menu": "claim",
            "below": {"text": "lines", "model": claim, "domain": undecided, "match": now},
        },
        {
            "title": "Not yet noticed",
            "model": claim,
            "measure": "amount_to_notice",
            "match": now,
            "menu": "claim",
            "color": SAND,
            "below": {
                "text": "to issue",
                "model": notice,
                "measure": "amount_total",
                "domain": to_issue,
                "match": now,
            },
        },
        {
            "title": "With dealers",
            "model": notice,
            "measure": "amount_total",
            "domain": with_dealer,
            "match": now,
            "menu": "settlement",
            "below": {
                "text": "disputed",
                "model": notice,
                "domain": [["state", "=", "disputed"]],
                "match": now,
            },
        },
        {
            "title": "To deduct",
            "model": notice,
            "measure": "amount_total",
            "domain": [["state", "=", "confirmed"]],
            "match": now,
            "menu": "settlement",
            "color": SAND,
            "below": {
                "text": "notices",
                "model": notice,
                "domain": [["state", "=", "confirmed"]],
                "match": now,
            },
        },
        {
            "title": "Deducted",
            "model": notice,
            "measure": "amount_settled",
            "match": settled,
            "menu": "settlement",
            "color": GREEN,
            "below": {
                "text": "notices",
                "model": notice,
                "domain": [["state", "=", "settled"]],
                "match": settled,
            },
        },
        {
            "title": "Dealers owe",
            "model": owed,
            "measure": "amount_open",
            "match": now,
            "menu": "receivable",
            "color": RED,
            "below": {
                "text": "overdue",
                "model": owed,
                "measure": "amount_overdue",
                "match": now,
            },
        },
    )
    board.charts(
        {
            "title": "Claims by status",
            "mode": "bar",
            "model": claim,
            "domain": real,
            "group_by": ["state"],
            "measure": "amount_claimed",
            "match": claimed,
            "menu": "claim",
            "legend": "none",
        },
        {
            "title": "Deducted by month",
            "mode": "bar",
            "model": notice,
            "domain": [["state", "=", "settled"]],
            "group_by": ["date_settled:month"],
            "measure": "amount_settled",
            "match": settled,
            "menu": "settlement",
            "legend": "none",
        },
    )
    board.tables_of(
        {
            "title": "Notices on the way",
            "model": notice,
            "domain": [["state", "in", ["draft", "verified", "issued", "disputed", "confirmed"]]],
            "columns": [
                ("notice_id", "Notice"),
                ("state", "Status"),
                ("date_issued", "Issued"),
                ("dealer_id", "Dealer"),
                ("user_id", "Responsible"),
                ("amount_total", "Verified"),
            ],
            "order": [("date_notice", True)],
            "match": now,
            "menu": "settlement",
        }
    )
    board.tables_of(
        {
            "title": "Claims by dealer",
            "model": claim,
            "domain": real,
            "rows": ["dealer_id"],
            "label": "Dealer",
            "measures": [("amount_claimed", "Claimed"), ("amount_approved", "Approved")],
            "match": claimed,
            "menu": "claim",
        },
        {
            "title": "Settlement by dealer",
            "model": notice,
            "rows": ["dealer_id"],
            "label": "Dealer",
            "measures": [("amount_issued", "Issued"), ("amount_settled", "Deducted")],
            "match": issued,
            "menu": "settlement",
        },
    )
    board.charts(
        {
            "title": "What dealers owe",
            "mode": "bar",
            "model": owed,
            "group_by": ["dealer_id", "overdue"],
            "measure": "amount_open",
            "match": now,
            "menu": "receivable",
        },
        {
            "title": "What is claimed",
            "mode": "pie",
            "model": claim,
            "domain": real,
            "group_by": ["kind"],
            "measure": "amount_claimed",
            "match": claimed,
            "menu": "claim",
            "legend": "right",
        },
    )
    board.tables_of(
        {
            "title": "Costly machines",
            "model": claim,
            "domain": [*real, ["product_id", "!=", False]],
            "rows": ["product_id"],
            "label": "Machine",
            "measures": [("amount_approved", "Approved"), ("amount_cut", "Cut")],
            "match": claimed,
            "menu": "claim",
        },
        {
            "title": "Causes",
            "model": claim,
            "domain": [*real, ["cause_id", "!=", False]],
            "rows": ["cause_id"],
            "label": "Cause",
            "measures": [("amount_approved", "Approved"), ("amount_claimed", "Claimed")],
            "match": claimed,
            "menu": "claim",
        },
    )
    return board.content()


def main():
    FILES.mkdir(parents=True, exist_ok=True)
    for name, content in (("service", service_dashboard()), ("settlement", settlement_dashboard())):
        path = FILES / f"{name}_dashboard.json"
        path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        print(f"{path.name}: {len(content['pivots'])} pivots, {len(content['lists'])} lists")


if __name__ == "__main__":
    main()
