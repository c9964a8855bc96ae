import csv
import json
from dataclasses import dataclass, field
from typing import NamedTuple

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import file_open

from ..scenario.dates import CaseDates

XMLIDS = "__hr_strategy_kpi_scenario__"
OTHERS = "other_"
CHANGED = "hr_strategy_kpi.scenario_changed"
QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_auto_subscribe_no_notify": True,
    "no_reset_password": True,
    "disable_company_pricelist_creation": True,
}
# who logs in to see the case: role in the case's words, person
ROLES = ("general_manager", "marketing_manager", "sales_5", "hr_admin_manager")


class Kept(NamedTuple):
    """The name under which a record was kept, and the record."""

    name: str
    model: str
    res_id: int


@dataclass
class Case:
    """What the steps of one loading share."""

    dates: CaseDates
    chinese: bool
    password: str
    newest: dict
    periods: dict = field(default_factory=dict)

    @property
    def today(self):
        """The day on which the example is looked at."""
        return self.dates.today


class HrStrategyKpiScenario(models.AbstractModel):
    """A worked example: a software and data-centre company of 30 people.

    It creates source records only, in a company of its own; the engine does the rest.
    Bridges add their part by adding steps to `_get_steps()` and their addon to
    `_get_addons()`, whose tables `scenario/*.csv` are read beside the core's. Whatever
    a step creates it hands to `_keep()`, and the example leaves without a trace.
    """

    _name = "hr.strategy.kpi.scenario"
    _description = "Example Company"

    @api.model
    def _load_scenario(self, today, lang=None, password="demo"):
        """Load the example so that `today` lies in its fourth quarter.

        lang: the language of names that cannot be translated, by default the user's.
        Returns the log-ins: [{role, name, login, password}].
        """
        if self._is_loaded():
            raise UserError(
                self.env._("The example company is loaded already. Remove it first.")
            )
        lang = lang or self.env.user.lang or "en_US"
        self._install_language(lang)
        visitors = self._get_visitors()
        # sudo: an administrator loads people, wages and users of another company
        scenario = self.with_user(SUPERUSER_ID).with_context(**QUIET, lang=lang)
        case = Case(
            CaseDates(today),
            chinese=lang.startswith("zh"),
            password=password,
            newest=scenario._get_newest(),
        )
        features = scenario.env.ref("base.group_user").implied_ids
        company = scenario._load_company(case, visitors)
        scenario = scenario.with_context(allowed_company_ids=company.ids)
        for step in scenario._get_steps():
            getattr(scenario, step)(case)
            scenario.env.flush_all()
        scenario._note_features(features)
        return scenario._get_log_ins(case)

    @api.model
    def _get_steps(self):
        """Return the names of the methods that load the example, in order."""
        return [
            "_load_departments",
            "_load_people",
            "_load_kpis",
            "_load_periods",
            "_load_targets",
            "_load_entries",
            "_tell_story",
            "_read_figures",
        ]

    @api.model
    def _get_addons(self):
        """Return the addons whose tables make the example, the core first."""
        return ["hr_strategy_kpi"]

    @api.model
    def _is_loaded(self):
        return bool(self._ref("company"))

    # ------------------------------------------------------------------- tools

    @api.model
    def _ref(self, key):
        """Return the record that was kept under a key, or None."""
        return self.env.ref(f"{XMLIDS}.{key}", raise_if_not_found=False)

    @api.model
    def _keep(self, records, keys):
        """Remember what was created, so that it can be found and removed again."""
        self.env["ir.model.data"]._update_xmlids(
            [
                {"xml_id": f"{XMLIDS}.{key}", "record": record, "noupdate": True}
                for record, key in zip(records, keys, strict=True)
            ]
        )
        return records

    @api.model
    def _get_all_kept(self):
        """Return `Kept` rows for everything that was kept, the newest first."""
        rows = self.env["ir.model.data"].search_fetch(
            [("module", "=", XMLIDS)], ["name", "model", "res_id"], order="id desc"
        )
        return [Kept(row.name, row.model, row.res_id) for row in rows]

    @api.model
    def _get_kept(self, model_name):
        """Return the records of a model that were kept and still exist."""
        rows = [row for row in self._get_all_kept() if row.model == model_name]
        return self._browse_kept(model_name, rows)

    @api.model
    def _browse_kept(self, model_name, rows):
        return self.env[model_name].browse(row.res_id for row in rows).exists()

    @api.model
    def _change(self, records, vals):
        """Change what was there before; unloading gives it its old values back."""
        for record in records:
            old = record.read(list(vals), load="")[0]
            self._note_change([record._name, old.pop("id"), old])
        records.write(vals)

    @api.model
    def _note_change(self, change):
        # sudo: what the example changed is noted where only the system writes
        parameters = self.env["ir.config_parameter"].sudo()
        changed = json.loads(parameters.get_param(CHANGED, "[]"))
        parameters.set_param(CHANGED, json.dumps([*changed, change]))

    @api.model
    def _read_table(self, name):
        """Return the rows of a table, of all addons that have it."""
        rows = []
        for addon in self._get_addons():
            try:
                with file_open(f"{addon}/scenario/{name}.csv") as file:
                    rows += csv.DictReader(file)
            except FileNotFoundError:
                continue
        return rows

    @api.model
    def _word(self, case, row, name="name"):
        """Return a name that cannot be translated in the language of the loading."""
        return (case.chinese and row[f"{name}_zh"]) or row[name]

    @api.model
    def _translate(self, records, rows, name="name"):
        """Give translated fields their English and, where installed, Chinese words."""
        languages = dict(self.env["res.lang"].get_installed())
        for record, row in zip(records, rows, strict=True):
            record.with_context(lang="en_US")[name] = row["name"]
            for lang in languages:
                if lang.startswith("zh"):
                    record.with_context(lang=lang)[name] = row["name_zh"]

    @api.model
    def _get_subject(self, text):
        """Return (field, record) of a subject such as "employee:sales_1"."""
        kind, _sep, key = text.partition(":")
        field_name = self.env["hr.kpi.target"]._get_subject_fields()[kind]
        return field_name, self._ref(f"{kind}_{key}" if key else kind)

    @api.model
    def _install_language(self, lang):
        if lang in dict(self.env["res.lang"].get_installed()):
            return
        # sudo: whoever may load the example gets it in the language asked for
        self.env["base.language.install"].sudo().create(
            {"lang_ids": self.env["res.lang"]._activate_lang(lang).ids}
        ).lang_install()

    # ----------------------------------------------------------------- company

    @api.model
    def _get_visitors(self):
        """Return the users of other companies who shall see the example."""
        users = self.env.user | self.env.ref("base.user_admin")
        return users.filtered(lambda user: user.active and user.id != SUPERUSER_ID)

    @api.model
    def _load_company(self, case, visitors):
        chinese = case.chinese
        currency = self.env.ref("base.CNY")
        if not currency.active:
            self._change(currency, {"active": True})
        calendar = self.env["resource.calendar"].create(
            {
                "name": "标准40小时/周" if chinese else "Standard 40 hours/week",
                "tz": "Asia/Shanghai",
                "company_id": False,
            }
        )
        self._keep(calendar, ["calendar"])
        company = self.env["res.company"].create(
            {
                "name": "示例数据中心公司"
                if chinese
                else "Example Data Centre Company",
                "currency_id": currency.id,
                "resource_calendar_id": calendar.id,
                "kpi_tz": "Asia/Shanghai",
                "kpi_fiscal_month": str(case.dates.fiscal_start),
                "kpi_alert_both_at_once": True,
            }
        )
        self._keep(company.partner_id, ["company_partner"])
        self._keep(company, ["company"])
        for name, link in company._fields.items():
            if link.comodel_name == "ir.sequence" and link.store and company[name]:
                self._keep(company[name], [OTHERS + name])
        # sudo: who loads the example may look at its company
        visitors.sudo().write({"company_ids": [Command.link(company.id)]})
        return company

    @api.model
    def _get_log_ins(self, case):
        """Return who can log in, in the order in which one looks at the example."""
        roles = {
            "general_manager": self.env._("owner"),
            "marketing_manager": self.env._("marketing manager"),
            "sales_5": self.env._("sales person 5"),
            "hr_admin_manager": self.env._("HR"),
        }
        log_ins = [
            {
                "role": roles[key],
                "name": user.name,
                "login": user.login,
                "password": case.password,
            }
            for key in ROLES
            for user in [self._ref(f"user_{key}")]
        ]
        administrator = self.env.ref("base.user_admin")
        log_ins.append(
            {
                "role": self.env._("administrator"),
                "name": administrator.name,
                "login": administrator.login,
                "password": self._get_known_password(administrator),
            }
        )
        return log_ins

    @api.model
    def _get_known_password(self, user):
        """Return the password a fresh database has, or words that say it is another."""
        self.env.cr.execute("SELECT password FROM res_users WHERE id = %s", [user.id])
        [stored] = self.env.cr.fetchone()
        is_first = stored and self.env["res.users"]._crypt_context().verify(
            user.login, stored
        )
        return user.login if is_first else self.env._("(unchanged)")
