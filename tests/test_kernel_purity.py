"""The kernel knows no word of service management: it names no record type or model of the rooms."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

from plimsoll.kernel.records.declaration import declared

pytestmark = pytest.mark.once

KERNEL = Path(__file__).parents[1] / "src" / "plimsoll" / "kernel"


def words_of_the_rooms() -> set[str]:
    """Kinds, app labels and model names of everything above the kernel. A word of everyday English (service, change) that also names
    data or time in the kernel is looked for only where it can mean the room: as a whole name in code."""
    models = [m for m in apps.get_models() if m.__module__.startswith("plimsoll.") and not m.__module__.startswith("plimsoll.kernel.")]
    kinds = {t.kind for t in declared() if not t.model.__module__.startswith("plimsoll.kernel.")}
    return {m.__name__ for m in models} | {m._meta.app_label for m in models} | kinds


def names(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Whole identifiers and whole words in strings that are used as data; docstrings are prose and may give examples."""
    prose = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id, node.lineno
        elif isinstance(node, ast.alias):
            yield from ((part, node.lineno) for part in node.name.split("."))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose and re.fullmatch(r"[\w:]+", node.value):
            yield node.value.split(":")[0], node.lineno


# Words that the kernel has of its own: a grant may be for one service, a state has a category, an entry tells changes, a page answers a request
# and leads to a location, a key has scopes, a figure has a unit, an organisation may be one, or a supplier; a document has versions and may be an
# agreement or apply to a process; the API answers with a problem; a role that plans name is for training.
ITS_OWN = {
    "service",
    "services",
    "Category",
    "change",
    "changes",
    "request",
    "requests",
    "scope",
    "scopes",
    "unit",
    "Unit",
    "location",
    "Location",
} | {
    *("supplier", "Supplier", "Version", "agreement", "Agreement", "Problem", "process", "training", "authorities"),
}


def test_the_kernel_names_nothing_of_the_rooms() -> None:
    words = words_of_the_rooms() - ITS_OWN
    found = [
        f"{path.relative_to(KERNEL)}:{line} names “{name}”"
        for path in sorted(KERNEL.rglob("*.py"))
        if not {"tests", "migrations"} & set(path.parts)
        for name, line in names(ast.parse(path.read_text(encoding="utf-8")))
        if name in words
    ]
    assert not found, "\n".join(found)


def test_the_words_are_those_of_the_rooms() -> None:
    assert {"incident", "Incident", "incidents", "article", "knowledge"} <= words_of_the_rooms()
