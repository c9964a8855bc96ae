from . import models
from . import wizard


def post_init_hook(env):
    env["hr.kpi"]._restore_with_app()
    env["hr.kpi.target"]._relink_teams()


def uninstall_hook(env):
    env["hr.kpi"]._archive_with_app("hr_strategy_kpi_crm")
