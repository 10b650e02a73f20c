import { registry } from "@web/core/registry";

// A dealer finds the ticket that waits on its overview and tells who comes and when (D03, D14).
registry.category("web_tour.tours").add("aftersales_dealer_ticket", {
    url: "/my/dealer",
    steps: () => [
        {
            content: "a ticket waits",
            trigger: ".o_dealer_todos a[data-todo=dispatch_given]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "open it",
            trigger: "table a[href*='/my/dealer/tickets/']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "when",
            trigger: ".o_dispatch_arrange input[name=date_planned]",
            run() {
                const day = new Date(Date.now() + 86400000).toISOString().slice(0, 10);
                this.anchor.value = `${day}T09:00`;
            },
        },
        {
            content: "who",
            trigger: "input[name=technician_name]",
            run: "edit Tour Technician",
        },
        {
            content: "reached by",
            trigger: "input[name=technician_phone]",
            run: "edit +34 600 111 222",
        },
        {
            content: "tell the customer",
            trigger: ".o_dispatch_arrange button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "it is arranged",
            trigger: ".badge:contains(rranged)",
        },
    ],
});
