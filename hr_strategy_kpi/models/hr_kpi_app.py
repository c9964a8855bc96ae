from odoo import api, models

DOMAINS = ("domain", "denominator_domain")
PATHS = (
    "date_field",
    "date_end_field",
    "measure_field",
    "duration_start",
    "duration_end",
    "subject_path",
    "denominator_field",
    "denominator_date_field",
)


class HrKpi(models.Model):
    """Definitions outlive the app they came with.

    A bridge calls `_archive_with_app` from its `uninstall_hook` and `_restore_with_app`
    from its `post_init_hook`:

        def uninstall_hook(env):
            env["hr.kpi"]._archive_with_app("hr_strategy_kpi_crm")
    """

    _inherit = "hr.kpi"

    def _load_records_create(self, vals_list):
        """Take a KPI that is there already, by its code, and leave it as it is.

        A definition that outlived its app, or one made by hand before, is not made
        twice and keeps what people changed in it.
        """
        there = {
            kpi.code: kpi
            for kpi in self.with_context(active_test=False).search(
                [("code", "in", [vals.get("code") for vals in vals_list])]
            )
        }
        missing = [vals for vals in vals_list if vals.get("code") not in there]
        for kpi in super()._load_records_create(missing):
            there[kpi.code] = kpi.with_env(self.env)
        return self.concat(*(there[vals["code"]] for vals in vals_list))

    @api.model
    def _archive_with_app(self, module):
        """Archive, with the reason, what cannot be measured without a module.

        That is what the module defined and whatever reads a field of it. Targets and
        measurements stay; the definitions are taken out of the module's data, which an
        uninstallation deletes.
        """
        # sudo: an uninstallation is a technical matter, whoever asked for it
        data = self.env["ir.model.data"].sudo()
        own = data.search([("module", "=", module), ("model", "=", self._name)])
        kpis = self.with_context(active_test=False).sudo()
        kpis = kpis.browse(own.mapped("res_id")).exists() | kpis._find_readers(module)
        own.unlink()
        app = self.env["ir.module.module"].sudo().search([("name", "=", module)])
        kpis.filtered("active").write(
            {
                "active": False,
                "archive_reason": self.env._(
                    "The app “%s” was uninstalled.", app.shortdesc or module
                ),
            }
        )
        kpis.write({"source_state": "unavailable"})

    def _find_readers(self, module):
        """Return the record KPIs that name a field which a module adds to records."""
        # sudo: which fields there are is the registry's business
        rows = (
            self.env["ir.model.data"]
            .sudo()
            .search([("module", "=", module), ("model", "=", "ir.model.fields")])
        )
        added = self.env["ir.model.fields"].sudo().browse(rows.mapped("res_id"))
        names = {
            field.name
            for field in added.exists()
            if not field.model.startswith(self._name)
        }
        kpis = self.search([("source", "=", "record")])
        return kpis.filtered(lambda kpi: names & kpi._get_named_fields())

    def _get_named_fields(self):
        """Return the names of all fields that a record KPI reads."""
        texts = [self[name] for name in PATHS]
        domains = [self._parse_domain(self[name]) for name in DOMAINS]
        texts += [
            condition.field_expr
            for domain in domains
            for condition in domain.iter_conditions()
        ]
        return {part for text in texts if text for part in text.split(".")}

    @api.model
    def _restore_with_app(self):
        """Unarchive what was archived with an app and can be measured again."""
        kpis = self.with_context(active_test=False).sudo()
        kpis.search([("source_state", "=", "unavailable")]).write(
            {"source_state": "ok", "source_error": False}
        )
        for kpi in kpis.search([("archive_reason", "!=", False)]):
            if not kpi._get_missing_models():
                kpi.write({"active": True, "archive_reason": False})
