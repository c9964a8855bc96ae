from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.hr_strategy_kpi.models.hr_kpi_target_access import (
    PEOPLE_FOR_TOTALS,
    Responsible,
)


class HrKpiTarget(models.Model):
    """A sales team's targets: its leader manages them, its members see the total."""

    _inherit = "hr.kpi.target"

    team_id = fields.Many2one(
        "crm.team", "Sales Team", index=True, tracking=True, check_company=True
    )

    @api.model
    def _get_managed_domain(self):
        # sudo: who leads which team decides what one may see, not the other way round
        teams = self.env["crm.team"].sudo().with_context(active_test=False)
        led = teams.search([("user_id", "=", self.env.uid)])
        return super()._get_managed_domain() | Domain("team_id", "in", led.ids)

    @api.model
    def _get_visible_domain(self):
        domain = super()._get_visible_domain()
        if not self.env.user._is_internal():
            return domain
        return domain | Domain("team_id", "in", self._get_counted_teams())

    @api.model
    def _get_counted_teams(self):
        """Return the ids of the reader's teams that count enough people.

        As for departments: in a small one the total tells a colleague's figure.
        """
        # sudo: counting members needs no right to read them
        members = self.env["crm.team.member"].sudo()
        mine = members.search([("user_id", "=", self.env.uid)]).crm_team_id
        groups = members._read_group(
            [("crm_team_id", "in", mine.ids)],
            ["crm_team_id"],
            having=[("__count", ">=", PEOPLE_FOR_TOTALS)],
        )
        return [team.id for (team,) in groups]

    def _get_chain(self):
        self.ensure_one()
        if self.subject_type != "team":
            return super()._get_chain()
        leader = self.team_id.user_id
        employees = leader.employee_ids
        employee = employees.filtered(lambda e: e.company_id == self.company_id)[:1]
        people = self._get_employee_chain(employee or employees[:1])
        chain = [self._as_responsible(person) for person in people]
        if leader and not people:
            chain.append(Responsible(employees[:1], leader))
        if len(chain) < 2:
            chain += self._get_last_resort()
        return self._unique(chain)

    @api.model
    def _relink_teams(self):
        """Give targets and entries that outlived this app their sales team again."""
        for model in (self, self.env["hr.kpi.entry"]):
            model.flush_model()
            self.env.cr.execute(
                SQL(
                    """UPDATE %s s SET team_id = t.id FROM crm_team t
                    WHERE s.subject_key = 'team:' || t.id AND s.team_id IS NULL""",
                    SQL.identifier(model._table),
                )
            )
            model.invalidate_model(["team_id"])
