"""The trail in words: who did what, which values changed. Outsiders read only what they may; nothing hints at the rest."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db import models
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.identity.models import Organization, Person
from plimsoll.kernel.records.customs import Custom
from plimsoll.kernel.records.declaration import RecordType
from plimsoll.kernel.records.histories import SOURCE_ROW
from plimsoll.kernel.register.models import ORIGINS
from plimsoll.kernel.targets.words import escalation_sentence
from plimsoll.kernel.trail.models import Entry
from plimsoll.kernel.ui.shown import Names, label_of, short, words_of
from plimsoll.kernel.ui.templatetags._dates import at
from plimsoll.kernel.workflow import Workflow

CHANNELS = {
    "page": gettext_lazy("page"),
    "portal": gettext_lazy("portal"),
    "api": gettext_lazy("program"),
    "rule": gettext_lazy("rule"),
    "task": gettext_lazy("job"),
    "import": gettext_lazy("import"),
    "command": gettext_lazy("command line"),
    "command line": gettext_lazy("command line"),
    "set-up": gettext_lazy("set-up"),
}
SAID = ("comment", "note")  # stand in the conversation as what was said
# What outsiders may learn of besides the moves: named, so that what is added later stays inside until somebody decides otherwise.
OUTSIDE = frozenset({"open", "amend", "update", "comment", "attach"})


class Act(NamedTuple):
    """An entry as the pages read it."""

    id: int
    actor_id: int
    action: str
    at: datetime
    recorded_at: datetime
    channel: str
    origin: str
    changes: str
    detail__values: dict[str, Any] | None


@dataclass(slots=True)
class Difference:
    """One value that an act changed, in words."""

    label: str
    old: str
    new: str
    is_erased: bool = False


@dataclass(slots=True)
class Line:
    """One act, readable."""

    id: int
    who: str
    what: str
    at: datetime
    note: str = ""
    channel: str = ""
    origin: str = "live"
    action: str = ""
    recorded_at: datetime | None = None
    differences: list[Difference] = field(default_factory=list)
    changes_href: str = ""

    @property
    def how(self) -> str:
        """By which way it came in, and whether it is of this house's own time."""
        way = CHANNELS.get(self.channel, self.channel)
        if self.origin == "live":
            return str(way)
        return _("%(way)s, %(origin)s") % {"way": way, "origin": str(dict(ORIGINS).get(self.origin, self.origin)).lower()}


def is_told_outside(record_type: RecordType, name: str, customs: Mapping[str, Custom]) -> bool:
    """May people outside read what this field held before, in whatever place tells of changes?"""
    if name.startswith("extra."):
        custom = customs.get(name.removeprefix("extra."))
        return custom is not None and custom.is_public
    if not record_type.requester:
        # Nobody outside asked for it: what was written on the way to what they may read now is no business of theirs.
        return name == "state"
    return name in ("state", "title", "text", "file", "organization", *record_type.fields) and name not in record_type.internal


@dataclass(frozen=True, slots=True)
class Reader:
    """What reading the trail of one record needs."""

    record_type: RecordType
    flow: Workflow
    customs: Mapping[str, Custom]
    names: Names
    is_inside: bool
    person_id: int

    def want(self, entries: Sequence[Act]) -> None:
        """Ask for every name that these entries will mention."""
        self.names.want(Person, [e.actor_id for e in entries])
        for entry in entries:
            for name, (old, new) in changes_of(entry).items():
                model = self._model(name)
                if model is not None:
                    self.names.want(model, [old, new])

    def _model(self, name: str) -> Any:
        if name == "organization":
            return Organization
        if name in ("watcher", "owner", "person", "for") and name not in self.record_type.foreign:
            return Person
        if name.startswith("extra."):
            custom = self.customs.get(name.removeprefix("extra."))
            return Person if custom is not None and custom.type == "person" else None
        return self.record_type.foreign.get(name)

    def lines(self, entries: Sequence[Act]) -> list[Line]:
        """The acts that this reader may see, in the order given."""
        return [line for entry in entries if (line := self._line(entry)) is not None]

    def _line(self, entry: Act) -> Line | None:
        if not self.is_inside and entry.action not in OUTSIDE and entry.action not in {m.name for m in self.flow.moves}:
            return None
        changes = changes_of(entry)
        note = str(changes.pop("note", (None, ""))[1] or "")
        if not self.is_inside:
            if entry.action == "attach" and changes.get("is_public", (None, True))[1] is False:
                return None
            changes = {n: v for n, v in changes.items() if is_told_outside(self.record_type, n, self.customs)}
            if entry.actor_id != self.person_id:
                note = ""
            if entry.action in ("amend", "update") and not changes:
                return None
        line = Line(
            entry.id,
            self.names.actor(entry.actor_id, entry.channel),
            "",
            entry.at,
            note,
            entry.channel,
            entry.origin,
            entry.action,
            entry.recorded_at,
        )
        line.differences = [
            Difference(
                label_of(self.record_type, n, self.customs),
                self._words(n, old),
                self._words(n, new),
                n in _hidden(entry) and old is None and new is None,
            )
            for n, (old, new) in changes.items()
            if n != SOURCE_ROW and not self._is_number_only(n)  # said in words below
        ]
        line.what = self._what(entry, changes, note)
        return line

    def _is_number_only(self, name: str) -> bool:
        """Is it kept as a number that says nothing to people: a part, or what follows from other values?"""
        rt = self.record_type
        if name in ("approval", "item") and not rt.has(name):
            return True
        return (
            rt.has(name) and name not in rt.foreign and isinstance(rt.model_field(name), models.ForeignKey | models.JSONField) and name in rt.derived
        )

    def _words(self, name: str, value: Any) -> str:
        if name == "for" and name not in self.record_type.foreign:
            return self.names.of(Person, value)
        return words_of(self.record_type, name, value, self.names, self.flow, self.customs)

    def _what(self, entry: Act, changes: Mapping[str, tuple[Any, Any]], note: str) -> str:
        new = {n: self._words(n, v[1]) for n, v in changes.items()}
        match entry.action:
            case "open":
                said = _("opened it")
            case "comment":
                said = _("wrote a message")
            case "note":
                said = _("wrote an internal note")
            case "link":
                said = "; ".join(_("linked %(ref)s as “%(how)s”") % {"ref": ref, "how": how} for how, ref in new.items())
            case "unlink":
                said = "; ".join(_("took away the link to %(ref)s") % {"ref": self._words(n, v[0])} for n, v in changes.items())
            case "attach":
                said = _("added the file %(name)s") % {"name": new.get("file") or _("(erased)")}
            case "detach":
                said = _("took a file away")
            case "tag":
                said = _("tagged it %(tags)s") % {"tags": new["tags"]} if new.get("tags") else _("took the tags away")
            case "watch":
                who = changes.get("watcher", (None, None))[1]
                said = _("watches it") if who == entry.actor_id else _("made %(who)s watch it") % {"who": new.get("watcher", "")}
            case "unwatch":
                said = _("watches it no more") if changes.get("watcher", (None, None))[0] == entry.actor_id else _("ended somebody's watching")
            case "ask approval":
                said = _("asked for a decision")
            case "approve" | "refuse approval" if "approval" in changes:
                said = self._decided(entry, changes)
            case "reroute approval":
                said = _("asked others for the decision instead")
            case "withdraw approval":
                said = _("took the question back")
            case "add check":
                said = _("added to the checklist: %(text)s") % {"text": new.get("text", "")}
            case "tick":
                said = _("ticked an item of the checklist off")
            case "untick":
                said = _("took a tick of the checklist back")
            case "excerpt":
                said = _("split it off %(ref)s") % {"ref": new.get("source", "")}
            case "split off":
                said = _("split %(ref)s off") % {"ref": new.get("target", "")}
            case "spend":
                said = _("booked %(n)s min of work") % {"n": new.get("minutes", "")}
            case "amend":
                said = self._amended(changes)
            case "escalate":
                said = escalation_sentence({n: v[1] for n, v in changes.items()}, entry.recorded_at)
            case _:
                own = self.record_type.behaviour.told(entry.action, {n: v[1] for n, v in changes.items()})
                said = own or self._moved(entry, changes)
        return f"{said}: {short(note)}" if note else said

    def _decided(self, entry: Act, changes: Mapping[str, tuple[Any, Any]]) -> str:
        said = _("said yes") if entry.action == "approve" else _("said no")
        meant = changes.get("for", (None, None))[1]
        return said if meant in (None, entry.actor_id) else _("%(said)s in place of %(who)s") % {"said": said, "who": self._words("for", meant)}

    def _moved(self, entry: Act, changes: Mapping[str, tuple[Any, Any]]) -> str:
        if SOURCE_ROW in changes:
            return _("made update %(n)s of the imported log; nothing that is kept here changed") % {"n": changes[SOURCE_ROW][1]}
        if "state" not in changes:
            return self._amended(changes) if changes else entry.action.replace("_", " ")
        said = _("moved it to %(state)s") % {"state": self._words("state", changes["state"][1])}
        rest = {n: v for n, v in changes.items() if n in ("owner", "team", "waiting_for", "resolution_code") and v[1] not in (None, "")}
        return said + (_(" and %(also)s") % {"also": self._amended(rest)} if rest else "")

    def _amended(self, changes: Mapping[str, tuple[Any, Any]]) -> str:
        shown = {n: v for n, v in changes.items() if not (n.startswith("is_") or n.endswith("_count"))} or dict(changes)
        if len(shown) > 3:
            labels = [label_of(self.record_type, n, self.customs) for n in shown]
            return _("changed %(fields)s and %(last)s") % {"fields": ", ".join(labels[:-1]), "last": labels[-1]}
        return ", ".join(self._one(n, *v) for n, v in shown.items())

    def _one(self, name: str, old: Any, new: Any) -> str:
        label = label_of(self.record_type, name, self.customs)
        if name in ("owner", "team") and new is not None:
            return _("gave it to %(who)s") % {"who": self._words(name, new)}
        if new in (None, ""):
            return _("cleared %(field)s") % {"field": label} if old not in (None, "") else _("changed %(field)s") % {"field": label}
        words = "" if self._is_number_only(name) else self._words(name, new)
        if not words or len(words) > 60 or "\n" in words:
            return _("changed %(field)s") % {"field": label}
        return _("set %(field)s to %(value)s") % {"field": label, "value": words}


def _raw(entry: Act) -> dict[str, Any]:
    return json.loads(entry.changes) if entry.changes != "{}" else {}


def _hidden(entry: Act) -> set[str]:
    return {n for n, v in _raw(entry).items() if isinstance(v, dict)}


def changes_of(entry: Act) -> dict[str, tuple[Any, Any]]:
    """{field: (old, new)}; texts from the detail, None for what was erased."""
    raw = _raw(entry)
    if not raw:
        return {}
    values = entry.detail__values or {}
    done: dict[str, tuple[Any, Any]] = {}
    for name, value in raw.items():
        pair = values.get(name) if isinstance(value, dict) else value
        done[name] = (pair[0], pair[1]) if isinstance(pair, list) and len(pair) == 2 else (None, None)
    return done


def entries_of(card_id: int, *, before: int | None = None, after: int | None = None, most: int = 50, without: Sequence[str] = ()) -> list[Act]:
    """The newest entries of a record, oldest first, with their readable values; one query. As values: fifty rows are read per page."""
    rows = Entry.objects.filter(card_id=card_id)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    if after is not None:
        rows = rows.filter(pk__gt=after)
    if without:
        rows = rows.exclude(action__in=without)
    return [Act(*row) for row in rows.order_by("-id").values_list(*Act._fields)[:most]][::-1]


def trail_html(lines: Sequence[Line]) -> SafeString:
    """The lines between messages: `_trail.html` inside a conversation, built by hand because a page has up to fifty of them."""
    label, changed = escape(_("What happened")), escape(_("what changed"))
    done = []
    for line in lines:
        more = f'<a class="why" href="{line.changes_href}">{changed}</a>' if line.changes_href else ""
        done.append(f"<li><b>{escape(line.who)}</b><span>{escape(line.what)}</span>{more}{at(line.at)}</li>")
    return SafeString(f'<li><ul class="trail" aria-label="{label}">{"".join(done)}</ul></li>')
