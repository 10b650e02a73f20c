import { registry } from "@web/core/registry";

// V05, V07: a technician executes a visit on a phone, one step at a time, and hands in the voucher.
registry.category("web_tour.tours").add("aftersales_visit_phone", {
    url: "/odoo/my-visits",
    steps: () => [
        {
            content: "Today's visit is on the first screen",
            trigger: ".o_kanban_record:contains('Test Farm')",
            run: "click",
        },
        {
            trigger: ".o_form_view [name='site_address']",
        },
        {
            trigger: ".o_statusbar_buttons button[name='action_depart']",
            run: "click",
        },
        {
            trigger: ".o_statusbar_buttons button[name='action_arrive']",
            run: "click",
        },
        {
            content: "The voucher is open now",
            trigger: "[name='work_done'] .odoo-editor-editable",
            run: "editor New pump fitted",
        },
        {
            trigger: "[name='fixed'] input[data-value='yes']",
            run: "click",
        },
        {
            content: "Neither signed nor refused: the voucher is not complete",
            trigger: ".o_statusbar_buttons button[name='action_done']",
            run: "click",
        },
        {
            trigger: ".modal .modal-body:contains('has not signed')",
        },
        {
            trigger: ".modal .modal-footer button",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) [name='refusal_reason'] input",
            run: "edit The owner was away",
        },
        {
            trigger: ".o_statusbar_buttons button[name='action_done']",
            run: "click",
        },
        {
            content: "Done: only the voucher is left to print",
            trigger:
                ".o_statusbar_buttons:not(:has(button[name='action_done'])) button:contains('Print Voucher')",
        },
    ],
});
