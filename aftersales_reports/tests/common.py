from odoo.tests import new_test_user
from odoo.tools import SQL

READER = "aftersales_reports.group_aftersales_report_reader"
SERVICE_MODELS = (
    "aftersales.report.ticket",
    "aftersales.report.stage",
    "aftersales.report.sla",
    "aftersales.report.visit",
    "aftersales.report.return.visit",
)
DEALER_MODELS = (
    "aftersales.report.claim",
    "aftersales.report.settlement",
    "aftersales.report.receivable",
)
MODELS = SERVICE_MODELS + DEALER_MODELS


class ReportsMixin:
    """A report reader without any other right, and short ways to ask an analysis."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reader = new_test_user(cls.env, "t_reader", groups=READER)

    def report(self, name):
        """Return the analysis ``name`` as the report reader sees it."""
        self.env.flush_all()
        return self.env[f"aftersales.report.{name}"].with_user(self.reader)

    def figures(self, name, domain, *aggregates):
        """Return the aggregates of an analysis over ``domain``."""
        return self.report(name)._read_group(domain, [], aggregates)[0]

    def by_group(self, name, domain, group, *aggregates):
        """Return {group value: aggregates} of an analysis."""
        rows = self.report(name)._read_group(domain, [group], aggregates)
        return {row[0]: row[1:] for row in rows}

    def set_columns(self, records, **values):
        """Write history straight into the table: what a user cannot date back."""
        self.env.flush_all()
        for name, value in values.items():
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s = %s WHERE id IN %s",
                    SQL.identifier(records._table),
                    SQL.identifier(name),
                    value,
                    tuple(records.ids),
                )
            )
        records.invalidate_recordset()
