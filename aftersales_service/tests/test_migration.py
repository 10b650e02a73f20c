import importlib.util
from datetime import datetime

from odoo.modules import get_module_path
from odoo.tests import tagged

from .common import AftersalesCommon

PIXEL = (
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    b"+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@tagged("post_install", "-at_install")
class TestMigration(AftersalesCommon):
    """J07: an upgrade loses nothing."""

    def _migrate(self):
        path = f"{get_module_path('aftersales_service')}/migrations/19.0.2.0.0/post-migrate.py"
        spec = importlib.util.spec_from_file_location("aftersales_post_migrate", path)
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        script.migrate(self.env.cr, "19.0.1.0.0")
        self.env.invalidate_all()

    def _age(self, asset):
        """Give ``asset`` the acceptance as version 1 kept it: columns and an attachment."""
        self.env.cr.execute(
            """
            ALTER TABLE aftersales_asset
            ADD COLUMN acceptance_signed_by varchar,
            ADD COLUMN acceptance_signed_on timestamp,
            ADD COLUMN acceptance_user_id integer
            """
        )
        self.env.cr.execute(
            """
            UPDATE aftersales_asset
               SET acceptance_signed_by = 'Ana', acceptance_signed_on = %s, acceptance_user_id = %s
             WHERE id = %s
            """,
            ("2026-03-01 10:00:00", self.agent_user.id, asset.id),
        )
        self.env["ir.attachment"].create(
            {
                "name": "acceptance_signature",
                "res_model": "aftersales.asset",
                "res_field": "acceptance_signature",
                "res_id": asset.id,
                "datas": PIXEL,
            }
        )

    def test_signed_acceptances_become_documents(self):
        asset, other = self.sell("MIG-1", "MIG-2")
        asset.date_acceptance = asset.date_delivery
        self.env.flush_all()
        self._age(asset)
        self._migrate()
        document = asset.acceptance_document_id
        self.assertEqual(document.state, "signed")
        self.assertEqual(asset.acceptance_signed_by, "Ana")
        self.assertEqual(asset.acceptance_signed_on, datetime(2026, 3, 1, 10))
        self.assertEqual(asset.acceptance_user_id, self.agent_user)
        self.assertEqual(document.date, asset.date_acceptance)
        self.assertEqual(document.signature, PIXEL)
        self.assertTrue(document.line_ids.is_signed)
        self.assertFalse(other.acceptance_document_id)
        with self.assertRefused("accepted by Ana"):
            asset.with_user(self.agent_user).action_sign_acceptance()

    def test_a_second_upgrade_makes_nothing_twice(self):
        asset = self.sell("MIG-3")
        self._age(asset)
        self._migrate()
        document = asset.acceptance_document_id
        self._migrate()
        self.assertEqual(asset.acceptance_document_id, document)
        self.assertEqual(asset.acceptance_line_ids.document_id, document)
