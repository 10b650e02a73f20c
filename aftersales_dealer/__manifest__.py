{
    "name": "After-sales Dealers",
    "version": "19.0.1.0.0",
    "category": "Services/After-sales",
    "summary": "Dealer registration, warranty claims, old parts, fee notices and deduction from receivables",
    "author": "Aftersales Suite",
    "license": "LGPL-3",
    "depends": ["aftersales_service", "purchase_stock", "account_debit_note"],
    "data": [
        "security/aftersales_dealer_groups.xml",
        "security/ir.model.access.csv",
        "security/aftersales_dealer_rules.xml",
        "data/ir_sequence_data.xml",
        "views/aftersales_dealer_menus.xml",
    ],
    "demo": [],
}
