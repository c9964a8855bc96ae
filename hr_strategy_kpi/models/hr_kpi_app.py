from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

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

    kept_values = fields.Json(
        readonly=True,
        copy=False,
        export_string_translation=False,
        help="What fields held whose app is gone.",
    )

    def _load_records_create(self, vals_list):
        """Take a KPI that is there already, by its code, and leave it as it is.

        A definition that outlived its app, or one made by hand before, is not made
        twice and keeps what people changed in it. Only one that is typed in and that
        nobody has typed into yet gets the source, as a strategy map leaves it.
        """
        there = {
            kpi.code: kpi
            for kpi in self.with_context(active_test=False).search(
                [("code", "in", [vals.get("code") for vals in vals_list])]
            )
        }
        for vals in vals_list:
            if vals.get("code") in there:
                there[vals["code"]]._take_source(vals)
        missing = [vals for vals in vals_list if vals.get("code") not in there]
        for kpi in super()._load_records_create(missing):
            there[kpi.code] = kpi.with_env(self.env)
        return self.concat(*(there[vals["code"]] for vals in vals_list))

    def _take_source(self, vals):
        """Be measured as `vals` say, if nobody has typed in a figure so far."""
        if self.source == "manual" and not self.entry_count:
            kept = {"name", "owner_id", *(n for n in vals if n.startswith("default_"))}
            self.write({name: vals[name] for name in vals if name not in kept})

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
        every = self.with_context(active_test=False).sudo()
        added = every._get_added_fields(module)
        every._keep_values(added)
        kpis = every.browse(own.mapped("res_id")).exists() | every._find_readers(added)
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

    def _get_added_fields(self, module):
        """Return the fields that a module adds to any model."""
        # sudo: which fields there are is the registry's business
        rows = (
            self.env["ir.model.data"]
            .sudo()
            .search([("module", "=", module), ("model", "=", "ir.model.fields")])
        )
        return self.env["ir.model.fields"].sudo().browse(rows.mapped("res_id")).exists()

    def _keep_values(self, added):
        """Remember what fields of a KPI hold whose columns are about to go."""
        names = [
            field.name for field in added if field.model == self._name and field.store
        ]
        filled = Domain.OR(Domain(name, "!=", False) for name in names)
        for kpi in self.search(filled):
            values = {name: kpi[name] for name in names if kpi[name]}
            kpi.kept_values = {**(kpi.kept_values or {}), **values}

    def _find_readers(self, added):
        """Return the record KPIs that name a field which a module adds to records."""
        names = {
            field.name for field in added if not field.model.startswith(self._name)
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
        # sudo: an app's definitions are archived and brought back in every company
        kpis = self.with_context(active_test=False).sudo()
        kpis.search([("source_state", "=", "unavailable")]).write(
            {"source_state": "ok", "source_error": False}
        )
        kpis.search([("kept_values", "!=", False)])._restore_values()
        for kpi in kpis.search([("archive_reason", "!=", False)]):
            if not kpi._get_missing_models():
                kpi.write({"active": True, "archive_reason": False})

    def _restore_values(self):
        for kpi in self:
            kept = kpi.kept_values
            there = {name: value for name, value in kept.items() if name in kpi._fields}
            rest = {name: value for name, value in kept.items() if name not in there}
            try:
                with self.env.cr.savepoint():
                    kpi.write(there)
            except ValidationError:
                # changed meanwhile so that it no longer fits: not worth failing for
                kpi.invalidate_recordset()
            kpi.kept_values = rest or False
