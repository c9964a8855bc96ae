"""The small company all core tests work with: fixed dates, no demo data."""

from datetime import date

from odoo.tests import TransactionCase, new_test_user, tagged

from odoo.addons.hr_strategy_kpi.fields import number

OFFICER = "hr_strategy_kpi.group_hr_strategy_kpi_officer"
ADMINISTRATOR = "hr_strategy_kpi.group_hr_strategy_kpi_manager"


@tagged("post_install", "-at_install")
class KpiCommon(TransactionCase):
    """One company in Asia/Shanghai that works Monday to Friday, and its people.

    boss (general manager)
      marketing: marketing_manager
        north: seller_1, seller_2
        south: seller_3
      engineering: engineer (no user)

    Tests run in the environment of the superuser with this company; `as_user()` is for
    the lowest rights a behaviour needs.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.company = cls._make_company("Test Company", "base.CNY")
        cls.other_company = cls._make_company("Other Company", "base.CNY")
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.company.ids}
        )
        cls.company = cls.company.with_env(cls.env)
        cls._make_users()
        cls._make_people()
        cls._make_periods()

    @classmethod
    def _make_company(cls, name, currency):
        currency = cls.env.ref(currency)
        currency.active = True
        company = cls.env["res.company"].create(
            {"name": name, "currency_id": currency.id}
        )
        company.resource_calendar_id = cls.env["resource.calendar"].create(
            {
                "name": f"{name}: 40 hours",
                "tz": "Asia/Shanghai",
                "company_id": company.id,
            }
        )
        return company

    @classmethod
    def _make_user(cls, login, groups="base.group_user", company=None):
        company = company or cls.company
        return new_test_user(
            cls.env,
            login,
            groups,
            name=login.capitalize(),
            email=f"{login}@example.com",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )

    @classmethod
    def _make_users(cls):
        cls.user_officer = cls._make_user("kpi_officer", f"base.group_user,{OFFICER}")
        cls.user_administrator = cls._make_user(
            "kpi_administrator", f"base.group_user,{ADMINISTRATOR}"
        )
        cls.user_outsider = cls._make_user("kpi_outsider")

    @classmethod
    def _make_people(cls):
        cls.boss = cls.make_employee("boss")
        cls.marketing_manager = cls.make_employee("marketing manager", cls.boss)
        departments = cls.env["hr.department"]
        cls.marketing = departments.create(
            {"name": "Marketing", "manager_id": cls.marketing_manager.id}
        )
        cls.north, cls.south = departments.create(
            [
                {"name": "North", "parent_id": cls.marketing.id},
                {"name": "South", "parent_id": cls.marketing.id},
            ]
        )
        cls.engineering = departments.create({"name": "Engineering"})
        cls.marketing_manager.department_id = cls.marketing
        manager = cls.marketing_manager
        cls.seller_1 = cls.make_employee("seller 1", manager, cls.north)
        cls.seller_2 = cls.make_employee("seller 2", manager, cls.north)
        cls.seller_3 = cls.make_employee("seller 3", manager, cls.south)
        cls.sellers = cls.seller_1 | cls.seller_2 | cls.seller_3
        cls.engineer = cls.make_employee(
            "engineer", cls.boss, cls.engineering, user=False
        )

    @classmethod
    def make_employee(cls, name, manager=None, department=None, user=True, **vals):
        """Return an employee since 2020, with a login of the same name by default."""
        login = name.replace(" ", "_")
        if user is True:
            user = cls._make_user(f"kpi_{login}")
        return cls.env["hr.employee"].create(
            {
                "name": name,
                "company_id": cls.company.id,
                "user_id": user.id if user else False,
                "work_email": f"{login}@example.com",
                "parent_id": manager.id if manager else False,
                "department_id": department.id if department else False,
                "date_version": date(2020, 1, 1),
                "resource_calendar_id": cls.company.resource_calendar_id.id,
                **vals,
            }
        )

    @classmethod
    def _make_periods(cls):
        first, last = date(2023, 1, 1), date(2023, 12, 31)
        generate = cls.env["hr.kpi.period"]._generate
        cls.months = generate("month", first, last, cls.company)
        cls.quarters = generate("quarter", first, last, cls.company)
        cls.q1, cls.q2, cls.q3, cls.q4 = cls.quarters
        cls.year = generate("year", first, last, cls.company)

    @classmethod
    def month(cls, number):
        """Return the period of a month of 2023."""
        return cls.months[number - 1]

    # ------------------------------------------------------------------- making

    @classmethod
    def make_kpi(cls, **vals):
        """Return a KPI, by default a count that is typed in."""
        count = cls.env["hr.kpi"].with_context(active_test=False).search_count([])
        return cls.env["hr.kpi"].create(
            {
                "name": f"KPI {count + 1}",
                "code": f"TEST_{count + 1}",
                "owner_id": cls.user_officer.id,
                **vals,
            }
        )

    @classmethod
    def make_targets(cls, kpi, period, subjects, **marks):
        """Return a target of a KPI in a period per subject, all with the same marks.

        subjects: records of res.company, hr.department or hr.employee
        """
        fields_by_model = {
            spec["model"]: spec["field"]
            for spec in cls.env["hr.kpi"]._get_subject_types().values()
        }
        vals_list = [
            {
                "kpi_id": kpi.id,
                "period_id": period.id,
                "company_id": cls.company.id,
                fields_by_model[subject._name]: subject.id,
                **marks,
            }
            for subjects_of_kind in (
                subjects if isinstance(subjects, (list, tuple)) else [subjects]
            )
            for subject in subjects_of_kind
        ]
        return cls.env["hr.kpi.target"].create(vals_list)

    @classmethod
    def make_entry(cls, kpi, day, value=None, subject=None, **vals):
        """Return an entry, of the company where no subject is given."""
        if subject is not None and subject._name != "res.company":
            vals[subject._name.replace("hr.", "") + "_id"] = subject.id
        if value is not None:
            vals["value"] = value
        return cls.env["hr.kpi.entry"].create(
            {"kpi_id": kpi.id, "company_id": cls.company.id, "date": day, **vals}
        )

    @classmethod
    def refresh(cls, targets, day):
        """Read targets as of the end of a day; return them."""
        targets._refresh(as_of=day)
        return targets

    def run_cron(self, name):
        """Run a scheduled job of the core, as the scheduler does."""
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref(f"hr_strategy_kpi.{name}").method_direct_trigger()
        self.env.invalidate_all()

    @classmethod
    def as_user(cls, records, user):
        """Return records, or a model, as a user of this company."""
        user = user.user_id if user._name == "hr.employee" else user
        return records.with_user(user).with_company(cls.company)

    # ---------------------------------------------------------------- asserting

    def assertActual(self, target, value, numerator=None, denominator=None):
        """Assert the figure of a target; None means that there is none."""
        self._assert_number(target, "actual", value)
        if denominator is not None:
            self._assert_number(target, "numerator", numerator)
            self._assert_number(target, "denominator", denominator)

    def _assert_number(self, record, name, value):
        found = number(record[name])
        label = f"{record.display_name}: {name}"
        if value is None or found is None:
            self.assertEqual(found, value, label)
        else:
            self.assertAlmostEqual(found, value, places=6, msg=label)
