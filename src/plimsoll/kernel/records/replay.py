"""The fourth write: whole histories that another system lived, with their own times. It knows no file and no mapping.

Permission is asked once per call (`import:run`); guards, notices and events of single records are left out, since all of it has
already happened. What is written is what the other three would have left: card, kind row, trail, details, spans, shares, comments.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import check_everywhere
from plimsoll.kernel.events import publish
from plimsoll.kernel.identity.models import Person, Team, Tenant
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.text import canonical
from plimsoll.kernel.records.clean import Faulty, clean, same
from plimsoll.kernel.records.customs import clean_extra, customs_of
from plimsoll.kernel.records.declaration import Fault, RecordType
from plimsoll.kernel.records.events import Replayed
from plimsoll.kernel.records.histories import History, Said, Update, arrows
from plimsoll.kernel.records.models import Comment, Record, Share, gate_open
from plimsoll.kernel.records.projections import card_values, span_values
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.register.operations import keep_above, take_numbers
from plimsoll.kernel.trail.models import Span
from plimsoll.kernel.trail.operations import Act, write_many
from plimsoll.kernel.workflow import Move

SPANNED = frozenset({"state", "team", "owner", "priority"})
MOST_KEPT = 20_000  # cleaned values that one call remembers


class _Life:
    """One history on its way: the record as it changes, and the rows that it leaves."""

    def __init__(self, history: History, record: Record) -> None:
        self.history = history
        self.record = record
        self.acts: list[Act] = []
        self.said: list[tuple[int, Said]] = []  # (index of the act, what was said)
        self.spans: list[Span] = []
        self.given: dict[str, Any] = {}  # what the source said last of each field
        self.is_new = history.record is None


def replay(record_type: RecordType, histories: Sequence[History], *, by: Person, channel: str, source: str) -> list[Record]:
    """Write whole records in one transaction, and return them in the order given.

    Raises `Refused` without the word `import:run`, and `Faulty` when a value or state can't be taken; then nothing was written.
    A number is kept when the history asks for it and it is free; else the next one is given, in the order of the histories.
    Cost: about ten statements per 200 records, whatever they lived through.
    """
    check_everywhere(by, "import:run")
    tenant = by.tenant
    assert tenant is not None
    with writing(), gate_open():
        writer = _Writer(record_type, tenant, by, channel, source)
        lives = [writer.live(history) for history in histories]
        if writer.faults:
            raise Faulty(writer.faults)
        writer.store(lives)
        publish(Replayed(kind=record_type.kind, card_ids=tuple(life.record.pk for life in lives)))
    return [life.record for life in lives]


class _Writer:
    """What all histories of one call share: the workflow, the cleaned values, the arrows by their ends."""

    def __init__(self, record_type: RecordType, tenant: Tenant, by: Person, channel: str, source: str) -> None:
        self.type = record_type
        self.tenant = tenant
        self.by = by
        self.channel = channel
        self.source = source
        self.flow = workflow_of(tenant, record_type.kind)
        self.arrows = arrows(self.flow)
        self.cleaned: dict[Any, Any] = {}
        self.faults: list[Fault] = []
        self.fields = frozenset(record_type.fields)
        self.computed = frozenset(f.name for f in record_type.model._meta.concrete_fields if f.name not in _OF_EVERY_RECORD) - self.fields
        self.computed -= frozenset(record_type.derived)
        self.open_customs = {c.name for c in customs_of(tenant, record_type.kind) if c.type != "text" and not c.is_personal}

    # Values

    def clean(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Checked as every write checks; the same value of a field is checked once in a call."""
        done: dict[str, Any] = {}
        for name, value in values.items():
            key = (name, type(value), canonical(value) if isinstance(value, list | dict) else value)
            try:
                done[name] = self.cleaned[key]
            except KeyError:
                try:
                    done[name] = self._one(name, value)
                except Faulty as error:
                    self.faults += error.faults
                    continue
                if len(self.cleaned) < MOST_KEPT:
                    self.cleaned[key] = done[name]
        return done

    def _one(self, name: str, value: Any) -> Any:
        if name in self.computed:  # only whole records of our own come with these
            model_field = self.type.model_field(name)
            if isinstance(value, models.Model):  # whom or what a move wrote down, found already by its name in the line
                return value
            return None if value is None and model_field.null else model_field.to_python(value)
        return clean(self.type, self.tenant, {name: value}, by=self.by)[name]

    def _state(self, name: str) -> Any:
        if not self.flow.knows(name):
            self.faults.append(
                Fault("state", _("There is no state “%(name)s” in the workflow. Map it to one that there is, or add it.") % {"name": name})
            )
        return self.flow.state(name)

    def texts(self, changes: Mapping[str, Any]) -> frozenset[str]:
        names = self.type.texts & changes.keys()
        extra = {n for n in changes if n.startswith("extra.") and n.removeprefix("extra.") not in self.open_customs}
        return frozenset(names | extra) if extra else frozenset(names)

    # A life

    def live(self, history: History) -> _Life:
        if history.record is not None:
            life = _Life(history, history.record)
            self._resume(life)
        else:
            life = self._open(history)
        for update in history.updates:
            self._follow(life, update)
        record = life.record
        for name, value in self.clean(history.final).items():
            setattr(record, name, value)
        record.imported = dict(history.imported)
        record.changed_at = history.changed_at or record.changed_at
        return life

    def _open(self, history: History) -> _Life:
        opening = history.opening
        assert opening is not None, "A new record needs its opening."
        state = self._state(opening.state or self.flow.initial)
        values = self.clean(opening.values)
        extra = {k: v for k, v in self._extra(opening.extra).items() if v is not None}
        if opening.changes is None:
            values |= self._follows(self.type.behaviour.prepare(self.tenant, self._opening(values, history, opening), None), values)
        missing = [name for name in self.type.required if values.get(name) in (None, "")]
        self.faults += [Fault(name, _("This is needed.")) for name in missing]
        opened_by = opening.by or self.by.pk
        record = self.type.model(
            tenant=self.tenant,
            organization=history.organization,
            number=history.number or 0,
            state=state.name,
            category=state.category,
            is_open=state.is_open,
            access_class=history.access_class,
            opened_at=history.opened_at or opening.at,
            opened_by_id=opened_by,
            changed_at=opening.at,
            origin="imported",
            source=self.source if history.source is None else history.source,
            external_reference=history.external_reference,
            extra=extra,
            **values,
        )
        life = _Life(history, record)
        life.given.update(self.clean(opening.values))
        changes: Mapping[str, tuple[Any, Any]]
        if opening.changes is None:
            changes = {name: (None, value) for name, value in values.items() if value not in (None, "")}
            changes |= {f"extra.{name}": (None, value) for name, value in extra.items()}
            changes |= {"state": (None, state.name), "organization": (None, history.organization.pk)}
        else:
            changes = opening.changes
        self._tell(life, opening, opening.action or "open", changes, position=1)
        self._span(life, opening.at)
        return life

    @staticmethod
    def _opening(values: Mapping[str, Any], history: History, opening: Update) -> dict[str, Any]:
        return {**values, "organization": history.organization, "opened_at": history.opened_at or opening.at, "origin": "imported"}

    def _resume(self, life: _Life) -> None:
        running = Span.objects.filter(card_id=life.record.pk, ended_at=None).order_by("-id").first()
        if running is not None:
            life.spans.append(running)

    def _follow(self, life: _Life, update: Update) -> None:
        record = life.record
        position = (life.acts[-1].position if life.acts else record.card.entries) + 1
        record.changed_at = update.at
        if not update.is_part:
            record.version += 1
        values = self.clean(update.values) if update.values else {}
        extra = self._extra(update.extra)
        action = update.action
        if update.state and update.state != record.state:
            target = self._state(update.state)
            arrow, like = self.arrow(record.state, target.name)
            action = action or (arrow.name if arrow is not None else "update")
            if update.changes is None and like is not None:
                judged = {**{n: getattr(record, n) for n in ("state",)}, **values, "at": update.at, "by": self.by}
                values |= self.type.behaviour.on_move(record, like.name, judged)
            values |= {"state": target.name, "category": target.category, "is_open": target.is_open}
        if update.changes is None:
            changes = self._differences(life, values, extra)
        else:
            changes = dict(update.changes)
        for name, value in values.items():
            setattr(record, name, value)
        if extra:
            record.extra = {k: v for k, v in {**record.extra, **extra}.items() if v is not None}
        told = {**changes, **update.also} if update.also else changes or update.unless_changed
        self._tell(life, update, action or "update", told, position)
        if not SPANNED.isdisjoint(changes):
            self._span(life, update.at)

    def _differences(self, life: _Life, values: dict[str, Any], extra: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
        record = life.record
        life.given.update((n, v) for n, v in values.items() if n in self.fields)
        changes = self._compare(record, values)
        if not changes.keys().isdisjoint(self.fields):
            if follows := self._follows(self.type.behaviour.prepare(self.tenant, dict(life.given), record), life.given):
                values |= follows
                changes = self._compare(record, values)
        for name, new in extra.items():
            if record.extra.get(name) != new:
                changes[f"extra.{name}"] = (record.extra.get(name), new)
        return changes

    def _extra(self, given: Mapping[str, Any]) -> dict[str, Any]:
        if not given:
            return {}
        done, faults = clean_extra(self.tenant, self.type.kind, dict(given))
        self.faults += faults
        return done

    def _compare(self, record: Record, values: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
        changes: dict[str, tuple[Any, Any]] = {}
        foreign = self.type.foreign
        for name, new in values.items():
            if name in foreign:  # by key, so that nothing is read from the database
                old_key, new_key = getattr(record, f"{name}_id"), None if new is None else new.pk
                if old_key != new_key:
                    changes[name] = (old_key, new_key)
            elif name not in ("category", "is_open") and not same(old := getattr(record, name), new):
                changes[name] = (old, new)
        return changes

    def _follows(self, follows: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
        # A rule of today must not fill in what history left empty (a team by today's routing); it may compute what nobody sets,
        # and it may correct what was given.
        return {n: v for n, v in follows.items() if n not in self.fields or n in given}

    def arrow(self, source: str, target: str) -> tuple[Move | None, Move | None]:
        """The arrow between two states, and the one whose consequences (a moment, a count) this change has although it is none."""
        if (found := self.arrows.get((source, target))) is not None:
            return found, found
        was, now_ = self.flow.state(source), self.flow.state(target)
        if was.is_open and not now_.is_open:
            return None, next((m for m in sorted(self.flow.moves, key=lambda m: not m.is_primary) if m.target == target), None)
        if not was.is_open and now_.is_open:
            return None, next((m for m in self.flow.moves_from(source) if self.flow.state(m.target).is_open), None)
        return None, None

    def _tell(self, life: _Life, update: Update, action: str, changes: Mapping[str, tuple[Any, Any]], position: int) -> None:
        if update.comment is not None:
            life.said.append((len(life.acts), update.comment))
        life.acts.append(
            Act(
                tenant=self.tenant.pk,
                kind=self.type.kind,
                subject=0,
                action=action,
                by=update.by or self.by.pk,
                channel=update.channel or self.channel,
                at=update.at,
                position=position,
                origin="imported",
                changes=changes,
                texts=self.texts(changes) | update.texts,
                note=update.note,
            )
        )

    def _span(self, life: _Life, at: datetime) -> None:
        record = life.record
        if life.spans:
            life.spans[-1].ended_at = at
        life.spans.append(Span(tenant_id=self.tenant.pk, kind=self.type.kind, started_at=at, **span_values(record)))

    # Storing

    def store(self, lives: Sequence[_Life]) -> None:
        new = [life for life in lives if life.is_new]
        self._number(new)
        self._store_new(new)
        for life in lives:
            if not life.is_new:
                self._store_again(life)
        self._shares(lives)
        acts: list[Act] = []
        for life in lives:
            for act in life.acts:
                act.subject = act.card = life.record.pk
            acts += life.acts
        entries = write_many(acts)
        self._comments(lives, entries)
        self._spans(lives)

    def _number(self, lives: Sequence[_Life]) -> None:
        wanted = [life.record.number for life in lives if life.record.number]
        cards = Card.objects.filter(tenant=self.tenant, kind=self.type.kind, number__in=wanted)
        taken = set(cards.values_list("number", flat=True)) if wanted else set()
        without = []
        for life in lives:
            if life.record.number and life.record.number not in taken:
                taken.add(life.record.number)
            else:
                without.append(life)
        if wanted:
            keep_above(self.tenant.pk, self.type.kind, max(wanted))
        if without:
            first = take_numbers(self.tenant.pk, self.type.kind, len(without))
            for number, life in enumerate(without, start=first):
                life.record.number = number

    def _store_new(self, lives: Sequence[_Life]) -> None:
        cards = [
            Card(
                tenant_id=self.tenant.pk,
                kind=self.type.kind,
                number=life.record.number,
                entries=len(life.acts),
                **card_values(life.record, self.type),
            )
            for life in lives
        ]
        Card.objects.bulk_create(cards)
        for life, card in zip(lives, cards, strict=True):
            life.record.card = card
        self.type.model.objects.bulk_create([life.record for life in lives])

    def _store_again(self, life: _Life) -> None:
        record = life.record
        record.save()
        entries = life.acts[-1].position if life.acts else record.card.entries
        Card.objects.filter(pk=record.pk).update(entries=entries, **card_values(record, self.type))

    def _shares(self, lives: Sequence[_Life]) -> None:
        rows: list[Share] = []
        for life in lives:
            record = life.record
            asked = getattr(record, f"{self.type.requester}_id", None) if self.type.requester else None
            team = getattr(record, "team", None) if self.type.has("team") else None
            for_team = team if isinstance(team, Team) and team.organization.kind == "supplier" else None
            if life.is_new:
                rows += [Share(card_id=record.pk, person_id=asked, why="requester")] if asked else []
                rows += [Share(card_id=record.pk, team=for_team, why="assigned")] if for_team else []
            else:
                moment = record.changed_at
                if asked:
                    Share.objects.filter(card_id=record.pk, why="requester", until=None).exclude(person_id=asked).update(until=moment)
                    Share.objects.update_or_create(card_id=record.pk, person_id=asked, why="requester", defaults={"until": None})
                Share.objects.filter(card_id=record.pk, why="assigned", until=None).exclude(team=for_team).update(until=moment)
                if for_team:
                    Share.objects.update_or_create(card_id=record.pk, team=for_team, why="assigned", defaults={"until": None})
        Share.objects.bulk_create(rows)

    def _comments(self, lives: Sequence[_Life], entries: Sequence[Any]) -> None:
        rows: list[Comment] = []
        start = 0
        for life in lives:
            for index, said in life.said:
                entry = entries[start + index]
                rows.append(
                    Comment(
                        card_id=life.record.pk,
                        entry=entry,
                        author_id=entry.actor_id,
                        is_public=said.is_public,
                        text=said.text,
                        at=entry.at,
                        channel=entry.channel,
                        origin="imported",
                    )
                )
            start += len(life.acts)
        Comment.objects.bulk_create(rows)

    def _spans(self, lives: Sequence[_Life]) -> None:
        rows: list[Span] = []
        for life in lives:
            for span in life.spans:
                span.card_id = life.record.pk
                if span.pk is not None:
                    span.save(update_fields=["ended_at"])
                else:
                    rows.append(span)
        Span.objects.bulk_create(rows)


_OF_EVERY_RECORD = frozenset(f.name for f in Record._meta.local_fields)


__all__ = ["History", "Said", "Update", "replay"]
