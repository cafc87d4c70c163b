"""`./plimsoll`, the one command: when it installs, what it installs from, and what it says when it can't. Nothing is installed here."""

import re
import subprocess
import sys
import tomllib
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements.lock", "requirements-dev.lock")


@pytest.fixture
def launcher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as a module, its root in a temporary folder with two small locks and no `.venv`."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    loader = SourceFileLoader("plimsoll_launcher", str(ROOT / "plimsoll"))
    spec = spec_from_loader(loader.name, loader)
    assert spec is not None
    script = module_from_spec(spec)
    loader.exec_module(script)
    venv = tmp_path / ".venv"
    script.ROOT, script.VENV, script.PYTHON, script.STAMP = tmp_path, venv, venv / "bin" / "python", venv / "plimsoll-lock"
    script.LOCKS = {"run": tmp_path / "requirements.lock", "dev": tmp_path / "requirements-dev.lock"}
    for path in script.LOCKS.values():
        path.write_text("one==1\n")
    return script


def installed(launcher: ModuleType, which: str) -> None:
    launcher.PYTHON.parent.mkdir(parents=True, exist_ok=True)
    launcher.PYTHON.touch()
    launcher.STAMP.write_text(f"{which} {launcher.digest(which)}\n")


def test_a_fresh_clone_is_not_ready(launcher: ModuleType) -> None:
    assert not launcher.is_ready("run")


def test_what_was_installed_is_not_installed_again(launcher: ModuleType) -> None:
    installed(launcher, "run")
    assert launcher.is_ready("run")
    assert not launcher.is_ready("dev")


def test_the_developers_packages_hold_those_of_a_run(launcher: ModuleType) -> None:
    installed(launcher, "dev")
    assert launcher.is_ready("run")
    assert launcher.is_ready("dev")


def test_a_changed_lock_is_installed(launcher: ModuleType) -> None:
    installed(launcher, "run")
    launcher.LOCKS["run"].write_text("one==2\n")
    assert not launcher.is_ready("run")


def test_an_install_that_was_cut_off_begins_again(launcher: ModuleType) -> None:
    installed(launcher, "run")
    launcher.STAMP.unlink()
    assert not launcher.is_ready("run")


def test_a_failed_step_ends_with_a_sentence(launcher: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="Is this machine connected"):
        launcher.run([sys.executable, "-c", "print('no such host'); raise SystemExit(1)"], "Is this machine connected?")
    assert "no such host" in capsys.readouterr().err


def test_an_old_python_is_told_in_a_sentence(tmp_path: Path) -> None:
    old = tmp_path / "old.py"
    text = (ROOT / "plimsoll").read_text(encoding="utf-8")
    old.write_text(text.replace("sys.version_info < (3, 11)", "(3, 9) < (3, 11)"), encoding="utf-8")
    done = subprocess.run([sys.executable, str(old)], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("Plimsoll needs Python 3.11 or newer; this is ")


def test_the_launcher_needs_the_standard_library_only() -> None:
    modules = re.findall(r"^(?:import|from) (\w+)", (ROOT / "plimsoll").read_text(encoding="utf-8"), re.M)
    assert set(modules) <= sys.stdlib_module_names


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_host_and_every_package_has_its_hashes(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    blocks = re.split(r"\n(?=[a-z0-9])", text.strip())
    assert [block.split("\n")[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_the_locks_hold_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = {"requirements.lock": project["dependencies"], "requirements-dev.lock": project["dependencies"] + project["optional-dependencies"]["dev"]}
    for lock, wanted in asked.items():
        held = set(re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==", (ROOT / lock).read_text(encoding="utf-8"), re.M))
        names = {re.match(r"[\w.-]+", text)[0].lower().replace("_", "-") for text in wanted}  # type: ignore[index]
        assert names <= held, lock
