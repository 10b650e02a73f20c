import { registry } from "@web/core/registry";

// W01: all about a machine is seen in its form, and a technician adds a reading by one click.
registry.category("web_tour.tours").add("aftersales_asset_form", {
    steps: () => [
        {
            content: "The cover is told in words",
            trigger: ".o_aftersales_cover_summary:contains('days left')",
        },
        {
            content: "One bar a promise, each with its text for those who do not see it",
            trigger: ".o_aftersales_cover_track[aria-label*='Covers: parts']",
        },
        {
            content: "What is open now",
            trigger: ".o_aftersales_matters:contains('Squeaks')",
        },
        {
            content: "The timeline shows all",
            trigger: ".o_aftersales_timeline_entry:contains('Delivered to Test Farm')",
        },
        {
            trigger: ".o_aftersales_timeline_kinds button[data-kind='ticket']",
            run: "click",
        },
        {
            content: "…or one kind",
            trigger:
                ".o_aftersales_timeline:not(:has(.o_aftersales_timeline_entry[data-kind='delivery'])):contains('Squeaks')",
        },
        {
            trigger: ".o_notebook a[name='meter']",
            run: "click",
        },
        {
            trigger: ".o_aftersales_add_reading",
            run: "click",
        },
        {
            trigger: ".modal [name='value'] input",
            run: "edit 1250",
        },
        {
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "The new reading is on the chart's text and in the list",
            trigger: ".o_aftersales_meters:contains('Last reading: 1,250 h')",
        },
        {
            trigger: "[name='meter_ids'] .o_data_row:contains('1,250')",
        },
        {
            content: "The chart is drawn",
            trigger: ".o_aftersales_meter_canvas canvas",
        },
    ],
});
