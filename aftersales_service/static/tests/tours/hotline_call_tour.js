import { registry } from "@web/core/registry";

// T02: a call is taken in the order of the phone script, by the keyboard alone, in few fields.
registry.category("web_tour.tours").add("aftersales_hotline_call", {
    steps: () => [
        {
            content: "The first field has the focus",
            trigger: ".o_aftersales_caller_search input:focus",
            run: "edit 555 0100",
        },
        {
            content: "The number finds the contact",
            trigger: ".ui-autocomplete a:contains('Test Caller')",
            run: "press Enter",
        },
        {
            content: "The machines of the customer are on the screen",
            trigger: ".o_aftersales_caller button:contains('TOUR-1')",
        },
        {
            content: "The only machine is known: the script goes on with the symptom",
            trigger: ".o_field_widget[name='symptom_id'] input:focus",
            run: "press Alt+s",
        },
        {
            content: "Saved too early: the focus is where something is missing",
            trigger: ".o_field_widget[name='subject'] input:focus",
        },
        {
            trigger: ".o_field_widget[name='symptom_id'] input",
            run: "edit Does not start on",
        },
        {
            trigger: ".o_field_widget[name='symptom_id'] .ui-autocomplete a:contains('Does not start on the hill')",
            run: "press Enter",
        },
        {
            trigger: ".o_field_widget[name='subject'] input:value('Does not start on the hill')",
        },
        {
            trigger: ".o_field_widget[name='call_words'] textarea",
            run: "edit Since noon",
        },
        {
            content: "Saved by its hotkey",
            trigger: "body",
            run: "press Alt+s",
        },
        {
            content: "The ticket says at once who pays",
            trigger: ".o_form_view [name='service_category']:contains('Free service')",
        },
    ],
});

// T01, T02: who calls is known from the telephone, the script goes on with the machine.
registry.category("web_tour.tours").add("aftersales_hotline_call_back", {
    steps: () => [
        {
            trigger: ".o_data_row button[name='action_take']",
            run: "click",
        },
        {
            content: "Nobody is searched for who is known",
            trigger: ".o_aftersales_call_form .o_field_widget[name='symptom_id'] input:focus",
        },
    ],
});

// T09: while the agent types, the open ticket of the machine is proposed; nothing is saved twice.
registry.category("web_tour.tours").add("aftersales_hotline_duplicate", {
    steps: () => [
        {
            trigger: ".o_aftersales_caller_search input:focus",
            run: "edit TOUR-1",
        },
        {
            trigger: ".ui-autocomplete a:contains('TOUR-1')",
            run: "click",
        },
        {
            trigger: ".o_aftersales_duplicates:contains('Same machine')",
        },
        {
            content: "The machine says whose it is, not who is speaking: that is asked next",
            trigger: ".o_field_widget[name='caller_name'] input:focus",
        },
        {
            content: "The proposals are one stop of the Tab key, arrows lead through them",
            trigger: ".o_aftersales_duplicates button[tabindex='0']",
            run: ({ anchor }) => anchor.focus(),
        },
        {
            trigger: ".o_aftersales_duplicates button[tabindex='0']:focus",
            run: "press ArrowRight",
        },
        {
            trigger: ".o_aftersales_duplicates .o_aftersales_add_to:focus",
        },
        {
            trigger: ".o_field_widget[name='call_words'] textarea",
            run: "edit Still squeaks",
        },
        {
            trigger: ".o_aftersales_add_to",
            run: "click",
        },
        {
            content: "The open ticket has the words",
            trigger: ".o-mail-Message:contains('Still squeaks')",
            timeout: 30000, // another form with its whole history: slow on a busy machine
        },
    ],
});
