from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

LEVELS = [
    ("company", "Company"),
    ("department", "Department"),
    ("employee", "Employee"),
]
AGREED = ("accepted", "agreed")


class HrStrategyObjective(models.Model):
    """What must become true: a critical success factor, of the company, a department
    or a person. Its parent is the alignment; numbers are split between targets."""

    _name = "hr.strategy.objective"
    _description = "Strategic Objective"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "map_id, level_rank, sequence, id"
    _parent_store = True
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    description = fields.Text(translate=True)
    sequence = fields.Integer(default=10)
    map_id = fields.Many2one(
        "hr.strategy.map", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="map_id.company_id", store=True, index=True)
    map_state = fields.Selection(related="map_id.state", string="Map State")
    perspective_id = fields.Many2one(
        "hr.strategy.perspective",
        index=True,
        ondelete="restrict",
        compute="_compute_perspective_id",
        store=True,
        readonly=False,
        recursive=True,
        tracking=True,
    )
    level = fields.Selection(
        LEVELS, required=True, default="company", index=True, tracking=True
    )
    level_rank = fields.Integer(compute="_compute_level_rank", store=True)
    department_id = fields.Many2one(
        "hr.department", index=True, tracking=True, check_company=True
    )
    employee_id = fields.Many2one(
        "hr.employee", index=True, tracking=True, check_company=True
    )
    owner_id = fields.Many2one(
        "hr.employee", index=True, tracking=True, check_company=True
    )
    kind = fields.Selection(
        [("committed", "Committed"), ("aspirational", "Aspirational")],
        default="committed",
        required=True,
        help="An aspirational objective is done well at 70 %.",
    )
    parent_id = fields.Many2one(
        "hr.strategy.objective",
        "Aligned With",
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    parent_path = fields.Char(index=True, export_string_translation=False)
    child_ids = fields.One2many("hr.strategy.objective", "parent_id")
    weight = fields.Float(default=1.0, help="Relative to the others beside it.")
    own_part = fields.Float(
        default=1.0,
        help="How much of the score comes from its own key results; the rest comes "
        "from the objectives aligned with it.",
    )
    date_from = fields.Date(compute="_compute_dates", store=True, readonly=False)
    date_to = fields.Date(compute="_compute_dates", store=True, readonly=False)
    key_result_ids = fields.One2many(
        "hr.strategy.objective.kpi", "objective_id", "Key Results"
    )
    share_ids = fields.One2many("hr.strategy.objective.share", "objective_id")
    initiative_ids = fields.One2many("hr.strategy.initiative", "objective_id")
    cause_ids = fields.One2many("hr.strategy.link", "target_id", "Caused By")
    effect_ids = fields.One2many("hr.strategy.link", "source_id", "Leads To")
    line_up = fields.Char(compute="_compute_line_up")
    position_x = fields.Integer(export_string_translation=False)
    position_y = fields.Integer(export_string_translation=False)

    _weight_positive = models.Constraint(
        "CHECK(weight >= 0)", "A weight cannot be negative."
    )
    _own_part_fraction = models.Constraint(
        "CHECK(own_part >= 0 AND own_part <= 1)",
        "The own part lies between 0 and 100 %.",
    )

    @api.depends("parent_id.perspective_id")
    def _compute_perspective_id(self):
        for objective in self:
            if not objective.perspective_id:
                objective.perspective_id = objective.parent_id.perspective_id

    @api.depends("level")
    def _compute_level_rank(self):
        rank = {level: position for position, (level, _label) in enumerate(LEVELS)}
        for objective in self:
            objective.level_rank = rank.get(objective.level, 0)

    @api.depends("map_id.date_from", "map_id.date_to")
    def _compute_dates(self):
        for objective in self:
            objective.date_from = objective.date_from or objective.map_id.date_from
            objective.date_to = objective.date_to or objective.map_id.date_to

    @api.depends("name", "department_id.name", "employee_id.name")
    def _compute_display_name(self):
        for objective in self:
            # sudo: whoever sees the objective sees whose it is
            whose = objective._get_subject().sudo().name
            parts = [objective.name, whose if objective.level != "company" else ""]
            objective.display_name = " · ".join(part for part in parts if part)

    @api.depends("parent_path", "map_id.name")
    def _compute_line_up(self):
        """The line from this objective up to the strategy, nearest first."""
        for objective in self:
            # sudo: everyone sees what their objective is good for
            line = objective.sudo()._get_line_up()[1:].mapped("name")
            objective.line_up = " → ".join([*line, objective.sudo().map_id.name or ""])

    @api.constrains("level", "department_id", "employee_id")
    def _check_level(self):
        for objective in self:
            if objective.level == "department" and not objective.department_id:
                raise ValidationError(
                    self.env._("“%s” needs the department it is for.", objective.name)
                )
            if objective.level == "employee" and not objective.employee_id:
                raise ValidationError(
                    self.env._("“%s” needs the person it is for.", objective.name)
                )

    @api.constrains("parent_id", "map_id")
    def _check_parent(self):
        for objective in self.filtered("parent_id"):
            parent = objective.parent_id
            if parent.level_rank > objective.level_rank:
                raise ValidationError(
                    self.env._(
                        "“%(name)s” cannot be aligned with “%(parent)s”, which is of a "
                        "lower level.",
                        name=objective.name,
                        parent=parent.name,
                    )
                )
            if parent.company_id != objective.company_id:
                raise ValidationError(
                    self.env._("“%s” is of another company.", parent.name)
                )

    def write(self, vals):
        parent = self.browse(vals.get("parent_id") or [])
        if parent and self & parent._get_line_up():
            raise ValidationError(
                self.env._("An objective cannot be aligned with one below itself.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_closed(self):
        if closed := self.filtered(lambda o: o.map_state == "closed")[:1]:
            raise UserError(
                self.env._(
                    "“%s” belongs to a closed map and is kept as history.", closed.name
                )
            )

    def _get_subject(self):
        """Return the record whose objective this is: company, department or person."""
        self.ensure_one()
        by_level = {
            "company": self.company_id,
            "department": self.department_id,
            "employee": self.employee_id,
        }
        return by_level[self.level or "company"]

    def _get_subject_key(self):
        return f"{self.level}:{self._get_subject().id}"

    def _get_line_up(self):
        """Return the objectives from this one up to the company's, nearest first."""
        self.ensure_one()
        ids = [int(part) for part in (self.parent_path or "").split("/") if part]
        return self.browse(reversed(ids))

    def action_open_targets(self):
        """Open this subject's targets of the objective's KPIs."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "hr_strategy_kpi.hr_kpi_target_action"
        )
        return {
            **action,
            "domain": [
                ("kpi_id", "in", self.key_result_ids.kpi_id.ids),
                ("subject_key", "=", self._get_subject_key()),
            ],
            "context": {},
        }

    # ------------------------------------------------------------------ rights

    is_visible_to_me = fields.Boolean(
        compute="_compute_is_visible_to_me",
        search="_search_is_visible_to_me",
        export_string_translation=False,
    )

    @api.depends_context("uid")
    def _compute_is_visible_to_me(self):
        visible = self.filtered_domain(self._get_visible_domain())
        for objective in self:
            objective.is_visible_to_me = objective in visible

    def _search_is_visible_to_me(self, operator, value):
        return self.env["hr.kpi.target"]._answer(
            operator, value, self._get_visible_domain
        )

    @api.model
    def _get_visible_domain(self):
        """Return the Domain of what a reader without our groups may see.

        The company's objectives, those of the departments they are in or head, their
        own and everyone's below, and the line from any of these up to the company.
        """
        if not self.env.user._is_internal():
            return Domain.FALSE
        targets = self.env["hr.kpi.target"]
        mine = targets._get_my_employees()
        # who has left manages nobody
        managers = mine.filtered("active")
        below = targets._get_people_below(managers)
        people = mine | below
        departments = mine.department_id
        departments |= targets._get_headed_departments(managers | below)
        near = (
            Domain("level", "=", "employee") & Domain("employee_id", "in", people.ids)
        ) | (
            Domain("level", "=", "department")
            & Domain("department_id", "in", departments.ids)
        )
        # sudo: the line up is shown although its departments are not one's own
        ids = {
            int(part)
            for objective in self.sudo().search(near)
            for part in (objective.parent_path or "").split("/")
            if part
        }
        return Domain("level", "=", "company") | Domain("id", "in", list(ids))
