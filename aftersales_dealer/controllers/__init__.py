from . import portal_dealer
from . import portal_dealer_user
from . import portal_notice
from . import portal_registration
from . import portal_claim
from . import portal_claim_form
from . import portal_part_return
from . import portal_campaign
