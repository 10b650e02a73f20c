from . import common
from . import test_coverage
from . import test_delivery
from . import test_entitlement
from . import test_ticket
from . import test_portal
