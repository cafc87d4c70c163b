"""What a text suggests as records and as fields of its own cover, each with its place and how sure that is. Pure.

A proposal names its kind as a word; whether such a kind is kept is asked when it is taken over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from plimsoll.kernel.documents.reading.brackets import brackets_in
from plimsoll.kernel.documents.reading.shapes import Grid, Listing, Paragraph, Section, Text
from plimsoll.support.intake.duties import duties_of
from plimsoll.support.intake.places import cover_item

# Proposals that are no records: fields of the cover, and what the text refers to.
HEADER, REFERENCE, STANDARD = "header", "reference", "standard"
MOST = 500  # proposals of one text

_CLAUSES = re.compile(r"\b\d{1,2}(?:\.\d{1,2}){1,4}\b")
_CITED = re.compile(r"\b(?:ISO|IEC|EN|BS|DIN)(?:[/ -](?:IEC|ISO|EN|TS|TR))*\s?\d{4,5}(?:-\d{1,2})?(?::(?:19|20)\d{2})?|\bFitSM-\d", re.IGNORECASE)
_EXAMPLE = re.compile(r"\bexamples? (?:for|of) ([\w ]{3,40}?): (.{3,120}?)(?:\.(?:\s|$)|$)", re.IGNORECASE)
_LEAD = re.compile(r".*:\s*$")


@dataclass(frozen=True, slots=True)
class Proposal:
    """Something that the text says. `key` stays the same when the text is read again. `reason` is a key that pages word; `sure` is 0 to 100.

    `is_example`: the text gives it as an example only, or as a name in brackets; it is not ticked beforehand.
    """

    key: str
    kind: str
    title: str
    values: dict[str, str] = field(default_factory=dict)
    lines: tuple[str, ...] = ()  # of a role: its responsibilities; of a standard: its clauses
    line: int = 0
    section: str = ""
    quote: str = ""
    sure: int = 50
    reason: str = ""
    is_example: bool = False
    items: tuple[str, ...] = ()

    @property
    def is_record(self) -> bool:
        return self.kind not in (HEADER, REFERENCE, STANDARD)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def from_json(kept: dict[str, Any]) -> Proposal:
    return Proposal(**{**kept, "lines": tuple(kept["lines"]), "items": tuple(kept["items"])})


def proposals(text: Text) -> list[Proposal]:
    """Everything that a text suggests, in its order; twins once."""
    found: list[Proposal] = []
    seen: set[tuple[str, str]] = set()
    for made in _all(text):
        once = (made.kind, made.title.casefold()) if made.kind != "role" else (made.kind, f"{made.title}:{made.line}")
        if made.title and once not in seen and len(found) < MOST:
            seen.add(once)
            count = sum(p.kind == made.kind for p in found) + 1
            found.append(replace(made, key=f"{made.kind}-{count}"))
    return found


def _all(text: Text) -> Iterator[Proposal]:
    for label in text.labels:
        item = cover_item(label)
        quote = f"{label.label}: {label.value}".strip(": ")
        yield Proposal(
            "", HEADER, label.label, {"value": label.value}, (), label.line, "", quote[:80], 95 if item else 60, "cover", False, (item,) * bool(item)
        )
    above = ""
    for section in text.sections():
        title = section.heading.title if section.heading else ""
        told = title.casefold()
        if re.search(r"\breferences?\b|reference documents|related documents|bibliography", told):
            yield from _references(section)
        for grid in (b for b in section.blocks if isinstance(b, Grid)):
            yield from _roles(grid, section)
            yield from _other_parties(grid, section)
        yield from _listed(section, above)
        if section.heading is not None and section.heading.level <= 2:
            above = told
    for remark in text.remarks:
        for found in _EXAMPLE.finditer(remark.text.replace("\n", " ")):
            if made := _example(found[1].casefold(), found[2].strip()):
                yield replace(made, line=remark.line, section=remark.section, quote=found[0][:80])


# References


def _references(section: Section) -> Iterator[Proposal]:
    for block in section.blocks:
        for line, text in _entries(block):
            bare = _bare(text)
            cited = _CITED.search(bare)
            if cited:
                clauses = clauses_in(bare[cited.end() :])
                yield Proposal("", STANDARD, cited[0], {"clauses": ", ".join(clauses)}, clauses, line, section.name, bare[:80], 95, "cited")
            elif bare and len(bare) <= 120 and not bare.endswith((".", ":")):
                yield Proposal("", REFERENCE, bare, {}, (), line, section.name, bare[:80], 90, "listed", items=("S-016",))


def clauses_in(text: str) -> tuple[str, ...]:
    """The clauses that a text names, each once; “4.1.1: 4.1.4” and “4.1.1–4.1.4” name all between."""
    found: list[str] = []
    for first, last in re.findall(rf"({_CLAUSES.pattern})(?:\s*[:–-]\s*({_CLAUSES.pattern}))?", text):
        found.append(first)
        stem, _point, start = first.rpartition(".")
        other, _point, end = last.rpartition(".")
        if last:
            found += [f"{stem}.{n}" for n in range(int(start) + 1, int(end))] if stem == other else []
            found.append(last)
    return tuple(dict.fromkeys(found))


def _entries(block: Any) -> Iterator[tuple[int, str]]:
    """What stands one by one: items of a list, rows of a table by their first cell."""
    if isinstance(block, Listing):
        yield from ((item.line, item.text) for item in block.items)
    elif isinstance(block, Grid):
        yield from ((row.line, row.cells[0]) for row in block.rows if row.cells)


# Roles and other parties


def _column(grid: Grid, words: str, but: int = -1) -> int:
    return next((n for n, name in enumerate(grid.columns) if n != but and re.search(words, name.casefold())), -1)


def _roles(grid: Grid, section: Section) -> Iterator[Proposal]:
    """A table of roles: one column names them, another says what they answer for."""
    named = _column(grid, r"\broles?\b|\bfunction\b|\bposition\b")
    said = _column(grid, r"descri|responsib|dut(y|ies)|tasks|accountab", named)
    if named < 0 or said < 0:
        return
    for row in grid.rows:
        if max(named, said) >= len(row.cells):
            continue
        duties, is_guessed = duties_of(row.cells[said])
        title, code = _role_title(row.cells[named], duties)
        if not duties or not title:
            continue
        is_named = not _is_bracket(row.cells[named])
        yield Proposal(
            "",
            "role",
            title,
            {"responsibilities": "\n".join(f"- {duty}" for duty in duties), **({"code": code} if code else {})},
            duties,
            row.line,
            section.name,
            row.cells[named][:80],
            (90 if is_named else 70) - (15 if is_guessed else 0),
            "verbs" if is_guessed else "table",
            False,
            ("S-038",),
        )


# What a role without a name answers for says which of the known ones it is.
_KNOWN_ROLES = (
    ("Top management", "top_management", r"provision of resources|conduct management review|appoint|scope, policy and objectives"),
    ("SMS manager", "sms_manager", r"conflicts? of interest|report to top management|integrated with the other|designed, implemented and improved"),
    ("Training coordinator", "training_coordinator", r"training|records of education|effectiveness of (the )?action|competence"),
)


def _role_title(cell: str, duties: Sequence[str]) -> tuple[str, str]:
    """The name of a role with the code of ours, if it is one: as it is written, else by what it answers for."""
    bare = " ".join(cell.split())
    told = " ".join(duties).casefold()
    hits = {(title, code): len(re.findall(pattern, told)) for title, code, pattern in _KNOWN_ROLES}
    best, count = max(hits.items(), key=lambda pair: pair[1])
    if bare and not _is_bracket(bare):
        return bare[:250], best[1] if best[0].casefold() == bare.casefold() else ""
    return best if count else (bare.strip("[] ")[:250], "")


def _other_parties(grid: Grid, section: Section) -> Iterator[Proposal]:
    """A table of what others do: the process, the party, and the document that binds it."""
    process = _column(grid, r"process|activity|component|part")
    party = _column(grid, r"party|supplier|provider|operated by|company", process)
    document = _column(grid, r"document|contract|agreement|relationship", party)
    if process < 0 or party < 0 or process == party:
        return
    for row in grid.rows:
        cells = [c.strip() for c in row.cells]
        if max(process, party, document) >= len(cells) or not cells[process]:
            continue
        told = {"process": _inner(cells[process]), "party": _inner(cells[party]), "agreement": _inner(cells[document]) if document >= 0 else ""}
        is_example = _is_bracket(cells[party])
        title = f"{told['process']}: {told['party']}"[:250]
        sure = 60 if is_example else 90
        yield Proposal("", "operation", title, told, (), row.line, section.name, " / ".join(cells)[:80], sure, "table", is_example, ("S-072",))


# Lists whose section says what they are


@dataclass(frozen=True, slots=True)
class Listed:
    """In a section with such a title (or under an item with such words) stand records of a kind."""

    words: str
    kind: str
    values: tuple[tuple[str, str], ...] = ()
    items: tuple[str, ...] = ()


LISTED = (
    Listed(r"\blocations?\b|\bsites?\b|\boffices\b", "location", (), ("S-022",)),
    Listed(r"\bcustomers?\b", "customer", (), ("S-023",)),
    Listed(r"\blimitations?\b|\bconstraints?\b", "limitation", (), ("S-029",)),
    Listed(r"\bpolic(y|ies)\b", "obligation", (("type", "policy"),), ("S-030",)),
    Listed(r"\bstandards?\b", "obligation", (("type", "standard"),), ("S-031",)),
    Listed(r"statut|regulat|\blaws?\b|legal", "obligation", (("type", "law"),), ("S-032",)),
    Listed(r"contractual|\bcontracts?\b", "obligation", (("type", "contract"),), ("S-033",)),
    Listed(r"\btools?\b|technology support", "tool", (), ("S-083",)),
)
_SYSTEM = re.compile(r"(?i:\bmanagement systems?\b)|\b[A-Z]{1,3}MS\b")
_NONE = re.compile(r"(?:none|n/?a|not applicable|nothing|to be defined|tbd|list)\W*", re.IGNORECASE)


def _listed(section: Section, above: str) -> Iterator[Proposal]:
    title = section.heading.title.casefold() if section.heading else ""
    if not title or re.search(r"\brequirement", title) and "statut" not in title:
        yield from _systems(section)
        return
    hits = [rule for rule in LISTED if re.search(rule.words, title)]
    by_title = hits[0] if len(hits) == 1 or (hits and len({h.kind for h in hits}) == 1 and len(hits) == 1) else None
    for block in section.blocks:
        if isinstance(block, Listing):
            parent: Listed | None = None
            for item in block.items:
                bare = _bare(item.text)
                named = [rule for rule in LISTED if re.search(rule.words, bare.casefold())]
                if item.depth == 0 and named and (bare.endswith(":") or re.match(r"lists? of ", bare.casefold())):
                    parent = named[0]
                    continue
                if item.depth == 0 and block.items[0].depth == 0 and parent is not None:
                    parent = None
                rule = parent or by_title
                if rule is not None:
                    yield from _one(rule, bare, {}, item.line, section)
        elif isinstance(block, Grid) and by_title is not None and not (_column(block, r"role") >= 0 or _column(block, r"process") >= 0):
            yield from _rows(by_title, block, section)
        elif isinstance(block, Paragraph) and by_title is not None and by_title.kind in ("location", "limitation"):
            bare = _bare(block.text)
            if not _LEAD.match(bare) and len(bare) <= 90 and not bare.endswith("."):
                yield from _one(by_title, bare, {}, block.line, section)


def _systems(section: Section) -> Iterator[Proposal]:
    """Other management systems stand as a list under the requirements of services."""
    for block in section.blocks:
        for line, text in _entries(block):
            bare = _inner(text)
            if _SYSTEM.search(bare) and len(bare) <= 120:
                is_example = _is_bracket(text)
                yield Proposal(
                    "", "managementsystem", bare, {}, (), line, section.name, text[:80], 60 if is_example else 85, "listed", is_example, ("S-028",)
                )


def _one(rule: Listed, bare: str, more: dict[str, str], line: int, section: Section) -> Iterator[Proposal]:
    inner = _inner(bare)
    if not bare or _is_bracket(bare) or _NONE.fullmatch(inner) or len(inner) > 250 or any(brackets_in(bare)):
        return
    values = dict(rule.values) | more
    title = inner
    if rule.kind == "location" and not more:
        title, comma, rest = (part.strip() for part in re.sub(r"\s+[–—-]\s+|:\s+", ", ", inner, count=1).partition(","))
        if comma:
            values["address"] = rest
    elif rule.kind == "obligation":
        values |= {"edition": found[1]} if (found := re.search(r":((?:19|20)\d{2})\b", inner)) else {}
        values["document"] = inner
    elif rule.kind == "limitation":
        values["description"] = inner
    yield Proposal("", rule.kind, title[:250].rstrip(".;"), values, (), line, section.name, bare[:80], 80, "listed", False, rule.items)


_COLUMNS = {
    "location": (("address", r"address|street"), ("postcode", r"post|zip"), ("place", r"city|town|place"), ("country", r"country")),
    "tool": (("description", r"purpose|use|descri"), ("supplier", r"supplier|vendor"), ("data_held", r"data"), ("backup", r"backup")),
    "limitation": (("effect", r"effect|impact|consequence"), ("workaround", r"workaround"), ("description", r"descri")),
    "obligation": (
        ("how_applies", r"appl|relevan"),
        ("edition", r"edition|version"),
        ("jurisdiction", r"jurisd|country"),
        ("articles", r"article|clause"),
    ),
}


def _rows(rule: Listed, grid: Grid, section: Section) -> Iterator[Proposal]:
    for row in grid.rows:
        more = {}
        for name, words in _COLUMNS.get(rule.kind, ()):
            place = _column(grid, words, 0)
            if 0 < place < len(row.cells) and row.cells[place] and not any(brackets_in(row.cells[place])):
                more[name] = row.cells[place]
        if row.cells:
            yield from _one(rule, _bare(row.cells[0]), more or {"": ""}, row.line, section)


_EXAMPLES = (
    (r"regulat|law|statut|legal", "obligation", "law", "S-032"),
    (r"standard", "obligation", "standard", "S-031"),
    (r"polic", "obligation", "policy", "S-030"),
    (r"limitation", "limitation", "", "S-029"),
    (r"tool", "tool", "", "S-083"),
)


def _example(what: str, said: str) -> Proposal | None:
    """What a reviewer names as an example: offered, never ticked."""
    if _SYSTEM.search(said) and re.search(r"document|system", what):
        return Proposal("", "managementsystem", said, {}, sure=30, reason="example", is_example=True, items=("S-028",))
    for words, kind, type_, item in _EXAMPLES:
        if re.search(words, what):
            values = {"type": type_} if type_ else {"description": said} if kind == "limitation" else {}
            edition = re.search(r":((?:19|20)\d{2})\b", said)
            if edition and kind == "obligation":
                values["edition"] = edition[1]
            return Proposal("", kind, said[:250], values, sure=30, reason="example", is_example=True, items=(item,))
    return None


def _bare(text: str) -> str:
    return " ".join(text.split()).rstrip(";,")


def _is_bracket(text: str) -> bool:
    return bool(re.fullmatch(r"\s*\[.*\]\W*", text))


def _inner(text: str) -> str:
    return re.sub(r"[\[\]]", "", _bare(text)).strip()
