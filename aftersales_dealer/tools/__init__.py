from . import claim_checks
from . import dealer_score
from . import spot_sample
