"""`plimsoll new-record`: the skeleton of a record type, at its five places. What it writes passes the contract tests as it stands."""

import argparse
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

from plimsoll.kernel.records.declaration import declared
from plimsoll.site.cli.stop import Stop

ROOT = Path(__file__).resolve().parents[4]
SETTINGS = ROOT / "src" / "plimsoll" / "site" / "settings.py"

APPS = """from importlib import import_module

from django.apps import AppConfig


class {title}Config(AppConfig):
    name = "plimsoll.{floor}.{app}"
    label = "{app}"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("plimsoll.{floor}.{app}.record")
"""
MODELS = '''"""What is stored of {article} {label} ({clause})."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.models import Record, record_indexes


class {model}(Record):
    """Say in one sentence what {article} {label} is, in the words of the people who use it."""

    description = models.TextField(_("description"), blank=True)
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("owner"))

    class Meta:
        verbose_name = _("{label}")
        verbose_name_plural = _("{plural}")
        indexes: ClassVar = [*record_indexes("{kind}")]
'''
RULES = '''"""The workflow of {article} {label} ({clause}) and its guards. Runs without Django."""

from __future__ import annotations

from dataclasses import dataclass

from plimsoll.kernel.workflow import Move, Workflow, at_field, states


@dataclass(frozen=True, slots=True)
class Facts:
    """What the guards judge."""

    owner: int | None = None


def has_an_owner(facts: Facts) -> str | None:
    """Work that is begun belongs to somebody."""
    return None if facts.owner is not None else at_field("owner", "Say who owns it first.")


has_an_owner.reads = ("owner",)  # type: ignore[attr-defined]

{upper}_FLOW = Workflow(
    initial="new",
    states=states(("new", "new", "New"), ("active", "active", "In progress"), ("closed", "closed", "Closed")),
    moves=(
        Move("start", ("new",), "active", "Start", guards=(has_an_owner,), asks=("owner",), is_primary=True),
        Move("close", ("active",), "closed", "Close", is_primary=True),
        Move("reopen", ("closed",), "active", "Reopen", asks_note=True),
    ),
)
'''
RECORD = '''"""The declaration of {plural}."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from plimsoll.kernel.records.declaration import Behaviour, RecordType, declare
from plimsoll.kernel.records.models import Record
from plimsoll.{floor}.{app}.models import {model}
from plimsoll.{floor}.{app}.rules import {upper}_FLOW, Facts


class {model}Behaviour(Behaviour):
    """Hands the guards what they judge."""

    def facts(self, records: Sequence[Record]) -> list[Any]:
        return [Facts(r.owner_id) for r in records if isinstance(r, {model})]


{upper} = declare(RecordType(
    model={model}, prefix="{prefix}", clause="{clause}", workflow={upper}_FLOW, behaviour_class={model}Behaviour,
    fields=("title", "description", "owner"),
    columns=("reference", "title", "state", "owner", "changed_at"),
    filters=("state", "owner"),
    searched=("title", "description"), body="description", group="{group}",
))
'''
TESTS = '''"""The rules of {plural}: no database."""

from plimsoll.{floor}.{app}.rules import {upper}_FLOW, Facts, has_an_owner


def test_it_is_not_started_before_somebody_owns_it() -> None:
    assert has_an_owner(Facts()) == "Say who owns it first."
    assert has_an_owner(Facts(owner=1)) is None


def test_a_closed_one_can_be_reopened() -> None:
    assert [move.name for move in {upper}_FLOW.moves_from("closed")] == ["reopen"]
'''
DOCS = """# {heading} ({clause})

What {article} {label} is, and who works with it.

## States and moves

Print the workflow with `./plimsoll diagram {kind}`.

## Rules

- It is not started before somebody owns it.
"""
CHANGE = "{heading} ({clause}) can be recorded.\n"


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "new-record",
        help="write the skeleton of a new record type",
        description="Write models, rules, declaration, tests, migration, documentation page and change fragment of a new record "
        "type, and its line in the settings. Read docs/howto/add-a-record-type.md beside it.",
    )
    parser.add_argument("floor", help="the clause's folder, such as resolution")
    parser.add_argument("name", help="the plural word, such as requests: it is the folder, the app and the address")
    parser.add_argument("--singular", help="the singular word (default: the name without its s)")
    parser.add_argument("--prefix", help="of its numbers, such as REQ (default: the first three letters)")
    parser.add_argument("--clause", default="8", help="the clause of the standard that it answers, such as 8.6.2")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    singular = options.singular or options.name.removesuffix("s")
    for word in (options.floor, options.name, singular):
        if not re.fullmatch(r"[a-z][a-z_]*", word):
            raise Stop(f"“{word}” must be small letters (and _ between words).")
    if singular == options.name:
        raise Stop(f"Say the singular of “{options.name}” with --singular.")
    words = {
        "floor": options.floor,
        "app": options.name,
        "kind": singular.replace("_", ""),
        "model": camel(singular),
        "title": camel(options.name),
        "upper": singular.upper(),
        "label": singular.replace("_", " "),
        "plural": options.name.replace("_", " "),
        "heading": options.name.replace("_", " ").capitalize(),
        "article": "an" if singular[0] in "aeiou" else "a",
        "prefix": (options.prefix or singular[:3]).upper(),
        "clause": options.clause,
        "group": "system",
    }
    refuse_what_is_taken(words)
    for path in write(words):
        print(f"wrote {path.relative_to(ROOT)}")
    made = subprocess.run(
        [sys.executable, "-m", "django", "makemigrations", options.name, "-n", "initial", "--verbosity", "0"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    if made.returncode:
        raise Stop(f"The migration could not be made: {made.stderr.strip().splitlines()[-1]}")
    print(f"wrote src/plimsoll/{options.floor}/{options.name}/migrations/0001_initial.py")
    print("Now say what it is, in models.py, rules.py and the page in docs/records; then ./plimsoll reference.")


def camel(word: str) -> str:
    """service_request → ServiceRequest."""
    return "".join(part.capitalize() for part in word.split("_"))


def refuse_what_is_taken(words: dict[str, str]) -> None:
    """Names and prefixes are unique in the house; the floor must be one that the architecture knows."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["id"] == "floors")
    floors = [layer.strip("()") for layer in layers if layer not in ("site", "kernel")]
    if words["floor"] not in floors:
        raise Stop(f"There is no floor “{words['floor']}”. There are: {', '.join(floors)}.")
    for there in declared():
        if there.prefix == words["prefix"]:
            raise Stop(f"The prefix {words['prefix']} belongs to {there.plural_label}; take another with --prefix.")
        if there.kind == words["kind"] or there.model._meta.app_label == words["app"]:
            raise Stop(f"There is already a record type “{there.kind}” in {there.model.__module__}.")
    if (ROOT / "src" / "plimsoll" / words["floor"] / words["app"]).exists():
        raise Stop(f"The folder src/plimsoll/{words['floor']}/{words['app']} is there already.")


def write(words: dict[str, str]) -> list[Path]:
    """Write the files; returns them."""
    folder = ROOT / "src" / "plimsoll" / words["floor"] / words["app"]
    files = {
        folder / "__init__.py": "",
        folder / "migrations" / "__init__.py": "",
        folder / "tests" / "__init__.py": "",
        folder / "apps.py": APPS,
        folder / "models.py": MODELS,
        folder / "rules.py": RULES,
        folder / "record.py": RECORD,
        folder / "tests" / "test_rules.py": TESTS,
        ROOT / "docs" / "records" / f"{words['kind']}.md": DOCS,
        ROOT / "changes" / f"+{words['app']}.added.md": CHANGE,
    }
    if not folder.parent.exists():
        files = {folder.parent / "__init__.py": "", **files}
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.format(**words), encoding="utf-8")
    settings = SETTINGS.read_text(encoding="utf-8")
    above = "    # top floor\n"
    if above not in settings:
        raise Stop(f'Add "plimsoll.{words["floor"]}.{words["app"]}" to INSTALLED_APPS in {SETTINGS.name} yourself: its end was not found.')
    SETTINGS.write_text(settings.replace(above, f'    "plimsoll.{words["floor"]}.{words["app"]}",\n{above}', 1), encoding="utf-8")
    return [*files, SETTINGS]
