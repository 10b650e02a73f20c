from datetime import timedelta

from odoo.fields import Command

from .common import AftersalesDealerCommon

SIGNATURE = (
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
    b"AABJRU5ErkJggg=="
)


class ClaimCommon(AftersalesDealerCommon):
    """A registered machine of dealer A, a labour operation, and what makes a claim."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.asset = cls.sell_to_dealer("CLAIM-1", days_ago=60)
        cls.card = cls.make_card(
            cls.asset, days_ago=50, date_registered=cls.day(45), user=cls.dealer_manager
        )
        cls.asset_b = cls.sell_to_dealer("CLAIM-B1", dealer=cls.dealer_b, days_ago=60)
        cls.make_card(
            cls.asset_b, days_ago=50, date_registered=cls.day(45), user=cls.dealer_manager
        )
        cls.operation = cls.env["product.product"].create(
            {"name": "Test Replace Pump", "type": "service", "standard_hours": 2.0}
        )

    @classmethod
    def day(cls, days_ago):
        return cls.today - timedelta(days=days_ago)

    @classmethod
    def line_labour(cls, hours=2.0, **values):
        return Command.create(
            {"kind": "labour", "product_id": cls.operation.id, "quantity": hours, **values}
        )

    @classmethod
    def line_part(cls, **values):
        return Command.create(
            {"kind": "part", "product_id": cls.part.id, "quantity": 1.0, **values}
        )

    @classmethod
    def line_travel(cls, km=30.0, **values):
        return Command.create({"kind": "travel", "quantity": km, **values})

    @classmethod
    def make_claim(cls, lines=None, user=None, **values):
        """Return a signed draft claim of dealer A with labour and travel unless said otherwise."""
        vals = {
            "dealer_id": cls.dealer_a.id,
            "asset_id": cls.asset.id,
            "date_failure": cls.day(10),
            "date_repair": cls.day(8),
            "signature": SIGNATURE,
            "signed_by": "Test End User",
            "line_ids": [cls.line_labour(), cls.line_travel()] if lines is None else lines,
        }
        return (
            cls.env["aftersales.claim"]
            .with_user(user or cls.dealer_user)
            .create(dict(vals, **values))
        )

    @classmethod
    def make_submitted(cls, *args, **kwargs):
        """Return a submitted claim; ``user`` is who enters it."""
        claim = cls.make_claim(*args, **kwargs)
        claim.action_submit()
        return claim

    @classmethod
    def as_appraiser(cls, records):
        return records.with_user(cls.appraiser)

    def check(self, claim, code):
        """Return the current check ``code`` of ``claim``."""
        return claim.check_ids.filtered(lambda row: row.code == code)

    def get_rule(self, code, company=None):
        """Return the shipped rule of the check ``code``."""
        return self.env["aftersales.claim.check.setting"].search(
            [("company_id", "=", (company or self.company).id), ("code", "=", code)], limit=1
        )

    def assertCheck(self, claim, code, result, sentence):
        check = self.check(claim, code)
        self.assertEqual(check.result, result, check.explanation)
        self.assertIn(sentence, check.explanation)
        return check
