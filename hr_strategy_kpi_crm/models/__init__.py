from . import hr_kpi_sql_mixin
from . import hr_kpi
from . import hr_kpi_target
from . import hr_kpi_entry
from . import crm_lead
from . import crm_team
from . import calendar_event
from . import hr_strategy_kpi_scenario
