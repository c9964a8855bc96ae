"""The chart decides, at once: no cache of rules is cleared anywhere in here."""

from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common_roles import RolesCommon


@tagged("post_install", "-at_install")
class TestSecurityChart(RolesCommon):
    def setUp(self):
        super().setUp()
        # every rule has been evaluated once for everybody
        for role in "ELMPX":
            self.as_role(role, self.env["hr.kpi.target"]).search([])

    def readers(self, label):
        """Return the letters of the roles that find a target, and may read it."""
        target = self.targets[label]
        found = "".join(
            role
            for role in "ELMPX"
            if self.as_role(role, target.browse()).search([("id", "=", target.id)])
        )
        self.assertEqual(
            found, "".join(r for r in self.roles_that("read", target) if r in "ELMPX")
        )
        return found

    def test_new_manager(self):
        self.assertEqual(self.readers("peer's"), "LMP")
        self.seller_2.parent_id = self.seller_1
        self.assertEqual(self.readers("peer's"), "ELMP")
        self.seller_2.parent_id = self.boss
        self.assertEqual(self.readers("peer's"), "MP")

    def test_same_transaction(self):
        """Searching notices within the transaction that changed the chart."""
        targets = self.targets["peer's"].with_user(self.users["E"])
        self.assertFalse(targets.search([("id", "=", targets.id)]))
        self.seller_2.parent_id = self.seller_1
        self.assertTrue(targets.search([("id", "=", targets.id)]))

    def test_new_head(self):
        self.assertEqual(self.readers("small department's"), "LM")
        self.north.manager_id = self.seller_2
        self.assertEqual(self.readers("small department's"), "LMP")
        self.marketing.manager_id = False
        self.assertEqual(self.readers("small department's"), "LMP")
        self.seller_2.parent_id = False
        self.assertEqual(self.readers("small department's"), "P")

    def test_head_of_who_has_no_manager(self):
        """As alerts go to the head of the department, the head sees the figures."""
        self.seller_2.parent_id = False
        self.assertEqual(self.readers("peer's"), "LMP")
        responsibles = self.targets["peer's"]._get_responsibles(date(2023, 8, 1))
        chain = responsibles[self.targets["peer's"]]
        self.assertIn(self.users["L"], [responsible.user for responsible in chain])
        self.north.manager_id = self.seller_1
        self.assertEqual(self.readers("peer's"), "ELMP")

    def test_new_department(self):
        """A version of today moves somebody into a large department."""
        for number in range(5):
            self.make_employee(f"engineer {number}", self.boss, self.engineering, False)
        label = "foreign department's"
        self.assertEqual(self.readers(label), "")
        self.seller_1.version_id.department_id = self.engineering
        self.assertEqual(self.readers(label), "E")
        self.seller_1.version_id.department_id = self.north
        self.assertEqual(self.readers(label), "")

    def test_archived_manager(self):
        """Who has left manages nobody and keeps what is theirs."""
        self.env.cr.execute(
            "UPDATE hr_employee SET active = FALSE WHERE id = %s",
            (self.marketing_manager.id,),
        )
        self.assertEqual(self.readers("own"), "EM")
        self.assertEqual(self.readers("subordinate's"), "LM")

    def test_archived_through_the_form(self):
        self.marketing_manager.action_archive()
        self.assertNotIn("L", self.readers("own"))

    def test_archived_subordinate(self):
        self.seller_2.action_archive()
        self.assertEqual(self.readers("peer's"), "LMP")

    def test_loop(self):
        """Two who manage each other see each other, and nothing hangs."""
        self.env.cr.execute(
            "UPDATE hr_employee SET parent_id = CASE id WHEN %(a)s THEN %(b)s "
            "ELSE %(a)s END WHERE id IN %(both)s",
            {
                "a": self.seller_1.id,
                "b": self.seller_2.id,
                "both": (self.seller_1.id, self.seller_2.id),
            },
        )
        self.env.invalidate_all()
        self.assertEqual(self.readers("peer's"), "EP")
        self.assertEqual(self.readers("own"), "EP")
        self.targets["own"]._get_responsibles(date(2023, 8, 1))
        self.env.cr.execute(
            "UPDATE hr_employee SET parent_id = id WHERE id = %s", (self.seller_1.id,)
        )
        self.assertEqual(self.readers("own"), "E")
        entry = self.as_role("E", self.entries["own"])
        self.assertFalse(entry.may_approve, "one's own manager is not a second pair")

    def test_two_employees_of_one_user(self):
        """A user who works in two companies sees their own figures in each of them."""
        user = self.users["E"]
        user.company_ids |= self.other_company
        second_job = self.env["hr.employee"].create(
            {
                "name": "Second job",
                "user_id": user.id,
                "company_id": self.other_company.id,
            }
        )
        self.foreigner.parent_id = second_job
        targets = self.as_role("E", self.env["hr.kpi.target"])
        for companies, labels in (
            (self.company, {"own", "company's"}),
            (self.other_company, {"other company's", "other person's"}),
            (
                self.company | self.other_company,
                {"own", "company's", "other company's", "other person's"},
            ),
        ):
            found = targets.with_context(allowed_company_ids=companies.ids).search(
                [("kpi_id", "=", self.typed_kpi.id)]
            )
            self.assertEqual(set(found.ids), {self.targets[x].id for x in labels})

    def test_companies_of_an_officer(self):
        """An officer of one company does not become one of another by asking for it."""
        officer = self.as_role("O", self.env["hr.kpi.target"])
        everything = officer.search([("kpi_id", "=", self.typed_kpi.id)])
        self.assertEqual(everything.company_id, self.company.with_env(everything.env))
        asked = officer.with_context(allowed_company_ids=self.other_company.ids)
        with self.assertRaises(AccessError):
            asked.search([("kpi_id", "=", self.typed_kpi.id)])
        self.users["O"].company_ids |= self.other_company
        found = asked.search([("kpi_id", "=", self.typed_kpi.id)])
        self.assertEqual(found.company_id.id, self.other_company.id)
        with self.assertRaises(AccessError):
            asked.browse(self.targets["own"].id).read(["actual"])

    def test_operators(self):
        """A searched boolean answers every way a client may ask, within the rules."""
        targets = self.as_role("E", self.env["hr.kpi.target"])
        kpi = ("kpi_id", "=", self.typed_kpi.id)
        visible = set(targets.search([kpi]).ids)
        own = {self.targets["own"].id}
        for field, yes in (
            ("is_visible_to_me", visible),
            ("is_mine", own),
            ("is_managed_by_me", set()),
        ):
            no = visible - yes
            for operator, value, expected in (
                ("=", True, yes),
                ("=", False, no),
                ("!=", True, no),
                ("!=", False, yes),
                ("in", [True], yes),
                ("in", [False], no),
                ("in", [True, False], visible),
                ("not in", [True], no),
                ("not in", [True, False], set()),
                ("in", [], set()),
            ):
                with self.subTest(field=field, operator=operator, value=value):
                    found = targets.search([kpi, (field, operator, value)])
                    self.assertEqual(set(found.ids), expected)
                    mine = targets.browse(sorted(visible)).filtered_domain(
                        [(field, operator, value)]
                    )
                    self.assertEqual(set(mine.ids), expected)
