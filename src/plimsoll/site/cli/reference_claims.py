"""The reference page of the claims that documents can make, from their registry. It writes no file."""

from __future__ import annotations

from plimsoll.kernel.documents.content import templates
from plimsoll.kernel.documents.source import parse
from plimsoll.kernel.documents.triggers import triggers
from plimsoll.kernel.figures.claims import Claim, claims, split


def page(made: str) -> str:
    """Every kind: its query in words, its parameters, the kinds of records that touch it, and the templates that use it."""
    used = _used()
    lines = [
        "# Statements that machines read",
        "",
        made,
        "",
        "A claim is a sentence of a document that records prove or contradict. Its words are the author's, its kind is one of these: "
        "`[Agreements are reviewed every year](claim:agreements.reviewed?months=12)`. How it is written stands with the "
        "[source of documents](document-source.md#claims).",
        "",
        "A claim holds, does not hold, or has nothing to judge. Each kind counts records over a period (the year until now, where nobody names "
        "another), and says which of them contradict it. A version that is approved keeps how its claims stood; when a record contradicts one "
        "afterwards, the document shows it within a minute: which claim, since when, by what record. What follows from the day alone is seen the "
        "night after.",
        "",
        "| Kind | Claim |",
        "| --- | --- |",
        *(f"| [`{c.name}`](#{_anchor(c.name)}) | {c.title} |" for c in claims()),
    ]
    for c in claims():
        lines += ["", f"## {c.name}", "", f"**{c.title}.** {c.query}", "", *_facts(c, used.get(c.name, []))]
    lines += [
        "",
        "## Triggers of reviews",
        "",
        'A document that names triggers in its front matter, `review_when = ["scope"]`, is to be looked at within 30 days after one was pulled. '
        "The record that did it is named. While what one record asked for is open, it is not asked for again.",
        "",
        "| Trigger | When |",
        "| --- | --- |",
        *(f"| `{t.key}` | {t.title} |" for t in triggers()),
    ]
    return "\n".join(lines) + "\n"


def _facts(c: Claim, used: list[str]) -> list[str]:
    lines = [f"- `{p.name}`: {p.title}; {p.bounds}{f', `{p.default}` where it is not given' if p.default else ''}." for p in c.parameters]
    lines += [f"- Looked at again when one of these is written: {', '.join(f'`{kind}`' for kind in c.kinds)}."]
    lines += [f"- Items of the map: {', '.join(c.ids)}."] if c.ids else []
    lines += [f"- In the templates: {', '.join(used)}."] if used else []
    return lines


def _used() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for template in templates():
        for name in dict.fromkeys(split(claimed.address)[0] for claimed in parse(template.text).claims):
            found.setdefault(name, []).append(template.title)
    return found


def _anchor(name: str) -> str:
    return name.replace(".", "")
