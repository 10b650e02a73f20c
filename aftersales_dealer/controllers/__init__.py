from . import portal_dealer
from . import portal_notice
from . import portal_registration
