import json

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from .hr_strategy_kpi_scenario import CHANGED, OTHERS, QUIET, XMLIDS

NOT_SWEPT = ("res.users", "res.partner")  # a company is not what they belong to


class HrStrategyKpiScenario(models.AbstractModel):
    """Removing the example without a trace."""

    _inherit = "hr.strategy.kpi.scenario"

    @api.model
    def _unload_scenario(self):
        """Remove the example and give what it changed its old values back."""
        scenario = self.with_user(SUPERUSER_ID).with_context(
            **QUIET,
            active_test=False,
            lang="en_US",
            # as an uninstalled app goes: "keep at least one" is not meant for it
            **{MODULE_UNINSTALL_FLAG: True},
        )
        company = scenario._ref("company")
        if not company:
            raise UserError(self.env._("The example company is not loaded."))
        scenario = scenario.with_context(allowed_company_ids=company.ids)
        scenario._send_visitors_home(company)
        scenario._unload_records(company)
        scenario._restore_changes()

    @api.model
    def _get_derived_models(self):
        """Return the models, besides those kept, whose records hang on the company,
        in the order in which they can be removed."""
        return [
            "hr.strategy.objective",
            "hr.strategy.map",
            "hr.kpi.action",
            "hr.kpi.alert",
            "hr.kpi.entry",
            "hr.kpi.target",
        ]

    @api.model
    def _send_visitors_home(self, company):
        ours = self._get_kept("res.users")
        for user in company.user_ids - ours:
            home = (user.company_ids - company)[:1]
            if user.company_id == company and home:
                user.company_id = home
            user.write({"company_ids": [Command.unlink(company.id)]})

    @api.model
    def _unload_records(self, company):
        self.env["hr.kpi.target"].search([("company_id", "=", company.id)])._unfreeze()
        self._unload_digests()
        for name in self._get_derived_models():
            self._get_swept(name, company).unlink()
        kept = self._get_all_kept()
        ours = [row for row in kept if not row.name.startswith(OTHERS)]
        others = [row for row in kept if row.name.startswith(OTHERS)]
        # the last made first, so that what was made from something goes before it
        for name, rows in self._get_runs(ours):
            (self._browse_kept(name, rows) | self._get_swept(name, company)).unlink()
            if name == "res.users":
                # what other apps gave the users is held by them
                for other, their_rows in self._get_runs(others):
                    self._browse_kept(other, their_rows).unlink()
        self.env["ir.model.data"].search([("module", "=", XMLIDS)]).unlink()

    @api.model
    def _get_runs(self, rows):
        """Return [(model, rows)] of rows that follow each other, in their order."""
        runs = []
        for row in rows:
            if not runs or runs[-1][0] != row.model:
                runs.append((row.model, []))
            runs[-1][1].append(row)
        return runs

    @api.model
    def _get_swept(self, model_name, company):
        """Return the company's records of a model, also those that visitors made."""
        model = self.env[model_name]
        company_field = model._fields.get("company_id")
        if model_name in NOT_SWEPT or not (company_field and company_field.store):
            return model
        return model.search([("company_id", "=", company.id)])

    @api.model
    def _unload_digests(self):
        """Remove messages to the example's people that hang on no record."""
        messages = self.env["mail.message"].search(
            [
                ("notified_partner_ids", "in", self._get_kept("res.partner").ids),
                ("model", "=", False),
            ]
        )
        messages.unlink()

    @api.model
    def _note_features(self, before):
        """Remember the features that a second company or currency switched on."""
        everyone = self.env.ref("base.group_user")
        if added := everyone.implied_ids - before:
            self._note_change([everyone._name, everyone.id, {"added": added.ids}])

    @api.model
    def _restore_changes(self):
        # sudo: what the example changed is noted where only the system writes
        parameters = self.env["ir.config_parameter"].sudo()
        for name, record_id, vals in json.loads(parameters.get_param(CHANGED, "[]")):
            record = self.env[name].browse(record_id).exists()
            if name == "res.groups":
                for group in self.env[name].browse(vals["added"]).exists():
                    record._remove_group(group)
            else:
                record.write(vals)
        parameters.search([("key", "=", CHANGED)]).unlink()
