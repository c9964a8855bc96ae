"""Every linter of .pre-commit-config.yaml on every file of the project."""

import hashlib
import os
import re
import subprocess
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[2]
CONFIG = REPO / ".pre-commit-config.yaml"
HOME = Path(os.environ.get("ODOO_HOME", REPO / ".odoo"))
HOOKS = re.findall(r"^ +- id: (\S+)", CONFIG.read_text(), re.MULTILINE)


def git(*args):
    return subprocess.run(
        ["git", *args], cwd=REPO, check=True, capture_output=True, text=True
    ).stdout


@pytest.fixture(scope="session")
def files():
    """The project's files, with those that are not committed yet."""
    paths = git("ls-files", "--cached", "--others", "--exclude-standard").splitlines()
    return sorted({path for path in paths if (REPO / path).is_file()})


@pytest.fixture(scope="session")
def digest(files):
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.encode() + b"\0" + (REPO / path).read_bytes())
    return digest.hexdigest()[:16]


@pytest.mark.parametrize("hook", HOOKS)
def test_linter(hook, files, digest):
    # what passed on these very files need not run again: `make test` has the linters
    # run beside the making of its database, and finds their verdict here
    passed = HOME / "lint" / hook
    if passed.is_file() and passed.read_text() == digest:
        return
    command = [HOME / "tools/bin/pre-commit", "run", hook, "--files", *files]
    env = {**os.environ, "PRE_COMMIT_HOME": str(HOME / "pre-commit"), "NO_COLOR": "1"}
    result = subprocess.run(
        command, cwd=REPO, env=env, capture_output=True, text=True, timeout=600
    )
    if result.returncode:
        pytest.fail(result.stdout + result.stderr, pytrace=False)
    passed.parent.mkdir(exist_ok=True)
    passed.write_text(digest)
