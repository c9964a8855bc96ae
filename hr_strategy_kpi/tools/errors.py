"""Errors of the tools: a code and parameters, worded by whoever shows them."""


class ToolError(ValueError):
    """A refusal of a tool, without any wording.

    >>> error = ToolError("bad_unit", unit=0)
    >>> error.code, error.params
    ('bad_unit', {'unit': 0})
    """

    def __init__(self, code, **params):
        super().__init__(code, params)
        self.code = code
        self.params = params


class PeriodError(ToolError):
    """unknown_kind (kind), bad_fiscal_start (month), unknown_zone (zone),
    out_of_range (): a date before year 1 or after year 9999."""


class RollupError(ToolError):
    """negative_weight (weight), unknown_kind (kind), unknown_policy (policy)."""


class AllocationError(ToolError):
    """nobody (), negative_weight (weight, index), zero_weights (),
    not_a_number (value), bad_unit (unit), bad_reserved (reserved, total),
    bad_days (present, total), bad_share (share)."""


class FormulaError(ToolError):
    """empty, too_long, too_deep, syntax, bad_number, unclosed, unknown_function,
    arity, unit_mismatch.

    Each carries position (1-based), found and expected. Of arity, found is the
    function, expected how many arguments it takes and count how many there are;
    of unit_mismatch, found and expected are the units and function the operation.
    """


class CycleError(ToolError):
    """cycle (loop): the nodes of the loop, the first one repeated at the end."""

    def __init__(self, loop):
        super().__init__("cycle", loop=list(loop))
        self.loop = self.params["loop"]
