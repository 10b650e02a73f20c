from odoo.exceptions import AccessError
from odoo.tests import Form, HttpCase, tagged

from .common_claim import ClaimCommon


@tagged("post_install", "-at_install")
class TestClaimFigures(ClaimCommon):
    def figures(self, claim, line):
        """Return (step, amount, user) of the log of one line."""
        rows = claim.figure_ids.filtered(lambda row: row.claim_line_id == line)
        return [(row.step, row.amount, row.user_id) for row in rows]

    def test_every_figure_has_its_author(self):
        """Claimed → proposed → appraised by hand → approved → settled, each with who (D15)."""
        claim = self.make_submitted()
        line = claim.line_ids[0]
        self.as_appraiser(line).write({"amount_appraised": 60.0, "appraisal_reason": "Overlap"})
        self.as_appraiser(claim).action_approve()
        self.assertEqual(
            self.figures(claim, line),
            [
                ("claimed", 80.0, self.dealer_user),
                ("proposed", 80.0, self.dealer_user),
                ("appraised", 60.0, self.appraiser),
                ("appraised", 60.0, self.appraiser),
                ("approved", 60.0, self.appraiser),
            ],
        )
        by_hand = claim.figure_ids.filtered(lambda row: row.amount_before == 80.0)[0]
        self.assertEqual(by_hand.reason, "Overlap")

    def test_figures_are_never_changed(self):
        claim = self.make_submitted()
        row = claim.figure_ids[0]
        with self.assertRefused("not changed"):
            row.sudo().write({"amount": 1.0})
        with self.assertRefused("not deleted"):
            row.sudo().unlink()
        with self.assertRaises(AccessError):
            row.with_user(self.dealer_manager).unlink()

    def test_log_costs_the_same_for_many_claims(self):
        claims = self.env["aftersales.claim"]
        for __ in range(6):
            claims += self.make_claim()
        claims = claims.browse(claims.ids)
        claims.line_ids.mapped("amount_claimed")
        before = self.env.cr.sql_log_count
        claims[:1]._log_figures("claimed")
        one = self.env.cr.sql_log_count - before
        claims._log_figures("claimed")
        self.assertLessEqual(self.env.cr.sql_log_count - before - one, one)


@tagged("post_install", "-at_install")
class TestVersionDifferences(ClaimCommon, HttpCase):
    def test_differences_are_readable(self):
        """Added, removed and changed from → to, of lines and of the claim itself (D15)."""
        claim = self.make_submitted(meter=100.0)
        self.as_appraiser(claim).action_return(reason="Correct it")
        labour, travel = claim.line_ids
        labour.write({"quantity": 1.5})
        travel.unlink()
        claim.write({"meter": 120.0, "line_ids": [self.line_part(price_unit=50.0)]})
        claim.action_submit()
        first, second = claim.version_ids.sorted("number")
        self.assertFalse(first.differences)
        text = second.differences
        self.assertIn("Meter Reading: 100 → 120", text)
        self.assertIn("Quantity 2.00 → 1.50", text)
        self.assertRegex(text, r"Removed: .*15\.00")
        self.assertRegex(text, r"Added: .*50\.00")
        self.assertNotIn("Failed on", text)

    def test_dealer_reads_what_changed(self):
        """The portal shows differences and who pays a line (D14, D15, D17)."""
        claim = self.make_submitted(meter=100.0)
        self.as_appraiser(claim).action_return(reason="Correct it")
        claim.meter = 120.0
        claim.action_submit()
        self.as_appraiser(claim).line_ids[0].share_customer = 50.0
        self.as_appraiser(claim).action_approve()
        self.authenticate("t_portal_a", "t_portal_a")
        text = self.url_open(claim.access_url).text
        self.assertIn("100 → 120", text)
        self.assertIn("Customer 50", text)
        self.assertIn("to you:", text)

    def test_version_is_immutable(self):
        """Not even in superuser mode: what was decided on stands (D15, J04)."""
        claim = self.make_submitted()
        self.as_appraiser(claim).action_approve()
        version = claim.version_ids.sudo()
        with self.assertRefused("no longer changes"):
            version.reason = "Something else"
        with self.assertRefused("no longer changes"):
            version.line_ids[0].amount_approved = 1.0
        with self.assertRefused("cannot be deleted"):
            version.unlink()


@tagged("post_install", "-at_install")
class TestClaimBadInput(ClaimCommon):
    def refused(self, regex, **values):
        """The claim is refused on submission and stays as it is."""
        claim = self.make_claim(**values)
        with self.assertRefused(regex):
            claim.action_submit()
        self.assertEqual(claim.state, "draft")
        return claim

    def test_failure_before_the_sale(self):
        self.refused("before the sale to the user", date_failure=self.day(55))

    def test_part_that_does_not_fit(self):
        """Only when the machine has a parts list (N01)."""
        other = self.env["product.product"].create({"name": "Test Fitting Part"})
        self.make_submitted(lines=[self.line_part(price_unit=5.0)])
        self.env["aftersales.product.part"].create(
            {"product_tmpl_id": self.asset.product_id.product_tmpl_id.id, "part_id": other.id}
        )
        self.refused("does not fit", lines=[self.line_part(price_unit=5.0)])
        self.make_submitted(lines=[self.line_part(price_unit=5.0, product_id=other.id)])

    def test_archived_dealer(self):
        claim = self.make_claim()
        self.dealer_a.sudo().active = False
        with self.assertRefused("is archived"):
            claim.action_submit()

    def test_photos_required(self):
        self.env.company.aftersales_claim_photo_kinds = "part"
        self.make_submitted()
        claim = self.refused("Photos are missing", lines=[self.line_part(price_unit=5.0)])
        claim.sudo().photo_ids = self.env["ir.attachment"].create({"name": "p.png", "raw": b"x"})
        claim.action_submit()

    def test_one_appeal(self):
        """The dealer contests once, unless the company allows more (D07)."""
        claim = self.make_submitted()
        self.as_appraiser(claim).action_refuse(reason="Misuse")
        claim.action_appeal(reason="No")
        self.as_appraiser(claim).action_refuse(reason="Still misuse")
        with self.assertRefused("no more than 1 appeals"):
            claim.action_appeal(reason="No!")
        self.env.company.aftersales_claim_appeals = 2
        claim.action_appeal(reason="No!")


@tagged("post_install", "-at_install")
class TestClaimPrefill(ClaimCommon):
    def test_ticket_brings_its_visit(self):
        """Hours, parts, meter and day of the finished visit are on the claim (D07)."""
        ticket = self.env["aftersales.ticket"].create(
            {
                "subject": "Test leak",
                "type": "fault",
                "partner_id": self.asset.partner_id.id,
                "asset_id": self.asset.id,
            }
        )
        visit = self.env["aftersales.visit"].create(
            {
                "type_id": self.env["aftersales.visit.type"].search([], limit=1).id,
                "ticket_id": ticket.id,
                "partner_id": self.asset.partner_id.id,
                "asset_ids": self.asset.ids,
                "line_ids": [(0, 0, {"product_id": self.part.id, "quantity": 2.0})],
            }
        )
        visit._write_past_guard(
            {"state": "done", "date_done": "2026-01-05 10:00:00", "hours": 1.5, "meter": 77.0}
        )
        claim = self.make_claim(lines=[], asset_id=False, date_repair=False)
        form = Form(claim.with_user(self.dealer_user))
        form.ticket_id = ticket
        self.assertEqual(form.asset_id, self.asset)
        self.assertEqual(form.meter, 77.0)
        claim = form.save()
        self.assertEqual(claim.line_ids.mapped("kind"), ["labour", "part"])
        self.assertEqual(claim.line_ids.mapped("quantity"), [1.5, 2.0])
        self.assertEqual(str(claim.date_repair), "2026-01-05")
