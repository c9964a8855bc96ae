from datetime import date

from odoo.tests import tagged

from .common_strategy import StrategyCommon

DAY = date(2023, 9, 29)


@tagged("post_install", "-at_install")
class TestStrategyProgress(StrategyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rate = cls.make_kpi(aggregate="last", unit="percent", name="Rate")

    def give(self, kpi, subject, value, target):
        """Make a target of Q3 that is read at its end; return its score."""
        made = self.make_targets(kpi, self.q3, subject, target=target)
        self.make_entry(kpi, date(2023, 8, 1), value, subject)
        return self.refresh(made, DAY).score

    def test_weighted_key_results(self):
        self.share.write(
            {"key_result_ids": self._results((self.new_customers, 3), (self.rate, 1))}
        )
        self.assertEqual(self.give(self.new_customers, self.company, 9, 18), 50)
        self.assertEqual(self.give(self.rate, self.company, 0.9, 0.9), 100)
        share = self.on(self.share, DAY)
        self.assertEqual((share.score, share.status), (62.5, "off_track"))

    def _results(self, *pairs):
        return [(0, 0, {"kpi_id": kpi.id, "weight": weight}) for kpi, weight in pairs]

    def test_missing_figures_by_policy(self):
        """What is missing is never counted as zero unless the policy says so."""
        self.share.key_result_ids = self._results(
            (self.new_customers, 1), (self.rate, 1)
        )
        self.give(self.new_customers, self.company, 18, 18)
        for policy, score in (("exclude", 100), ("zero", 50), ("hold", False)):
            with self.subTest(policy):
                self.map.missing = policy
                share = self.on(self.share, DAY)
                share.invalidate_recordset()
                self.assertIs(share.score is False, score is False)
                self.assertEqual(share.score, score)
                self.assertEqual(share.missing_count, 1)

    def test_children_climb_up_by_weight(self):
        for subject, value, weight in ((self.north, 9, 3), (self.south, 18, 1)):
            child = self.make_objective(
                subject.name,
                [(self.new_customers, 1, False)],
                level="department",
                department_id=subject.id,
                parent_id=self.share.id,
                weight=weight,
            )
            self.give(self.new_customers, subject, value, 18)
            self.assertEqual(self.on(child, DAY).score, value / 18 * 100)
        share = self.on(self.share, DAY)
        self.assertEqual((share.score, share.status), (62.5, "off_track"))

    def test_own_part_is_explicit(self):
        """By default only its own key results count, however the others stand."""
        self.share.key_result_ids = self._results((self.new_customers, 1))
        self.give(self.new_customers, self.company, 18, 18)
        self.make_objective(
            "North",
            [(self.new_customers, 1, False)],
            level="department",
            department_id=self.north.id,
            parent_id=self.share.id,
        )
        self.give(self.new_customers, self.north, 9, 18)
        self.assertEqual(self.on(self.share, DAY).score, 100)
        self.share.own_part = 0.6
        share = self.on(self.share, DAY)
        share.invalidate_recordset()
        self.assertAlmostEqual(share.score, 0.6 * 100 + 0.4 * 50)

    def test_no_figures_no_score(self):
        self.share.key_result_ids = self._results((self.new_customers, 1))
        share = self.on(self.share, DAY)
        self.assertIs(share.score, False)
        self.assertEqual(share.status, "no_data")
        self.assertFalse(self.on(self.revenue, DAY).status)

    def test_the_day_decides(self):
        """The replay of a period: the target of the day's own quarter counts."""
        self.share.key_result_ids = self._results((self.new_customers, 1))
        self.give(self.new_customers, self.company, 9, 18)
        self.assertEqual(self.on(self.share, DAY).score, 50)
        self.assertIs(self.on(self.share, date(2023, 12, 1)).score, False)

    def test_four_hundred_objectives_cost_as_much_as_forty(self):
        def count(children):
            top = self.make_objective("Top", perspective_id=self.customer.id)
            self.env["hr.strategy.objective"].create(
                [
                    {
                        "name": f"Child {number}",
                        "map_id": self.map.id,
                        "level": "department",
                        "department_id": self.north.id,
                        "parent_id": top.id,
                        "key_result_ids": self._results((self.new_customers, 1)),
                    }
                    for number in range(children)
                ]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(self.on(top, DAY).status, "no_data")
            return self.env.cr.sql_log_count - before

        few = count(40)
        self.assertEqual(count(400), few)
        self.assertLessEqual(few, 20)
