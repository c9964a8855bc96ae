from . import test_formula
from . import test_manual
from . import test_period_calendar
from . import test_security
from . import test_security_chart
from . import test_split
from . import test_target
