import { registry } from "@web/core/registry";

const PART = "Test Pump";

function sign(canvas) {
    const box = canvas.getBoundingClientRect();
    const at = (type, x, y) =>
        canvas.dispatchEvent(
            new PointerEvent(type, {
                bubbles: true,
                cancelable: true,
                clientX: box.left + x,
                clientY: box.top + y,
            })
        );
    at("pointerdown", 20, 30);
    at("pointermove", 80, 70);
    at("pointermove", 140, 20);
    at("pointerup", 140, 20);
}

// A dealer files a claim with labour, a part and travel, lets the user sign, and sees the checks (D07, D08).
registry.category("web_tour.tours").add("aftersales_dealer_claim", {
    url: "/my/dealer",
    steps: () => [
        {
            content: "open the claims",
            trigger: "a.o_dealer_card[href='/my/claims']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "file a new one",
            trigger: "a[href='/my/claims/new']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "the machine",
            trigger: ".o_claim_form input[name=serial]",
            run: "edit CLAIM-1",
        },
        {
            content: "the dates",
            trigger: "input[name=date_failure]",
            run() {
                const day = (ago) => new Date(Date.now() - ago * 86400000).toISOString().slice(0, 10);
                document.querySelector("input[name=date_failure]").value = day(5);
                document.querySelector("input[name=date_repair]").value = day(4);
            },
        },
        {
            content: "two hours of labour",
            trigger: ".o_claim_line:first input[name=line_quantity]",
            run: "edit 2",
        },
        {
            content: "the labour rate of the agreement is there",
            trigger: ".o_claim_line:first .o_claim_line_amount:contains(80)",
        },
        {
            content: "add a line",
            trigger: ".o_claim_add",
            run: "click",
        },
        {
            content: "it is a part",
            trigger: ".o_claim_lines .o_claim_line:nth-child(2) select[name=line_kind]",
            run: "select part",
        },
        {
            content: "type its name",
            trigger: ".o_claim_lines .o_claim_line:nth-child(2) input[name=line_name]",
            run: `edit ${PART}`,
        },
        {
            content: "it is found with its agreed price",
            trigger: ".o_claim_lines .o_claim_line:nth-child(2) .o_claim_line_amount:contains(60)",
        },
        {
            content: "one line too many",
            trigger: ".o_claim_add",
            run: "click",
        },
        {
            content: "take it away",
            trigger: ".o_claim_lines .o_claim_line:nth-child(3) .o_claim_remove",
            run: "click",
        },
        {
            content: "the total",
            trigger: ".o_claim_total:contains(140)",
        },
        {
            content: "a photo from the camera",
            trigger: "label:contains(Take a photo)",
            run() {
                const camera = this.anchor.querySelector("input[capture]");
                const photo = document.createElement("canvas");
                photo.width = photo.height = 8;
                photo.toBlob((blob) => {
                    const files = new DataTransfer();
                    files.items.add(new File([blob], "plate.png", { type: "image/png" }));
                    camera.files = files.files;
                    camera.dispatchEvent(new Event("change", { bubbles: true }));
                });
            },
        },
        {
            content: "it is listed",
            trigger: ".o_dealer_photo_names:contains(plate.png)",
        },
        {
            content: "submit without a signature",
            trigger: "button[name=intent][value=submit]",
            run: "click",
        },
        {
            content: "it is refused on the spot, and what was typed is still there",
            trigger: ".o_claim_error:contains(signature)",
        },
        {
            content: "both lines are there",
            trigger: ".o_claim_total:contains(140)",
        },
        {
            content: "who signs",
            trigger: "input[name=signed_by]",
            run: "edit Tour Farmer",
        },
        {
            content: "the user signs",
            trigger: "canvas.o_claim_signature",
            run() {
                sign(this.anchor);
            },
        },
        {
            content: "submit",
            trigger: "button[name=intent][value=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "the checks explain themselves",
            trigger: ".o_claim_checks li:contains(registered in time)",
        },
        {
            content: "the photo came with it",
            trigger: "img[alt='plate.png']",
        },
        {
            content: "ship the old part",
            trigger: ".o_claim_ship",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "by our truck",
            trigger: "input[name=carrier]",
            run: "edit Delivery truck 7",
        },
        {
            content: "shipped",
            trigger: ".o_return_ship",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "the return is in transit",
            trigger: ".badge:contains(In transit)",
        },
    ],
});
