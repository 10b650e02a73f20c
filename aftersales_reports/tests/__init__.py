from . import test_access
from . import test_browser
from . import test_claim_figures
from . import test_dashboards
from . import test_settlement_figures
from . import test_sla_figures
from . import test_ticket_figures
from . import test_visit_figures
