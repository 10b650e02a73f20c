import { registry } from "@web/core/registry";

// W11: a salesperson chooses the machines of a service contract, confirms, and sees the contract.
registry.category("web_tour.tours").add("aftersales_contract_sale", {
    steps: () => [
        {
            content: "The quotation says what is missing",
            trigger: ".alert:contains('Choose the assets of Test Full Service')",
        },
        {
            trigger: "button[name='action_choose_aftersales_assets']",
            run: "click",
        },
        {
            content: "Only the customer's machines are offered",
            trigger: ".modal [name='asset_ids'] input",
            run: "edit CTOUR",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('CTOUR-1')",
            run: "click",
        },
        {
            content: "What covers it now is told before it is sold",
            trigger: ".modal [name='line_ids'] .o_data_row:contains('CTOUR-1'):contains('until')",
        },
        {
            trigger: ".modal button[name='action_apply']",
            run: "click",
        },
        {
            content: "The line names its machine, nothing is missing any more",
            trigger:
                ".o_form_view:not(:has(.alert:contains('Choose the assets'))) [name='order_line'] [name='aftersales_assets']:contains('CTOUR-1')",
        },
        {
            trigger: "button[name='action_confirm']:not(:disabled)",
            run: "click",
        },
        {
            trigger: "button[name='action_view_aftersales_contracts']",
            run: "click",
        },
        {
            content: "The contract runs over the machine",
            trigger:
                ".o_form_view:has(.o_arrow_button_current:contains('Running')) [name='line_ids'] .o_data_row:contains('CTOUR-1')",
        },
    ],
});
