from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..fields import NullableFloat, known, number
from ..tools import allocation
from ..tools.periods import elapsed


class HrKpiTarget(models.Model):
    """The numeric split: company -> department -> person, adding up in plain sight."""

    _inherit = "hr.kpi.target"

    parent_id = fields.Many2one(
        "hr.kpi.target",
        "Split From",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    child_ids = fields.One2many("hr.kpi.target", "parent_id", "Split Into")
    reserved = NullableFloat(
        tracking=True, help="Kept back on purpose: allocated to nobody yet."
    )
    # of all parts, also for who does not see each of them
    allocated = NullableFloat(compute="_compute_balance", compute_sudo=True)
    missing = NullableFloat(
        "Not Allocated", compute="_compute_balance", compute_sudo=True
    )
    too_much = NullableFloat(compute="_compute_balance", compute_sudo=True)
    full_target = NullableFloat(
        "Before Proration",
        readonly=True,
        copy=False,
        help="The value for somebody who is there all the period, full time.",
    )
    proration = NullableFloat(
        readonly=True,
        copy=False,
        help="The part of the period this person is there, times working time.",
    )

    @api.depends("target", "reserved", "child_ids.target")
    def _compute_balance(self):
        # searched: child_ids may be cached as far as another reader sees them
        parts = self.search_fetch(
            [("parent_id", "in", self._origin.ids)], ["parent_id", "target"]
        ).grouped("parent_id")
        for target in self:
            children = parts.get(target._origin, ())
            target.allocated = target.missing = target.too_much = False
            if not children or not target._is_splittable():
                continue
            balance = allocation.balance(
                number(target.target),
                number(target.reserved) or 0,
                [number(child.target) for child in children],
            )
            target.allocated = balance.allocated
            target.missing = balance.missing
            target.too_much = balance.too_much

    def _is_splittable(self):
        """Whether parts add up to the whole: counts and sums do, rates do not."""
        return self.kpi_id._get_status_kind() == "flow" or (
            self.kpi_id.aggregate in ("sum", "count")
        )

    @api.constrains("parent_id", "kpi_id", "period_id")
    def _check_parent(self):
        if self._has_cycle():
            raise ValidationError(
                self.env._("A target cannot be split from one of its own parts.")
            )
        for target in self.filtered("parent_id"):
            parent = target.parent_id
            if parent.kpi_id != target.kpi_id or parent.period_id != target.period_id:
                raise ValidationError(
                    self.env._(
                        "%(target)s can only be split from a target of the same KPI "
                        "and period, not from %(parent)s.",
                        target=target.display_name,
                        parent=parent.display_name,
                    )
                )

    def action_open_split(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Split the Target"),
            "res_model": "hr.kpi.target.split",
            "view_mode": "form",
            "target": "new",
            "context": {"default_target_id": self.id},
        }

    def _get_split_candidates(self):
        """Return (employees, departments) the target can be split over, in order.

        A department with sub-departments is split over these, one without over its
        people; the company over its top departments, without any over its people.
        """
        self.ensure_one()
        # sudo: an officer splits over people whom only HR reads
        Employee = self.env["hr.employee"].sudo()
        Department = self.env["hr.department"].sudo()
        company = [("company_id", "in", [self.company_id.id, False])]
        nobody, none = Employee.browse(), Department.browse()
        if self.subject_type == "company":
            departments = Department.search([("parent_id", "=", False), *company])
            if departments:
                return nobody, departments
            return Employee.search([("company_id", "=", self.company_id.id)]), none
        if self.subject_type != "department":
            raise UserError(
                self.env._("The target of one person cannot be split any further.")
            )
        departments = Department.search([("parent_id", "=", self.department_id.id)])
        if departments:
            return nobody, departments
        people = Employee.search([("department_id", "=", self.department_id.id)])
        return people - self.department_id.manager_id.sudo(), none

    def _get_presence(self, employee):
        """Return (working days there, of the period, share of full time).

        There from the first contract or version to the departure; full time is the
        company's calendar.
        """
        self.ensure_one()
        period, company = self.period_id, self.company_id
        days = company._get_kpi_working_days(period.date_from, period.date_to)
        # sudo: dates and working hours of a person are HR's
        employee = employee.sudo()
        first, last = employee._get_kpi_presence(period.date_from, period.date_to)
        there, _total = elapsed(days, first, last, last) if first <= last else (0, 0)
        full = company.resource_calendar_id.hours_per_week or 40.0
        calendar = employee._get_version(max(first, period.date_from))
        hours = calendar.resource_calendar_id.hours_per_week or full
        return there, len(days), min(1.0, hours / full)

    def _prorate(self, amount, employee):
        """Return (prorated amount, fraction) of a count or sum; a rate stays whole."""
        if not self._is_splittable():
            return amount, 1.0
        there, total, share = self._get_presence(employee)
        fraction = allocation.prorate(1.0, there, total, share)
        return allocation.prorate(amount, there, total, share), fraction

    def _split_equally(self, count, reserved=0.0):
        """Return the parts of this target over `count` equal takers."""
        return self._split_by([1] * count, reserved)

    def _split_by(self, weights, reserved=0.0):
        self.ensure_one()
        if not known(self.target):
            raise UserError(
                self.env._("%s has no target value to split.", self.display_name)
            )
        try:
            return allocation.split(
                self.target, weights, reserved, self._get_split_unit()
            )
        except allocation.AllocationError as error:
            raise UserError(self._describe_split_error(error)) from error

    def _get_split_unit(self):
        """Return the smallest part: a cent of money, one of what is counted."""
        if self.unit == "money":
            return self.company_id.currency_id.rounding
        return 1 if self.kpi_id._counts_whole_units() else 0.01

    def _describe_split_error(self, error):
        return {
            "nobody": self.env._("There is nobody to split the target over."),
            "zero_weights": self.env._(
                "Nobody has a share: there is no history or headcount to split by. "
                "Split equally or by hand."
            ),
            "bad_reserved": self.env._(
                "The reserve must lie between nothing and the whole target."
            ),
        }.get(error.code, self.env._("The target cannot be split: %s", error.params))
