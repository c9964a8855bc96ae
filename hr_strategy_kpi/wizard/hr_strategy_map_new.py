from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..tools import periods


class HrStrategyMapNew(models.TransientModel):
    """New map in three steps: choose a template, fill in objectives, assign
    departments."""

    _name = "hr.strategy.map.new"
    _description = "New Strategy Map"

    step = fields.Selection(
        [
            ("template", "Choose a Template"),
            ("objectives", "Fill in Objectives"),
            ("departments", "Assign Departments"),
        ],
        default="template",
        required=True,
    )
    template_id = fields.Many2one(
        "hr.strategy.map",
        required=True,
        domain=[("is_template", "=", True)],
        default=lambda self: self._default_template_id(),
    )
    template_note = fields.Text(related="template_id.template_note")
    name = fields.Char(required=True, default=lambda self: self._default_name())
    headline = fields.Char()
    date_from = fields.Date(
        required=True,
        default=lambda self: self._default_year().date_from,
    )
    date_to = fields.Date(
        required=True, default=lambda self: self._default_year().date_to
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    line_ids = fields.One2many("hr.strategy.map.new.line", "wizard_id")

    @api.model
    def _default_template_id(self):
        return self.env["hr.strategy.map"].search([("is_template", "=", True)], limit=1)

    @api.model
    def _default_year(self):
        company = self.env.company
        return periods.span_of(
            "year", company._get_kpi_today(), company._get_kpi_fiscal_start()
        )

    @api.model
    def _default_name(self):
        return self.env._("Strategy %s", self._default_year().year)

    def action_next(self):
        self.ensure_one()
        if self.step == "template":
            self._fill_in()
            self.step = "objectives"
        elif self.step == "objectives":
            if not self.line_ids:
                raise UserError(self.env._("Write down at least one objective."))
            self.step = "departments"
        else:
            return self._make_map()._get_form_action()
        return self._reopen()

    def action_create_active(self):
        """Make the map and put it in force at once."""
        self.ensure_one()
        strategy = self._make_map()
        strategy.action_activate()
        return strategy._get_form_action()

    def action_back(self):
        self.ensure_one()
        self.step = "template" if self.step == "objectives" else "objectives"
        return self._reopen()

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Strategy Map"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _fill_in(self):
        """Copy the template's objectives into lines that can be changed."""
        self.headline = self.headline or self.template_id.headline
        self.line_ids = [Command.clear()] + [
            Command.create(
                {
                    "template_objective_id": objective.id,
                    "name": objective.name,
                    "perspective_id": objective.perspective_id.id,
                }
            )
            for objective in self.template_id.objective_ids
        ]

    def _make_map(self):
        """Make the map, its objectives with their key results, shares and arrows."""
        template = self.template_id
        strategy = self.env["hr.strategy.map"].create(
            {
                "name": self.name,
                "headline": self.headline,
                "framework": template.framework,
                "mission": template.mission,
                "vision": template.vision,
                "missing": template.missing,
                "company_id": self.company_id.id,
                "date_from": self.date_from,
                "date_to": self.date_to,
            }
        )
        made = {line: line._make_objective(strategy) for line in self.line_ids}
        from_template = {
            line.template_objective_id: objective for line, objective in made.items()
        }
        self.env["hr.strategy.link"].create(
            [
                {
                    **link._prepare_copy(),
                    "source_id": from_template[link.source_id].id,
                    "target_id": from_template[link.target_id].id,
                }
                for link in template.link_ids
                if link.source_id in from_template and link.target_id in from_template
            ]
        )
        return strategy
