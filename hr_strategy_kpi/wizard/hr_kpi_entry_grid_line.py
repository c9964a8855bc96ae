from odoo import fields, models

from ..fields import NullableFloat, known


class HrKpiEntryGridLine(models.TransientModel):
    _name = "hr.kpi.entry.grid.line"
    _description = "Typed KPI Value"
    _order = "id"

    grid_id = fields.Many2one(
        "hr.kpi.entry.grid", required=True, ondelete="cascade", index=True
    )
    target_id = fields.Many2one("hr.kpi.target", required=True, ondelete="cascade")
    entry_id = fields.Many2one("hr.kpi.entry", ondelete="cascade")
    # not in sudo: a line may name any target, but only shows what one may see
    subject_name = fields.Char(related="target_id.subject_name", related_sudo=False)
    unit = fields.Selection(related="target_id.unit", related_sudo=False)
    wanted = NullableFloat(
        "Target Value", related="target_id.target", related_sudo=False
    )
    actual = NullableFloat("So Far", related="target_id.actual", related_sudo=False)
    value = NullableFloat()
    numerator = NullableFloat()
    denominator = NullableFloat()
    note = fields.Char()

    def _is_filled(self):
        if self.grid_id.is_ratio:
            return known(self.numerator) and known(self.denominator)
        return known(self.value)

    def _save(self):
        told = {
            "date": self.grid_id.date,
            "note": self.note,
            "attachment_ids": self.grid_id.attachment_ids.ids,
        }
        if self.grid_id.is_ratio:
            told |= {"numerator": self.numerator, "denominator": self.denominator}
        else:
            told["value"] = self.value
        if self.entry_id:
            self.entry_id.write(told)
            return
        target = self.target_id
        fields_by_type = target._get_subject_fields()
        subject = fields_by_type[target.subject_type]
        self.env["hr.kpi.entry"].create(
            {
                **told,
                "kpi_id": target.kpi_id.id,
                "company_id": target.company_id.id,
                subject: target[subject].id,
            }
        )
