from odoo.exceptions import ConcurrencyError
from odoo.sql_db import db_connect
from odoo.tests import tagged

from .common import AftersalesCommon


@tagged("post_install", "-at_install")
class TestFormTwice(AftersalesCommon):
    """T01: of a form that is sent twice at once, the second waits until the first is kept."""

    def test_the_second_waits(self):
        tickets = self.env["aftersales.ticket"]
        values = {
            "description": "It leaks.",
            "type": "fault",
            "email": "ann@new.example",
            **dict.fromkeys(("name", "company", "phone", "serial"), ""),
        }
        # Another connection, as another process has.
        with db_connect(self.env.cr.dbname).cursor() as other:
            theirs = tickets.with_env(self.env(cr=other))
            theirs._find_web_twin(values, self.company.with_env(theirs.env))
            with self.assertRaises(ConcurrencyError):
                tickets._find_web_twin(values, self.company)
            tickets._find_web_twin({**values, "description": "It smokes."}, self.company)
        self.assertFalse(tickets._find_web_twin(values, self.company))
