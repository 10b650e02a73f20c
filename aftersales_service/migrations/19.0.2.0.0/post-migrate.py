from odoo import SUPERUSER_ID, api, tools

OLD_COLUMNS = ("acceptance_signed_by", "acceptance_signed_on", "acceptance_user_id")


def migrate(cr, version):
    """What one asset knew of its acceptance becomes a document of its own (W06); companies get
    the price list of spare parts that a new installation gives them (N01).
    """
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True, "mail_create_nolog": True})
    if all(tools.sql.column_exists(cr, "aftersales_asset", name) for name in OLD_COLUMNS):
        move_acceptances(env)
    # The dialog of version 1; its model is gone, its table Odoo would keep.
    cr.execute("DROP TABLE IF EXISTS aftersales_acceptance")
    env["res.company"]._set_default_parts_pricelist()


def move_acceptances(env):
    """Make a signed document for each acceptance, move its signature there, drop the columns."""
    env.cr.execute(
        """
        SELECT asset.id, asset.acceptance_signed_by, asset.acceptance_signed_on,
               asset.acceptance_user_id
          FROM aftersales_asset asset
         WHERE asset.acceptance_signed_on IS NOT NULL
           AND asset.acceptance_document_id IS NULL
      ORDER BY asset.id
        """
    )
    for asset_id, signed_by, signed_on, user_id in env.cr.fetchall():
        make_document(env["aftersales.asset"].browse(asset_id), signed_by, signed_on, user_id)
    env.flush_all()
    env.cr.execute(
        """
        ALTER TABLE aftersales_asset
        DROP COLUMN acceptance_signed_by,
        DROP COLUMN acceptance_signed_on,
        DROP COLUMN acceptance_user_id
        """
    )


def make_document(asset, signed_by, signed_on, user_id):
    """Make the signed document of one asset, by the values it had."""
    document = asset.env["aftersales.acceptance.document"].create(
        {
            "company_id": asset.company_id.id,
            "partner_id": asset.partner_id.id or asset.company_id.partner_id.id,
            "user_id": user_id,
        }
    )
    line = asset.env["aftersales.acceptance.line"].create(
        {"document_id": document.id, "asset_id": asset.id}
    )
    document._write_past_guard(
        {
            "state": "signed",
            "date": asset.date_acceptance,
            "signed_by": signed_by,
            "signed_on": signed_on,
            "company_user_id": user_id,
            "company_signed_on": signed_on,
        }
    )
    line.is_signed = True
    asset._write_past_guard({"acceptance_document_id": document.id})
    asset.env.cr.execute(
        """
        UPDATE ir_attachment
           SET res_model = 'aftersales.acceptance.document', res_field = 'signature', res_id = %s
         WHERE res_model = 'aftersales.asset' AND res_field = 'acceptance_signature'
           AND res_id = %s
        """,
        (document.id, asset.id),
    )
