from lxml import etree

from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestPortalForms(TransactionCase):
    """D14: what a page asks for can be typed in."""

    def test_a_text_area_is_there_when_nothing_was_typed_yet(self):
        """QWeb leaves out an element whose ``t-out`` is nothing: the field would be missing."""
        views = self.env["ir.ui.view"].search(
            [
                ("type", "=", "qweb"),
                ("key", "=like", "aftersales\\_%"),
                ("arch_db", "like", "<textarea"),
            ]
        )
        self.assertTrue(views)
        for view in views:
            for area in etree.fromstring(view.arch_db).iter("textarea"):
                shown = area.get("t-out")
                if shown:
                    self.assertTrue(
                        shown.endswith((" or ''", ", '')")), f'{view.key}: t-out="{shown}"'
                    )
