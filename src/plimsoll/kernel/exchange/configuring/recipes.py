"""How a file of others is read as entries: a TOML map of where each thing stands and what its values are made of. No database.

The reference for people is `docs/reference/configuration-maps.md`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from plimsoll.kernel.exchange.configuring.entries import Entry, few_enough
from plimsoll.kernel.exchange.mapping import SHIPPED, MapFaulty

FOLDER = SHIPPED / "configuration"
_TOP = {"source", "title", "about", "take"}
_TAKE = {"kind", "each", "where", "unless", "fields"}
_SPEC = {"from", "match", "lines", "replace", "rewrite", "values", "times", "unless", "default", "join", "say"}
_PLACE = re.compile(r"{([^{}]+)}")
_NOTHING = object()
ROOT = "^"  # the first step of a path that begins at the whole file


@dataclass(frozen=True, slots=True)
class Recipe:
    """A whole map: what it takes, in its order."""

    source: str
    title: str
    takes: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class _Here:
    """Where the map stands in the file: the item, the names that `*` stood for, and the place for people."""

    item: Any
    root: Any
    names: tuple[Any, ...] = ()
    row: str = ""


def read_recipe(text: str) -> Recipe:
    """A map from its TOML text. Raises `MapFaulty` with every fault found."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MapFaulty([f"The map is not TOML: {error}."]) from None
    faults = [f"“{name}” is unknown in the map. There are: {', '.join(sorted(_TOP))}." for name in data if name not in _TOP]
    if not isinstance(data.get("source"), str) or not 0 < len(data["source"]) <= 60:
        faults.append('The map needs source = "…", of at most 60 characters.')
    takes = data.get("take")
    if not isinstance(takes, list) or not takes or not all(isinstance(take, dict) for take in takes):
        raise MapFaulty([*faults, "The map takes nothing: write [[take]] for each kind of thing that it sets up."])
    for n, take in enumerate(takes, 1):
        faults += [f"“{name}” is unknown in take {n}. There are: {', '.join(sorted(_TAKE))}." for name in take if name not in _TAKE]
        if not isinstance(take.get("kind"), str) or not isinstance(take.get("fields"), dict):
            faults.append(f'Take {n} needs kind = "…" and a table of fields.')
        else:
            faults += _faults_of(take["fields"], f"take {n}, {take['kind']}")
    if faults:
        raise MapFaulty(faults)
    return Recipe(data["source"], str(data.get("title", data["source"])), tuple(takes))


def _faults_of(template: Any, where: str) -> list[str]:
    """What can't be a template: unknown names beside `from`, patterns that are none."""
    if isinstance(template, list):
        return [fault for one in template for fault in _faults_of(one, where)]
    if not isinstance(template, dict):
        return []
    found = []
    if "from" in template or "join" in template:
        found += [f"“{name}” is unknown in {where}. There are: {', '.join(sorted(_SPEC))}." for name in template if name not in _SPEC]
        try:
            patterns = [str(template.get("match", "")), str(template.get("lines", "")), str(template.get("unless", ""))]
            patterns += [str(row["match"]) for row in template.get("rewrite", ())] + [str(pair[0]) for pair in template.get("replace", ())]
            for pattern in patterns:
                re.compile(pattern)
        except re.error as error:
            found.append(f"A pattern in {where} is none: {error}.")
        except (KeyError, TypeError, IndexError):
            found.append(f"In {where} rewrite is a list of tables with match and to, replace a list of pairs.")
        return found
    for name, one in template.items():
        if name not in ("each", "where", "unless"):
            found += _faults_of(one, f"{where}.{name}")
    return found


def shipped_recipes() -> dict[str, Recipe]:
    """The maps that come with the project, by file name without ending."""
    return {path.stem: read_recipe(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.toml"))}


def recipe_named(name: str) -> Recipe:
    """A map by path, or one that is shipped by its name. Raises `MapFaulty`."""
    path = Path(name)
    if not path.exists() and (FOLDER / f"{path.name.removesuffix('.toml')}.toml").exists():
        path = FOLDER / f"{path.name.removesuffix('.toml')}.toml"
    try:
        return read_recipe(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        raise MapFaulty([f"There is no map “{name}”. Shipped are: {', '.join(p.stem for p in sorted(FOLDER.glob('*.toml')))}."]) from None


def taken(recipe: Recipe, data: Any) -> list[Entry]:
    """The entries that a map makes of a file. Raises `MapFaulty` with a sentence for each value that the map gives no meaning."""
    found: list[Entry] = []
    faults: list[str] = []
    for take in recipe.takes:
        begun = _Here(data, data)
        rows = list(_walk(take.get("each", []), begun))
        if not rows:
            faults.append(f"{take['kind']}: nothing stands at {_path(take['each'])}. The map is for another file, or for another edition of it.")
        for here in rows:
            if not _holds(take, here):
                continue
            try:
                values = _value(take["fields"], here)
            except _Meaningless as error:
                faults.append(f"{here.row or take['kind']}: {error}")
                continue
            found.append(Entry(take["kind"], here.row or take["kind"], values, recipe.source))
    if faults:
        raise MapFaulty(faults)
    return few_enough(found)


class _Meaningless(ValueError):
    """A value that the map gives no meaning; says which."""


def _path(steps: Sequence[Any]) -> str:
    return "/".join(str(next(iter(step.values()))) if isinstance(step, dict) else str(step) for step in steps)


def _walk(steps: Sequence[Any], here: _Here) -> Iterator[_Here]:
    """Everything at a path: a name, a place from 0, `*` for all, or {name = "value"} for those of a list or table that say so."""
    if not steps:
        yield here
        return
    step, rest = steps[0], steps[1:]
    members: list[tuple[Any, Any]] = list(here.item.items()) if isinstance(here.item, dict) else []
    if isinstance(here.item, list):
        members = list(enumerate(here.item, 1))
    for name, item in members:
        row = f"{here.row}/{name}" if here.row else str(name)
        if step == "*":
            yield from _walk(rest, replace(here, item=item, names=(*here.names, name), row=row))
        elif isinstance(step, dict):
            if isinstance(item, dict) and all(item.get(n) == wanted for n, wanted in step.items()):
                yield from _walk(rest, replace(here, item=item, row=row))
        elif name == (step + 1 if isinstance(step, int) and isinstance(here.item, list) else step):
            yield from _walk(rest, replace(here, item=item, row=row))


def _found(path: str, here: _Here) -> Any:
    """The value at a dotted path of the item; `.` is the item, `@1` what the first `*` stood for."""
    if path == ".":
        return here.item
    if path.startswith("@"):
        n = int(path[1:]) if path[1:].isdecimal() else 0
        return here.names[n - 1] if 0 < n <= len(here.names) else None
    item = here.item
    for step in path.split("."):
        if isinstance(item, dict):
            item = item.get(step)
        elif isinstance(item, list) and step.isdecimal() and int(step) < len(item):
            item = item[int(step)]
        else:
            return None
    return item


def _first(paths: str | Sequence[str], here: _Here) -> Any:
    """The value at a path; of several paths at the first where there is one."""
    several = [paths] if isinstance(paths, str) else paths
    return next((value for path in several if (value := _found(path, here)) not in (None, "")), None)


def _holds(asked: Mapping[str, Any], here: _Here) -> bool:
    """Whether all of `where` and not all of `unless` is so."""

    def all_of(table: Mapping[str, Any]) -> bool:
        return all(_is(_found(path, here), wanted) for path, wanted in table.items())

    return all_of(asked.get("where", {})) and not (asked.get("unless") and all_of(asked["unless"]))


def _is(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, str):
        return isinstance(value, str | int) and re.search(wanted, str(value)) is not None
    if isinstance(wanted, bool):  # is there anything?
        return (value not in (None, "", [], {})) is wanted
    return bool(value == wanted)


def _value(template: Any, here: _Here) -> Any:
    if isinstance(template, str):
        return _text(template, here)
    if isinstance(template, list):
        return [value for one in template for value in _members(one, here)]
    if not isinstance(template, dict):
        return template
    if "from" in template or "join" in template:
        return _spec(template, here)
    rows = {name: _value(one, here) for name, one in template.items() if name not in ("each", "where", "unless")}
    return {name: value for name, value in rows.items() if value is not _NOTHING}


def _members(template: Any, here: _Here) -> Iterator[Any]:
    """What a member of a list stands for: itself, or with `each` one for everything at that path."""
    if not isinstance(template, dict) or "from" in template or not {"each", "where", "unless"} & template.keys():
        if (value := _value(template, here)) is not _NOTHING:
            yield value
        return
    steps = template.get("each", [])
    begun = replace(here, item=here.root, row="") if steps[:1] == [ROOT] else here
    for inner in _walk(steps[1:] if steps[:1] == [ROOT] else steps, begun):
        if _holds(template, inner):
            yield _value(template, inner)


def _text(template: str, here: _Here) -> Any:
    """Text with its {places} filled. One that is nothing but a place is the value as it stands in the file."""
    if whole := _PLACE.fullmatch(template):
        value = _found(whole[1], here)
        return _NOTHING if value is None or value == "" else value
    return _PLACE.sub(lambda m: str(v) if (v := _found(m[1], here)) is not None else "", template)


def _spec(spec: Mapping[str, Any], here: _Here) -> Any:
    value = _joined(spec["join"], here) if "join" in spec else _first(spec["from"], here)
    if value is not None and "unless" in spec and re.search(spec["unless"], str(value)):
        value = None
    if isinstance(value, str):
        value = _worded(spec, value)
    if value in (None, "", []):
        return spec.get("default", _NOTHING)
    if "values" in spec:
        if str(value) not in spec["values"]:
            if "default" in spec:
                return spec["default"]
            raise _Meaningless(f"the map gives “{str(value)[:60]}” no meaning; known are: {', '.join(spec['values'])}.")
        value = spec["values"][str(value)]
    if "times" in spec:
        value = round(float(value) * spec["times"], 6)
    return spec["say"].replace("{}", str(value)) if "say" in spec else value


def _worded(spec: Mapping[str, Any], text: str) -> Any:
    """What patterns make of a text."""
    if "match" in spec:
        found = re.search(spec["match"], text)
        text = (found[1] if found.groups() else found[0]).strip() if found else ""
    for pattern, instead in spec.get("replace", ()):
        text = re.sub(pattern, instead, text)
    if "lines" in spec:
        return [line.strip() for line in re.findall(spec["lines"], text)]
    if "rewrite" not in spec or not text:
        return text.strip()
    for row in spec["rewrite"]:
        if found := re.search(row["match"], text):
            number = f"{float(found[1]) * row['times']:g}" if "times" in row else ""
            return row["to"].replace("{}", number) if "times" in row else found.expand(row["to"])
    if "default" in spec:
        return spec["default"]
    raise _Meaningless(f"the map can't read “{text[:60]}”.")


def _joined(spec: Mapping[str, Any], here: _Here) -> str:
    """Words of another table that a third one ties to this row: rows are told by their place in their table, from 1."""
    tied = [inner.item for inner in _walk([*spec["through"], "*"], _Here(here.root, here.root))]
    others = [inner.item for inner in _walk([*spec["of"], "*"], _Here(here.root, here.root))]
    own = here.names[-1] if here.names else 0
    places = [row[spec["there"]] for row in tied if row.get(spec["here"]) == own]
    told = [_text(spec["say"], _Here(others[place - 1], here.root)) for place in places if 0 < place <= len(others)]
    return str(spec.get("with", ", ")).join(re.sub(r"\s*\(\)$", "", str(one)) for one in told)
