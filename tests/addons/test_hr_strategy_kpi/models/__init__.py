from . import hr_kpi
from . import test_kpi_deal
