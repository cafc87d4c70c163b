"""What was changed in the settings, in words: a sentence for each kind of act, names instead of numbers. It reads and writes nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from plimsoll.kernel.calendars.models import Calendar
from plimsoll.kernel.identity.models import Organization, Team, Tenant
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.models import CustomField, WorkflowVersion
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.trail.models import Entry
from plimsoll.portfolio.services.models import Service
from plimsoll.resolution.incidents.models import AssignmentRule, Category, Incident
from plimsoll.resolution.majors.models import KeptCriterion
from plimsoll.resolution.majors.rules import Condition, say

# (kind, action) -> the sentence; %(name)s is the thing's present name.
SENTENCES = {
    ("tenant", "set up"): gettext_lazy("Set the organisation up"),
    ("tenant", "add"): gettext_lazy("Set the organisation up"),
    ("tenant", "keep"): gettext_lazy("Changed the organisation's own settings"),
    ("tenant", "close set-up"): gettext_lazy("Closed set-up"),
    ("logo", "set"): gettext_lazy("Set the logo"),
    ("logo", "remove"): gettext_lazy("Took the logo away"),
    ("setting", "set"): gettext_lazy("Changed the setting “%(name)s”"),
    ("category", "add"): gettext_lazy("Added the category “%(name)s”"),
    ("category", "create"): gettext_lazy("Added the category “%(name)s”, which an import needed"),
    ("category", "keep"): gettext_lazy("Changed the category “%(name)s”"),
    ("category", "follow"): gettext_lazy("Moved the category “%(name)s” with the branch above it"),
    ("priority_rule", "keep"): gettext_lazy("Changed the priority %(name)s"),
    ("assignment_rule", "add"): gettext_lazy("Added the assignment rule “%(name)s”"),
    ("assignment_rule", "keep"): gettext_lazy("Changed the assignment rule “%(name)s”"),
    ("calendar", "add"): gettext_lazy("Added the service hours “%(name)s”"),
    ("calendar", "keep"): gettext_lazy("Changed the service hours “%(name)s”"),
    ("working_hours", "keep"): gettext_lazy("Changed whose working hours mail waits for"),
    ("custom_field", "define"): gettext_lazy("Added the field “%(name)s”"),
    ("custom_field", "amend"): gettext_lazy("Changed the field “%(name)s”"),
    ("custom_field", "retire"): gettext_lazy("Retired the field “%(name)s”; its values stay"),
    ("escalation_rule", "keep"): gettext_lazy("Changed the rules of escalation"),
    ("major_criterion", "add"): gettext_lazy("Added the criterion of major incidents “%(name)s”"),
    ("major_criterion", "keep"): gettext_lazy("Changed the criterion of major incidents “%(name)s”"),
    ("target", "keep"): gettext_lazy("Changed what an indicator is held against"),
    ("stored_month", "freeze"): gettext_lazy("Froze a month of an indicator"),
    ("stored_month", "correct"): gettext_lazy("Counted a frozen month of an indicator again"),
    ("retention_rule", "set"): gettext_lazy("Changed how long versions of documents are kept"),
    ("workflow", "change"): gettext_lazy("Changed the workflow of %(name)s"),
}
KINDS = frozenset(kind for kind, _action in SENTENCES)
SETTINGS = {
    "incident_reopen_days": gettext_lazy("Days in which incidents can be reopened"),
    "incident_close_days": gettext_lazy("Days after which resolved incidents close by themselves"),
    "major_steps": gettext_lazy("Steps of the procedure of major incidents"),
    "major_update_minutes": gettext_lazy("Minutes between updates of a major incident, by priority"),
    "major_top_minutes": gettext_lazy("Minutes until top management is told of a major incident"),
    "major_manager_minutes": gettext_lazy("Minutes until a major incident has a manager"),
    "major_review_days": gettext_lazy("Working days until a major incident is reviewed"),
    "major_told_role": gettext_lazy("Whose role is told of major incidents"),
    "conformity_gaps_tolerated": gettext_lazy("How many requirements may fall short"),
    "documents.signed_on_paper": gettext_lazy("Documents are signed on paper"),
    "documents.code_pattern": gettext_lazy("Scheme of document codes"),
    "demonstration": gettext_lazy("How far the demonstration is loaded"),
}
LABELS = {
    "name": gettext_lazy("name"),
    "timezone": gettext_lazy("time zone"),
    "is_demonstration": gettext_lazy("is a demonstration"),
    "set_up_closed_at": gettext_lazy("closed on"),
    "parent": gettext_lazy("branch above"),
    "path": gettext_lazy("whole path"),
    "is_active": gettext_lazy("in use"),
    "is_default": gettext_lazy("the usual hours"),
    "priority": gettext_lazy("priority"),
    "position": gettext_lazy("place in the order"),
    "service": gettext_lazy("service"),
    "category": gettext_lazy("category"),
    "organization": gettext_lazy("organisation"),
    "team": gettext_lazy("team"),
    "calendar": gettext_lazy("service hours"),
    "week": gettext_lazy("hours of the week"),
    "holidays": gettext_lazy("holidays"),
    "yearly_holidays": gettext_lazy("holidays of every year"),
    "label": gettext_lazy("label"),
    "type": gettext_lazy("type"),
    "choices": gettext_lazy("choices"),
    "required_in": gettext_lazy("needed in"),
    "is_public": gettext_lazy("shown outside"),
    "is_personal": gettext_lazy("personal"),
    "number": gettext_lazy("version"),
    "changes": gettext_lazy("own changes"),
    "rules": gettext_lazy("rules"),
    "conditions": gettext_lazy("conditions"),
    "sort": gettext_lazy("kind of document"),
    "months": gettext_lazy("months"),
    "basis": gettext_lazy("basis"),
    "action": gettext_lazy("what comes then"),
    "needs_all": gettext_lazy("all of them must hold"),
}
MODELS: dict[str, type[models.Model]] = {
    "parent": Category,
    "category": Category,
    "service": Service,
    "organization": Organization,
    "team": Team,
    "calendar": Calendar,
}
SUBJECTS: dict[str, type[models.Model]] = {
    "category": Category,
    "assignment_rule": AssignmentRule,
    "calendar": Calendar,
    "custom_field": CustomField,
    "workflow": WorkflowVersion,
    "major_criterion": KeptCriterion,
}
# Said in the sentence already, and no news below it.
IN_THE_SENTENCE = {"custom_field": ("kind", "name"), "workflow": ("kind",), "priority_rule": ("impact", "urgency", "service")}
MOST_DAYS = 5
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Told:
    """One act in words: the sentence, the changes a line each, and what it is called in the trail."""

    sentence: str
    changes: tuple[str, ...]
    technical: str


@dataclass(slots=True)
class Log:
    """Some entries of kept things, readable; names are asked once for all of them."""

    tenant: Tenant
    names: dict[type[models.Model], dict[int, str]] = field(default_factory=dict)
    rows: dict[int, Any] = field(default_factory=dict)  # entry -> the thing that it is about, where it is still there

    def tell(self, entries: Sequence[Entry]) -> list[Told]:
        read = [(entry, json.loads(entry.changes)) for entry in entries]
        self._fetch(read)
        return [self._told(entry, raw) for entry, raw in read]

    def _fetch(self, read: Sequence[tuple[Entry, dict[str, Any]]]) -> None:
        wanted: dict[type[models.Model], set[int]] = {}
        for _entry, raw in read:
            for name, value in raw.items():
                if name in MODELS and isinstance(value, list):
                    wanted.setdefault(MODELS[name], set()).update(v for v in value if isinstance(v, int))
        for model, keys in wanted.items():
            rows = model._default_manager.filter(pk__in=keys, tenant=self.tenant)
            self.names[model] = {row.pk: str(getattr(row, "title", row)) for row in rows}
        for kind, model in SUBJECTS.items():
            about = {entry.pk: entry.subject for entry, _raw in read if entry.kind == kind}
            found = model._default_manager.filter(tenant=self.tenant).in_bulk(set(about.values())) if about else {}
            self.rows |= {key: found[subject] for key, subject in about.items() if subject in found}

    def _told(self, entry: Entry, raw: dict[str, Any]) -> Told:
        sentence = SENTENCES.get((entry.kind, entry.action))
        said = str(sentence) % {"name": self._name(entry, raw)} if sentence else _("Changed something that is kept")
        technical = _("%(kind)s %(number)d, %(action)s") % {"kind": entry.kind, "number": entry.subject, "action": entry.action}
        return Told(said, tuple(self._changes(entry, raw)), technical)

    def _name(self, entry: Entry, raw: dict[str, Any]) -> str:
        """What the sentence calls the thing: by its present name, or by the name in the entry when it is gone."""
        there = self.rows.get(entry.pk)
        if entry.kind == "setting":
            return ", ".join(str(SETTINGS.get(name, name.replace("_", " "))) for name in raw)
        if entry.kind == "priority_rule":
            return self._cell(raw)
        if entry.kind == "workflow":
            return _plural(there.kind if there is not None else _last(raw.get("kind")))
        if entry.kind == "custom_field" and there is not None:
            return _("%(label)s (of %(records)s)") % {"label": there.label, "records": _plural(there.kind)}
        return str(there) if there is not None else str(_last(raw.get("path") or raw.get("label") or raw.get("name")) or entry.subject)

    def _cell(self, raw: dict[str, Any]) -> str:
        """Which cell of the matrix: “for impact High and urgency Low, service Mail”."""
        levels = {number: str(word) for number, word in Incident.LEVELS}
        said = _("for impact %(impact)s and urgency %(urgency)s") % {
            "impact": levels.get(_last(raw.get("impact")), "?"),
            "urgency": levels.get(_last(raw.get("urgency")), "?"),
        }
        service = _last(raw.get("service"))
        return f"{said}, {self.names.get(Service, {}).get(service, _('one service'))}" if service else said

    def _changes(self, entry: Entry, raw: dict[str, Any]) -> Iterable[str]:
        for name, value in raw.items():
            if name in IN_THE_SENTENCE.get(entry.kind, ()) or (isinstance(value, list) and value[0] == value[1]):
                continue
            label = str(LABELS.get(name, name.replace("_", " ")))
            if entry.kind == "setting":
                label = str(SETTINGS.get(name, label))
            if not isinstance(value, list):  # concealed: only a digest stands in the entry
                yield _("%(what)s: changed; the words are kept apart") % {"what": _capital(label)}
                continue
            old, new = (self._words(entry, name, v) for v in value)
            yield f"{_capital(label)}: {old} → {new}"

    def _words(self, entry: Entry, name: str, value: Any) -> str:
        if name == "rules" and value is None:
            return _("the rules as shipped")
        if value in (None, "", [], {}):
            return _("none")
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if name in MODELS and isinstance(value, int):
            return self.names.get(MODELS[name], {}).get(value) or _("one that is gone")
        special: dict[str, Callable[[Any], str]] = {
            "week": _week,
            "changes": _own_changes,
            "conditions": lambda v: "; ".join(say(Condition(m, n)) for m, n in v.items()),
            "major_update_minutes": lambda v: ", ".join(f"{priority}: {n}" for priority, n in v.items()),
            "rules": lambda v: (
                ngettext("%(n)d rule, at %(at)s %%", "%(n)d rules, at %(at)s %%", len(v))
                % {"n": len(v), "at": ", ".join(str(rule["percent"]) for rule in v)}
            ),
            "type": lambda v: str(dict(CustomField.TYPES).get(v, v)),
            "priority": lambda v: f"{v} ({dict(Incident.PRIORITIES).get(v, '?')})",
            "set_up_closed_at": lambda v: str(v)[:10],
        }
        if name == "required_in" and (there := self.rows.get(entry.pk)) is not None:
            flow = workflow_of(self.tenant, there.kind)
            return ", ".join(flow.state(state).label for state in value)
        if name in special:
            return special[name](value)
        if isinstance(value, list):
            few = ", ".join(map(str, value))
            return few if len(value) <= MOST_DAYS else ngettext("%(n)d entry", "%(n)d entries", len(value)) % {"n": len(value)}
        return str(value) if len(str(value)) <= 80 else f"{str(value)[:79]}…"


def _week(week: Any) -> str:
    """“Mon–Fri 08:00–18:00, Sat 09:00–12:00”: days with the same hours in one stretch."""
    stretches: list[tuple[int, int, str]] = []
    for number, day in enumerate(DAYS):
        hours = " ".join("–".join(span) for span in week.get(day, ())) if isinstance(week, dict) else ""
        if not hours:
            continue
        if stretches and stretches[-1][1] == number - 1 and stretches[-1][2] == hours:
            stretches[-1] = (stretches[-1][0], number, hours)
        else:
            stretches.append((number, number, hours))
    return ", ".join(f"{WEEKDAYS_ABBR[a]}{'' if a == b else f'–{WEEKDAYS_ABBR[b]}'} {hours}" for a, b, hours in stretches) or _("none")


def _own_changes(changes: Any) -> str:
    """How much of a workflow is the organisation's own."""
    found = [
        (len(changes.get("labels", ())), ngettext("%(n)d word of its own", "%(n)d words of its own", len(changes.get("labels", ())))),
        (len(changes.get("states", ())), ngettext("%(n)d more state", "%(n)d more states", len(changes.get("states", ())))),
        (len(changes.get("moves", ())), ngettext("%(n)d more move", "%(n)d more moves", len(changes.get("moves", ())))),
        (
            len(changes.get("extend", ())),
            ngettext("%(n)d move with more beginnings", "%(n)d moves with more beginnings", len(changes.get("extend", ()))),
        ),
        (len(changes.get("guards", ())), ngettext("%(n)d more rule", "%(n)d more rules", len(changes.get("guards", ())))),
    ]
    return ", ".join(words % {"n": n} for n, words in found if n) or _("none")


def _plural(kind: Any) -> str:
    try:
        return str(type_named(str(kind)).plural_label)
    except KeyError:
        return str(kind).replace("_", " ")


def _last(pair: Any) -> Any:
    """The newer value of a change, or the older where it was taken away."""
    if not isinstance(pair, list):
        return None
    return pair[1] if pair[1] is not None else pair[0]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
