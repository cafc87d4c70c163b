"""How an import finds and makes the categories that a file names: by their path, branch by branch."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from plimsoll.kernel.exchange.creating import Creator, Making, register_creator
from plimsoll.kernel.exchange.drafts import Named
from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.identity.settings import settings_changed
from plimsoll.resolution.incidents.models import Category

SEPARATOR = " / "


def find(tenant: Tenant, keys: Collection[str]) -> dict[str, Any]:
    """Categories by their path, "Network / Wireless"."""
    found: dict[str, Any] = {}
    wanted = list(keys)
    for start in range(0, len(wanted), 400):
        found |= {c.path: c for c in Category.objects.filter(tenant=tenant, path__in=wanted[start : start + 400])}
    return found


def make(making: Making, named: list[Named]) -> dict[str, Any]:
    """Make the categories of these paths with the branches above them."""
    paths = []
    for row in named:
        parts = [part.strip()[:150] for part in row.key.split(SEPARATOR)]
        paths += [SEPARATOR.join(parts[:depth])[:320] for depth in range(1, len(parts) + 1)]
    known = find(making.tenant, dict.fromkeys(paths))
    made = []
    for path in dict.fromkeys(paths):
        if path not in known:
            above, _, name = path.rpartition(SEPARATOR)
            known[path] = Category.objects.create(tenant=making.tenant, parent=known.get(above), name=name, path=path)
            made.append(known[path])
    making.tell(made, "category", path=lambda c: c.path)
    settings_changed(making.tenant.pk)
    return {row.key: known[row.key] for row in named if row.key in known}


register_creator(Category, Creator(find, make, lambda category: category.path))
