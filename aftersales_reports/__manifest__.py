{
    "name": "After-sales Reports",
    "version": "19.0.1.0.0",
    "category": "Services/After-sales",
    "summary": "Analyses and dashboards of tickets, SLA, visits, dealer claims and settlement",
    "author": "Aftersales Suite",
    "license": "LGPL-3",
    "depends": [
        "aftersales_service",
        "aftersales_dealer",
        "spreadsheet_dashboard",
        "spreadsheet_account",
    ],
    "data": [
        "security/aftersales_reports_groups.xml",
        "security/ir.model.access.csv",
        "security/aftersales_reports_rules.xml",
        "views/aftersales_report_ticket_views.xml",
        "views/aftersales_report_sla_views.xml",
        "views/aftersales_report_visit_views.xml",
        "views/aftersales_report_return_visit_views.xml",
        "views/aftersales_report_claim_views.xml",
        "views/aftersales_report_settlement_views.xml",
        "views/aftersales_report_receivable_views.xml",
        "views/aftersales_reports_menus.xml",
        # After the menus: the dashboards link to them.
        "data/spreadsheet_dashboard_data.xml",
    ],
}
