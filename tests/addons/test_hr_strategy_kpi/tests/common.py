from contextlib import contextmanager
from datetime import date, datetime
from unittest.mock import patch

from odoo.addons.hr_strategy_kpi.tests.common import KpiCommon

DEALS = "test_hr_strategy_kpi.group_test_kpi_deal"


class DealCommon(KpiCommon):
    """KPIs over `test.kpi.deal`."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Deal = cls.env["test.kpi.deal"]

    @classmethod
    def make_deal_kpi(cls, **vals):
        """Return a KPI over deals: by default the number of a seller's in a period."""
        return cls.make_kpi(
            **{
                "source": "record",
                "model_name": "test.kpi.deal",
                "date_field": "date",
                "subject_path": "user_id",
                **vals,
            }
        )

    @classmethod
    def make_deal(cls, day, seller=None, company=None, **vals):
        """Return a deal of this company on a day, of a seller by their user."""
        if isinstance(day, datetime):
            vals["moment"] = day
        elif isinstance(day, date):
            vals["date"] = day
        return cls.Deal.create(
            {
                "name": "Deal",
                "company_id": cls.company.id if company is None else company.id,
                "user_id": seller.user_id.id if seller else False,
                **vals,
            }
        )

    def read_targets(self, kpi, period, subjects, day=None):
        """Return the targets of subjects, read at the end of a day or of the period."""
        targets = self.make_targets(kpi, period, subjects)
        return self.refresh(targets, day or period.date_to)

    @contextmanager
    def count_selects(self, table):
        """Collect the statements that name a table, run meanwhile."""
        statements, cursor = [], type(self.env.cr)
        execute = cursor.execute

        def spy(cr, query, *args, **kwargs):
            text = getattr(query, "code", query)
            if table in text and text.lstrip().startswith(("SELECT", "WITH")):
                statements.append(text)
            return execute(cr, query, *args, **kwargs)

        with patch.object(cursor, "execute", spy):
            yield statements
