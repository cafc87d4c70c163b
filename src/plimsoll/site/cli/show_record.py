"""`plimsoll show-record`: everything that follows from a declaration, and where each part comes from."""

import argparse
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from plimsoll.kernel.records.declaration import Behaviour, RecordType
from plimsoll.site.cli.house import add_json, print_json, type_of_word


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "show-record",
        help="show what a record type is made of",
        description="Print a record type's addresses, words, fields, columns, filters and classes, and where each comes from.",
    )
    parser.add_argument("kind", help="the record type, such as incident")
    add_json(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    parts = described(type_of_word(options.kind))
    if options.json:
        print_json(parts)
        return
    for heading, value in parts.items():
        if isinstance(value, dict):
            print(f"\n{heading}")
            width = max((len(name) for name in value), default=0)
            for name, text in value.items():
                print(f"  {name:<{width}}  {text}")
        else:
            print(f"{heading:<8}  {value}")


def described(record_type: RecordType) -> dict[str, Any]:
    """The parts of a record type by heading."""
    model, flow = record_type.model, record_type.workflow
    fields = {name: _field(record_type, name) for name in record_type.fields}
    return {
        "kind": record_type.kind,
        "label": f"{record_type.label}, {record_type.plural_label}",
        "prefix": record_type.prefix,
        "clause": record_type.clause,
        "table": model._meta.db_table,
        "group": record_type.group,
        "columns": ", ".join(record_type.columns),
        "filters": ", ".join(record_type.filters),
        "search": ", ".join(record_type.searched),
        "fields": fields,
        "words": {f"{record_type.kind}:{word}": meaning for word, meaning in _words(record_type).items()},
        "states": {state.name: f"{state.label} ({state.category})" for state in flow.states},
        "indexes": {index.name: ", ".join(index.fields) for index in model._meta.indexes},
        "classes": {name: f"{cls.__module__}.{cls.__qualname__} ({_origin(cls)})" for name, cls in _classes(record_type)},
        "addresses": dict(_addresses(record_type)),
    }


def _field(record_type: RecordType, name: str) -> str:
    field = record_type.model_field(name)
    traits = [
        type(field).__name__,
        *(["needed"] if name in record_type.required else []),
        *(["internal"] if name in record_type.internal else []),
        *(["erasable in the trail"] if name in record_type.texts else []),
        *([f"points to {target._meta.label}"] if (target := record_type.foreign.get(name)) else []),
    ]
    return ", ".join(traits)


def _words(record_type: RecordType) -> dict[str, str]:
    words = {"read": "see it", "open": "open one", "amend": "change its values", "comment": "comment on it", "internal": "see what is internal"}
    return words | {move.name: f"{move.title}: {' or '.join(move.sources)} → {move.target}" for move in record_type.workflow.moves}


def _classes(record_type: RecordType) -> Iterator[tuple[str, type[Any]]]:
    yield "model", record_type.model
    yield "behaviour", record_type.behaviour_class
    if record_type.filterset_class:
        yield "filter set", record_type.filterset_class


def _origin(cls: type[Any]) -> str:
    if cls is Behaviour:
        return "the default, decides nothing"
    try:
        return f"{Path(inspect.getfile(cls)).name}:{inspect.getsourcelines(cls)[1]}"
    except (OSError, TypeError):
        return "derived"


def _addresses(record_type: RecordType) -> Iterator[tuple[str, str]]:
    """Every address with the kind's plural word in it, with what answers there."""
    for route, pattern in _walk(get_resolver().url_patterns, "/"):
        if record_type.plural_kind in route.replace("^", "").split("/"):
            view = getattr(pattern.callback, "view_class", pattern.callback)
            yield route, f"{view.__module__}.{getattr(view, '__qualname__', type(view).__name__)}"


def _walk(patterns: list[Any], prefix: str) -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, route)
        else:
            yield route, pattern
