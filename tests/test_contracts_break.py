"""Each import contract, broken once on purpose: it must be seen, by its name."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LINT = Path(sys.executable).with_name("lint-imports")

BREAKS = [  # which contract, the file that breaks it, the line that does
    ("Floors: who may stand on whom", "support/knowledge/models.py", "from plimsoll.resolution.incidents import rules as _broken"),
    ("Floors: who may stand on whom", "stray/__init__.py", '"""A package without a floor."""'),
    ("Kernel floors", "kernel/lib/text.py", "from plimsoll.kernel.identity import apps as _broken"),
    (
        "Inside every app: screens, writes, declaration, reads, data, decisions",
        "support/knowledge/models.py",
        "from plimsoll.support.knowledge import record as _broken",
    ),
    ("Rules are pure: no database, no screens, no web framework", "support/knowledge/rules.py", "from django.db import models as _broken"),
    ("Nothing below the pages imports the pages", "support/knowledge/record.py", "from plimsoll.kernel.ui import icons as _broken"),
    ("No cycles anywhere", "kernel/lib/time.py", "from plimsoll.kernel.lib import text as _broken\n__import__  # and text imports time:"),
]
SECOND = {"No cycles anywhere": ("kernel/lib/text.py", "from plimsoll.kernel.lib import time as _broken")}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The house in a temporary folder."""
    folder = tmp_path_factory.mktemp("house")
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__", "tests", "static", "templates"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """lint-imports in the copy, which must be what it finds, not the house that is installed."""
    return subprocess.run(
        [str(LINT), "--no-cache", "--no-logo"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder / "src")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_house_as_it_stands_keeps_every_contract(copy: Path) -> None:
    done = lint(copy)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(("contract", "file", "line"), BREAKS, ids=[f"{name.split(':')[0]}: {file}" for name, file, _ in BREAKS])
def test_a_broken_contract_is_named(copy: Path, contract: str, file: str, line: str) -> None:
    touched = [(file, line), *([SECOND[contract]] if contract in SECOND else [])]
    before = {name: (copy / "src" / "plimsoll" / name).read_text() if (copy / "src" / "plimsoll" / name).exists() else None for name, _ in touched}
    try:
        for name, added in touched:
            path = copy / "src" / "plimsoll" / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(f"{before[name] or ''}\n{added}\n")
        done = lint(copy)
    finally:
        for name, text in before.items():
            path = copy / "src" / "plimsoll" / name
            path.write_text(text) if text is not None else shutil.rmtree(path.parent)
    assert done.returncode != 0
    assert f"{contract} BROKEN" in " ".join(done.stdout.split()), done.stdout
