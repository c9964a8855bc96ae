"""Odoo gives its tags to test classes inside addons only; those here need them too."""

import sys


def pytest_pycollect_makeitem(collector, name, obj):
    case = getattr(sys.modules.get("odoo.tests"), "BaseCase", None)
    if not case or not isinstance(obj, type) or not issubclass(obj, case):
        return
    if not hasattr(obj, "test_module"):
        obj.test_module = "tests"
        obj.test_tags = {"standard", *getattr(obj, "test_tags", ())}
