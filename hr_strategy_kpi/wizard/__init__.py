from . import hr_kpi_target_split
from . import hr_kpi_target_split_line
from . import hr_kpi_alert_snooze
from . import hr_kpi_period_close
from . import hr_kpi_entry_grid
from . import hr_kpi_entry_grid_line
from . import hr_kpi_assign
