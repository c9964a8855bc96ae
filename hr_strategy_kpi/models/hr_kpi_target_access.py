from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain

PEOPLE_FOR_TOTALS = 5


class Responsible(NamedTuple):
    """Somebody who answers for a target: a login where there is one, else an address.

    employee: hr.employee in sudo, may be empty; user: res.users, may be empty
    """

    employee: models.BaseModel
    user: models.BaseModel

    @property
    def name(self):
        return self.employee.name or self.user.name

    @property
    def email(self):
        return self.employee.work_email or self.user.email

    @property
    def key(self):
        return (self.user.id, self.email)


class HrKpiTarget(models.Model):
    """Who may see and manage a target, and who answers for it: live from the chart.

    Rules test the unstored booleans below, because a rule's own domain is cached per
    user and would not notice a new manager.
    """

    _inherit = "hr.kpi.target"

    is_visible_to_me = fields.Boolean(
        compute="_compute_is_visible_to_me",
        search="_search_is_visible_to_me",
        export_string_translation=False,
    )
    is_managed_by_me = fields.Boolean(
        compute="_compute_is_managed_by_me",
        search="_search_is_managed_by_me",
        export_string_translation=False,
    )
    is_mine = fields.Boolean(
        compute="_compute_is_mine", search="_search_is_mine", string="Mine"
    )

    @api.depends_context("uid")
    def _compute_is_visible_to_me(self):
        visible = self.filtered_domain(self._get_visible_domain())
        for target in self:
            target.is_visible_to_me = target in visible

    @api.depends_context("uid")
    def _compute_is_managed_by_me(self):
        managed = self.filtered_domain(self._get_managed_domain())
        for target in self:
            target.is_managed_by_me = target in managed

    @api.depends_context("uid")
    def _compute_is_mine(self):
        mine = self.filtered_domain(self._get_own_domain())
        for target in self:
            target.is_mine = target in mine

    def _search_is_visible_to_me(self, operator, value):
        return self._answer(operator, value, self._get_visible_domain)

    def _search_is_managed_by_me(self, operator, value):
        return self._answer(operator, value, self._get_managed_domain)

    def _search_is_mine(self, operator, value):
        return self._answer(operator, value, self._get_own_domain)

    @api.model
    def _answer(self, operator, value, get_domain):
        if operator != "in":
            return NotImplemented
        domain = Domain(get_domain())
        return (domain if True in value else Domain.FALSE) | (
            ~domain if False in value else Domain.FALSE
        )

    @api.model
    def _get_own_domain(self):
        """Return the Domain of the reader's own targets; bridges add their subjects.

        It names the level too: a record may hold several subjects, and only the most
        particular one says whose number it is.
        """
        mine = self._get_my_employees()
        return Domain("subject_type", "=", "employee") & Domain(
            "employee_id", "in", mine.ids
        )

    @api.model
    def _get_managed_domain(self):
        """Return the Domain of the targets below the reader; bridges add subjects.

        Everyone below in the chart, and the departments that one or they head with all
        below them. Who has left manages nobody.
        """
        managers = self._get_my_employees().filtered("active")
        if not managers:
            return Domain.FALSE
        below = self._get_people_below(managers)
        departments = self._get_headed_departments(managers | below)
        return (
            Domain("subject_type", "=", "employee")
            & Domain("employee_id", "in", below.ids)
        ) | (
            Domain("subject_type", "=", "department")
            & Domain("department_id", "in", departments.ids)
        )

    @api.model
    def _get_visible_domain(self):
        """Return the Domain of the targets that a reader without our groups may see.

        Their own, everyone's below them, the company's, and totals of their own
        departments where enough people are counted that nobody can be told apart.
        """
        if not self.env.user._is_internal():
            return Domain.FALSE
        return (
            self._get_own_domain()
            | self._get_managed_domain()
            | Domain("subject_type", "=", "company")
            | (
                Domain("subject_type", "=", "department")
                & Domain("department_id", "in", self._get_counted_departments())
            )
        )

    @api.model
    def _get_my_employees(self):
        """Return the reader's employees in all companies, archived ones included."""
        # sudo: an internal user has no read access to hr.employee
        employees = self.env["hr.employee"].sudo().with_context(active_test=False)
        return employees.search([("user_id", "=", self.env.uid)])

    @api.model
    def _get_people_below(self, managers):
        """Return everyone whose chain of managers leads to one of `managers`.

        The chart is walked down level by level: a few searches for each level it has.
        """
        below, level = managers.browse(), managers
        while level := self._get_reports(level) - below - managers:
            below |= level
        return below

    @api.model
    def _get_reports(self, managers):
        """Return those who answer to `managers` directly, as `_get_employee_chain`.

        Whoever has no manager answers to the head of their department.
        """
        reports = managers.search([("parent_id", "in", managers.ids)])
        departments = self._get_headed_departments(managers)
        if not departments:
            return reports
        without_manager = managers.search(
            [("parent_id", "=", False), ("department_id", "in", departments.ids)]
        )
        return reports | without_manager.filtered(
            lambda employee: self._get_nearest_head(employee) in managers
        )

    @api.model
    def _get_headed_departments(self, managers):
        # sudo: whom the chart names as head sees the department's targets
        departments = self.env["hr.department"].sudo().with_context(active_test=False)
        headed = departments.search([("manager_id", "in", managers.ids)])
        return departments.search([("id", "child_of", headed.ids)])

    @api.model
    def _get_counted_departments(self):
        """Return the ids of the reader's departments that count enough people."""
        mine = self._get_my_employees()
        if not mine:
            return []
        departments = mine.department_id
        departments |= departments.browse(
            {
                int(part)
                for department in departments
                for part in (department.parent_path or "").split("/")
                if part
            }
        )
        # sudo: counting heads needs no right to read them
        employees = self.env["hr.employee"].sudo()
        return [
            department.id
            for department in departments
            if employees.search_count(
                [("department_id", "child_of", department.id)],
                limit=PEOPLE_FOR_TOTALS,
            )
            >= PEOPLE_FOR_TOTALS
        ]

    # ------------------------------------------------------------- who answers

    def _get_responsibles(self, date):
        """Return who answers for each target, nearest first: {target: [Responsible]}.

        The one place that knows the chart: alerts, approvals, escalation and
        appraisals use it. Employee -> manager and up; department -> head and up the
        chain of departments; company -> the KPI's owner. Bridges call super() and
        answer for their own subject types. `date` is the day it is asked for.
        """
        # sudo: the chart decides, whoever asks
        return {target: target._get_chain() for target in self.sudo()}

    def _get_chain(self):
        """Return the chain of one target; without a manager the department's head,
        without a head the KPI's owner or an officer."""
        self.ensure_one()
        if self.subject_type == "employee":
            people = self._get_employee_chain(self.employee_id)
        elif self.subject_type == "department":
            people = self._get_department_chain(self.department_id)
        else:
            # sudo: the chart decides, whoever asks
            people = self.env["hr.employee"].sudo()
        chain = [self._as_responsible(employee) for employee in people]
        if self.subject_type not in ("employee", "department") or len(chain) < 2:
            chain += self._get_last_resort()
        return self._unique(chain)

    def _get_employee_chain(self, employee):
        people, manager = employee, employee.parent_id
        if employee and not manager:
            manager = self._get_nearest_head(employee)
        while manager and manager not in people:
            people += manager
            manager = manager.parent_id
        return people

    def _get_nearest_head(self, employee):
        heads = self._get_department_chain(employee.department_id)
        return (heads - employee)[:1]

    def _get_department_chain(self, department):
        # sudo: the chart decides, whoever asks
        people = self.env["hr.employee"].sudo()
        while department:
            if department.manager_id not in people:
                people += department.manager_id
            department = department.parent_id
        if people and people[-1].parent_id and people[-1].parent_id not in people:
            people += people[-1].parent_id
        return people

    def _get_last_resort(self):
        owner = self.kpi_id.owner_id
        if owner and owner.active and not owner.share and owner._is_internal():
            return [Responsible(owner.employee_ids[:1], owner)]
        group = self.env.ref("hr_strategy_kpi.group_hr_strategy_kpi_officer")
        # sudo: who the officers are does not depend on who asks
        officers = group.sudo().all_user_ids.filtered(
            lambda user: self.company_id in user.company_ids and not user.share
        )
        return [Responsible(user.employee_ids[:1], user) for user in officers[:1]]

    @api.model
    def _as_responsible(self, employee):
        user = employee.user_id
        return Responsible(employee, user if user.active else user.browse())

    @api.model
    def _unique(self, chain):
        return list({responsible.key: responsible for responsible in chain}.values())
