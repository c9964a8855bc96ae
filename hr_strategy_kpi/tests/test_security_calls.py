"""What remote calls do for whom: every public method, and every way past the form."""

from datetime import date

from odoo.exceptions import UserError
from odoo.models import BaseModel
from odoo.tests import tagged

from .common_roles import EVERYONE, ROLES, RolesCommon

OURS = "OA"
INSIDE = EVERYONE + "F"
INSIDE_HERE = EVERYONE
WINDOW = "".join(ROLES)  # hands out a window, not what is in it
# (model, method): (record, arguments, roles it works for)
METHODS = {
    ("hr.kpi", "action_open_targets"): ("kpi", (), WINDOW),
    ("hr.kpi", "action_open_entries"): ("kpi", (), WINDOW),
    ("hr.kpi", "action_refresh"): ("kpi", (), INSIDE),
    ("hr.kpi.target", "action_refresh"): ("own", (), "ELMOA"),
    ("hr.kpi.target", "action_backfill"): ("own", (), OURS),
    ("hr.kpi.target", "action_explain"): ("own", (), WINDOW),
    ("hr.kpi.target", "action_open_records"): ("own", (), "ELMOA"),
    ("hr.kpi.target", "action_open_denominator"): ("own", (), ""),
    ("hr.kpi.target", "action_open_split"): ("department's", (), WINDOW),
    ("hr.kpi.target", "action_copy_to_next_period"): ("own", (), OURS),
    ("hr.kpi.measurement", "action_open_records"): ("reading", (), "ELMOA"),
    ("hr.kpi.period", "action_close"): ("period", (), OURS),
    ("hr.kpi.period", "action_force_close"): ("period", ("Why not",), OURS),
    ("hr.kpi.period", "action_reopen"): ("closed", (), "A"),
    ("hr.kpi.alert", "action_acknowledge"): ("alert", (), "ELMOA"),
    ("hr.kpi.alert", "action_snooze"): ("alert", ("2099-01-01", "Fair"), "ELMOA"),
    ("hr.kpi.alert", "action_open_action"): ("alert", (), "ELMOA"),
    ("hr.kpi.alert", "action_open_snooze"): ("alert", (), WINDOW),
    ("hr.kpi.action", "action_done"): ("action", (), "LMOA"),
    ("hr.kpi.action", "action_cancel"): ("action", (), "LMOA"),
    ("hr.kpi.entry", "action_approve"): ("entry", (), "LMOA"),
    ("hr.kpi.entry", "action_refuse"): ("entry", (), "LMOA"),
    ("hr.kpi.alert.snooze", "action_snooze"): ("wizard", (), "O"),
    ("hr.kpi.assign", "action_assign"): ("wizard", (), "O"),
    ("hr.kpi.entry.grid", "action_save"): ("wizard", (), "O"),
    ("hr.kpi.period.close", "action_close"): ("wizard", (), "O"),
    ("hr.kpi.target.split", "action_distribute"): ("wizard", (), "O"),
    ("hr.kpi.target.split", "action_apply"): ("wizard", (), "O"),
    ("hr.strategy.map", "action_open_objectives"): ("map", (), WINDOW),
    ("hr.strategy.map", "action_activate"): ("draft map", (), OURS),
    ("hr.strategy.map", "action_revise"): ("map", (), OURS),
    ("hr.strategy.map", "action_close"): ("map", (), OURS),
    ("hr.strategy.map", "action_reopen"): ("closed map", (), OURS),
    ("hr.strategy.objective", "action_open_targets"): ("objective", (), INSIDE_HERE),
    ("hr.strategy.map.new", "action_next"): ("wizard", (), "O"),
    ("hr.strategy.map.new", "action_back"): ("wizard", (), "O"),
    ("hr.strategy.map.new", "action_create_active"): ("wizard", (), "O"),
    ("hr.strategy.cascade", "action_apply"): ("wizard", (), "O"),
}


@tagged("post_install", "-at_install")
class TestSecurityMethods(RolesCommon):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # only this company uses these periods, so that its officers may close them
        closed = cls.env["hr.kpi.period"].create(
            {
                "name": "Closed",
                "kind": "month",
                "date_from": "2019-01-01",
                "date_to": "2019-01-31",
                "company_id": cls.company.id,
            }
        )
        period = closed.copy({"date_from": "2019-02-01", "date_to": "2019-02-28"})
        closed.state = "closed"
        cls.records = {
            "kpi": cls.typed_kpi,
            "own": cls.targets["own"],
            "department's": cls.targets["department's"],
            "reading": cls.measurements["own"],
            "period": period,
            "closed": closed,
            "alert": cls.alerts["own"],
            "action": cls.actions["own"],
            "entry": cls.entries["own"],
            **cls._make_maps(),
        }

    @classmethod
    def _make_maps(cls):
        """A map in force, one that is a draft and one that is closed."""
        vals = {
            "company_id": cls.company.id,
            "date_from": "2023-01-01",
            "date_to": "2023-12-31",
        }
        maps = cls.env["hr.strategy.map"].create(
            [{"name": name, **vals} for name in ("map", "draft map", "closed map")]
        )
        objectives = cls.env["hr.strategy.objective"].create(
            [{"name": "Market share", "map_id": strategy.id} for strategy in maps]
        )
        (maps[0] | maps[2]).action_activate()
        maps[2].action_close()
        return {
            **{strategy.name: strategy for strategy in maps},
            "objective": objectives[0],
        }

    def make_wizard(self, model):
        target = self.targets["department's"]
        vals = {
            "hr.kpi.target.split": {
                "target_id": target.id,
                "line_ids": [(0, 0, {"employee_id": self.seller_3.id, "value": 1})],
            },
            "hr.kpi.assign": {
                "kpi_ids": [(6, 0, self.typed_kpi.ids)],
                "date_from": "2023-01-01",
                "date_to": "2023-01-31",
            },
            "hr.kpi.period.close": {"period_id": self.records["period"].id},
            "hr.kpi.alert.snooze": {
                "alert_ids": [(6, 0, self.alerts["own"].ids)],
                "until": "2099-01-01",
                "reason": "Fair",
            },
            "hr.kpi.entry.grid": {
                "kpi_id": self.typed_kpi.id,
                "period_id": self.q3.id,
                "date": "2023-07-03",
                "line_ids": [(0, 0, {"target_id": target.id, "value": 1})],
            },
            "hr.strategy.map.new": {
                "name": "Next",
                "template_id": self.env.ref(
                    "hr_strategy_kpi.hr_strategy_map_template_okr"
                ).id,
                "line_ids": [(0, 0, {"name": "Market share"})],
            },
            "hr.strategy.cascade": {
                "objective_id": self.records["objective"].id,
                "period_id": self.q3.id,
                "line_ids": [(0, 0, {"name": "North", "department_id": self.north.id})],
            },
        }[model]
        return self.as_role("O", self.env[model]).create(vals)

    def test_every_method_has_a_row(self):
        """A method that joins the core can be called remotely: it joins the table."""
        found = set()
        for name, model in self.env.registry.models.items():
            if model._original_module != "hr_strategy_kpi":
                continue
            for parent in model.__mro__:
                if getattr(parent, "_module", None) != "hr_strategy_kpi":
                    continue
                found |= {
                    (name, method)
                    for method, function in vars(parent).items()
                    if callable(function)
                    and not method.startswith("_")
                    and not hasattr(BaseModel, method)
                }
        self.assertEqual(found, set(METHODS))

    def test_methods(self):
        found = {}
        for (model, method), (label, args, _roles) in METHODS.items():
            if label == "wizard":
                records = self.make_wizard(model)
            else:
                records = self.records[label]
            found[model, method] = self.roles_that_call(records, method, *args)
        expected = {
            key: "".join(role for role in ROLES if role in roles)
            for key, (_label, _args, roles) in METHODS.items()
        }
        self.assertEqual(found, expected)

    def test_private_methods(self):
        for model, method in (
            ("hr.kpi.measurement", "_upsert_readings"),
            ("hr.kpi.target", "_refresh"),
            ("hr.kpi.alert", "_close"),
            ("hr.kpi.entry", "_decide"),
            ("hr.kpi", "_measure"),
        ):
            with self.subTest(model=model, method=method):
                self.assertEqual(self.roles_that_call(self.env[model], method), "")


@tagged("post_install", "-at_install")
class TestSecurityForging(RolesCommon):
    """Values that a form does not offer, sent by a program."""

    def test_figures(self):
        """Nobody types a figure, whatever the context says."""
        for context in ({}, {"kpi_engine": True}, {"kpi_engine": {}}):
            for name, value in (
                ("actual", 99.0),
                ("score", 100.0),
                ("status", "exceeded"),
                ("is_locked", True),
                ("subject_key", "employee:1"),
                ("subject_type", "company"),
                ("subject_name", "Somebody else"),
                ("restated_actual", 99.0),
                ("praised_on", "2023-07-31"),
            ):
                with self.subTest(field=name, context=context):
                    for role in "OA":
                        self.refuse(
                            role,
                            self.targets["own"],
                            "write",
                            {name: value},
                            context=context,
                        )
            self.refuse(
                "O",
                self.env["hr.kpi.target"],
                "create",
                {
                    "kpi_id": self.typed_kpi.id,
                    "period_id": self.q4.id,
                    "employee_id": self.seller_1.id,
                    "actual": 99.0,
                },
                context=context,
            )
            vals = {"target_id": self.targets["own"].id, "date": "2023-08-01"}
            measurements = self.env["hr.kpi.measurement"]
            for role in ROLES:
                self.refuse(role, measurements, "create", vals, context=context)
            self.refuse(
                "A",
                self.measurements["own"],
                "write",
                {"value": 1.0},
                context=context,
            )

    def test_source_state(self):
        """A failing source cannot be declared sound to get a period closed."""
        self.typed_kpi.source_state = "error"
        # closing reads once more, so the source must really fail
        self.patch(
            type(self.env["hr.kpi"]), "_measure_manual", lambda kpis, request: 1 / 0
        )
        for role in "OA":
            self.refuse(role, self.typed_kpi, "write", {"source_state": "ok"})
        words = self.refuse("O", self.q3, "action_close")
        self.assertIn("shared", words)
        self.targets["other company's"].unlink()
        self.targets["other person's"].unlink()

        def fail(kpis, request):
            raise UserError(kpis.env._("no answer"))

        self.patch(self.env.registry["hr.kpi"], "_measure_manual", fail)
        words = self.refuse("O", self.q3, "action_close")
        self.assertIn("sources fail", words)

    def test_period_state(self):
        period = self.q1
        for role in "OA":
            self.refuse(role, period, "write", {"state": "closed"})
            self.refuse(
                role,
                self.env["hr.kpi.period"],
                "create",
                {
                    "name": "Forged",
                    "kind": "month",
                    "date_from": "2019-01-01",
                    "date_to": "2019-01-31",
                    "state": "closed",
                },
            )
        self.call("O", period, "action_close")
        self.assertEqual(period.state, "closed")
        self.refuse("O", period, "action_reopen")
        self.refuse("A", period, "write", {"state": "open"})
        self.call("A", period, "action_reopen")
        self.assertEqual(period.state, "closing")

    def test_alert(self):
        """An alert is answered with the buttons; nobody writes or deletes it."""
        alert = self.alerts["own"]
        for role in ROLES:
            for vals in (
                {"state": "closed"},
                {"severity": "info"},
                {"told_level": 9},
                {"target_id": self.targets["peer's"].id},
                {"message_follower_ids": []},
            ):
                self.refuse(role, alert, "write", vals)
            self.refuse(role, alert, "unlink")
            self.refuse(role, alert, "copy")
        self.call("E", alert, "action_acknowledge")
        self.assertEqual(alert.state, "acknowledged")
        self.assertEqual(alert.acknowledged_by_id, self.users["E"])
        self.refuse("P", alert, "action_acknowledge")
        with self.assertRaises(UserError):
            self.call("E", alert, "action_snooze", "2020-01-01", "Long ago")

    def test_alert_with_reminder(self):
        """Answering ends one's own reminder; commenting needs no right to write."""
        alert = self.alerts["own"]
        alert.activity_schedule(
            "hr_strategy_kpi.mail_activity_type_alert", user_id=self.users["E"].id
        )
        alert.activity_schedule(
            "hr_strategy_kpi.mail_activity_type_alert", user_id=self.users["L"].id
        )
        self.call("E", alert, "message_post", body="It rained")
        self.call("E", alert, "action_acknowledge")
        self.assertEqual(alert.activity_ids.user_id, self.users["L"])
        self.refuse("P", alert, "message_post", body="Ha!")

    def test_action_of_others(self):
        """One does not act on what one cannot see, nor silence others' alerts."""
        actions = self.env["hr.kpi.action"]
        peer, alert = self.targets["peer's"], self.alerts["peer's"]
        for vals in (
            {"name": "Mine", "target_id": peer.id},
            {"name": "Mine", "alert_id": alert.id},
            {
                "name": "Mine",
                "alert_id": alert.id,
                "target_id": self.targets["own"].id,
            },
        ):
            self.refuse("E", actions, "create", vals)
        mine = actions.browse(
            self.call(
                "E",
                actions,
                "create",
                {"name": "Call back", "alert_id": self.alerts["own"].id},
            )
        )
        self.assertEqual(mine.target_id, self.targets["own"])
        self.assertEqual(self.alerts["own"].state, "acknowledged")
        self.refuse("E", mine, "write", {"alert_id": alert.id})
        self.refuse("E", mine, "write", {"target_id": peer.id})
        self.refuse("P", mine, "write", {"state": "done"})
        self.call("E", mine, "action_done")
        self.assertEqual(mine.state, "done")
        self.assertEqual(alert.state, "open")
        self.refuse("E", self.actions["own"], "write", {"state": "done"})

    def test_manager_gives_an_action(self):
        """The owner of an action need not see the figure it is about."""
        actions = self.env["hr.kpi.action"]
        given = actions.browse(
            self.call(
                "L",
                actions,
                "create",
                {
                    "name": "Help your colleague",
                    "target_id": self.targets["peer's"].id,
                    "owner_id": self.users["E"].id,
                    "deadline": "2099-01-01",
                },
            )
        )
        self.call("E", given, "web_read", {"name": {}, "target_id": {}, "state": {}})
        self.call("E", given, "action_done")
        self.refuse("E", given, "unlink")

    def test_wizards_of_officers(self):
        for role in "ELMPHXFCU":
            for model in (
                "hr.kpi.target.split",
                "hr.kpi.assign",
                "hr.kpi.period.close",
            ):
                self.refuse(role, self.env[model], "create", {})
                self.refuse(role, self.env[model], "onchange", {}, [], {})

    def test_split_of_another_company(self):
        """A split may name any target by id; it shows none that one may not see."""
        wizards, foreign = (
            self.env["hr.kpi.target.split"],
            self.targets["other company's"],
        )
        spec = {"total": {}, "unit": {}, "allocated": {}, "line_ids": {}}
        self.refuse("O", wizards, "onchange", {"target_id": foreign.id}, [], spec)
        self.refuse(
            "O",
            wizards,
            "default_get",
            ["target_id", "line_ids"],
            context={"default_target_id": foreign.id},
        )
        with self.assertRaises(UserError):
            made = self.call("O", wizards, "create", {"target_id": foreign.id})
            self.call("O", wizards.browse(made), "read", ["total", "unit"])

    def test_close_of_another_company(self):
        """What fails elsewhere is not told."""
        foreign = self.make_kpi(name="Secret", company_id=self.other_company.id)
        self.targets["other company's"].copy({"kpi_id": foreign.id})
        foreign.source_state = "error"
        wizards = self.env["hr.kpi.period.close"]
        made = self.call("O", wizards, "create", {"period_id": self.q3.id})
        result = self.call(
            "O",
            wizards.browse(made),
            "web_read",
            {"failing_ids": {"fields": {"display_name": {}}}},
        )
        self.assertEqual(result[0]["failing_ids"], [])
        self.assertNotIn("Secret", self.refuse("O", self.q3, "action_close"))

    def test_days_of_closing(self):
        """A closed figure is not changed from below by who typed it."""
        self.targets["other company's"].unlink()
        self.targets["other person's"].unlink()
        entry = self.entries["own"]
        self.q3._close(date(2023, 10, 10))
        for vals in ({"value": 5.0}, {"date": "2023-10-01"}, {"department_id": False}):
            self.refuse("E", entry, "write", vals)
        self.refuse("E", entry, "unlink")
        self.refuse(
            "E",
            entry,
            "create",
            {
                "kpi_id": self.typed_kpi.id,
                "employee_id": self.seller_1.id,
                "date": "2023-08-01",
                "value": 1.0,
            },
        )
        self.call("E", entry, "write", {"note": "A note is no figure"})
        self.call("O", entry, "write", {"value": 5.0})
