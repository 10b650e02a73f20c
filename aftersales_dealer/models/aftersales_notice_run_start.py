from odoo import models


class AftersalesNotice(models.Model):
    """Steps for many notices at once, each dealer on its own (F09)."""

    _inherit = "aftersales.notice"

    def action_run_verify(self):
        """Verify the chosen notices, each on its own; tell which failed and why (F01, F09)."""
        return self._run("verify")

    def action_run_issue(self):
        """Issue the chosen notices, each on its own; tell which failed and why (F02, F09)."""
        return self._run("issue")

    def action_run_settle(self):
        """Settle the chosen notices, each on its own; tell which failed and why (F03, F09)."""
        return self._run("settle")

    def _run(self, operation):
        """Start runs of one step, a company each, do short ones at once, and open them."""
        runs = self.env["aftersales.notice.run"]
        for notices in self.grouped("company_id").values():
            run = runs._start(operation, notices)
            run._work_off_if_short()
            runs |= run
        return runs._open()


class AftersalesNoticeRun(models.Model):
    _inherit = "aftersales.notice.run"

    def _open(self):
        """Return the window of the runs."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_dealer.aftersales_notice_run_action"
        )
        if len(self) == 1:
            return dict(action, views=[(False, "form")], res_id=self.id, context={})
        return dict(action, domain=[("id", "in", self.ids)], context={})
