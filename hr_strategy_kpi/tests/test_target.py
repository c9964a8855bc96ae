from datetime import date

from psycopg2.errors import UniqueViolation

from odoo.exceptions import UserError, ValidationError
from odoo.tools import mute_logger

from .common import KpiCommon


class TestTarget(KpiCommon):
    """What a target promises about itself."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kpi = cls.make_kpi(name="New customers")
        [cls.target] = cls.make_targets(
            cls.kpi, cls.q3, cls.seller_1, baseline=2, target=3
        )

    def test_figures_cannot_be_typed(self):
        """Neither by an officer nor by a program, when made or later."""
        target = self.as_user(self.target, self.user_administrator)
        for name, value in (
            ("actual", 5),
            ("numerator", 5),
            ("denominator", 5),
            ("score", 120),
            ("attainment", 1),
            ("pace", 1),
            ("forecast", 5),
            ("status", "exceeded"),
            ("reading_state", "no_record"),
            ("unassigned", 0),
            ("is_locked", True),
            ("on_track_ratio", 0.1),
            ("at_risk_ratio", 0.1),
            ("restated_actual", 5),
            ("restated_reason", "because"),
            ("praised_on", date(2023, 7, 3)),
        ):
            # not even with the system's rights, where a figure is concerned
            is_figure = name not in ("restated_actual", "restated_reason", "praised_on")
            for records in (target, target.sudo()) if is_figure else (target,):
                with self.assertRaises(UserError, msg=name) as caught:
                    records.write({name: value})
                self.assertIn("read from the source", str(caught.exception))
            with self.assertRaises(UserError, msg=name):
                target.create(
                    {"kpi_id": self.kpi.id, "period_id": self.q4.id, name: value}
                )

    def test_key_in_the_context_does_not_help(self):
        target = self.target.with_context(kpi_engine=True)
        with self.assertRaises(UserError):
            target.write({"actual": 5})

    def test_order_of_marks(self):
        for marks in (
            {"red_flag": 5, "baseline": 2},
            {"baseline": 5, "target": 3},
            {"target": 5, "stretch": 4},
            {"red_flag": 5, "baseline": False, "target": False, "stretch": 4},
        ):
            with self.assertRaises(ValidationError) as caught:
                self.target.write(marks)
            self.assertIn("must not be better than", str(caught.exception))
        self.assertEqual((self.target.baseline, self.target.target), (2, 3))

    def test_order_of_marks_where_less_is_better(self):
        kpi = self.make_kpi(direction="lower", aggregate="ratio", unit="percent")
        marks = {"red_flag": 1.5, "baseline": 1.0, "target": 0.5, "stretch": 0.2}
        target = self.make_targets(kpi, self.q3, self.company, **marks)
        with self.assertRaises(ValidationError):
            target.baseline = 0.4

    def test_order_of_bounds(self):
        kpi = self.make_kpi(direction="range", aggregate="last")
        with self.assertRaises(ValidationError) as caught:
            self.make_targets(kpi, self.q3, self.company, target_low=25, target_high=18)
        self.assertIn("lower bound", str(caught.exception))

    def test_zero_is_a_mark(self):
        target = self.make_targets(self.kpi, self.q4, self.seller_1, red_flag=0)
        self._assert_number(target, "red_flag", 0)
        self._assert_number(target, "baseline", None)
        with self.assertRaises(ValidationError):
            target.stretch = -1

    def test_one_target_per_subject_and_period(self):
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            self.make_targets(self.kpi, self.q3, self.seller_1)

    def test_same_period_other_subjects(self):
        targets = self.make_targets(
            self.kpi, self.q3, [self.seller_2, self.north, self.company]
        )
        self.assertEqual(
            targets.mapped("subject_type"), ["employee", "department", "company"]
        )
        self.assertEqual(
            targets.mapped("subject_key"),
            [
                f"employee:{self.seller_2.id}",
                f"department:{self.north.id}",
                f"company:{self.company.id}",
            ],
        )

    def test_week(self):
        week = self.env["hr.kpi.period"]._get_or_create(
            "week", date(2023, 7, 3), self.company
        )
        with self.assertRaises(ValidationError) as caught:
            self.make_targets(self.kpi, week, self.company)
        self.assertIn("week", str(caught.exception))

    def test_identity_survives_its_subject(self):
        person = self.make_employee("leaver", user=False)
        target = self.make_targets(self.kpi, self.q3, person)
        key = target.subject_key
        person.unlink()
        target.invalidate_recordset()
        self.assertFalse(target.employee_id)
        self.assertEqual(
            (target.subject_type, target.subject_key, target.subject_name),
            ("employee", key, "leaver"),
        )
        # and is still read without an error
        self.refresh(target, date(2023, 7, 31))
        self.assertEqual(target.status, "no_data")

    def test_identity_survives_a_department(self):
        department = self.env["hr.department"].create({"name": "Projects"})
        target = self.make_targets(self.kpi, self.q3, department)
        key = target.subject_key
        department.unlink()
        target.invalidate_recordset()
        self.assertEqual((target.subject_key, target.subject_name), (key, "Projects"))
        # the company's own target may stand beside it
        self.make_targets(self.kpi, self.q3, self.company)

    def test_name_is_a_snapshot(self):
        self.seller_1.name = "Somebody Else"
        self.target.invalidate_recordset()
        self.assertEqual(self.target.subject_name, "seller 1")

    def test_other_companys_subject(self):
        with self.assertRaises(UserError):
            self.target.create(
                {
                    "kpi_id": self.kpi.id,
                    "period_id": self.q4.id,
                    "company_id": self.other_company.id,
                    "employee_id": self.seller_1.id,
                }
            )

    def test_kpi_with_targets_stays(self):
        with self.assertRaises(UserError) as caught:
            self.kpi.unlink()
        self.assertIn("Archive it", str(caught.exception))
        with self.assertRaises(UserError):
            self.q3.unlink()

    def test_copy_to_next_period_with_parents(self):
        parent = self.make_targets(self.kpi, self.q3, self.company, target=9)
        child = self.make_targets(self.kpi, self.q3, self.marketing, target=6)
        leaf = self.target
        child.parent_id, leaf.parent_id = parent, child
        self.make_entry(self.kpi, date(2023, 7, 3), 2, self.seller_1)
        self.refresh(leaf | child | parent, date(2023, 7, 31))
        (leaf | child | parent).action_copy_to_next_period()
        copies = self.q4.target_ids
        by_key = {copy.subject_key: copy for copy in copies}
        new_leaf = by_key[leaf.subject_key]
        self.assertEqual(len(copies), 3)
        self.assertEqual(new_leaf.parent_id, by_key[child.subject_key])
        self.assertEqual(new_leaf.parent_id.parent_id, by_key[parent.subject_key])
        self.assertEqual((new_leaf.baseline, new_leaf.target), (2, 3))
        # figures are not copied
        self.assertActual(new_leaf, None)
        self.assertFalse(new_leaf.status)
        # what is there is kept, and copied no second time
        new_leaf.target = 5
        with self.assertRaises(UserError):
            (leaf | child | parent).action_copy_to_next_period()
        self.assertEqual(new_leaf.target, 5)

    def test_copy_of_a_closed_period(self):
        self.q3._close(date(2023, 10, 10))
        self.target.action_copy_to_next_period()
        copy = self.q4.target_ids
        self.assertFalse(copy.is_locked)
        self._assert_number(copy, "on_track_ratio", None)

    def test_locked_after_close(self):
        self.make_targets(self.kpi, self.q3, self.company)
        self.q3._close(date(2023, 10, 10))
        officer = self.as_user(self.target, self.user_officer)
        for vals in (
            {"target": 1},
            {"baseline": 1},
            {"stretch": 9},
            {"red_flag": 0},
            {"period_id": self.q4.id},
            {"kpi_id": self.make_kpi().id},
            {"employee_id": self.seller_2.id},
            {"parent_id": self.q3.target_ids.filtered(lambda t: not t.employee_id).id},
        ):
            with self.assertRaises(UserError, msg=vals) as caught:
                officer.write(vals)
            self.assertIn("locked", str(caught.exception))
        with self.assertRaises(UserError):
            officer.unlink()
        with self.assertRaises(UserError):
            officer.action_refresh()
        with self.assertRaises(UserError) as caught:
            self.make_targets(self.kpi, self.q3, self.seller_3)
        self.assertIn("takes no new target", str(caught.exception))

    def test_locked_by_way_of_the_subject(self):
        """The thresholds of a closed target stay, whatever the KPI's become."""
        self.q3._close(date(2023, 10, 10))
        self.kpi.write({"on_track_ratio": 0.5, "at_risk_ratio": 0.1})
        thresholds = self.target._get_thresholds()
        self.assertEqual((thresholds.on_track, thresholds.at_risk), (0.95, 0.8))
