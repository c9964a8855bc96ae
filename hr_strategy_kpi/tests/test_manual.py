from datetime import date

from .common import KpiCommon


class TestManual(KpiCommon):
    def test_increment(self):
        kpi = self.make_kpi()
        targets = self.make_targets(kpi, self.q3, [self.seller_1, self.marketing])
        self.make_entry(kpi, date(2023, 7, 3), 2, self.seller_1)
        self.make_entry(kpi, date(2023, 8, 3), 3, self.seller_1)
        self.refresh(targets, date(2023, 7, 31))
        self.assertActual(targets[0], 2)
        self.refresh(targets, date(2023, 8, 31))
        self.assertActual(targets[0], 5)
        self.assertActual(targets[1], 5)
