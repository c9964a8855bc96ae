"""A float column that can be empty.

Odoo's Float stores False as 0.0, so "nobody has measured it" and "zero" are the same
number. A KPI needs both.
"""

from odoo import fields


def known(value):
    """Return whether a `NullableFloat` holds a number: zero is one, False is not."""
    return value is not False and value is not None


def number(value):
    """Return the float of a `NullableFloat` read from a record, or None if absent."""
    return float(value) if known(value) else None


def columns(records, *names):
    """Return an iterator over the stored values of saved records, one tuple each.

    Absent values are None, a many2one its id. Reading thousands of records field by
    field takes longer than all that is done with the values.
    """
    records.flush_recordset(names)
    records.fetch(names)
    caches = (records._fields[name]._get_cache(records.env) for name in names)
    return zip(*(map(cache.__getitem__, records.ids) for cache in caches))


def remember(records, name, values):
    """Put values into the cache that a statement has just written."""
    field = records._fields[name]
    records.invalidate_recordset([name], flush=False)
    field._insert_cache(records, values)


class NullableFloat(fields.Float):
    """Float whose column, cache and record keep "absent".

    Absent reads as False and zero as 0.0. As False == 0.0 in Python, test with
    `known()` or convert with `number()`, never by truth or equality.
    """

    falsy_value = None
    aggregator = None

    def convert_to_column(self, value, record, values=None, validate=True):
        if not known(value) or value == "":
            return None
        return super().convert_to_column(value, record, values, validate)

    def convert_to_cache(self, value, record, validate=True):
        if not known(value) or value == "":
            return None
        return super().convert_to_cache(value, record, validate)

    def convert_to_record(self, value, record):
        return False if value is None else value

    def convert_to_export(self, value, record):
        return value if known(value) else ""
