from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

SIGNS = {"<": SQL("<"), "<=": SQL("<="), ">": SQL(">"), ">=": SQL(">=")}


class HrKpiSqlMixin(models.AbstractModel):
    """Unstored fields that SQL reads as it reads columns, for any number of records.

    They cost whoever writes the record nothing, and a KPI may name them as its filter,
    date, measured field or path. A model words each of them in `_word_<field>()`.
    """

    _name = "hr.kpi.sql.mixin"
    _description = "Fields Worded in SQL"

    @api.model
    def _get_worded_fields(self):
        """Return the names of the fields that have a `_word_<field>(alias, query)`."""
        return ()

    def _field_to_sql(self, alias, field_expr, query=None):
        if field_expr in self._get_worded_fields():
            return getattr(self, f"_word_{field_expr}")(alias, query)
        return super()._field_to_sql(alias, field_expr, query)

    def _column(self, alias, name):
        """Return the SQL of a column, flushed before it is read."""
        return SQL.identifier(alias, name, to_flush=self._fields[name])

    def _read_worded(self, name):
        """Compute a worded field for the records of `self`."""
        query = self.with_context(active_test=False)._search(
            Domain("id", "in", self._origin.ids), bypass_access=True
        )
        word = self._field_to_sql(query.table, name, query)
        key = SQL.identifier(query.table, "id")
        values = {}
        if not query.is_empty():
            values = dict(self.env.execute_query(query.select(key, word)))
        for record in self:
            record[name] = values.get(record._origin.id, False)

    @api.model
    def _search_worded(self, name, operator, value):
        """Answer a search on a worded field with its SQL."""
        if operator in ("any", "any!"):
            comodel = self.env[self._fields[name].comodel_name]
            query = comodel._search(value, bypass_access=operator == "any!")
            return self._where(
                name, lambda word: SQL("%s IN %s", word, query.subselect())
            )
        if sign := SIGNS.get(operator):
            return self._where(name, lambda word: SQL("%s %s %s", word, sign, value))
        if operator != "in":
            return NotImplemented
        if self._fields[name].type == "boolean":
            return self._where(
                name,
                lambda word: SQL("COALESCE(%s, FALSE) = ANY(%s)", word, list(value)),
            )
        known = [item for item in value if item]
        return self._where(
            name,
            lambda word: SQL(
                "(%s = ANY(%s)%s)",
                word,
                known,
                SQL(" OR %s IS NULL", word) if len(known) < len(value) else SQL(),
            ),
        )

    @api.model
    def _where(self, name, condition):
        return Domain.custom(
            to_sql=lambda model, alias, query: condition(
                model._field_to_sql(alias, name, query)
            )
        )
