"""A function of ours that calls `sudo()` says why, in a comment before the call."""

import ast
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def our_files():
    for path in sorted(REPO.glob("hr_strategy_kpi*/**/*.py")):
        if "tests" not in path.relative_to(REPO).parts:
            yield path


def raises_rights(node):
    """Whether a node is a call of `sudo()`: `sudo(False)` gives rights back."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "sudo"
        and not node.args
    )


def unexplained(path):
    source = path.read_text()
    tree, lines = ast.parse(source), source.splitlines()
    functions = [node for node in ast.walk(tree) if isinstance(node, FUNCTIONS)]
    for call in filter(raises_rights, ast.walk(tree)):
        last = call.end_lineno
        around = [f.lineno for f in functions if f.lineno <= last <= f.end_lineno]
        first = min(around, default=1)
        if not any("# sudo:" in line for line in lines[first - 1 : last]):
            yield f"{path.relative_to(REPO)}:{last}: {lines[last - 1].strip()}"


def test_every_sudo_has_a_reason():
    findings = [finding for path in our_files() for finding in unexplained(path)]
    assert not findings, "\n".join(["say why in “# sudo: ...”:", *findings])


def test_the_test(tmp_path, monkeypatch):
    monkeypatch.setitem(globals(), "REPO", tmp_path)
    path = tmp_path / "some.py"
    path.write_text(
        "def f(self):\n"
        "    # sudo: a reason\n"
        "    return self.a, self.sudo()\n"
        "def g(self):\n"
        "    return self.sudo(False)\n"
        "def h(self):\n"
        "    return self.sudo()\n"
    )
    assert list(unexplained(path)) == ["some.py:7: return self.sudo()"]
