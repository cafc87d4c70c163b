"""Drift: what records say otherwise than a version in force does. The trail says when to look, a job looks, and what it finds is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from plimsoll.kernel.documents import claiming
from plimsoll.kernel.documents.causes import causes_of, named_by, plain, written_since
from plimsoll.kernel.documents.content import template_named
from plimsoll.kernel.documents.models import TEMPLATE, DocumentVersion, Drift
from plimsoll.kernel.events import KeptChanged
from plimsoll.kernel.figures.blanks import Asked, Row, UnknownBlank, Value, blank_named, from_json, watched_kinds
from plimsoll.kernel.figures.claims import PREFIX, Verdict, as_value, may_touch
from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.events import Replayed, Written
from plimsoll.kernel.tasks.registry import find

TASK = "documents.compare"
SOON = timedelta(seconds=5)  # several writes of one act are compared once


@dataclass(frozen=True, slots=True)
class Difference:
    """One row, or one text, that is otherwise. `key` is its source; empty for the field's own text. `sides` are the row or value itself."""

    key: str
    kind: str
    was: str
    now: str
    label: str = ""
    href: str = ""
    sides: tuple[Value | Row | None, Value | Row | None] = (None, None)


def differences(was: Value | None, is_now: Value | None) -> list[Difference]:
    """What differs between two values of a field: texts as a whole, rows by the record that they came from."""
    old, new = was or Value(), is_now or Value()
    found = []
    if old.text != new.text:
        source = next(iter(new.all_sources()), None) or next(iter(old.all_sources()), None)
        found.append(Difference("", "changed", old.text, new.text, source.label if source else "", source.href if source else "", (was, is_now)))
    before, after = _by_key(old), _by_key(new)
    for key in [*before, *(k for k in after if k not in before)]:
        gone, come = before.get(key), after.get(key)
        if gone is not None and come is not None and gone.cells == come.cells:
            continue
        row = come or gone
        assert row is not None
        kind = "changed" if gone and come else "added" if come else "removed"
        label, href = (row.source.label, row.source.href) if row.source else (row.cells[0] if row.cells else "", "")
        found.append(Difference(key, kind, *_sides(gone, come), label, href, (gone, come)))
    return found


def _sides(gone: Row | None, come: Row | None) -> tuple[str, str]:
    """What the row said and says; of a row that is on both sides only the cells that differ."""
    if gone is None or come is None or len(gone.cells) != len(come.cells):
        return _line(gone), _line(come)
    pairs = [(old, new) for old, new in zip(gone.cells, come.cells, strict=True) if old != new]
    return " · ".join(old or "–" for old, _new in pairs), " · ".join(new or "–" for _old, new in pairs)


def _by_key(value: Value) -> dict[str, Row]:
    """Rows by their source; where one source gives several rows, or a row has none, by its place among its like."""
    found: dict[str, Row] = {}
    for row in value.rows:
        base = row.source.key if row.source else f"text:{row.cells[0] if row.cells else ''}"[:100]
        key, n = base, 1
        while key in found:
            n += 1
            key = f"{base}#{n}"
        found[key] = row
    return found


def _line(row: Row | None) -> str:
    return " · ".join(cell for cell in row.cells if cell) if row else ""


# When to look


def note_write(event: Written) -> None:
    """Wired to `Written`: something that documents are filled from changed."""
    if event.record.kind in watched_kinds() or may_touch(event.record.kind, event.record):
        _look_soon(event.record.tenant_id)


def note_replay(event: Replayed) -> None:
    """Wired to `Replayed`: the same, of histories that were brought in."""
    if event.kind in watched_kinds() or may_touch(event.kind):
        for tenant in Tenant.objects.filter(pk__in=DocumentVersion.objects.filter(state="valid").values("document__tenant")):
            _look_soon(tenant.pk)


def note_kept(event: KeptChanged) -> None:
    """Wired to `KeptChanged`: the same, of kept things."""
    if event.kind in watched_kinds() or may_touch(event.kind):
        _look_soon(event.tenant_id)


def _look_soon(tenant_id: int) -> None:
    versions = DocumentVersion.objects.filter(document__tenant_id=tenant_id, state="valid")
    if versions.filter(changed_at=None).update(changed_at=now()) or versions.exists():
        task = find(TASK)
        assert task is not None
        task.enqueue(tenant=Tenant.objects.get(pk=tenant_id), run_after=SOON, dedupe_key=str(tenant_id), tenant_id=tenant_id)


# Telling


@dataclass(frozen=True, slots=True)
class Changed:
    """A record that says otherwise than the version in force, with what of the text it touches."""

    label: str
    href: str
    drifts: tuple[Drift, ...]


def by_record(drifts: Iterable[Drift]) -> list[Changed]:
    """Drifts under the records that they came from, in the order in which these were noticed first."""
    found: dict[str, tuple[Mapping[str, str], list[Drift]]] = {}
    for drift in drifts:
        for cause in drift.causes or [{"key": drift.key or drift.name, "label": drift.label, "href": drift.href}]:
            found.setdefault(cause["key"], (cause, []))[1].append(drift)
    return [Changed(cause["label"], cause["href"], tuple(rows)) for cause, rows in found.values()]


# Looking


def compare_all(tenant: Tenant, *, at: datetime | None = None) -> int:
    """Compare every version in force with what records say now. Returns how many differences there are."""
    asked = Asked(tenant, at or now())
    seen = Seen()
    count = 0
    for version in DocumentVersion.objects.filter(document__tenant=tenant, state="valid").select_related("document").order_by("pk"):
        count += compare(version, asked, seen)
    return count


@dataclass(frozen=True, slots=True)
class Seen:
    """What one pass over a tenant's versions resolved and judged already, by name and what the document is about."""

    values: dict[tuple[str, str], Value | None] = field(default_factory=dict)
    verdicts: claiming.Judged = field(default_factory=dict)


def compare(version: DocumentVersion, asked: Asked, seen: Seen | None = None) -> int:
    """Compare one version; its drifts are kept with the moment since when each is known. Returns how many there are."""
    kept = seen or Seen()
    asked = replace(asked, about=version.document.about)
    found: dict[tuple[str, str], Difference] = {}
    for name, told in version.values.items():
        if name.startswith("document."):
            continue
        if name.startswith(PREFIX):
            some = claim_differences(told, claiming.judged(name, asked.tenant, asked.at, asked.about, kept.verdicts))
        else:
            some = _field_differences(name, told, asked, kept)
        found |= {(name, one.key): one for one in some}
    if (changed := _template_difference(version)) is not None:
        found[TEMPLATE, ""] = changed
    named = [source for one in found.values() for source in named_by(*one.sides)]
    written = written_since(asked.tenant, named, version.approved_at)
    with writing():
        there = {(d.name, d.key): d for d in version.drifts.all()}
        for key, one in found.items():
            causes = plain(causes_of(*one.sides, written)) or [{"key": f"{key[0]}:{one.key}", "label": one.label[:300], "href": one.href[:300]}]
            values = {"kind": one.kind, "was": one.was, "now": one.now, "label": causes[0]["label"], "href": causes[0]["href"], "causes": causes}
            if (old := there.pop(key, None)) is None:
                Drift.objects.create(version=version, name=key[0], key=one.key, since=version.changed_at or asked.at, **values)
            elif any(getattr(old, n) != v for n, v in values.items()):
                Drift.objects.filter(pk=old.pk).update(**values)
        Drift.objects.filter(pk__in=[d.pk for d in there.values()]).delete()
        DocumentVersion.objects.filter(pk=version.pk).update(watched_at=asked.at, changed_at=None)
    return len(found)


def _field_differences(name: str, told: Mapping[str, Any], asked: Asked, kept: Seen) -> list[Difference]:
    try:
        blank = blank_named(name)
    except UnknownBlank:
        return [Difference("", "removed", _frozen_text(told), "", _("The field “%(name)s” is gone.") % {"name": name})]
    key = name, asked.about
    if key not in kept.values:
        kept.values[key] = blank.resolve(asked) if blank.resolve is not None else None
    return differences(from_json(told["value"]) if told["value"] is not None else None, kept.values[key])


def claim_differences(told: Mapping[str, Any], verdict: Verdict | None) -> list[Difference]:
    """Since when a claim does not hold, by which record, or no longer fails by one: each record that contradicts it now and did not, or the
    other way round. That there is something to judge at last is none: the words hold as before."""
    words = str(told["title"])
    if verdict is None:
        return [Difference("", "removed", words, "", _("This claim is no longer judged."))]
    rows = differences(replace(from_json(told["value"]), text="") if told["value"] is not None else None, replace(as_value(verdict), text=""))
    why = {o.source.key: o.why for o in verdict.offenders}
    return [
        replace(one, was=words, now=why.get(one.key, one.now)) if one.kind != "removed" else replace(one, was=one.was, now=_("holds")) for one in rows
    ]


def _template_difference(version: DocumentVersion) -> Difference | None:
    """That the template says otherwise than when the version was approved."""
    document = version.document
    template = template_named(document.template) if document.template and version.template_digest else None
    if template is None or template.digest == version.template_digest:
        return None
    label = _("The template “%(title)s” changed") % {"title": template.title}
    return Difference("", "changed", version.template_digest[:8], template.digest[:8], label, f"/documents/{document.number}/template/")


def _frozen_text(told: Mapping[str, Any]) -> str:
    value = from_json(told["value"]) if told["value"] is not None else Value()
    return str(told["override"]) or value.text or "; ".join(_line(row) for row in value.rows)
