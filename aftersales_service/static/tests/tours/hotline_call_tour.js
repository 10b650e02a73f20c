import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

// T02: a call is taken in the order of the phone script, and ends as a ticket with its cover.
registry.category("web_tour.tours").add("aftersales_hotline_call", {
    url: "/odoo",
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            trigger: ".o_app[data-menu-xmlid='aftersales_service.aftersales_menu_root']",
            run: "click",
        },
        {
            trigger: "[data-menu-xmlid='aftersales_service.aftersales_menu_hotline']",
            run: "click",
        },
        {
            trigger: "[data-menu-xmlid='aftersales_service.aftersales_ticket_menu_call']",
            run: "click",
        },
        {
            content: "Who is it?",
            trigger: ".modal [name='partner_id'] input",
            run: "edit Test Farm",
        },
        {
            trigger: ".ui-autocomplete a:contains('Test Farm')",
            run: "click",
        },
        {
            content: "The machines of the customer are on the screen",
            trigger: ".modal [name='customer_asset_ids'] td:contains('TOUR-1')",
        },
        {
            trigger: ".modal [name='asset_id'] input",
            run: "edit TOUR-1",
        },
        {
            trigger: ".ui-autocomplete a:contains('TOUR-1')",
            run: "click",
        },
        {
            trigger: ".modal [name='subject'] input",
            run: "edit Does not start on the hill",
        },
        {
            trigger: ".modal button[name='action_open_full']",
            run: "click",
        },
        {
            content: "The ticket says at once who pays",
            trigger: ".o_form_view [name='service_category']:contains('Free service')",
        },
    ],
});
