from . import test_case
from . import test_closing
from . import test_develop
from . import test_record_dates
from . import test_record_levels
from . import test_record_measures
from . import test_record_refusals
