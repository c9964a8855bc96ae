from . import hr_kpi_assign
