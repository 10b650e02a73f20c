from odoo.tests import new_test_user

from .common import AftersalesCommon


class CompensationCommon(AftersalesCommon):
    """A customer with an address, two managers, an administrator and an accountant."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not cls.company.chart_template:
            cls.env["account.chart.template"].try_loading(
                "generic_coa", company=cls.company, install_demo=False
            )
        prefix = "aftersales_service.group_aftersales_"
        cls.manager_2 = new_test_user(cls.env, "t_manager_2", groups=f"{prefix}manager")
        cls.admin_user = new_test_user(cls.env, "t_admin", groups=f"{prefix}admin")
        cls.accountant = new_test_user(
            cls.env, "t_accountant", groups="account.group_account_invoice"
        )
        cls.customer.write({"email": "farm@test.example.com", "lang": "en_US"})
        cls.asset = cls.sell("CP-1")
        cls.ticket = cls.make_ticket(cls.asset, technician_id=cls.technician.id)

    def make_compensation(self, propose=True, user=None, **values):
        vals = {"ticket_id": self.ticket.id, "reason": "complaint", "amount": 150.0}
        compensation = (
            self.env["aftersales.compensation"]
            .with_user(user or self.agent_user)
            .create(dict(vals, **values))
        )
        if propose:
            compensation.action_propose()
        return compensation

    def approve(self, compensation, user=None, **arguments):
        compensation.with_user(user or self.manager_user).action_approve(**arguments)
        return compensation

    def post_credit_note(self, compensation):
        move = compensation.sudo().move_id.with_user(self.accountant)
        move.action_post()
        return move
