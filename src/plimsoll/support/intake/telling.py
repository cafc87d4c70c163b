"""What a text says and suggests, as lines for a terminal and as JSON for programs. It writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.support.intake.linting.catalogue import Lint
from plimsoll.support.intake.ours import Read

REASONS = {
    "cover": gettext_lazy("a field of the cover"),
    "cited": gettext_lazy("a standard that is cited"),
    "listed": gettext_lazy("stands in a list"),
    "table": gettext_lazy("stands in a table"),
    "verbs": gettext_lazy("stands in a table; its lines were lost and are told apart by their verbs"),
    "example": gettext_lazy("named as an example"),
}


def as_json(read: Read) -> dict[str, Any]:
    """Everything that was recognised."""
    return {
        "title": read.text.title,
        "template": read.matched.template,
        "brackets": [
            {"line": p.bracket.line, "text": p.bracket.text, "section": p.bracket.section, "items": list(p.items), "field": p.field}
            for p in read.places
        ],
        "remarks": [{"key": r.key, "line": r.line, "section": r.section, "text": r.text} for r in read.text.remarks],
        "sections": [
            {
                "section": m.section.name,
                "ours": f"{m.ours.template}#{m.ours.anchor}" if m.ours else None,
                "score": m.score,
            }
            for m in read.of_sections
        ],
        "proposals": [p.as_json() for p in read.proposals],
        "taken_out": [{"line": t.line, "text": t.text, "why": t.why} for t in read.text.taken if t.why != "mark"],
    }


def lines_of(read: Read) -> list[str]:
    """For people."""
    text = read.text
    lines = [
        _("%(title)s: %(sections)d sections, %(brackets)d brackets, %(remarks)d remarks of reviewers, %(breaks)d page breaks.")
        % {
            "title": text.title or _("Without a title"),
            "sections": len(read.of_sections),
            "brackets": len(text.to_fill),
            "remarks": len(text.remarks),
            "breaks": text.breaks,
        },
        _("Most like the template: %(key)s.") % {"key": read.matched.template or _("none")},
        "",
        _("Sections:"),
    ]
    lines += [f"  {m.section.name[:60]:<60}  {m.ours.title if m.ours else '–'}" + (f" ({m.score:.2f})" if m.ours else "") for m in read.of_sections]
    lines += ["", _("Proposed:")]
    for p in read.proposals:
        more = _(", %(n)d responsibilities") % {"n": len(p.lines)} if p.kind == "role" else f", {len(p.lines)}" if p.lines else ""
        lines.append(f"  {p.key:<20} {p.title[:60]}{more} · {_('line')} {p.line} · {p.sure} % · {REASONS.get(p.reason, p.reason)}")
    open_ones = [p for p in read.places if not p.field]
    lines += ["", _("%(n)d brackets have a field of ours, %(m)d have none.") % {"n": len(read.places) - len(open_ones), "m": len(open_ones)}]
    return lines


def finding_lines(found: Sequence[Lint]) -> list[str]:
    """A line for each finding, the serious marked."""
    lines = []
    for f in found:
        where = f"{f.line}: " if f.line else ""
        ids = f" [{', '.join(f.rule.ids)}]" if f.rule.ids else ""
        lines.append(f"{'!' if f.is_serious else ' '} {where}{f.sentence} {f.todo}{ids}")
    return lines
