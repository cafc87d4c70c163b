"""Queries that read rooms of different floors, and so stand in none of them; importing this declares them all."""

from importlib import import_module
from pkgutil import iter_modules

for _module in sorted(found.name for found in iter_modules(__path__)):
    import_module(f"{__name__}.{_module}")
