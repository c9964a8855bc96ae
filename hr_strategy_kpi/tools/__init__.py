"""Plain arithmetic of the suite: no ORM, no clock, no translation.

Absent numbers are None everywhere. Dates are arguments. What a tool refuses it
raises as a `ToolError`: a code and parameters that the caller words.
"""

from . import errors
from . import value
from . import periods
from . import marks
from . import status
from . import scoring
from . import rollup
from . import allocation
from . import forecast
from . import formula
from . import graph
