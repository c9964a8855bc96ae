"""Everybody who may knock at the door, and something of everything to knock for."""

from datetime import date

from odoo.exceptions import UserError
from odoo.service.model import call_kw, get_public_method

from odoo.addons.hr_strategy_kpi.fields import NullableFloat
from odoo.addons.hr_strategy_kpi.models.hr_kpi_measurement import ENGINE

from .common import KpiCommon

ROLES = {
    "E": "employee",
    "L": "line manager",
    "M": "manager's manager",
    "P": "peer",
    "O": "officer",
    "A": "administrator",
    "H": "HR administrator",
    "X": "outsider: internal, without employee",
    "F": "employee of another company",
    "C": "portal user",
    "U": "public",
}
EVERYONE = "ELMPOAHX"  # the internal users of the company


class RolesCommon(KpiCommon):
    """The company of `KpiCommon` with one user per role and facts about each subject.

    boss (M)
      marketing (4 people): marketing manager (L)
        north: seller 1 (E), seller 2 (P)
        south: seller 3
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_roles()
        cls._make_facts()

    @classmethod
    def _make_roles(cls):
        cls.foreigner = cls.make_employee(
            "foreigner",
            user=cls._make_user("kpi_foreigner", company=cls.other_company),
            company_id=cls.other_company.id,
            resource_calendar_id=cls.other_company.resource_calendar_id.id,
        )
        cls.users = {
            "E": cls.seller_1.user_id,
            "L": cls.marketing_manager.user_id,
            "M": cls.boss.user_id,
            "P": cls.seller_2.user_id,
            "O": cls.user_officer,
            "A": cls.user_administrator,
            "H": cls._make_user("kpi_hr", "base.group_user,hr.group_hr_manager"),
            "X": cls.user_outsider,
            "F": cls.foreigner.user_id,
            "C": cls._make_user("kpi_portal", "base.group_portal"),
            "U": cls.env.ref("base.public_user"),
        }

    @classmethod
    def _make_facts(cls):
        cls.typed_kpi = cls.make_kpi(name="Typed", aggregate="sum")
        cls.subjects = {
            "own": cls.seller_1,
            "peer's": cls.seller_2,
            "subordinate's": cls.marketing_manager,
            "boss's": cls.boss,
            "small department's": cls.north,
            "department's": cls.marketing,
            "foreign department's": cls.engineering,
            "company's": cls.company,
        }
        cls.targets = {
            label: cls.make_targets(cls.typed_kpi, cls.q3, subject, target=10)
            for label, subject in cls.subjects.items()
        }
        cls.targets["other company's"] = cls._make_foreign_target(False)
        cls.targets["other person's"] = cls._make_foreign_target(cls.foreigner.id)
        cls.rule = cls.env["hr.kpi.alert.rule"].create({"name": "Any"})
        cls.measurements, cls.alerts, cls.actions = {}, {}, {}
        for label, target in cls.targets.items():
            cls.measurements[label] = cls._make_measurement(target)
            cls.alerts[label] = cls._make_alert(target)
            cls.actions[label] = cls._make_action(target)
        cls.entries = {
            label: cls.make_entry(cls.typed_kpi, date(2023, 7, 3), 1.0, subject)
            for label, subject in cls.subjects.items()
        }
        cls.entries["other person's"] = cls.env["hr.kpi.entry"].create(
            {
                "kpi_id": cls.typed_kpi.id,
                "company_id": cls.other_company.id,
                "employee_id": cls.foreigner.id,
                "date": date(2023, 7, 3),
                "value": 1.0,
            }
        )

    @classmethod
    def _make_foreign_target(cls, employee_id):
        return cls.env["hr.kpi.target"].create(
            {
                "kpi_id": cls.typed_kpi.id,
                "period_id": cls.q3.id,
                "company_id": cls.other_company.id,
                "employee_id": employee_id,
                "target": 10,
            }
        )

    @classmethod
    def _make_measurement(cls, target):
        measurements = cls.env["hr.kpi.measurement"].with_context(kpi_engine=ENGINE)
        made = measurements.create(
            {"target_id": target.id, "date": date(2023, 7, 31), "value": 7}
        )
        return made.with_env(cls.env)

    @classmethod
    def _make_alert(cls, target):
        return cls.env["hr.kpi.alert"].create(
            {
                "target_id": target.id,
                "rule_id": cls.rule.id,
                "severity": "warning",
                "opened_on": date(2023, 7, 31),
            }
        )

    @classmethod
    def _make_action(cls, target):
        """An officer's action on a target, about no alert."""
        vals = {
            "name": "Visit more customers",
            "target_id": target.id,
            "owner_id": cls.user_officer.id,
        }
        return cls.env["hr.kpi.action"].create(vals)

    def as_role(self, role, records):
        """Return records, or a model, as a remote call by a role would see them."""
        user = self.users[role]
        self.env.invalidate_all()
        return records.with_env(
            self.env(user=user, su=False, context={"lang": "en_US", "tz": "UTC"})
        )

    def call(self, role, records, method, *args, context=None, **kwargs):
        """Call a method as a client of a role would, by name and with plain values."""
        model = self.as_role(role, records.browse())
        context = {"lang": "en_US", "tz": "UTC", **(context or {})}
        if not hasattr(get_public_method(model, method), "_api_model"):
            args = [records.ids, *args]
        return call_kw(model, method, list(args), {**kwargs, "context": context})

    def refuse(self, role, records, method, *args, **kwargs):
        """Assert that a call is refused in words; return them."""
        # which an AccessError is, too
        with self.assertRaises(UserError) as caught:
            self.call(role, records, method, *args, **kwargs)
        self.env.invalidate_all()
        return str(caught.exception)

    def roles_that_call(self, records, method, *args, **kwargs):
        """Return the letters of the roles a call works for; nothing stays of it."""
        found = ""
        for role in ROLES:
            savepoint = self.env.cr.savepoint()
            try:
                self.call(role, records, method, *args, **kwargs)
                self.env.flush_all()
                found += role
            except UserError:
                self.env.invalidate_all(flush=False)
            finally:
                savepoint.rollback()
                savepoint.close(rollback=False)
                self.env.invalidate_all(flush=False)
        return found

    def roles_that(self, operation, records):
        """Return the letters of the roles that may do something with records."""
        return "".join(
            role for role in ROLES if self.as_role(role, records).has_access(operation)
        )

    @classmethod
    def numbers_of(cls, model):
        """Return the names of the fields of a model that hold a figure."""
        fields = cls.env[model]._fields.items()
        return [name for name, field in fields if isinstance(field, NullableFloat)]
