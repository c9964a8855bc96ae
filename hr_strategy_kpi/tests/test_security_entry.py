"""Typed values: one's own, in one's own name, and seen by a second pair of eyes."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common_roles import RolesCommon


@tagged("post_install", "-at_install")
class TestSecurityEntry(RolesCommon):
    def vals(self, subject=None, **more):
        subject = subject or self.seller_1
        return {
            "kpi_id": self.typed_kpi.id,
            "company_id": self.company.id,
            "employee_id": subject.id,
            "date": "2023-07-10",
            "value": 3.0,
            **more,
        }

    def make(self, role, vals, **kwargs):
        entries = self.env["hr.kpi.entry"]
        return entries.browse(self.call(role, entries, "create", vals, **kwargs))

    def test_author_and_state(self):
        """Whatever is sent, the caller said it, and approval follows the company."""
        forged = self.vals(author_id=self.users["L"].id, state="approved")
        context = {
            "default_state": "approved",
            "default_author_id": self.users["L"].id,
        }
        self.company.kpi_entry_approval = True
        entry = self.make("E", forged, context=context)
        self.assertEqual(entry.author_id, self.users["E"])
        self.assertEqual(entry.state, "submitted")
        for vals in (
            {"state": "approved"},
            {"author_id": self.users["L"].id},
            {"subject_key": f"company:{self.company.id}"},
            {"subject_type": "company"},
        ):
            self.refuse("E", entry, "write", vals)
            self.refuse("O", entry, "write", vals)

    def test_approval_of_the_company_it_is_for(self):
        """The company one happens to work in does not lift another one's approval."""
        self.company.kpi_entry_approval = True
        user = self.users["E"]
        user.company_ids |= self.other_company
        user.company_id = self.other_company
        context = {"allowed_company_ids": [self.other_company.id, self.company.id]}
        entry = self.make("E", self.vals(), context=context)
        self.assertEqual(entry.state, "submitted")

    def test_foreign_subject(self):
        """One subject does not open the door to another."""
        self.north.manager_id = self.seller_1
        for forged in (
            {"employee_id": self.seller_2.id},
            {"employee_id": False},
            {"employee_id": False, "department_id": self.engineering.id},
            # the head of a department may type its number, not anybody's
            {"employee_id": self.boss.id, "department_id": self.north.id},
        ):
            with self.subTest(**forged):
                vals = {**self.vals(), **forged}
                entries = self.env["hr.kpi.entry"]
                self.refuse("E", entries, "create", vals)
        entry = self.make("E", self.vals(subject_key="company:1"))
        self.assertEqual(entry.subject_key, f"employee:{self.seller_1.id}")
        self.refuse("E", entry, "write", {"company_id": self.other_company.id})

    def test_four_eyes(self):
        """Nobody approves a value of their own, not even as a manager or officer."""
        self.company.kpi_entry_approval = True
        entry = self.make("E", self.vals())
        self.refuse("E", entry, "action_approve")
        self.refuse("P", entry, "action_approve")
        self.call("L", entry, "action_approve")
        self.assertEqual(entry.state, "approved")
        typed = self.make("L", self.vals())
        self.refuse("L", typed, "action_approve")
        self.call("M", typed, "action_refuse")
        self.seller_1.user_id.group_ids |= self.env.ref(
            "hr_strategy_kpi.group_hr_strategy_kpi_officer"
        )
        self.refuse("E", self.make("E", self.vals()), "action_approve")

    def test_changed_value(self):
        """A changed value is approved anew, an approved one not deleted."""
        self.company.kpi_entry_approval = True
        for change in ({"value": 4.0}, {"date": "2023-07-11"}):
            entry = self.make("E", self.vals())
            self.call("L", entry, "action_approve")
            self.refuse("E", entry, "unlink")
            self.call("E", entry, "write", {"note": "By phone"})
            self.assertEqual(entry.state, "approved")
            self.call("E", entry, "write", change)
            self.assertEqual(entry.state, "submitted")
            self.call("E", entry, "unlink")

    def test_evidence(self):
        """Who sees the entry opens its evidence; nobody borrows another's file."""
        attachments = self.env["ir.attachment"]
        upload = {"name": "photo.txt", "raw": "seen", "res_model": "hr.kpi.entry"}
        file = attachments.browse(self.call("E", attachments, "create", upload))
        self.make("E", self.vals(attachment_ids=[(6, 0, file.ids)]))
        self.call("L", file, "read", ["raw"])
        self.refuse("P", file, "read", ["raw"])
        secret = attachments.browse(
            self.call("P", attachments, "create", {"name": "secret", "raw": "secret"})
        )
        entry = self.env["hr.kpi.entry"]
        vals = self.vals(attachment_ids=[(6, 0, secret.ids)])
        try:
            entry = self.make("E", vals)
        except UserError:
            self.env.invalidate_all()
        self.refuse("E", secret, "read", ["raw"])
        self.assertFalse(entry and secret.res_id)

    def test_grid(self):
        """The grid offers what one may type, and shows no more than one may see."""
        grids = self.env["hr.kpi.entry.grid"]
        values = {
            "kpi_id": self.typed_kpi.id,
            "period_id": self.q3.id,
            "line_ids": [],
            "attachment_ids": [],
        }
        line_fields = {"target_id": {}, "actual": {}, "wanted": {}, "subject_name": {}}
        spec = {"kpi_id": {}, "line_ids": {"fields": line_fields}}
        offered = {
            "E": {"own"},
            "P": {"peer's"},
            "X": set(),
            "L": {
                "own",
                "peer's",
                "subordinate's",
                "small department's",
                "department's",
            },
            "O": set(self.subjects),
        }
        for role, labels in offered.items():
            with self.subTest(role=role):
                result = self.call(
                    role, grids, "onchange", dict(values), ["kpi_id"], spec
                )
                lines = result["value"].get("line_ids", [])
                found = {line[2]["target_id"] for line in lines if line[0] == 0}
                self.assertEqual(found, {self.targets[x].id for x in labels})

    def test_grid_of_others(self):
        """A line may name any target by its id; it tells nothing and saves nothing."""
        grids, lines = self.env["hr.kpi.entry.grid"], self.env["hr.kpi.entry.grid.line"]
        names = ["actual", "wanted", "subject_name"]
        for label in ("peer's", "boss's", "other company's", "foreign department's"):
            with self.subTest(target=label):
                target = self.targets[label]
                target.target = 7777
                values = {
                    "kpi_id": self.typed_kpi.id,
                    "period_id": self.q3.id,
                    "date": "2023-07-03",
                    "line_ids": [(0, 0, {"target_id": target.id, "value": 9.0})],
                }
                spec = {"line_ids": {"fields": {name: {} for name in names}}}
                grid = grids.browse(self.call("E", grids, "create", values))
                for name in names:
                    self.refuse("E", grid.line_ids, "read", [name])
                self.refuse("E", grid, "web_read", spec)
                self.refuse("E", grid, "action_save")
                line = {"target_id": target.id, "value": 9.0}
                self.refuse(
                    "E", lines, "onchange", line, [], {name: {} for name in names}
                )
                values["line_ids"] = [(0, "virtual_1", line)]
                for changed in ([], ["date"], ["line_ids"]):
                    try:
                        told = self.call("E", grids, "onchange", values, changed, spec)
                    except UserError:
                        continue
                    self.assertNotIn("7777", str(told))
                    self.assertNotIn(target.subject_name, str(told))
