"""A map in force over the company that the core tests work with."""

from datetime import date

from odoo import Command

from .common import KpiCommon


class StrategyCommon(KpiCommon):
    """Map 2023: "market share" (customer) leads to "revenue" (financial)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.financial = cls.env.ref("hr_strategy_kpi.hr_strategy_perspective_financial")
        cls.customer = cls.env.ref("hr_strategy_kpi.hr_strategy_perspective_customer")
        cls.new_customers = cls.make_kpi(aggregate="sum", name="New customers")
        cls.win_rate = cls.make_kpi(aggregate="ratio", unit="percent", name="Win rate")
        cls.map = cls.make_map()
        cls.share = cls.make_objective("Market share", perspective_id=cls.customer.id)
        cls.revenue = cls.make_objective("Revenue", perspective_id=cls.financial.id)

    @classmethod
    def make_map(cls, **vals):
        return cls.env["hr.strategy.map"].create(
            {
                "name": "Strategy 2023",
                "company_id": cls.company.id,
                "date_from": date(2023, 1, 1),
                "date_to": date(2023, 12, 31),
                **vals,
            }
        )

    @classmethod
    def make_objective(cls, name, kpis=(), **vals):
        """Return an objective of the map; kpis: [(kpi, weight, target)]."""
        return cls.env["hr.strategy.objective"].create(
            {
                "name": name,
                "map_id": cls.map.id,
                "key_result_ids": [
                    Command.create(
                        {"kpi_id": kpi.id, "weight": weight, "target": target}
                    )
                    for kpi, weight, target in kpis
                ],
                **vals,
            }
        )

    @classmethod
    def link(cls, cause, effect, **vals):
        return cls.env["hr.strategy.link"].create(
            {"source_id": cause.id, "target_id": effect.id, **vals}
        )

    @classmethod
    def on(cls, objective, day):
        """Return an objective as of a day."""
        return objective.with_context(kpi_day=day)
