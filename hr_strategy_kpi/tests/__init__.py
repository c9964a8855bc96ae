from . import test_formula
from . import test_manual
from . import test_period_calendar
from . import test_security
from . import test_security_chart
