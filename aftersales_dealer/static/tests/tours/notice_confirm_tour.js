import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("aftersales_dealer_notice_confirm", {
    steps: () => [
        {
            content: "The dealer's home tells that a notice waits",
            trigger: "a[href='/my/notices?filterby=open']:contains('Fee notices to answer')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Open the notice",
            trigger: "td a[href^='/my/notices/']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "A dispute without a reason is refused",
            trigger: "button.o_notice_dispute",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".alert-danger:contains('Say why')",
        },
        {
            content: "Confirm it",
            trigger: "button.o_notice_confirm",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It is confirmed",
            trigger: ".badge:contains('Confirmed')",
        },
    ],
});
