from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import SQL

from .hr_strategy_kpi_scenario import OTHERS, ROLES

# what goes with its employee or user anyway, or must not go before
OWNED = ("hr.version", "resource.resource", "res.users.settings", "mail.message")


class HrStrategyKpiScenario(models.AbstractModel):
    """The example's departments, people and log-ins."""

    _inherit = "hr.strategy.kpi.scenario"

    @api.model
    def _load_departments(self, case):
        rows = self._read_table("departments")
        departments = self.env["hr.department"].create(
            [{"name": row["name"], "company_id": self.env.company.id} for row in rows]
        )
        self._translate(departments, rows)
        self._keep(departments, [f"department_{row['key']}" for row in rows])

    @api.model
    def _load_people(self, case):
        rows = self._read_table("people")
        users = self._load_users(case, rows)
        jobs = self._load_jobs(rows)
        start = case.dates.year(2021)[0]
        employees = self.env["hr.employee"].create(
            [
                {
                    "name": self._word(case, row),
                    "user_id": user.id,
                    "company_id": self.env.company.id,
                    "department_id": row["department"]
                    and self._ref(f"department_{row['department']}").id,
                    "job_id": jobs[row["job"]].id,
                    "job_title": self._word(case, row, "job"),
                    "wage": float(row["wage"]),
                    "work_email": row["login"],
                    "date_version": start,
                    "contract_date_start": start,
                }
                for row, user in zip(rows, users, strict=True)
            ]
        )
        # before their employees, because they can only be removed after them
        self._keep(employees.version_id, [f"version_{row['key']}" for row in rows])
        self._keep(employees, [f"employee_{row['key']}" for row in rows])
        self._appoint_managers()
        self._keep_side_effects(case, users)

    @api.model
    def _load_users(self, case, rows):
        taken = self.env["res.users"].with_context(active_test=False)
        if other := taken.search(
            [("login", "in", [r["login"] for r in rows])], limit=1
        ):
            raise UserError(
                self.env._(
                    "A user with the login %s exists already; the example needs it.",
                    other.login,
                )
            )
        partners = self.env["res.partner"].create(
            [
                {
                    "name": self._word(case, row),
                    "email": row["login"],
                    "is_company": False,
                }
                for row in rows
            ]
        )
        self._keep(partners, [f"partner_{row['key']}" for row in rows])
        groups = {row["key"]: ["base.group_user"] for row in rows}
        for row in self._read_table("groups"):
            groups[row["person"]].append(row["group"])
        users = self.env["res.users"].create(
            [
                {
                    "partner_id": partner.id,
                    "login": row["login"],
                    "lang": self.env.lang,
                    "tz": "Asia/Shanghai",
                    "company_id": self.env.company.id,
                    "company_ids": [Command.set(self.env.company.ids)],
                    "group_ids": [
                        Command.set(
                            [self.env.ref(name).id for name in groups[row["key"]]]
                        )
                    ],
                    # nothing of the example ever leaves by mail
                    "notification_type": "inbox",
                    **({"password": case.password} if row["key"] in ROLES else {}),
                }
                for row, partner in zip(rows, partners, strict=True)
            ]
        )
        return self._keep(users, [f"user_{row['key']}" for row in rows])

    @api.model
    def _get_owned_fields(self):
        """Return {model: [its fields that give a record to a user or company]}."""
        owners = ("res.users", "res.company")
        result = {}
        for name, model in self.env.items():
            if model._abstract or model._transient or not model._auto or name in OWNED:
                continue
            result[name] = [
                field_name
                for field_name in ("user_id", "user_ids", "company_id")
                for link in [model._fields.get(field_name)]
                if link and link.store and link.comodel_name in owners
            ]
        return {name: names for name, names in result.items() if names}

    @api.model
    def _get_newest(self):
        """Return the highest id of each model whose records belong to somebody."""
        names = list(self._get_owned_fields())
        rows = self.env.execute_query(
            SQL(" UNION ALL ").join(
                SQL(
                    "SELECT %s, max(id) FROM %s",
                    name,
                    SQL.identifier(self.env[name]._table),
                )
                for name in names
            )
        )
        return {name: newest or 0 for name, newest in rows}

    @api.model
    def _keep_side_effects(self, case, users):
        """Keep what other apps make for each new user or company, such as to-dos.

        Only what is newer than the beginning of the loading can be theirs.
        """
        kept = {row.model for row in self._get_all_kept()}
        for name, field_names in self._get_owned_fields().items():
            model = self.env[name].with_context(active_test=False)
            made = model
            for field_name in field_names:
                is_users = model._fields[field_name].comodel_name == "res.users"
                owner = users if is_users else self.env.company
                made |= model.search(
                    [(field_name, "in", owner.ids), ("id", ">", case.newest[name])]
                )
            if name not in kept:
                prefix = OTHERS + name.replace(".", "_")
                self._keep(made, [f"{prefix}_{one.id}" for one in made])

    @api.model
    def _load_jobs(self, rows):
        rows = list({row["job"]: row for row in rows}.values())
        jobs = self.env["hr.job"].create(
            [{"name": row["job"], "company_id": self.env.company.id} for row in rows]
        )
        words = [{"name": row["job"], "name_zh": row["job_zh"]} for row in rows]
        self._translate(jobs, words)
        self._keep(jobs, [f"job_{number}" for number, _row in enumerate(rows, 1)])
        return {row["job"]: job for row, job in zip(rows, jobs, strict=True)}

    @api.model
    def _appoint_managers(self):
        boss = self._ref("employee_general_manager")
        for row in self._read_table("departments"):
            head = self._ref(f"employee_{row['manager']}")
            department = self._ref(f"department_{row['key']}")
            department.manager_id = head
            (department.member_ids - head).parent_id = head
            head.parent_id = boss
