from . import test_agreement
from . import test_portal_registration
from . import test_registration
from . import test_registration_batch
from . import test_registration_access
from . import test_tools
