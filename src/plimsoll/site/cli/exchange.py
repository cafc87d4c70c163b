"""`plimsoll import` and `plimsoll export`: the kernel's commands, with the system person of the house as their actor."""

from typing import Any

from plimsoll.kernel.exchange.commands import add_export, add_import
from plimsoll.site.cli.house import actor


def register(subparsers: Any) -> None:
    add_import(subparsers, actor)
    add_export(subparsers, actor)
