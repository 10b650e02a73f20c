import base64
import io

from PIL import Image, ImageDraw

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.aftersales_dealer.tools import picture

from .common_claim import ClaimCommon


def make_picture(size=(320, 240), kind="PNG", shift=0, quality=90):
    """Return the bytes of a picture with some shapes."""
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    width, height = size
    for number in range(6):
        left = (number * 53 + shift) % 100 * width // 100
        top = (number * 37 + shift * 3) % 100 * height // 100
        grey = 40 * number
        draw.rectangle([left, top, left + width // 3, top + height // 4], fill=(grey, grey, grey))
    stream = io.BytesIO()
    image.save(stream, kind, **({"quality": quality} if kind == "JPEG" else {}))
    return stream.getvalue()


@tagged("post_install", "-at_install")
class TestClaimSignal(ClaimCommon):
    """Signals with readings (D19)."""

    def attach(self, content, name="photo.png"):
        return (
            self.env["ir.attachment"]
            .with_user(self.dealer_user)
            .create(
                {
                    "name": name,
                    "datas": base64.b64encode(content),
                }
            )
        )

    def photo(self, content, name="photo.png"):
        return {"photo_ids": [Command.link(self.attach(content, name).id)]}

    def signals(self, claim, code):
        return claim.sudo().signal_ids.filtered(lambda signal: signal.code == code)

    def run_job(self):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref(
                "aftersales_dealer.ir_cron_aftersales_claim_signal"
            ).method_direct_trigger()
        self.env.invalidate_all()

    def test_same_photo(self):
        first = self.make_submitted(**self.photo(make_picture()))
        self.assertFalse(first.sudo().signal_ids)
        second = self.make_submitted(
            dealer_id=self.dealer_b.id, asset_id=self.asset_b.id, **self.photo(make_picture())
        )
        self.assertCheck(second, "signal_photo", "flag", f"is on {first.name} by Test Dealer A")
        signal = self.signals(second, "signal_photo")
        self.assertEqual(signal.other_claim_id, first)
        self.assertIn(first.name, signal.explanation)
        other = self.make_submitted(**self.photo(make_picture(shift=31)))
        self.assertFalse(self.signals(other, "signal_photo"))

    def test_withdrawn_claim_may_be_claimed_anew(self):
        first = self.make_submitted(**self.photo(make_picture()))
        first.action_withdraw()
        second = self.make_submitted(**self.photo(make_picture()))
        self.assertFalse(self.signals(second, "signal_photo"))

    def test_same_picture_in_another_file(self):
        first = self.make_submitted(**self.photo(make_picture()))
        small = make_picture(size=(160, 120), kind="JPEG")
        second = self.make_submitted(**self.photo(small, "small.jpg"))
        other = self.make_submitted(**self.photo(make_picture(shift=31)))
        self.assertFalse(self.signals(second, "signal_photo"), "another file")
        self.run_job()
        signal = self.signals(second, "signal_picture")
        self.assertIn(
            f"small.jpg shows the same picture as photo.png on {first.name}", signal.explanation
        )
        self.assertFalse(self.signals(other, "signal_picture"))
        second.action_run_checks()
        self.assertCheck(second, "signal_found", "flag", "Same picture in another file")
        self.run_job()
        self.assertEqual(len(self.signals(second, "signal_picture")), 1, "found once")
        signal.with_user(self.appraiser).action_dismiss(reason="Plate of the same model")
        second.action_run_checks()
        self.assertFalse(self.check(second, "signal_found"))

    def test_fingerprint(self):
        one = picture.fingerprint(make_picture())
        self.assertEqual(len(one), 16)
        for other in (make_picture(size=(800, 600)), make_picture(kind="JPEG", quality=50)):
            self.assertLessEqual(
                picture.differences(one, picture.fingerprint(other)), picture.TOLERANCE
            )
        another = picture.fingerprint(make_picture(shift=31))
        self.assertGreater(picture.differences(one, another), picture.TOLERANCE)
        self.assertEqual(picture.fingerprint(b"no picture"), "")
        self.assertEqual(picture.fingerprint(b""), "")
        blank = io.BytesIO()
        Image.new("RGB", (40, 40), "white").save(blank, "PNG")
        self.assertEqual(picture.fingerprint(blank.getvalue()), "")

    def test_just_before_expiry(self):
        end = self.asset.warranty_ids[:1].date_end
        self.assertTrue(end)
        self.asset.warranty_ids.date_end = self.day(4)
        claim = self.make_submitted()
        self.assertCheck(claim, "signal_expiry", "list", "6 days before the warranty ends")
        self.assertTrue(self.signals(claim, "signal_expiry"))

    def test_just_under_the_limit(self):
        self.company.aftersales_claim_auto_limit = 82.0
        claim = self.make_submitted(lines=[self.line_labour()])
        self.assertCheck(claim, "signal_limit", "list", "under the limit of automatic approval")
        self.assertEqual(claim.state, "approved", "a listed signal holds nothing back")
        self.get_rule("signal_limit").severity = "block"
        held = self.make_submitted(lines=[self.line_labour()])
        self.assertEqual(held.state, "submitted")
        self.assertTrue(held.is_blocked, "unless the rule says so")

    def test_user_is_reached_at_the_dealer(self):
        self.dealer_a.phone = "+34 973 00 11 22"
        self.asset.partner_id.phone = "973 001122"
        claim = self.make_submitted()
        self.assertCheck(claim, "signal_contact", "flag", "share 973 001122")

    def test_decision(self):
        self.dealer_a.phone = self.asset.partner_id.phone = "+34 973 00 11 22"
        claim = self.make_submitted()
        signal = self.signals(claim, "signal_contact")
        for user in (self.dealer_user, self.portal_a, self.verifier):
            with self.subTest(user.login), self.assertRaises(AccessError):
                signal.with_user(user).action_dismiss(reason="no")
        own = signal.with_user(self.appraiser)
        self.assertEqual(
            own.action_confirm()["res_model"], "aftersales.claim.signal.decide", "asks why"
        )
        with self.assertRefused("Give a reason"):
            own.action_confirm(reason="  ")
        with self.assertRefused("not typed in|buttons"):
            own.write({"state": "dismissed"})
        own.action_confirm(reason="The dealer is the user")
        self.assertEqual((own.state, own.user_id), ("confirmed", self.appraiser))
        with self.assertRefused("cannot become"):
            own.action_dismiss(reason="no")
        claim.action_run_checks()
        self.assertEqual(own.state, "confirmed", "checks leave decisions alone")
        own.action_reopen()
        signal.with_user(self.dealer_manager).action_dismiss(reason="A branch")
        self.assertEqual(signal.state, "dismissed")

    def test_dealers_and_other_companies_see_nothing(self):
        self.dealer_a.phone = self.asset.partner_id.phone = "+34 973 00 11 22"
        claim = self.make_submitted()
        signal = self.signals(claim, "signal_contact")
        with self.assertRaises(AccessError):
            signal.with_user(self.portal_a).read(["details"])
        with self.assertRaises(AccessError):
            claim.with_user(self.portal_a).read(["signal_ids"])
        self.assertFalse(
            self.env["aftersales.claim.signal"].with_user(self.foreign_manager).search([])
        )

    def make_many(self, dealer, count, refused=0, **values):
        """Decided claims of ``dealer``, without their checks."""
        claims = self.env["aftersales.claim"].create(
            [
                {
                    "dealer_id": dealer.id,
                    "asset_id": self.asset.id,
                    "date_repair": self.day(30 + number % 20),
                    "line_ids": [self.line_labour()],
                    **values,
                }
                for number in range(count)
            ]
        )
        claims._set_state("submitted", date_submitted=self.env.cr.now())
        claims[:refused]._set_state("refused")
        claims[refused:]._set_state("approved")
        return claims

    def test_refusals_of_a_dealer(self):
        self.make_many(self.dealer_a, 30, refused=15)
        self.make_many(self.dealer_b, 40, refused=3)
        self.run_job()
        signals = self.env["aftersales.claim.signal"].search([("code", "=", "signal_refusal")])
        self.assertEqual(signals.dealer_id, self.dealer_a)
        self.assertIn(
            "15 of 30 claims were refused: 50.0 %; of other dealers 7.5 %", signals.explanation
        )
        self.run_job()
        self.assertEqual(signals.search_count([("code", "=", "signal_refusal")]), 1)
        self.assertEqual(self.dealer_a.with_user(self.dealer_user).dealer_signal_count, 1)

    def test_cluster_under_the_limit(self):
        self.company.aftersales_claim_auto_limit = 82.0
        self.make_many(self.dealer_a, 25)
        self.make_many(self.dealer_b, 40, line_ids=[self.line_labour(1.0)])
        self.run_job()
        signals = self.env["aftersales.claim.signal"].search([("code", "=", "signal_cluster")])
        self.assertEqual(signals.dealer_id, self.dealer_a)
        self.assertIn("25 of 25 claims", signals.explanation)

    def test_busy_day(self):
        self.make_many(self.dealer_a, 20)
        self.make_many(self.dealer_a, 9, date_repair=self.day(29))
        self.run_job()
        signals = self.env["aftersales.claim.signal"].search([("code", "=", "signal_day")])
        self.assertEqual(signals.mapped("period"), [str(self.day(29))])
        self.assertIn("9 repairs on", signals.explanation)
