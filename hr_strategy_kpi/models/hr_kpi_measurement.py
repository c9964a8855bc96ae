from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..fields import NullableFloat, remember
from ..measuring import NO_HISTORY

# an object no remote call can send: only the engine writes what is derived
ENGINE = object()

# what a reading changes on a target, with its type in the database
READ_COLUMNS = {
    "actual": "float8",
    "numerator": "float8",
    "denominator": "float8",
    "reading_state": "varchar",
    "unassigned": "float8",
    "attainment": "float8",
    "score": "float8",
    "pace": "float8",
    "forecast": "float8",
    "status": "varchar",
}
ROW_COLUMNS = {"id": "int", "date": "date", "is_latest": "boolean", **READ_COLUMNS}


def _array(values, kind):
    """Return the SQL of an array, as the text of one.

    The server parses that ten times faster than thousands of separate constants.
    """
    text = _quote if kind == "varchar" else str
    texts = ["NULL" if value is None else text(value) for value in values]
    return SQL("%s::%s[]", f"{{{','.join(texts)}}}", SQL(kind))


def _quote(value):
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


class HrKpiMeasurement(models.Model):
    """The engine's reading of a target as of the end of a day.

    Derived: it may be deleted and rebuilt from the sources. Lean: a year of 50,000
    targets is 18 million rows.
    """

    _name = "hr.kpi.measurement"
    _description = "KPI Measurement"
    _order = "date desc, id desc"
    _log_access = False
    _rec_name = "date"

    target_id = fields.Many2one("hr.kpi.target", required=True, ondelete="cascade")
    date = fields.Date(required=True)
    value = NullableFloat(aggregator="avg")
    numerator = NullableFloat()
    denominator = NullableFloat()
    state = fields.Char(help="Why there is no value; empty when there is one.")
    kpi_id = fields.Many2one(related="target_id.kpi_id")
    unit = fields.Selection(related="target_id.kpi_id.unit")
    state_label = fields.Char(compute="_compute_state_label")
    explanation = fields.Html(compute="_compute_explanation", sanitize=False)

    _target_date_uniq = models.UniqueIndex("(target_id, date) INCLUDE (value)")
    # reading one day of everybody
    _date_brin = models.Index("USING brin (date)")

    @api.depends("state")
    @api.depends_context("lang")
    def _compute_state_label(self):
        words = self.env["hr.kpi"]._get_reading_states()
        for measurement in self:
            measurement.state_label = words.get(measurement.state, measurement.state)

    @api.depends_context("lang", "uid")
    def _compute_explanation(self):
        for measurement in self:
            measurement.explanation = self.env["ir.qweb"]._render(
                "hr_strategy_kpi.target_explanation",
                {"lines": measurement.target_id._get_explanation(measurement)},
            )

    def action_open_records(self):
        """Open the records that were counted on this day, as they are now."""
        self.ensure_one()
        return self.target_id._open_records(self.date)

    @api.model_create_multi
    def create(self, vals_list):
        self._check_engine()
        return super().create(vals_list)

    def write(self, vals):
        self._check_engine()
        return super().write(vals)

    def _check_engine(self):
        if self.env.context.get("kpi_engine") is not ENGINE:
            raise UserError(
                self.env._(
                    "Measurements are read from the source and not typed in. Add an "
                    "entry to a KPI of source “typed in” instead."
                )
            )

    @api.model
    def _upsert_readings(self, rows):
        """Write readings: the one door to measurements and to a target's figures.

        rows: dicts with `id` and `date` of the target and the day, the READ_COLUMNS,
        and `is_latest`: false for a day of the past, which changes the history only.
        Equal rows are not touched, so reading again costs no write. Returns the targets
        whose figures changed.
        """
        Target = self.env["hr.kpi.target"]
        if not rows:
            return Target
        names = list(READ_COLUMNS)
        columns = [SQL.identifier(name) for name in names]
        changed = self.env.execute_query(
            SQL(
                """WITH v AS (
                    SELECT * FROM unnest(%(values)s)
                        AS v(id, date, is_latest, %(names)s)
                ), history AS (
                    INSERT INTO hr_kpi_measurement AS m
                        (target_id, date, value, numerator, denominator, state)
                    SELECT id, date, actual, numerator, denominator, reading_state
                      FROM v
                    ON CONFLICT (target_id, date) DO UPDATE
                       SET value = EXCLUDED.value, numerator = EXCLUDED.numerator,
                           denominator = EXCLUDED.denominator, state = EXCLUDED.state
                     WHERE (m.value, m.numerator, m.denominator, m.state)
                           IS DISTINCT FROM
                           (EXCLUDED.value, EXCLUDED.numerator, EXCLUDED.denominator,
                            EXCLUDED.state)
                       AND EXCLUDED.state IS DISTINCT FROM %(no_history)s
                )
                UPDATE hr_kpi_target t SET %(assignments)s FROM v
                 WHERE t.id = v.id AND v.is_latest
                   AND (%(old)s) IS DISTINCT FROM (%(new)s)
                RETURNING t.id""",
                values=SQL(", ").join(
                    _array([row[name] for row in rows], kind)
                    for name, kind in ROW_COLUMNS.items()
                ),
                no_history=NO_HISTORY,
                names=SQL(", ").join(columns),
                assignments=SQL(", ").join(SQL("%s = v.%s", c, c) for c in columns),
                old=SQL(", ").join(SQL("t.%s", column) for column in columns),
                new=SQL(", ").join(SQL("v.%s", column) for column in columns),
            )
        )
        self.invalidate_model(flush=False)
        targets = Target.browse(sorted(row[0] for row in changed))
        written = {row["id"]: row for row in rows if row["is_latest"]}
        for name in names:
            remember(targets, name, [written[row_id][name] for row_id in targets.ids])
        targets.modified(names)
        return targets

    @api.autovacuum
    def _gc_closed_periods(self):
        """Thin the history of closed periods: one day a week and the last one stay."""
        self.env.cr.execute(
            SQL(
                """DELETE FROM hr_kpi_measurement m USING (
                    SELECT m.id FROM hr_kpi_measurement m
                      JOIN hr_kpi_target t ON t.id = m.target_id
                      JOIN hr_kpi_period p ON p.id = t.period_id
                     WHERE p.state = 'closed' AND EXTRACT(ISODOW FROM m.date) <> 5
                       AND m.date < (SELECT max(l.date) FROM hr_kpi_measurement l
                                      WHERE l.target_id = m.target_id)
                     LIMIT 10000) old
                WHERE m.id = old.id"""
            )
        )
        done = self.env.cr.rowcount
        return done, 10000 if done == 10000 else 0
