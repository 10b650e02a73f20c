import { registry } from "@web/core/registry";

// A dealer finds the machine that waits, registers its sale and sees the card (D02, D14).
registry.category("web_tour.tours").add("aftersales_dealer_registration", {
    url: "/my/dealer",
    steps: () => [
        {
            content: "the terms of the agreement are shown",
            trigger: ".o_dealer_agreement",
        },
        {
            content: "open the form",
            trigger: "a[href='/my/registrations/new'].btn",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "a wrong serial first",
            trigger: "input[name=serial]",
            run: "edit NOT-MINE",
        },
        {
            content: "end user's name",
            trigger: "input[name=end_user_name]",
            run: "edit Tour Farmer",
        },
        {
            content: "end user's e-mail",
            trigger: "input[name=end_user_email]",
            run: "edit farmer@example.com",
        },
        {
            content: "hand it in",
            trigger: ".o_registration_form button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "it is refused and says why",
            trigger: ".o_registration_error:contains(NOT-MINE)",
        },
        {
            content: "what was typed is still there",
            trigger: "input[name=end_user_name][value='Tour Farmer']",
        },
        {
            content: "the right serial",
            trigger: "input[name=serial]",
            run: "edit TOUR-1",
        },
        {
            content: "hand it in again",
            trigger: ".o_registration_form button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "done",
            trigger: ".o_registration_done:contains(TOUR-1)",
        },
        {
            content: "to the list",
            trigger: ".breadcrumb a[href='/my/registrations']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "the card is in the list",
            trigger: ".o_portal_my_doc_table:contains(TOUR-1)",
        },
    ],
});
