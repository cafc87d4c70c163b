"""The timeline and the figures of a major incident, from its records; what a report freezes. Reads only."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from plimsoll.kernel.identity.models import Person, Team
from plimsoll.kernel.identity.system import who_acted
from plimsoll.kernel.records.declaration import RecordType, type_named
from plimsoll.kernel.records.events import Redacted
from plimsoll.kernel.records.models import Comment
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.trail.models import Entry
from plimsoll.resolution.majors.models import MajorIncident, MajorReview, MajorUpdate, ProcedureStep, ToldTop
from plimsoll.resolution.majors.queries import affected_organizations, clocks_of, informed_since, manager_since
from plimsoll.resolution.majors.rules import Clock

# Small acts that tell nobody afterwards how it went.
LEFT_OUT = ("watch", "unwatch", "tag", "spend", "link", "unlink", "untick", "untick step", "ask approval")
MOST = 400
ERASED = "[redacted]"


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the timeline. `kind`: act, note, update, reply; `text` are somebody's words."""

    entry: int
    at: datetime
    recorded_at: datetime
    ref: str
    who: str
    what: str
    text: str
    kind: str
    origin: str = "live"

    @property
    def is_late(self) -> bool:
        """Written down more than two minutes after it happened, by somebody who was there."""
        return self.origin == "live" and (self.recorded_at - self.at).total_seconds() > 120


def timeline_of(major: MajorIncident, *, with_lead: bool = True, most: int = MOST, only: Collection[int] | None = None) -> list[Happening]:
    """What happened to a major incident and its leading incident, oldest first, for insiders; in five queries. Of many the newest.

    `only` these entries, where somebody asks for them by their keys.
    """
    cards = [major.pk, *([major.lead_id] if with_lead else [])]
    rows = Entry.objects.filter(card_id__in=cards).exclude(action__in=LEFT_OUT).order_by("-at", "-id")
    rows = rows if only is None else rows.filter(pk__in=only)
    entries = list(rows.select_related("actor", "card", "detail")[:most])[::-1]
    comments = {c.entry_id: c for c in Comment.objects.filter(entry__in=[e.pk for e in entries])}
    told = dict(MajorUpdate.objects.filter(major=major).values_list("comment_id", "audience"))
    changes = {entry.pk: _changes(entry) for entry in entries}
    names = _names(changes.values())
    flows = {kind: workflow_of(major.tenant, kind) for kind in ("majorincident", "incident")}
    found = []
    for entry in entries:
        comment, values = comments.get(entry.pk), changes[entry.pk]
        text = str(values.pop("note", (None, ""))[1] or "")
        if comment is not None:
            audience = told.get(comment.pk)
            what = {"customers": _("told the customers"), "internal": _("told our own people")}.get(audience or "") or (
                _("wrote a message") if comment.is_public else _("noted")
            )
            kind = "update" if audience else "reply" if comment.is_public else "note"
            text = ERASED if comment.redacted_at else comment.text
        else:
            what, kind = _act(type_named(entry.kind), entry.action, values, names, flows[entry.kind]), "act"
        if what:
            found.append(
                Happening(
                    entry.pk,
                    entry.at,
                    entry.recorded_at,
                    entry.card.reference if entry.card else "",
                    who_acted(entry.actor, entry.channel),
                    what,
                    text,
                    kind,
                    entry.origin,
                )
            )
    return found


def _changes(entry: Entry) -> dict[str, tuple[Any, Any]]:
    """{field: (old, new)}; texts from the detail, nothing for what was erased."""
    raw = json.loads(entry.changes)
    detail = getattr(entry, "detail", None)
    values = (detail.values if detail is not None else None) or {}
    done = {}
    for name, value in raw.items():
        pair = values.get(name) if isinstance(value, dict) else value
        done[name] = (pair[0], pair[1]) if isinstance(pair, list) and len(pair) == 2 else (None, None)
    return done


PEOPLE = ("owner", "communications", "scribe", "requester", "for")


def _names(every: Any) -> dict[tuple[str, int], str]:
    people: set[int] = set()
    teams: set[int] = set()
    for changes in every:
        people |= {v for name in PEOPLE for v in changes.get(name, ()) if isinstance(v, int)}
        teams |= {v for v in changes.get("team", ()) if isinstance(v, int)}
    found = {("person", pk): name for pk, name in Person.objects.filter(pk__in=people).values_list("pk", "name")}
    if teams:
        found |= {("team", pk): name for pk, name in Team.objects.filter(pk__in=teams).values_list("pk", "name")}
    return found


def _act(rt: RecordType, action: str, changes: Mapping[str, tuple[Any, Any]], names: Mapping[tuple[str, int], str], flow: Any) -> str:
    """One act in words; empty when it tells nothing."""
    new = {name: pair[1] for name, pair in changes.items()}
    said = {
        "open": _("declared it a major incident") if rt.kind == "majorincident" else _("opened it"),
        "declare major": _("declared it as %(major)s") % {"major": new.get("major", "")},
        "propose major": _("proposed it as a major incident: %(why)s") % {"why": new.get("criterion", "")},
        "decline major": _("found it to be no major incident"),
        "add check": _("to do: %(text)s") % {"text": new.get("text") or ""},
        "tick": _("ticked off a thing to do"),
        "attach": _("added the file %(name)s") % {"name": new.get("file") or ""},
        "escalate": _("a promised time runs out"),
    }.get(action) or rt.behaviour.told(action, new)
    if said:
        return said
    parts = []
    if "state" in new:
        parts.append(_("moved it to %(state)s") % {"state": flow.state(str(new["state"])).label})
    for name in ("owner", "communications", "scribe", "team"):
        if new.get(name) is not None:
            who = names.get(("team" if name == "team" else "person", new[name]), "")
            parts.append(f"{rt.model_field(name).verbose_name}: {who}")
    rest = [
        str(rt.model_field(n).verbose_name) for n in new if rt.has(n) and n not in ("state", "owner", "communications", "scribe", "team", *SILENT)
    ]
    if rest and not parts:
        parts.append(_("changed %(fields)s") % {"fields": ", ".join(rest)})
    return ", ".join(parts)


SILENT = (
    "due_at",
    "restored_at",
    "closed_at",
    "resolved_at",
    "reassignment_count",
    "reopen_count",
    "is_priority_overridden",
    "covered_by",
    "backed_by",
)


@dataclass(frozen=True, slots=True)
class Figures:
    """What a major incident took, in seconds; None where it did not happen. Each from the records named beside it in the report."""

    to_declare: float | None
    to_assign: float | None
    to_inform: float | None
    to_restore: float | None
    updates: int
    updates_on_time: int
    updates_to_customers: int
    steps: int
    steps_done: int
    clocks: tuple[Clock, ...] = ()


def figures_of(major: MajorIncident) -> Figures:
    """In four queries."""
    manager, informed = manager_since([major]).get(major.pk), informed_since([major]).get(major.pk)
    updates = list(MajorUpdate.objects.filter(major=major).values_list("at", "was_due_at", "audience"))
    steps = list(ProcedureStep.objects.filter(major=major).values_list("done_at", flat=True))
    return Figures(
        _seconds(major.began_at, major.opened_at),
        _seconds(major.opened_at, manager),
        _seconds(major.opened_at, informed),
        _seconds(major.began_at or major.opened_at, major.restored_at),
        len(updates),
        sum(due is None or at <= due for at, due, _a in updates),
        sum(audience == "customers" for _at, _due, audience in updates),
        len(steps),
        sum(done is not None for done in steps),
        tuple(clocks_of(major, manager_at=manager, informed_at=informed).values()),
    )


def _seconds(start: datetime | None, end: datetime | None) -> float | None:
    return None if start is None or end is None else (end - start).total_seconds()


def content_of(review: MajorReview, moment: datetime) -> dict[str, Any]:
    """What a report says, as plain values: the facts, the figures, the timeline, what was found, what was decided."""
    major = MajorIncident.objects.select_related("tenant", "organization", "lead", "service", "owner", "communications", "scribe").get(
        pk=review.major_id
    )
    figures = figures_of(major)
    told = list(ToldTop.objects.filter(major=major).select_related("person"))
    return {
        "major": {
            "reference": major.reference,
            "title": major.title,
            "lead": major.lead.reference,
            "service": major.service.title if major.service else "",
            "criterion": major.criterion,
            "reason": major.reason,
            "outcome": major.outcome,
            "began_at": _iso(major.began_at),
            "declared_at": _iso(major.opened_at),
            "restored_at": _iso(major.restored_at),
            "roles": [
                [str(major._meta.get_field(name).verbose_name), who.name]  # type: ignore[union-attr]
                for name in ("owner", "communications", "scribe")
                if (who := getattr(major, name)) is not None
            ],
            "affected": [o.name for o in affected_organizations(major, major.restored_at or moment)],
            "informed": [[row.person.name if row.person else row.how, _iso(row.at)] for row in told],
        },
        "figures": {
            name: getattr(figures, name)
            for name in (
                "to_declare",
                "to_assign",
                "to_inform",
                "to_restore",
                "updates",
                "updates_on_time",
                "updates_to_customers",
                "steps",
                "steps_done",
            )
        },
        "steps": [
            [text, _iso(done), who or ""]
            for text, done, who in ProcedureStep.objects.filter(major=major).values_list("text", "done_at", "done_by__name")
        ],
        "timeline": [
            {"entry": h.entry, "at": _iso(h.at), "ref": h.ref, "who": h.who, "what": h.what, "text": h.text, "kind": h.kind}
            for h in timeline_of(major)
        ],
        "review": {name: getattr(review, name) for name in ("participants", "happened", "cause", "went_well", "went_badly")},
        "decisions": [
            {"kind": d.kind, "text": d.text, "owner": d.owner.name if d.owner else "", "due_on": d.due_on.isoformat() if d.due_on else ""}
            for d in review.decisions.select_related("owner")
        ],
        "made_at": _iso(moment),
    }


def _iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment is not None else ""


def without_the_lead(content: dict[str, Any], *, is_seen: bool) -> dict[str, Any]:
    """A report's content for somebody: without the lines of the leading incident where they may not read that."""
    if is_seen:
        return content
    return {**content, "timeline": [line for line in content["timeline"] if line["ref"] != content["major"]["lead"]]}


def without_what_was_erased(content: dict[str, Any], review: MajorReview, event: Redacted) -> dict[str, Any]:
    """A report's content with the texts that were erased by this order taken out of it; all else stays as it was frozen."""
    touched = event.entries & {line["entry"] for line in content["timeline"]}
    now_said = {h.entry: h for h in timeline_of(review.major, only=touched)} if touched else {}
    timeline = [
        {**line, "what": now.what if (now := now_said.get(line["entry"])) else ERASED, "text": now.text if now else ""}
        if line["entry"] in touched
        else line
        for line in content["timeline"]
    ]
    of_review, of_major = (event.fields if event.card_id == pk else frozenset() for pk in (review.pk, review.major_id))
    found = {name: (ERASED if name in of_review and text else text) for name, text in content["review"].items()}
    names = {
        name: (ERASED if name in of_major and name in ("title", "reason", "outcome") and value else value) for name, value in content["major"].items()
    }
    # Rows are added at the end and never taken away, so the frozen ones are the first of those that are there now.
    decided = [d.text for d in review.decisions.order_by("pk")]
    decisions = [{**d, "text": ERASED if decided[n : n + 1] == [ERASED] else d["text"]} for n, d in enumerate(content["decisions"])]
    texts = list(ProcedureStep.objects.filter(major=review.major_id).values_list("text", flat=True))
    steps = [[ERASED if texts[n : n + 1] == [ERASED] else row[0], *row[1:]] for n, row in enumerate(content["steps"])]
    erased_at = {_iso(row.at) for row in ToldTop.objects.filter(major=review.major_id, how=ERASED)}
    names["informed"] = [[ERASED if row[1] in erased_at else row[0], row[1]] for row in names["informed"]]
    return {**content, "timeline": timeline, "review": found, "major": names, "decisions": decisions, "steps": steps}
