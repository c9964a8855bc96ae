"""Screens open for everyone without an error, and tell nothing that is hidden."""

from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_roles import EVERYONE, RolesCommon

SECRET = 7777.0  # the figure of every target the employee may not see
X2MANY = ("one2many", "many2many")


@tagged("post_install", "-at_install")
class TestSecurityReading(RolesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for label, target in cls.targets.items():
            if label not in ("own", "company's"):
                cls._set(target, SECRET)
        cls._set(cls.targets["own"], 10.0)
        cls.hidden = cls.env["hr.kpi.target"].union(
            *(
                t
                for label, t in cls.targets.items()
                if label not in ("own", "company's")
            )
        )

    @classmethod
    def _set(cls, target, actual):
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE hr_kpi_target SET actual = %s, target = %s WHERE id = %s",
            (actual, actual, target.id),
        )
        cls.env.invalidate_all()

    # ------------------------------------------------------------------ screens

    def get_spec(self, model, arch, fields):
        """Return the fields that a view asks for, as the web client does."""
        spec = {}
        for node in arch.iter("field"):
            name = node.get("name")
            if name not in fields or any(
                p.tag == "field" for p in node.iterancestors()
            ):
                continue
            kind = self.env[model]._fields[name].type
            spec[name] = {}
            if kind == "many2one" or kind in X2MANY:
                spec[name] = {"fields": {"display_name": {}}}
        return spec

    def open_screens(self, role, model, view_ids=()):
        views = [(False, kind) for kind in ("list", "form", "kanban", "search")]
        views += [(view_id, "form") for view_id in view_ids]
        for view in views:
            got = self.call(role, self.env[model], "get_views", [list(view)])
            arch = etree.fromstring(got["views"][view[1]]["arch"])
            spec = self.get_spec(model, arch, got["models"][model]["fields"])
            found = self.call(role, self.env[model], "web_search_read", [], spec)
            ids = [row["id"] for row in found["records"]]
            if view[1] == "form" and ids:
                self.call(role, self.env[model].browse(ids[:5]), "web_read", spec)

    def test_screens(self):
        """Lists, forms and cards open for every internal role."""
        explain = self.env.ref("hr_strategy_kpi.hr_kpi_target_view_explain").id
        for role in EVERYONE + "F":
            for model, views in (
                ("hr.kpi", ()),
                ("hr.kpi.period", ()),
                ("hr.kpi.target", (explain,)),
                ("hr.kpi.measurement", ()),
                ("hr.kpi.entry", ()),
                ("hr.kpi.alert", ()),
                ("hr.kpi.action", ()),
                ("hr.department", ()),
                ("hr.employee.public", ()),
            ):
                with self.subTest(role=role, model=model):
                    self.open_screens(role, model, views)

    def test_every_field(self):
        """Whatever field a client asks for, of what one may see."""
        for role in "ELO":
            for model in (
                "hr.kpi",
                "hr.kpi.period",
                "hr.kpi.target",
                "hr.kpi.measurement",
                "hr.kpi.entry",
                "hr.kpi.alert",
                "hr.kpi.action",
            ):
                records = self.as_role(role, self.env[model])
                names = records.fields_get(attributes=["type"])
                for name in names:
                    with self.subTest(role=role, model=model, field=name):
                        found = self.call(
                            role, self.env[model], "web_search_read", [], {name: {}}
                        )
                        self.assertTrue(found["length"])

    def test_group_by_person(self):
        for role in EVERYONE:
            with self.subTest(role=role):
                for name in ("employee_id", "department_id", "kpi_id", "status"):
                    self.call(
                        role,
                        self.env["hr.kpi.target"],
                        "formatted_read_group",
                        [],
                        [name],
                        ["actual:avg", "__count"],
                    )

    def test_nothing_private_of_a_person(self):
        """No field of ours carries more of an employee than the name."""
        for name, model in self.env.registry.models.items():
            if model._original_module != "hr_strategy_kpi":
                continue
            for field in model._fields.values():
                if not field.related:
                    continue
                path, at = field.related.split("."), self.env[name]
                for step in path[:-1]:
                    at = at[step]
                    with self.subTest(model=name, field=field.name):
                        self.assertNotIn(at._name, ("hr.employee", "hr.version"))

    # -------------------------------------------------------------------- leaks

    def test_hidden_is_not_counted(self):
        targets, hidden = self.env["hr.kpi.target"], [("id", "in", self.hidden.ids)]
        count = self.call("E", targets, "search_count", hidden)
        self.assertEqual(count, 0)
        groups = self.call(
            "E", targets, "formatted_read_group", hidden, [], ["actual:sum", "__count"]
        )
        self.assertEqual([group["__count"] for group in groups], [0])
        groups = self.call(
            "E",
            targets,
            "formatted_read_group",
            [("kpi_id", "=", self.typed_kpi.id)],
            ["subject_name"],
            ["target:max", "__count"],
        )
        names = {group["subject_name"] for group in groups}
        self.assertEqual(names, {"seller 1", self.company.name})
        self.assertNotIn(str(SECRET), str(groups))
        kpi = self.call("E", self.typed_kpi, "read", ["target_count", "entry_count"])
        self.assertEqual((kpi[0]["target_count"], kpi[0]["entry_count"]), (2, 1))
        period = self.call("E", self.q3, "read", ["target_count"])
        self.assertEqual(period[0]["target_count"], 2)

    def test_hidden_is_not_found(self):
        targets = self.env["hr.kpi.target"]
        found = self.call("E", targets, "name_search", "seller 2")
        self.assertFalse(found)
        self.users["E"].group_ids |= self.env.ref("base.group_allow_export")
        for method, args in (
            ("read", (["actual"],)),
            ("web_read", ({"actual": {}},)),
            ("export_data", (["subject_name", "actual"],)),
        ):
            with self.subTest(method=method):
                try:
                    told = self.call("E", self.hidden, method, *args)
                except UserError:
                    continue
                self.assertNotIn("7777", str(told))

    def test_hidden_is_not_guessed(self):
        """A filter through a record one sees reaches no figure that one does not."""
        self.targets["own"].parent_id = self.targets["department's"]
        self.targets["peer's"].parent_id = self.targets["company's"]
        for model, path in (
            ("hr.kpi", "target_ids.actual"),
            ("hr.kpi", "target_ids.measurement_ids.value"),
            ("hr.kpi.period", "target_ids.actual"),
            ("hr.department", "kpi_target_ids.actual"),
            ("hr.kpi.target", "parent_id.actual"),
            ("hr.kpi.target", "child_ids.actual"),
        ):
            with self.subTest(model=model, path=path):
                domain = [(path, "=", SECRET)]
                self.assertFalse(self.call("E", self.env[model], "search", domain))
                if not path.endswith(".value"):
                    self.assertTrue(self.call("O", self.env[model], "search", domain))
        spec = {"parent_id": {"fields": {"display_name": {}, "actual": {}}}}
        try:
            told = self.call("E", self.targets["own"], "web_read", spec)
        except AccessError:
            told = []
        self.assertNotIn("7777", str(told))

    def test_balance_is_the_same_for_all(self):
        """Who does not see the parts is not told that they are missing."""
        whole = self.targets["company's"]
        self._set(whole, SECRET)
        self.targets["department's"].parent_id = whole
        for role in "EO":
            told = self.call(role, whole, "read", ["allocated", "missing", "child_ids"])
            self.assertEqual(told[0]["allocated"], SECRET)
            self.assertFalse(told[0]["missing"])
            self.assertEqual(bool(told[0]["child_ids"]), role == "O")

    def test_error_of_a_source(self):
        """An error may quote records: its owner and officers read it."""
        collection = self.env["hr.kpi.collection"].search(
            [("kpi_id", "=", self.typed_kpi.id), ("company_id", "=", self.company.id)]
        )
        collection.write({"error": "no number: Top Secret Ltd"})
        self.typed_kpi.write({"source_state": "error", "source_error": "Top Secret"})
        self.typed_kpi.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.users["O"].id
        )
        target = self.targets["own"]
        names = ["stale_reason", "explanation"]
        self.assertNotIn("Secret", str(self.call("E", target, "read", names)))
        self.assertIn("Secret", str(self.call("O", target, "read", names)))
        self.typed_kpi.owner_id = self.users["E"]
        self.assertIn("Secret", str(self.call("E", target, "read", names)))
        with self.assertRaises(AccessError):
            self.call("E", self.typed_kpi, "read", ["source_error"])
        self.assertNotIn("Secret", str(self.call("E", self.typed_kpi, "read", [])))
