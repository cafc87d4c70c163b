"""`plimsoll new-record` writes a record type that keeps the house's promises as it stands: in a copy of the house."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The house in a temporary folder, with a new record type “problems” in it."""
    folder = tmp_path_factory.mktemp("house")
    for part in ("src", "tests", "docs", "content", "changes"):
        if (ROOT / part).exists():
            shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__", "*.png"))
    for file in ("pyproject.toml", "conftest.py"):
        shutil.copy(ROOT / file, folder)
    return folder


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PLIMSOLL_", "DJANGO_", "PYTEST_"))}
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        env={**kept, "PYTHONPATH": f"{folder / 'src'}{os.pathsep}{folder}", "PLIMSOLL_DATA_DIR": str(folder / "data")},
    )


def plimsoll(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run(folder, "plimsoll.site.cli.main", *arguments)


def test_a_floor_that_is_not_there_is_refused(copy: Path) -> None:
    done = plimsoll(copy, "new-record", "cellar", "problems")
    assert done.returncode == 1
    assert "There is no floor “cellar”." in done.stderr


def test_a_prefix_that_is_taken_is_refused(copy: Path) -> None:
    done = plimsoll(copy, "new-record", "resolution", "problems", "--prefix", "INC")
    assert done.returncode == 1
    assert "The prefix INC belongs to incidents" in done.stderr
    assert not (copy / "src" / "plimsoll" / "resolution" / "problems").exists()


@pytest.mark.slow
def test_what_it_writes_passes_the_contract_of_every_record_type(copy: Path) -> None:
    done = plimsoll(copy, "new-record", "resolution", "problems", "--prefix", "PRB", "--clause", "8.6.3")
    assert done.returncode == 0, done.stderr
    assert plimsoll(copy, "check").returncode == 0
    assert '"kind": "problem"' in plimsoll(copy, "show-record", "problem", "--json").stdout
    assert "INSTALLED_APPS" not in done.stdout
    tested = run(
        copy,
        "pytest",
        "-q",
        "tests/test_floors.py",
        "tests/test_kernel_purity.py",
        "tests/test_record_contract.py",
        "src/plimsoll/resolution/problems",
        "-k",
        "problem or floor or kernel or point or room or started or reopened",
    )
    assert tested.returncode == 0, tested.stdout[-4000:]
    assert "problem" in run(copy, "pytest", "-q", "--collect-only", "tests/test_record_contract.py").stdout
