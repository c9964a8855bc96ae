from odoo.tests import freeze_time, tagged

from .common import KpiCommon


@tagged("post_install", "-at_install")
class TestFreshness(KpiCommon):
    def test_target_made_after_the_reading_is_stale(self):
        kpi = self.make_kpi()
        first = self.make_targets(kpi, self.month(3), self.seller_1, target=5)
        self.make_entry(kpi, "2023-03-02", 0, self.seller_1)
        self.refresh(first, self.month(3).date_to)
        second = self.make_targets(kpi, self.month(3), self.seller_2, target=5)
        self.assertFalse(first.is_stale)
        self.assertTrue(second.is_stale)
        self.assertEqual(second.stale_reason, "Not read yet.")
        both = first | second
        domain = [("id", "in", both.ids), ("is_stale", "=", True)]
        self.assertEqual(both.search(domain), second)
        domain = [("id", "in", both.ids), ("is_stale", "=", False)]
        self.assertEqual(both.search(domain), first)
        self.refresh(both, self.month(3).date_to)
        self.assertFalse(second.is_stale)

    @freeze_time("2023-03-15 04:00:00")
    def test_period_to_come_says_so(self):
        target = self.make_targets(self.make_kpi(), self.month(4), self.seller_1)
        self.assertTrue(target.is_stale)
        self.assertEqual(target.stale_reason, "The period has not begun yet.")
