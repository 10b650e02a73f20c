from odoo import fields
from odoo.fields import Command
from odoo.tests import new_test_user

from .common import AftersalesCommon


class ContractCommon(AftersalesCommon):
    """A contract product, an extended warranty, and the people who sell and invoice them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not cls.env["account.journal"].search(
            [("type", "=", "sale"), ("company_id", "=", cls.company.id)], limit=1
        ):
            cls._make_accounting()
        cls.salesman = new_test_user(cls.env, "t_salesman", groups="sales_team.group_sale_salesman")
        cls.accountant = new_test_user(
            cls.env, "t_accountant", groups="account.group_account_invoice"
        )
        cls.contract_product = cls.env["product.product"].create(
            {
                "name": "Test Full Service",
                "type": "service",
                "list_price": 1200.0,
                "taxes_id": [Command.clear()],
                "aftersales_service_type": "contract",
                "aftersales_duration": 12,
                "aftersales_period": "month",
                "aftersales_visits": 2,
                "aftersales_covers_travel": False,
                "aftersales_price_change": 5.0,
            }
        )
        cls.extension_policy = cls.env["aftersales.warranty.policy"].create(
            {
                "name": "Test third year",
                "term_ids": [
                    Command.create(
                        {"duration": 12, "duration_unit": "month", "covers_travel": False}
                    )
                ],
            }
        )
        cls.extension_product = cls.env["product.product"].create(
            {
                "name": "Test Third Year",
                "type": "service",
                "list_price": 300.0,
                "taxes_id": [Command.clear()],
                "aftersales_service_type": "extended_warranty",
                "aftersales_extended_policy_id": cls.extension_policy.id,
            }
        )

    @classmethod
    def _make_accounting(cls):
        """A database without a chart of accounts: what an invoice needs, no more."""
        accounts = cls.env["account.account"]
        receivable = accounts.create(
            {
                "name": "Test Receivable",
                "code": "TR121",
                "account_type": "asset_receivable",
                "reconcile": True,
            }
        )
        income = accounts.create({"name": "Test Income", "code": "TI400", "account_type": "income"})
        cls.env["account.journal"].create(
            {
                "name": "Test Sales",
                "code": "TSAL",
                "type": "sale",
                "default_account_id": income.id,
            }
        )
        cls.env["ir.default"].set(
            "res.partner", "property_account_receivable_id", receivable.id, company_id=True
        )

    @classmethod
    def sell_service(cls, product, assets, start=None, confirm=True, **values):
        """Sell a contract or an extended warranty over assets; return the order."""
        line = {
            "product_id": product.id,
            "product_uom_qty": len(assets) or 1,
            "aftersales_asset_ids": [Command.set(assets.ids)],
            "aftersales_date_start": start,
            **values.pop("line", {}),
        }
        order = cls.env["sale.order"].create(
            {"partner_id": cls.customer.id, "order_line": [Command.create(line)], **values}
        )
        if confirm:
            order.action_confirm()
        return order

    @classmethod
    def sell_with_machines(cls, product, *serials, quantity=None, **values):
        """Sell machines with a contract or an extended warranty over them; return the order."""
        cls.make_serials(*serials)
        order = cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "order_line": [
                    Command.create({"product_id": cls.machine.id, "product_uom_qty": len(serials)}),
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity or len(serials),
                        }
                    ),
                ],
                **values,
            }
        )
        order.action_confirm()
        return order

    @classmethod
    def make_contract(cls, assets, price=1200.0, **values):
        """Return a draft contract made by hand, by the manager."""
        vals = {
            "partner_id": cls.customer.id,
            "product_id": cls.contract_product.id,
            "date_start": fields.Date.today(),
            "line_ids": [
                Command.create({"asset_id": asset.id, "price": price}) for asset in assets
            ],
            **values,
        }
        return cls.env["aftersales.contract"].with_user(cls.manager_user).create(vals)

    def run_cron(self, xmlid):
        """Run a cron of the addon as the server does."""
        with self.enter_registry_test_mode():
            self.env.ref(f"aftersales_service.{xmlid}").method_direct_trigger()

    def untaxed(self, contract):
        """The sum of the contract's invoices and credit notes, without taxes."""
        moves = contract.sudo().period_ids.move_id.filtered(lambda m: m.state != "cancel")
        return sum(m.amount_untaxed * -m.direction_sign for m in moves)
