"""Every example in the tools' docstrings holds."""

import doctest
import importlib
import re
import sys
from pathlib import Path

import kpi_tools
import pytest

FOLDER = Path(kpi_tools.__file__).parent
MODULES = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem != "__init__")


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    module = importlib.import_module(f"kpi_tools.{name}")
    result = doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert result.attempted, f"{name} shows no example"
    assert not result.failed


IMPORTS = r"^\s*(?:from|import)\s+(\.|\w+)"
CLOCKS = r"\b(?:today|now|utcnow|time)\(\)"


def test_tools_stand_alone():
    allowed = {".", *sys.stdlib_module_names}
    for path in FOLDER.glob("*.py"):
        source = path.read_text("utf-8")
        assert set(re.findall(IMPORTS, source, re.MULTILINE)) <= allowed, path.name
        assert not re.findall(CLOCKS, source), path.name
