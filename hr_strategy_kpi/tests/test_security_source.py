"""Definitions: who may try one out, what they reach, and that nothing is evaluated."""

from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_roles import EVERYONE, RolesCommon

VERSIONS = {
    "name": "Contracts",
    "code": "CONTRACTS",
    "source": "record",
    "aggregate": "count",
    "model_name": "hr.version",
    "date_field": "date_version",
    "subject_path": "employee_id",
}
USERS = {
    "name": "Partners",
    "code": "PARTNERS",
    "source": "record",
    "model_name": "res.partner",
    "date_field": "create_date",
    "subject_path": "user_id",
}


@tagged("post_install", "-at_install")
class TestSecuritySource(RolesCommon):
    def test_preview(self):
        """Only who may define KPIs tries one out: it is measured for everybody."""
        kpi = self.make_kpi(**VERSIONS)
        for role in EVERYONE:
            told = self.call(role, kpi, "read", ["preview"])[0]["preview"]
            with self.subTest(role=role):
                if role in "OA":
                    # an officer is no HR officer and cannot read versions
                    self.assertIn("may not read", told)
                else:
                    self.assertIn("may not define", told)
        spec = {"preview": {}}
        for source in ("record", "formula"):
            values = {**USERS, "source": source, "formula": "CONTRACTS"}
            for role in "ELMPHXFCU":
                with self.subTest(role=role, source=source):
                    self.refuse(role, self.env["hr.kpi"], "onchange", values, [], spec)
                    self.refuse(role, kpi, "onchange", values, ["domain"], spec)
        told = self.call("O", self.env["hr.kpi"], "onchange", USERS, [], spec)
        self.assertNotIn("may not", told["value"]["preview"])

    def test_unreadable(self):
        """What the saver may not read is not measured: models, fields, ways there."""
        kpis = self.env["hr.kpi"]
        sums = {
            **VERSIONS,
            "model_name": "hr.kpi.target",
            "date_field": "create_date",
            "aggregate": "sum",
        }
        wages = {**VERSIONS, "aggregate": "sum", "measure_field": "wage"}
        for vals in (
            VERSIONS,
            wages,
            {**VERSIONS, "model_name": "hr.employee", "date_field": "create_date"},
            {**USERS, "aggregate": "sum", "measure_field": "employee_ids.wage"},
            {**USERS, "domain": "[('employee_ids.birthday', '!=', False)]"},
            {**USERS, "domain": "[('user_id.employee_ids.wage', '>', 1000)]"},
            {**sums, "measure_field": "employee_id.version_id.wage"},
            {**sums, "measure_field": "employee_id.color"},
            {**USERS, "model_name": "ir.config_parameter", "subject_path": False},
            {**USERS, "model_name": "ir.mail_server", "subject_path": False},
        ):
            with self.subTest(**vals):
                self.refuse("O", kpis, "create", vals)
        for role in "EH":
            self.refuse(role, kpis, "create", USERS)
        kpi = kpis.browse(self.call("O", kpis, "create", USERS))
        self.refuse("O", kpi, "write", {"model_name": "hr.version"})

    def test_records_under_own_rights(self):
        """Whoever sees a number opens its records, as far as they may read them."""
        kpi = self.make_kpi(**VERSIONS, description="Contracts that began")
        target = self.make_targets(kpi, self.month(7), self.seller_1)
        self.seller_1.create_version({"date_version": date(2023, 7, 3)})
        self.refresh(target, date(2023, 7, 31))
        self.assertActual(target, 1)
        action = self.call("E", target, "action_open_records")
        self.assertEqual(action["res_model"], "hr.version")
        versions = self.env["hr.version"]
        with self.assertRaises(AccessError):
            self.call("E", versions, "search_read", action["domain"], ["name"])
        found = self.call("H", versions, "search_read", action["domain"], ["name"])
        self.assertEqual(len(found), 1)
        self.refuse("P", target, "action_open_records")
        told = self.call("E", target, "read", ["explanation"])[0]["explanation"]
        self.assertIn("Contracts that began", told)
        self.assertNotIn("7777", told)

    EVIL = (
        "__import__('os').system('touch /tmp/kpi_was_here')",
        "[('id', '=', __import__('os').getpid())]",
        "[('id', '=', (lambda: 1)())]",
        "[(''.__class__, '=', 1)]",
        "[('id', '=', user.id)]",
        "[('id', 'in', [x for x in (1, 2)])]",
        "[('id', '=', f'{1}')]",
        "[('id', 'any!', [])]",
        "[('user_id', 'any!', [('id', '>', 0)])]",
        "[('id', 'inselect', ('SELECT 1', []))]",
        "[('id\"; DROP TABLE res_partner; --', '=', 1)]",
        "[('name', '= 1 OR 1', 1)]",
        "{'a': 1}",
        "1",
        "[[",
        "-" * 100000 + "1",
        "(" * 5000,
    )

    def test_filters_are_not_evaluated(self):
        for text in self.EVIL:
            with self.subTest(text=text[:60]):
                vals = {**USERS, "domain": text}
                self.refuse("O", self.env["hr.kpi"], "create", vals)
                told = self.call(
                    "O", self.env["hr.kpi"], "onchange", vals, [], {"preview": {}}
                )
                self.assertTrue(told["value"])

    def test_text_in_a_filter_is_text(self):
        """A value of a filter is a parameter of the statement, never a part of it."""
        quotes = "x'; DELETE FROM res_partner; --\" %s %(a)s \\"
        kpi = self.make_kpi(**{**USERS, "domain": str([("name", "=", quotes)])})
        target = self.make_targets(kpi, self.month(7), self.company)
        self.refresh(target, date(2023, 7, 31))
        self.assertFalse(kpi.source_error)
        self.assertActual(target, 0)

    def test_formulas_are_not_evaluated(self):
        for text in (
            "__import__('os')",
            "TYPED.__class__",
            "TYPED[0]",
            "TYPED['x']",
            "().__class__.__bases__",
            "lambda: 1",
            "TYPED if 1 else 2",
            "exec(1)",
            "max(TYPED, key=1)",
            "9 ** 9 ** 9",
            "TYPED; 1",
            "(" * 500 + "1" + ")" * 500,
            "1+" * 100000 + "1",
        ):
            with self.subTest(text=text[:40]):
                vals = {
                    "name": "F",
                    "code": "F_1",
                    "source": "formula",
                    "formula": text,
                }
                self.refuse("O", self.env["hr.kpi"], "create", vals)

    def test_paths_are_names(self):
        for name in (
            "date_field",
            "date_end_field",
            "measure_field",
            "subject_path",
            "denominator_field",
            "denominator_date_field",
        ):
            for path in (
                'id"; DROP TABLE res_partner; --',
                "create_date'::text",
                "create_date.__class__",
                "_fields",
                "env",
                "user_id.password",
                "..",
                ".",
                "id)",
            ):
                with self.subTest(field=name, path=path):
                    vals = {**USERS, "aggregate": "ratio", name: path}
                    self.refuse("O", self.env["hr.kpi"], "create", vals)
        for model in ('res.partner"', "", "base", "hr.kpi.assign", "_unknown", "0"):
            vals = {**USERS, "model_name": model}
            self.refuse("O", self.env["hr.kpi"], "create", vals)

    def test_order_and_groups_are_names(self):
        targets = self.env["hr.kpi.target"]
        for text in ("id; DROP TABLE res_partner", "(SELECT 1)", "actual) --"):
            with self.subTest(text=text):
                for method, args in (
                    ("search", ([], 0, None, text)),
                    ("formatted_read_group", ([], [text], ["__count"])),
                    ("formatted_read_group", ([], ["kpi_id"], [text])),
                ):
                    try:
                        self.call("E", targets, method, *args)
                    except (ValueError, UserError):
                        continue
                    self.fail(f"{method} took {text}")
