"""Stored values as people read them. Names of numbered things come from one query per model, however many are named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.db import models
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext as _

from plimsoll.kernel.identity.models import Organization, Person, Team, Tenant
from plimsoll.kernel.identity.system import NAMES as SYSTEM, acted_as
from plimsoll.kernel.lib.cache import per_settings
from plimsoll.kernel.records.customs import Custom
from plimsoll.kernel.records.declaration import RecordType, type_named
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.ui.templatetags import _dates
from plimsoll.kernel.ui.templatetags.plimsoll_ui import moment, priority, who
from plimsoll.kernel.workflow import Workflow

LONG = 60
MOST_KEPT = 2000  # labels of a kind in memory; further ones are asked for


@per_settings
def _kept(tenant: Tenant, model: type[models.Model]) -> dict[int, str]:
    """The labels of a kind of thing of which every change moves the tenant's settings on (its class says `moves_settings`)."""
    return {row.pk: str(row) for row in model._default_manager.filter(tenant_id=tenant.pk)[:MOST_KEPT]}


class Names:
    """Labels by number. Ask with `want` for all that the page will name, then `fetch` once; `of` never queries.

    With a tenant, labels that change only when its settings do are not asked for on every page.
    """

    def __init__(self, tenant: Tenant | None = None) -> None:
        self._tenant = tenant
        self._wanted: dict[type[models.Model], set[int]] = {}
        self._found: dict[tuple[type[models.Model], int], str] = {}
        self.references: dict[int, str] = {}  # of records, by card
        self.places: dict[int, tuple[str, int]] = {}  # kind and number of records, by card
        self.outsiders: set[int] = set()  # people who belong to no part of the provider
        self.systems: set[int] = set()  # those in whose name the system itself acts

    def want(self, model: type[models.Model], keys: Iterable[Any]) -> None:
        model = Card if issubclass(model, Record) else model
        if found := {key for key in keys if isinstance(key, int) and not isinstance(key, bool)}:
            self._wanted.setdefault(model, set()).update(found)

    def know(self, model: type[models.Model], key: int, label: str) -> None:
        """A label that is already at hand."""
        model = Card if issubclass(model, Record) else model
        self._found[model, key] = label

    def fetch(self) -> Names:
        for model, keys in self._wanted.items():
            if self._tenant is not None and getattr(model, "moves_settings", False):
                self._found |= {(model, key): label for key, label in _kept(self._tenant, model).items() if key in keys}
            missing = {key for key in keys if (model, key) not in self._found}
            if not missing:
                continue
            if model is Card:
                for key, title, reference, kind, number in Card.objects.filter(pk__in=missing).values_list(
                    "pk", "title", "reference", "kind", "number"
                ):
                    self._found[model, key] = title
                    self.references[key], self.places[key] = reference, (kind, number)
            elif model is Person:
                for key, name, kind, sort in Person.objects.filter(pk__in=missing).values_list("pk", "name", "organization__kind", "kind"):
                    is_system = sort == "system" and name in SYSTEM
                    self._found[model, key] = acted_as() if is_system else name
                    if is_system:
                        self.systems.add(key)
                    if kind in ("customer", "supplier"):
                        self.outsiders.add(key)
            elif model in (Team, Organization):
                self._found |= {(model, key): name for key, name in model._default_manager.filter(pk__in=missing).values_list("pk", "name")}
            else:
                self._found |= {(model, key): str(row) for key, row in model._default_manager.in_bulk(missing).items()}
        self._wanted.clear()
        return self

    def actor(self, key: Any, channel: str) -> str:
        """Who acted: a person by name, the system by the way that it acted."""
        return acted_as(channel) if key in self.systems else self.of(Person, key)

    def of(self, model: type[models.Model], key: Any) -> str:
        if key is None:
            return ""
        model = Card if issubclass(model, Record) else model
        # What was told in words elsewhere (an import) stays as it was told.
        return self._found.get((model, key), key if isinstance(key, str) else f"#{key}")


@lru_cache(maxsize=4096)
def _label(kind: str, name: str, language: str | None) -> str:
    """Asking gettext for forty labels and choices costs a millisecond a page; they change with the language only."""
    record_type = type_named(kind)
    return str(record_type.model_field(name).verbose_name) if record_type.has(name) else name.replace("_", " ")


@lru_cache(maxsize=1024)
def _choices(kind: str, name: str, language: str | None) -> dict[Any, str]:
    return {value: str(label) for value, label in type_named(kind).model_field(name).flatchoices}


def label_of(record_type: RecordType, name: str, customs: Mapping[str, Custom] | None = None) -> str:
    """The word that people read for a field."""
    if name.startswith("extra."):
        custom = (customs or {}).get(name.removeprefix("extra."))
        return custom.label if custom else name.removeprefix("extra.").replace("_", " ")
    if name == "organization":
        return _("for")
    return _label(record_type.kind, name, get_language())


def words_of(record_type: RecordType, name: str, value: Any, names: Names, flow: Workflow, customs: Mapping[str, Custom] | None = None) -> str:
    """A stored value in words; empty for none. Takes values as the trail holds them too (ISO moments, numbers of things)."""
    if value in (None, "", [], {}):
        return ""
    if name == "state":
        return flow.state(str(value)).label
    if name.startswith("extra."):
        custom = (customs or {}).get(name.removeprefix("extra."))
        if custom is not None and custom.type == "person":
            return names.of(Person, value)
        if custom is not None and custom.type == "date":
            return _moment(value)
        return str(value)
    if name == "organization":
        return names.of(Organization, value)
    if name == "watcher":
        return names.of(Person, value)
    if name in record_type.foreign:
        return names.of(record_type.foreign[name], value)
    if not record_type.has(name):
        return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    field = record_type.model_field(name)
    if choices := _choices(record_type.kind, name, get_language()):
        return str(choices.get(value, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(field, models.DateTimeField | models.DateField):
        return _moment(value)
    if isinstance(value, list):
        return ", ".join(str(v) for v in value)
    if isinstance(value, dict):
        return ", ".join(f"{k}: {v}" for k, v in value.items())
    return str(value)


def _moment(value: Any) -> str:
    """A moment or day as text, from what the model or the trail holds."""
    if isinstance(value, str):
        try:
            value = parse_datetime(value) if "T" in value else date.fromisoformat(value)
        except ValueError:
            return str(value)
    return _plain(moment(value)) if isinstance(value, date | datetime) else str(value)


def _plain(html: str) -> str:
    """The text between the tags of a short piece of our own HTML."""
    return html.partition(">")[2].rpartition("<")[0] if html.startswith("<") else html


def property_html(record_type: RecordType, name: str, value: Any, names: Names, flow: Workflow) -> SafeString | str:
    """A value at the side of a record: people with their face, a priority with its numeral."""
    if value is None:
        return who("") if name == "owner" else ""
    if record_type.foreign.get(name) is Person:
        return who(names.of(Person, value))
    text = words_of(record_type, name, value, names, flow)
    if name == "priority" and isinstance(value, int):
        return format_html("{}{}", priority(value), text)
    if record_type.has(name) and isinstance(record_type.model_field(name), models.DateTimeField | models.DateField):
        return moment(value)
    return text


def short(text: str) -> str:
    """A text on one line, cut."""
    flat = " ".join(text.split())
    return flat if len(flat) <= LONG else flat[: LONG - 1] + "…"


def quiet(value: datetime, present: datetime, zone: Any, language: str | None) -> SafeString:
    """How long nothing happened: "6 min", with the exact moment on hover. The present and the zone are asked once per page."""
    local = value.astimezone(zone)
    exact = _dates._day_texts(local.year, local.month, local.day, present.toordinal(), language)[1]
    return _dates._time_tag(local, _dates._duration(int(max(0.0, (present - local).total_seconds()) // 60), 1, language), exact, zone)
