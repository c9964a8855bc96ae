from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools import graph


class HrStrategyMap(models.Model):
    """One company's strategy for a horizon: objectives and what causes what."""

    _name = "hr.strategy.map"
    _description = "Strategy Map"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "is_template, date_from desc, version desc, id desc"

    name = fields.Char(required=True, translate=True, tracking=True)
    company_id = fields.Many2one(
        "res.company",
        index=True,
        default=lambda self: self.env.company,
        help="Empty only for a template.",
    )
    is_template = fields.Boolean(readonly=True)
    template_note = fields.Text(translate=True)
    framework = fields.Selection(
        [("bsc", "Balanced Scorecard"), ("okr", "Objectives and Key Results")],
        required=True,
        default="bsc",
        tracking=True,
    )
    headline = fields.Char(
        translate=True, help="The strategy in a few words, on top of the map."
    )
    mission = fields.Text(translate=True)
    vision = fields.Text(translate=True)
    date_from = fields.Date("From", tracking=True)
    date_to = fields.Date("To", tracking=True)
    state = fields.Selection(
        [("draft", "Draft"), ("active", "Active"), ("closed", "Closed")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    version = fields.Integer(default=1, readonly=True, copy=False)
    predecessor_id = fields.Many2one(
        "hr.strategy.map", readonly=True, copy=False, ondelete="set null", index=True
    )
    missing = fields.Selection(
        [
            ("exclude", "Leave out what is missing"),
            ("zero", "Count it as zero"),
            ("hold", "Give no score"),
        ],
        "Missing Figures",
        default="exclude",
        required=True,
        help="What a key result without a figure does to the score of its objective.",
    )
    objective_ids = fields.One2many("hr.strategy.objective", "map_id")
    company_objective_ids = fields.One2many(
        "hr.strategy.objective",
        "map_id",
        domain=[("level", "=", "company")],
        string="Company Objectives",
    )
    link_ids = fields.One2many("hr.strategy.link", "map_id")
    objective_count = fields.Integer(compute="_compute_objective_count")

    @api.constrains("company_id", "is_template", "date_from", "date_to")
    def _check_horizon(self):
        for strategy in self:
            if strategy.is_template:
                continue
            if not strategy.company_id:
                raise ValidationError(
                    self.env._("“%s” needs a company.", strategy.name)
                )
            if not strategy.date_from or not strategy.date_to:
                raise ValidationError(
                    self.env._("“%s” needs a first and a last day.", strategy.name)
                )
            if strategy.date_from > strategy.date_to:
                raise ValidationError(
                    self.env._("“%s” ends before it begins.", strategy.name)
                )

    def _compute_objective_count(self):
        groups = self.env["hr.strategy.objective"]._read_group(
            [("map_id", "in", self.ids)], ["map_id"], ["__count"]
        )
        counts = {strategy.id: count for strategy, count in groups}
        for strategy in self:
            strategy.objective_count = counts.get(strategy.id, 0)

    def _check_no_loop(self):
        """Refuse a loop of causes, naming it."""
        self.ensure_one()
        edges = {}
        for link in self.link_ids:
            edges.setdefault(link.source_id.id, []).append(link.target_id.id)
        loop = graph.find_cycle(edges)
        if loop:
            names = self.env["hr.strategy.objective"].browse(loop).mapped("name")
            raise ValidationError(
                self.env._(
                    "These arrows make a loop, so that nothing would come first: "
                    "%(loop)s. Take one of them out.",
                    loop=" → ".join(names),
                )
            )

    def action_activate(self):
        """Put maps in force; the version before each is closed."""
        for strategy in self:
            if strategy.is_template:
                raise UserError(self.env._("A template cannot be activated: use it."))
            if not strategy.objective_ids:
                raise UserError(
                    self.env._("“%s” has no objectives yet.", strategy.name)
                )
        self.write({"state": "active"})
        self.predecessor_id.filtered(lambda s: s.state == "active").action_close()

    def action_close(self):
        self.write({"state": "closed"})

    def action_reopen(self):
        self.write({"state": "active"})

    def action_open_objectives(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "hr_strategy_kpi.hr_strategy_objective_action"
        )
        return {
            **action,
            "domain": [("map_id", "=", self.id)],
            "context": {
                "default_map_id": self.id,
                "search_default_group_by_perspective": 1,
            },
        }

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_use(self):
        if used := self.filtered(lambda s: s.state != "draft")[:1]:
            raise UserError(
                self.env._(
                    "“%s” is or was in force: close it instead of deleting it.",
                    used.name,
                )
            )

    def action_revise(self):
        """Start the next version as a draft; what was agreed stays on this one."""
        self.ensure_one()
        draft = self._copy_with_objectives(
            {"version": self.version + 1, "predecessor_id": self.id}
        )
        return draft._get_form_action()

    def _get_form_action(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }

    def _copy_with_objectives(self, vals):
        """Return a copy with objectives, key results and links, alignment kept."""
        self.ensure_one()
        copy = self.copy({"name": self.name, **vals})
        copies = {}
        for objective in self.objective_ids.sorted("parent_path"):
            copies[objective] = objective.copy(
                {
                    "map_id": copy.id,
                    "parent_id": copies[objective.parent_id].id
                    if objective.parent_id in copies
                    else False,
                    "key_result_ids": [
                        Command.create(result._prepare_copy())
                        for result in objective.key_result_ids
                    ],
                }
            )
        self.env["hr.strategy.link"].create(
            [
                {
                    **link._prepare_copy(),
                    "map_id": copy.id,
                    "source_id": copies[link.source_id].id,
                    "target_id": copies[link.target_id].id,
                }
                for link in self.link_ids
            ]
        )
        return copy
