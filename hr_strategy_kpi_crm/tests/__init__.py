from . import common
from . import test_acceptance_crm
from . import test_access
from . import test_definitions
from . import test_lifecycle
from . import test_zones
