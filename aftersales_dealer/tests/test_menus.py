from odoo.tests import tagged

from .common import AftersalesDealerCommon

CONFIG = "aftersales_dealer.aftersales_menu_config_dealers"
ROOTS = (
    "aftersales_dealer.aftersales_menu_dealers",
    "aftersales_dealer.aftersales_menu_claims",
    "aftersales_dealer.aftersales_menu_settlement",
    CONFIG,
)
MAX_ROWS = 20


@tagged("post_install", "-at_install")
class TestMenus(AftersalesDealerCommon):
    """What a role finds in the menus it may open, and each menu is short enough to be read."""

    def test_each_role_may_open_what_its_menus_show(self):
        for user in self.dealer_user | self.dealer_manager | self.appraiser | self.verifier:
            menus = self.env["ir.ui.menu"].with_user(user).load_menus(False)
            for root in ROOTS:
                rows = list(self._walk(menus, self.env.ref(root).id))
                self.assertTrue(rows or root == CONFIG, f"{user.login}: {root}")
                self.assertLessEqual(len(rows), MAX_ROWS, f"{user.login}: {root}")
                for menu in rows:
                    with self.subTest(user=user.login, menu=menu["xmlid"]):
                        self._open(menu, user)

    def test_users_without_dealers_have_none_of_the_menus(self):
        menus = self.env["ir.ui.menu"].with_user(self.technician_user).load_menus(False)
        shown = {menu.get("xmlid") for menu in menus.values()}
        self.assertIn("aftersales_service.aftersales_menu_root", shown)
        self.assertFalse(shown & set(ROOTS))

    def _walk(self, menus, menu_id):
        """The menus beneath one, those that are shown."""
        for child in menus.get(menu_id, {}).get("children", ()):
            yield menus[child]
            yield from self._walk(menus, child)

    def _open(self, menu, user):
        if not menu["action_id"]:
            self.assertTrue(menu["children"], "a heading with nothing beneath it")
            return
        action = self.env[menu["action_model"]].browse(menu["action_id"])
        if action._name != "ir.actions.act_window":
            return
        model = self.env[action.res_model].with_user(user)
        model.get_views([*action.views, (action.search_view_id.id, "search")])
        if model._auto and not model._transient:
            model.search([], limit=5).read(["display_name"])
