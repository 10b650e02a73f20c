from contextlib import contextmanager
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.base.tests.common import BaseCommon


class AftersalesCommon(BaseCommon):
    """A maker with one serial-tracked machine, its policy, a customer, and one user per role."""

    # Requests of a browser take turns. While one puts the web client's styles together others wait,
    # on a busy machine for more than Odoo's 20 seconds, and would then get an error page.
    test_cursor_lock_timeout = 120

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.company.partner_id.tz = "UTC"  # as the users': "today" is one day
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.stock_location = cls.warehouse.lot_stock_id
        cls._make_users()
        cls._make_products()
        cls.customer = cls.env["res.partner"].create({"name": "Test Farm", "is_company": True})
        cls.caller = cls.env["res.partner"].create(
            {"name": "Test Caller", "parent_id": cls.customer.id, "phone": "+1 555 0100"}
        )

    @classmethod
    def _make_users(cls):
        prefix = "aftersales_service.group_aftersales_"
        (
            cls.technician_user,
            cls.agent_user,
            cls.dispatcher_user,
            cls.manager_user,
            cls.plain_user,
        ) = cls.make_users(
            ("t_technician", f"{prefix}technician"),
            ("t_agent", f"{prefix}agent"),
            ("t_dispatcher", f"{prefix}dispatcher"),
            ("t_manager", f"{prefix}manager"),
            ("t_plain", "base.group_user"),
        )
        with cls._without_avatars():
            cls.technician, cls.technician_2 = cls.env["hr.employee"].create(
                [
                    {
                        "name": "Technician One",
                        "user_id": cls.technician_user.id,
                        "company_id": cls.company.id,
                    },
                    {"name": "Technician Two", "company_id": cls.company.id},
                ]
            )
        cls.team = cls.env["aftersales.team"].create(
            {
                "name": "Test Team",
                "sequence": 0,
                "technician_ids": [Command.set((cls.technician | cls.technician_2).ids)],
                "assignment": "manual",
            }
        )

    @classmethod
    def _make_products(cls):
        cls.category_wear = cls.env["product.category"].create({"name": "Test wear parts"})
        cls.policy = cls.env["aftersales.warranty.policy"].create(
            {
                "name": "Test 24 months",
                "start_event": "delivery",
                "term_ids": [
                    Command.create({"duration": 24, "duration_unit": "month"}),
                    Command.create(
                        {
                            "component": "Wear parts",
                            "part_category_id": cls.category_wear.id,
                            "duration": 3,
                            "duration_unit": "month",
                            "covers_travel": False,
                        }
                    ),
                ],
            }
        )
        cls.machine = cls.env["product.product"].create(
            {
                "name": "Test Tractor",
                "is_storable": True,
                "tracking": "serial",
                "list_price": 1000.0,
                "warranty_policy_id": cls.policy.id,
            }
        )
        cls.part = cls.env["product.product"].create(
            {"name": "Test Pump", "is_storable": True, "list_price": 100.0, "standard_price": 60.0}
        )
        cls.wear_part = cls.env["product.product"].create(
            {
                "name": "Test Belt",
                "is_storable": True,
                "list_price": 20.0,
                "categ_id": cls.category_wear.id,
            }
        )

    @contextmanager
    def assertRefused(self, message, exception=UserError):
        """The block is refused with a message matching ``message``, and what it did is rolled back.

        ``assertRaisesRegex`` has no savepoint in Odoo's tests, ``assertRaises`` has.
        """
        with self.assertRaises(exception) as caught:
            yield
        self.assertRegex(str(caught.exception), message)

    @classmethod
    def make_users(cls, *users):
        """Return users made in one go, each given as (login, groups) or (login, groups, values).

        They are as ``new_test_user`` makes them, one by one and each with a picture of its
        initials, which takes three times as long.
        """
        vals_list = [
            {
                "login": login,
                "name": f"{login} ({groups})",
                "password": login.ljust(8, "x"),
                "email": f"{login[0]}.{login[0]}@example.com",
                "group_ids": [Command.set([cls.env.ref(group).id for group in groups.split(",")])],
                **(values[0] if values else {}),
            }
            for login, groups, *values in users
        ]
        with cls._without_avatars():
            return cls.env["res.users"].create(vals_list)

    @classmethod
    def _without_avatars(cls):
        """For the block no picture of the initials is drawn and stored in five sizes."""
        avatars = cls.env.registry["avatar.mixin"]
        return patch.object(avatars, "_avatar_generate_svg", lambda record: False)

    def start_tour(self, url_path, tour_name, **kwargs):
        """A tour has three minutes: the first one of a run also waits for the web client's
        scripts and styles to be put together, on a busy machine more than Odoo's one minute.
        """
        return super().start_tour(url_path, tour_name, **{"timeout": 180, **kwargs})

    @classmethod
    def make_serials(cls, *names, product=None):
        """Put serials of the machine into stock and return them."""
        product = product or cls.machine
        lots = cls.env["stock.lot"].create(
            [{"name": name, "product_id": product.id} for name in names]
        )
        for lot in lots:
            cls.env["stock.quant"]._update_available_quantity(
                product, cls.stock_location, 1.0, lot_id=lot
            )
        return lots

    @classmethod
    def sell(cls, *serials, partner=None, product=None):
        """Sell, deliver and return the assets of new serials; the real way, through order and
        transfer.
        """
        product = product or cls.machine
        lots = cls.make_serials(*serials, product=product)
        order = cls.env["sale.order"].create(
            {
                "partner_id": (partner or cls.customer).id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_uom_qty": len(lots)})
                ],
            }
        )
        order.action_confirm()
        cls.deliver(order.picking_ids)
        return cls.env["aftersales.asset"].search([("lot_id", "in", lots.ids)], order="id")

    @classmethod
    def deliver(cls, picking):
        """Validate a reserved transfer in full."""
        picking.action_assign()
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True, skip_sms=True).button_validate()
        return picking

    @classmethod
    def make_ticket(cls, asset=None, **values):
        """Return a fault ticket, taken by the agent unless said otherwise."""
        user = values.pop("user", cls.agent_user)
        vals = {
            "subject": "Does not start",
            "partner_id": (asset.partner_id if asset else cls.customer).id,
            "asset_id": asset.id if asset else False,
            "date_failure": fields.Date.today(),
            "team_id": cls.team.id,
        }
        return cls.env["aftersales.ticket"].with_user(user).create(dict(vals, **values))
