"""`plimsoll reference`: the reference pages that follow from the code, written anew. It knows the house, and no page written by hand."""

import argparse
import functools
import inspect
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from plimsoll.kernel.records.declaration import RecordType, declared
from plimsoll.kernel.workflow import Guard, Move, Workflow
from plimsoll.site.cli.commands import COMMANDS
from plimsoll.site.cli.diagram import mermaid
from plimsoll.site.cli.house import add_json, print_json
from plimsoll.site.cli.main import parser_of
from plimsoll.site.cli.reference_claims import page as claims_page
from plimsoll.site.cli.reference_indicators import page as indicators_page

ROOT = Path(__file__).resolve().parents[4]
DOCS = ROOT / "docs"
MADE = "<!-- Written by `./plimsoll reference` from the code. Don't edit it here. -->"
# What the words of every kind allow, beside its moves.
OF_EVERY_KIND = {
    "read": "see records and their public side",
    "open": "open one; with `@own` for one's own organisations",
    "amend": "change values, links, tags, checklist, effort",
    "comment": "write messages and add files",
    "internal": "see and write what is internal; who has it is an insider",
    "redact": "erase texts by order; a digest is never touched",
}
# Words that belong to no kind of record.
OF_THE_HOUSE = {
    "person:read": "see people of the whole tenant",
    "person:keep": "keep people: add, change, invite, import, end",
    "person:erase": "erase a person's own data by order",
    "team:keep": "keep teams and who is in them",
    "organization:read": "see organisations of the whole tenant",
    "organization:keep": "keep organisations and memberships",
    "field:define": "add, change and retire custom fields",
    "workflow:change": "put a new version of a workflow in force",
    "settings:change": "change the organisation's settings, and close set-up",
    "view:share": "share saved views and canned texts with everybody who works here",
    "job:see": "see the queue of jobs and its schedules",
    "trail:see": "see the trail of kept things, and what was changed in the settings",
    "import:run": "run imports",
    "export:run": "run exports",
    "indicator:read": "read the figures of what one may see",
    "indicator:keep": "set targets and lines of indicators, and correct a frozen month with a reason",
    "evidence:read": "read what the records prove of each requirement; records that fall short are named to whom may read them",
    "evidence:assess": "have the records asked now, beside the daily computation",
    "evidence:tolerate": "decide how many requirements may fall short; it counts once a version of the SMS plan that says it is approved",
    "majorincident:inform": "tell customers and our own people where a major incident stands, and top management in other ways than by notice",
    "majorincident:oversee": "be told of each major incident at once; only a role that names it, no wildcard",
    "majorincident:follow": "read the status page, with `@own` of what affects one's own organisation",
    "objective:measure": "write down what was measured of an objective, and replace a measurement that was wrong",
    "class:NAME": "see records of that access class",
}


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "reference",
        help="write the generated reference pages anew",
        description="Write workflows, record types, words, commands, indicators and addresses into docs/reference from the code, and "
        "a skeleton for each record type that has no page in docs/records. Other pages are left alone.",
    )
    parser.add_argument("--check", action="store_true", help="write nothing; exit code 1 when a page is old, each is named")
    add_json(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    made = pages()
    old = [path for path, text in made.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if not options.check:
        for path in old:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(made[path], encoding="utf-8")
    names = [str(path.relative_to(ROOT)) for path in old]
    if options.json:
        print_json({"pages": names, "is_current": not names or not options.check})
    else:
        print("\n".join(f"{'old' if options.check else 'wrote'} {name}" for name in names) or "Every page is as the code says.")
    return 1 if options.check and names else 0


def pages() -> dict[Path, str]:
    """Every generated page: its path and its text. Skeletons are only in it while their page is missing."""
    texts = {
        "workflows": workflows,
        "record-types": record_types,
        "words": words,
        "command-line": command_line,
        "url-map": url_map,
        "indicators": lambda: indicators_page(MADE),
        "statements": lambda: claims_page(MADE),
    }
    made = {DOCS / "reference" / f"{name}.md": write() for name, write in texts.items()}
    for record_type in declared():
        if not (page := DOCS / "records" / f"{record_type.kind}.md").exists():
            made[page] = skeleton(record_type)
    return made


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    """A Markdown table; bars in cells are escaped."""
    heads = list(heads)
    lines = [heads, ["---"] * len(heads), *([cell.replace("|", "\\|").replace("\n", " ") for cell in row] for row in rows)]
    return [f"| {' | '.join(line)} |" for line in lines]


def _heading(record_type: RecordType) -> str:
    return f"{record_type.label.capitalize()} ({record_type.clause})"


# Workflows


def workflows() -> str:
    """States, moves and guards of every kind as shipped."""
    lines = [
        "# Workflows",
        "",
        MADE,
        "",
        "As the program ships them; an organisation may add to them ([how](../howto/change-a-workflow.md)). "
        "Logic asks for a state's category, never for its name.",
    ]
    for record_type in declared():
        flow = record_type.workflow
        lines += [
            "",
            f"## {_heading(record_type)}",
            "",
            f"Kind `{record_type.kind}`, numbers `{record_type.prefix}-…`. It starts as `{flow.initial}`.",
            "",
            *table(("State", "People read", "Category"), ((f"`{s.name}`", s.label, s.category) for s in flow.states)),
            "",
            *table(
                ("Move", "Button", "From", "To", "It asks for", "It is refused unless"),
                ((f"`{m.name}`", m.title, _names(m.sources), f"`{m.target}`", _asked(m), _refused(m)) for m in flow.moves),
            ),
        ]
        lines += ["", *_optional(flow)] if flow.optional_guards else []
        lines += ["", "```mermaid", mermaid(flow), "```"]
    return "\n".join(lines) + "\n"


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _asked(move: Move) -> str:
    parts = [_names(dict.fromkeys((*move.asks, *move.needs)))] if move.asks or move.needs else []
    return "; ".join([*parts, *(["a note that says why"] if move.asks_note else [])])


def _refused(move: Move) -> str:
    reasons = [f"{name.replace('_', ' ')} is given" for name in move.needs] + [meaning(guard) for guard in move.guards]
    return " · ".join([*reasons, *(["the requester may make it without the word"] if move.is_for_requester else [])])


def meaning(guard: Guard) -> str:
    """What a guard is for: the first line of its docstring, else its name in words."""
    first = (guard.__doc__ or "").strip().split("\n")[0].rstrip(".")
    return first or str(getattr(guard, "__name__", guard)).replace("_", " ")


def _optional(flow: Workflow) -> Iterator[str]:
    yield "Guards that an organisation may switch on:"
    yield ""
    rows = ((f"`{name}`", f"`{move}`", meaning(guard)) for name, (move, guard) in flow.optional_guards.items())
    yield from table(("Name", "On the move", "What it does"), rows)


# Record types


def record_types() -> str:
    """The declaration of every kind, as forms, API and import see it."""
    lines = [
        "# Record types",
        "",
        MADE,
        "",
        "What may be set on each kind by pages, API and import. Every record also has number, state, organisation, "
        "opened, changed, version, origin, external reference, imported values and custom fields.",
    ]
    for record_type in declared():
        lines += [
            "",
            f"## {_heading(record_type)}",
            "",
            f"Kind `{record_type.kind}`, in addresses `{record_type.plural_kind}`, numbers `{record_type.prefix}-…`. "
            f"[What it is for](../records/{record_type.kind}.md).",
            "",
            *table(("Field", "Label", "Type", "Traits"), (_field(record_type, name) for name in record_type.fields)),
            "",
            f"Lists show {_names(record_type.columns)} and filter by {_names(record_type.filters)}. Search reads {_names(record_type.searched)}.",
        ]
    return "\n".join(lines) + "\n"


def _field(record_type: RecordType, name: str) -> tuple[str, str, str, str]:
    field = record_type.model_field(name)
    kind = re.sub(r"(?<!^)([A-Z])", r" \1", type(field).__name__.removesuffix("Field")).lower()
    if target := record_type.foreign.get(name):
        kind = str(target._meta.verbose_name)
    elif field.choices:
        kind = "one of " + ", ".join(f"`{value}`" for value, _label in field.flatchoices)
    traits = [
        word
        for word, holds in (
            ("needed", name in record_type.required),
            ("internal", name in record_type.internal),
            ("erasable text", name in record_type.texts),
        )
        if holds
    ]
    return f"`{name}`", str(field.verbose_name), kind, ", ".join(traits)


def skeleton(record_type: RecordType) -> str:
    """A page to be written by hand, where there is none."""
    return (
        "\n\n".join(
            (
                f"# {record_type.plural_label.capitalize()} ({record_type.clause})",
                f"Say what one is, and who works with it. Kind `{record_type.kind}`.",
                "## States and moves",
                "See [workflows](../reference/workflows.md) and [fields](../reference/record-types.md).",
                "## Rules",
                "- Say each rule and where it stands.",
            )
        )
        + "\n"
    )


# Words


def words() -> str:
    """Every permission word."""
    lines = [
        "# Words",
        "",
        MADE,
        "",
        "A word is an authority, written `kind:action`. Roles hold words; see [how access is decided](../explanation/how-access-is-decided.md).",
        "",
        "- `*` stands for every kind or every action: `*:read`, `incident:*`, `*:*`.",
        "- `@own` at the end narrows a word to what is shared with its holder: `incident:read@own`.",
        "- A token's scopes are `*`, `read` (all reading) or words; they narrow what its person may and never widen it.",
        "- A role given only for one organisation or service reaches nothing that is everybody's, such as settings, fields, workflows.",
        "",
        "## Of every kind",
        "",
        *table(("Action", "It allows to"), ((f"`{name}`", text) for name, text in OF_EVERY_KIND.items())),
        "",
        "## Moves",
        "",
        "A move's name is also its word. Which moves there are, by kind:",
        "",
        *table(("Kind", "Words"), ((f"`{t.kind}`", _names(f"{t.kind}:{m.name}" for m in t.workflow.moves)) for t in declared())),
        "",
        "## Of the house",
        "",
        *table(("Word", "It allows to"), ((f"`{word}`", text) for word, text in OF_THE_HOUSE.items())),
    ]
    return "\n".join(lines) + "\n"


# Commands


def command_line() -> str:
    """Every command with its options, from the parsers themselves."""
    lines = [
        "# Command line",
        "",
        MADE,
        "",
        "`./plimsoll COMMAND --help` says the same. Exit codes: 0 done, 1 refused or something is wrong, 2 asked wrongly or configured "
        "wrongly. Whoever acts by command stands in the trail as the system person. `./plimsoll install` and `./plimsoll install-dev` prepare "
        "`.venv` and start nothing.",
        "",
        *table(("Command", "What for"), ((f"[`{c.name}`](#plimsoll-{c.name})", c.purpose) for c in COMMANDS)),
    ]
    for command in COMMANDS:
        lines += ["", f"## plimsoll {command.name}"]
        for parser in _leaves(parser_of(command)):
            lines += ["", f"`{_usage(parser)}`", ""]
            lines += [parser.description, ""] if parser.description else []
            lines += table(("Option", "What it does"), _options(parser))
    return "\n".join(lines) + "\n"


def _leaves(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """The parsers that take options: one's own, or those of its acts."""
    acts = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    if not acts:
        yield parser
    for action in acts:
        for child in dict.fromkeys(action.choices.values()):
            child.description = child.description or next((c.help for c in action._choices_actions if child.prog.endswith(f" {c.dest}")), "")
            yield from _leaves(child)


def _usage(parser: argparse.ArgumentParser) -> str:
    places = [str(a.metavar or a.dest.upper()) + ("…" if a.nargs in ("*", "+") else "") for a in parser._actions if not a.option_strings]
    return " ".join([re.sub(r" \S*\|\S*", "", parser.prog), *places])


def _options(parser: argparse.ArgumentParser) -> Iterator[tuple[str, str]]:
    for action in parser._actions:
        if isinstance(action, argparse._HelpAction):
            continue
        wanted = action.metavar or ("|".join(map(str, action.choices)) if action.choices else action.dest.upper())
        value = "" if action.nargs == 0 else f" {wanted}"
        name = ", ".join(f"`{option}{value}`" for option in action.option_strings) or f"`{wanted}`"
        yield name, str(action.help or "") + (" (needed)" if action.required and action.option_strings else "")
    yield "`-h`, `--help`", "say this"


# Addresses


def url_map() -> str:
    """Every address; what each kind has alike stands once."""
    found: dict[str, str] = {}
    per_kind: dict[str, dict[str, str]] = {}
    kinds = {t.plural_kind for t in declared()}
    for route, answers in _routes(get_resolver().url_patterns, "/"):
        parts = route.split("/")
        if kind := next((p for p in parts if p in kinds), None):
            per_kind.setdefault("/".join("{kinds}" if p == kind else p for p in parts), {})[kind] = answers
        else:
            found.setdefault(route, answers)
    for route, by_kind in per_kind.items():
        if set(by_kind) == kinds:
            found[route] = "every kind: " + sorted(by_kind.values())[0]
        else:
            found.update({route.replace("{kinds}", kind): answers for kind, answers in by_kind.items()})
    lines = [
        "# Addresses",
        "",
        MADE,
        "",
        f"`{{kinds}}` is one of {_names(sorted(kinds))}. What the API takes and answers stands in its own document.",
        "",
        *table(("Address", "Answered by"), ((f"`{route}`", f"`{answers}`") for route, answers in sorted(found.items()))),
    ]
    return "\n".join(lines) + "\n"


def _routes(patterns: list[Any], prefix: str) -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        assert isinstance(pattern, URLPattern | URLResolver)
        route = prefix + _readable(str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, route)
        else:
            yield route, _answering(pattern.callback)


def _answering(callback: Any) -> str:
    """What answers an address: the module of the view; for the API the methods."""
    while True:
        held = inspect.getclosurevars(callback).nonlocals if inspect.isfunction(callback) else {}
        if "view" in held:  # wrapped, as the API wraps all of its views
            callback = held["view"]
        elif isinstance(callback, functools.partial):
            callback = callback.func
        else:
            break
    if methods := sorted({method for operation in getattr(held.get("self"), "operations", ()) for method in operation.methods}):
        return " ".join(methods)
    return str(getattr(callback, "view_class", callback).__module__).removeprefix("plimsoll.")


def _readable(pattern: str) -> str:
    """A route or regular expression as people write addresses: {names} in braces."""
    named = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"{\1}", pattern)
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", named).replace("^", "").replace("\\Z", "").rstrip("$")
