from odoo.tests import tagged

from .common_claim import ClaimCommon


@tagged("post_install", "-at_install")
class TestClaimedParts(ClaimCommon):
    """Parts of an approved claim sit in the machine from then on, recorded once (W13)."""
