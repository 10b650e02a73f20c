from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestAttribution(TransactionCase):
    """T06: whoever sold the machine is called a dealer."""

    def test_the_seller_is_a_dealer(self):
        for model in ("aftersales.cause", "aftersales.ticket", "aftersales.visit", "repair.order"):
            with self.subTest(model):
                labels = dict(
                    self.env[model]._fields["responsible"]._description_selection(self.env)
                )
                self.assertEqual(labels["seller"], "Dealer")
                self.assertEqual(len(labels), 7)
