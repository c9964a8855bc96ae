"""Who may read, create, write and delete what: every model, every role."""

from odoo.tests import tagged

from .common_roles import EVERYONE, ROLES, RolesCommon

ABOVE_SELLER = "LM"
OURS = "OA"
NOBODY = ""
# model: {operation: roles that the access list lets in at all}
MODELS = {
    "hr.kpi": (EVERYONE + "F", OURS, OURS, OURS),
    "hr.kpi.period": (EVERYONE + "F", OURS, OURS, OURS),
    "hr.kpi.target": (EVERYONE + "F", OURS, OURS, OURS),
    "hr.kpi.measurement": (EVERYONE + "F", NOBODY, NOBODY, "A"),
    "hr.kpi.collection": (OURS, NOBODY, NOBODY, NOBODY),
    "hr.kpi.entry": (EVERYONE + "F",) * 4,
    "hr.kpi.alert": (EVERYONE + "F", NOBODY, NOBODY, NOBODY),
    "hr.kpi.alert.rule": (EVERYONE + "F", "A", "A", "A"),
    "hr.kpi.action": (EVERYONE + "F",) * 4,
    "hr.kpi.target.split": (OURS,) * 4,
    "hr.kpi.target.split.line": (OURS,) * 4,
    "hr.kpi.assign": (OURS,) * 4,
    "hr.kpi.period.close": (OURS,) * 4,
    "hr.kpi.alert.snooze": (EVERYONE + "F",) * 4,
    "hr.kpi.entry.grid": (EVERYONE + "F",) * 4,
    "hr.kpi.entry.grid.line": (EVERYONE + "F",) * 4,
    "hr.strategy.perspective": (EVERYONE + "F", OURS, OURS, OURS),
    "hr.strategy.map": (EVERYONE + "F", OURS, OURS, OURS),
    "hr.strategy.objective": (EVERYONE + "F", OURS, OURS, OURS),
    "hr.strategy.objective.kpi": (EVERYONE + "F", OURS, OURS, OURS),
    "hr.strategy.objective.share": (EVERYONE + "F", OURS, OURS, OURS),
    "hr.strategy.link": (EVERYONE + "F", OURS, OURS, OURS),
    "hr.strategy.initiative": (EVERYONE + "F", OURS, EVERYONE + "F", OURS),
    "hr.strategy.map.new": (OURS,) * 4,
    "hr.strategy.map.new.line": (OURS,) * 4,
    "hr.strategy.cascade": (OURS,) * 4,
    "hr.strategy.cascade.line": (OURS,) * 4,
}
OPERATIONS = ("read", "create", "write", "unlink")


def letters(text):
    return "".join(role for role in ROLES if role in text)


@tagged("post_install", "-at_install")
class TestSecurityMatrix(RolesCommon):
    maxDiff = None

    def test_every_model_has_a_row(self):
        """A model that joins the core joins the table."""
        ours = {
            name
            for name, model in self.env.registry.models.items()
            if model._original_module == "hr_strategy_kpi" and not model._abstract
        }
        self.assertEqual(ours, set(MODELS))

    def test_access_lists(self):
        for model, expected in MODELS.items():
            for operation, roles in zip(OPERATIONS, expected, strict=True):
                with self.subTest(model=model, operation=operation):
                    found = self.roles_that(operation, self.env[model])
                    self.assertEqual(found, letters(roles))

    def check(self, records, table, operations=OPERATIONS):
        """Compare with a table {label: roles per operation}; to read is to search."""
        self.assertEqual(set(records), set(table))
        for label, expected in table.items():
            record = records[label]
            for operation, roles in zip(operations, expected, strict=True):
                with self.subTest(
                    model=record._name, record=label, operation=operation
                ):
                    found = self.roles_that(operation, record)
                    self.assertEqual(found, letters(roles))
            with self.subTest(model=record._name, record=label, operation="search"):
                self.assertEqual(self.roles_that_find(record), letters(expected[0]))

    def roles_that_find(self, record):
        found = ""
        for role in ROLES:
            model = self.as_role(role, record.browse())
            domain = [("id", "=", record.id)]
            if model.has_access("read") and model.search_count(domain):
                found += role
        return found

    VISIBLE = {
        "own": "E" + ABOVE_SELLER + OURS,
        "peer's": "P" + ABOVE_SELLER + OURS,
        "subordinate's": "LM" + OURS,
        "boss's": "M" + OURS,
        "small department's": "LM" + OURS,
        "department's": "LM" + OURS,
        "foreign department's": OURS,
        "company's": EVERYONE,
        "other company's": "F",
        "other person's": "F",
    }

    def test_targets(self):
        table = {
            label: (roles, *(self.bounded(OURS, label),) * 3)
            for label, roles in self.VISIBLE.items()
        }
        self.check(self.targets, table)

    def bounded(self, roles, label):
        return NOBODY if label.startswith("other") else roles

    def test_measurements(self):
        table = {
            label: (roles, NOBODY, NOBODY, self.bounded("A", label))
            for label, roles in self.VISIBLE.items()
        }
        self.check(self.measurements, table)

    def test_department_total_from_five_people_on(self):
        self.assertEqual(self.roles_that("read", self.targets["department's"]), "LMOA")
        self.make_employee("seller 4", self.marketing_manager, self.south, user=False)
        self.assertEqual(
            self.roles_that("read", self.targets["department's"]), "ELMPOA"
        )
        self.assertEqual(
            self.roles_that("read", self.measurements["department's"]), "ELMPOA"
        )
        self.assertEqual(
            self.roles_that("read", self.targets["small department's"]), "LMOA"
        )

    def test_entries(self):
        """One's own; managers and officers those below; a company's total is theirs."""
        table = {
            "own": ("ELM" + OURS,) * 4,
            "peer's": ("PLM" + OURS,) * 4,
            "subordinate's": ("LM" + OURS,) * 4,
            "boss's": ("M" + OURS,) * 4,
            "small department's": ("LM" + OURS,) * 4,
            "department's": ("LM" + OURS,) * 4,
            "foreign department's": (OURS,) * 4,
            "company's": (OURS,) * 4,
            "other person's": ("F",) * 4,
        }
        self.check(self.entries, table)

    def test_alerts(self):
        """To look at a total is not to answer for it."""
        table = {
            label: (roles if label != "company's" else OURS, NOBODY, NOBODY, NOBODY)
            for label, roles in self.VISIBLE.items()
        }
        table["other company's"] = (NOBODY,) * 4
        self.check(self.alerts, table)

    def test_actions(self):
        table = {
            label: (roles, *(roles.replace("E", "").replace("P", ""),) * 3)
            for label, roles in self.VISIBLE.items()
            if label not in ("boss's", "subordinate's", "company's")
            and not label.startswith("other")
        }
        # on one's own target one reads what others will do, and does not change it
        table["subordinate's"] = ("LM" + OURS, *("M" + OURS,) * 3)
        table["boss's"] = ("M" + OURS, *(OURS,) * 3)
        table["company's"] = (OURS,) * 4
        table["other company's"] = (NOBODY,) * 4
        table["other person's"] = ("F", *(NOBODY,) * 3)
        self.check(self.actions, table)

    def test_own_action(self):
        """Its owner writes an action, who set it up may delete it too."""
        action = self.actions["foreign department's"]
        action.owner_id = self.users["X"]
        self.assertEqual(self.roles_that("read", action), "OAX")
        self.assertEqual(self.roles_that("write", action), "OAX")
        self.assertEqual(self.roles_that("unlink", action), "OA")
        action = self.as_role("X", self.env["hr.kpi.action"]).create({"name": "Mine"})
        self.assertEqual(self.roles_that("unlink", action), "OAX")

    def test_definitions(self):
        """Definitions are for everyone of the company; shared ones for all."""
        own = self.make_kpi(company_id=self.company.id)
        foreign = self.make_kpi(company_id=self.other_company.id)
        period = self.env["hr.kpi.period"].create(
            {
                "name": "Foreign",
                "kind": "month",
                "date_from": "2019-01-01",
                "date_to": "2019-01-31",
                "company_id": self.other_company.id,
            }
        )
        rule = self.rule.copy({"company_id": self.other_company.id})
        for record, readers, writers in (
            (self.typed_kpi, EVERYONE + "F", OURS),
            (own, EVERYONE, OURS),
            (foreign, "F", NOBODY),
            (self.q3, EVERYONE + "F", OURS),
            (period, "F", NOBODY),
            (self.rule, EVERYONE + "F", "A"),
            (rule, "F", NOBODY),
        ):
            with self.subTest(record=record):
                self.assertEqual(self.roles_that("read", record), letters(readers))
                self.assertEqual(self.roles_that("write", record), letters(writers))
                self.assertEqual(self.roles_that("unlink", record), letters(writers))

    def test_collections(self):
        collections = self.env["hr.kpi.collection"].search(
            [("kpi_id", "=", self.typed_kpi.id)]
        )
        foreign = collections.filtered(lambda c: c.company_id == self.other_company)
        self.assertEqual(self.roles_that("read", collections - foreign), OURS)
        self.assertEqual(self.roles_that("read", foreign), NOBODY)

    def test_every_wizard_is_ones_own(self):
        """Odoo lets everyone with access read what others are typing in a wizard."""
        for model in MODELS:
            if not self.env[model]._transient:
                continue
            with self.subTest(model=model):
                for role in "EOA":
                    rules = self.env["ir.rule"].with_user(self.users[role])
                    domain = str(rules._compute_domain(model, "read"))
                    self.assertIn(
                        f"'create_uid', 'in', [{self.users[role].id}]", domain
                    )

    def test_wizards_are_ones_own(self):
        for model, vals in (
            ("hr.kpi.target.split", {"target_id": self.targets["company's"].id}),
            ("hr.kpi.assign", {"kpi_ids": [(6, 0, self.typed_kpi.ids)]}),
            ("hr.kpi.period.close", {"period_id": self.q3.id}),
            ("hr.kpi.alert.snooze", {"reason": "Fair", "until": "2099-01-01"}),
            (
                "hr.kpi.entry.grid",
                {
                    "kpi_id": self.typed_kpi.id,
                    "period_id": self.q3.id,
                    "date": "2023-07-03",
                    "line_ids": [
                        (0, 0, {"target_id": self.targets["company's"].id, "value": 1})
                    ],
                },
            ),
        ):
            wizard = self.as_role("O", self.env[model]).create(vals)
            lines = wizard.line_ids if "line_ids" in wizard else wizard.browse()
            for record in (wizard, lines) if lines else (wizard,):
                for operation in ("read", "write", "unlink"):
                    with self.subTest(model=record._name, operation=operation):
                        self.assertEqual(self.roles_that(operation, record), "O")
