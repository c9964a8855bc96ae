from odoo import api, fields, models


class HrKpi(models.Model):
    """The sales team, a subject beside company, department and employee."""

    _inherit = "hr.kpi"

    team_path = fields.Char(
        "Which Sales Team",
        tracking=True,
        help="The way from a record to the sales team it belongs to, such as team_id.",
    )

    @api.model
    def _get_subject_types(self):
        types = super()._get_subject_types()
        types["team"] = {
            "field": "team_id",
            "model": "crm.team",
            "label": self.env._("Sales Team"),
            "path": "team_path",
        }
        return types

    @api.model
    def _source_fields(self):
        return super()._source_fields() | {"team_path"}

    @api.onchange("model_id")
    def _onchange_model_id(self):
        """Propose the sales team that records of the model usually have."""
        before = self._origin.model_name
        result = super()._onchange_model_id()
        model = self.env.get(self.model_id.model or "")
        if model is not None and self.model_name != before:
            field = model._fields.get("team_id")
            is_team = field and field.store and field.comodel_name == "crm.team"
            self.team_path = "team_id" if is_team else False
        return result

    def _explain_record(self):
        lines = super()._explain_record()
        model = self.env.get(self.model_name or "")
        if self.team_path and model is not None:
            label = self._fields["team_path"]._description_string(self.env)
            lines.append((label, self._label_path(model, self.team_path)))
        return lines
