"""The floors hold for the database too: no model points to one on a higher floor, not even by a name in a string.

import-linter can't see `ForeignKey("incidents.Incident")`. Both read the same lists in `pyproject.toml`.
"""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import models

pytestmark = pytest.mark.once

ROOT = Path(__file__).parents[1]
CONTRACTS = {c["id"]: c for c in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]}


def heights(contract: str) -> dict[str, int]:
    """The height of each package of a contract: 0 is the ground."""
    layers = reversed(CONTRACTS[contract]["layers"])
    return {name: height for height, layer in enumerate(layers) for name in re.findall(r"\w+", layer)}


HOUSE, KERNEL = heights("floors"), heights("kernel")


def height(module: str) -> tuple[int, int]:
    """Where a module of the house stands: its floor, and in the kernel its floor there."""
    parts = module.split(".")
    return HOUSE[parts[1]], KERNEL.get(parts[2], 0) if parts[1] == "kernel" else 0


def ours(model: Any) -> bool:
    return model.__module__.startswith("plimsoll.")


def relations() -> list[tuple[type[models.Model], str, type[models.Model]]]:
    """Every relation from one of our models to another."""
    return [
        (model, field.name, field.related_model)
        for model in apps.get_models()
        if ours(model)
        for field in (*model._meta.fields, *model._meta.many_to_many)
        if isinstance(field.related_model, type) and ours(field.related_model)
    ]


def test_there_are_relations_to_look_at() -> None:
    assert len(relations()) > 50


@pytest.mark.parametrize(("model", "field", "target"), relations(), ids=lambda value: value if isinstance(value, str) else value.__name__)
def test_no_relation_points_upwards(model: type[models.Model], field: str, target: type[models.Model]) -> None:
    assert height(target.__module__) <= height(model.__module__), f"{model.__module__}.{model.__name__}.{field} points up at {target.__module__}"


def test_every_package_of_the_house_has_a_floor() -> None:
    packages = {p.parent.name for p in (ROOT / "src" / "plimsoll").glob("*/__init__.py")}
    assert packages <= set(HOUSE)
    assert {p.parent.name for p in (ROOT / "src" / "plimsoll" / "kernel").glob("*/__init__.py")} <= set(KERNEL)
