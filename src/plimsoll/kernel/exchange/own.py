"""What was exported goes in again: the lines of `plimsoll export … --format jsonl`, with or without their history.

Numbers are kept where they are free; people are matched by external reference or address, other things by name, and made when they
are not there. A second run of the same file changes nothing.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import IntegrityError, models
from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import check_everywhere
from plimsoll.kernel.exchange.creating import Directory, Making
from plimsoll.kernel.exchange.drafts import Named
from plimsoll.kernel.exchange.importing import kept_in
from plimsoll.kernel.exchange.models import Imported, Run
from plimsoll.kernel.exchange.reading import Unreadable, digest_of, opened
from plimsoll.kernel.exchange.report import Report
from plimsoll.kernel.identity.models import Organization, Person
from plimsoll.kernel.lib.cache import forget_all
from plimsoll.kernel.lib.db import learn_sizes, writing
from plimsoll.kernel.lib.text import canonical
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records import files
from plimsoll.kernel.records.beside import Taking, beside
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.customs import customs_of
from plimsoll.kernel.records.declaration import RecordType, type_named
from plimsoll.kernel.records.models import LINK_MEANINGS, Attachment, ChecklistItem, Effort, Link, Record, Share, Tag, WorkflowVersion, gate_open
from plimsoll.kernel.records.replay import History, Said, Update, replay
from plimsoll.kernel.records.workflows import change_workflow, merged
from plimsoll.kernel.register.models import Card

SOURCE = "plimsoll"
BATCH = 200
Line = dict[str, Any]


class _Undo(Exception):
    """Ends the transaction of a dry run."""


def lines_of(path: Path, report: Report) -> Iterator[tuple[int, Line]]:
    """The lines of an export with their numbers; a damaged line is reported and left out."""
    with opened(path) as raw, io.TextIOWrapper(raw, encoding="utf-8", errors="replace") as text:
        for number, row in enumerate(text, start=1):
            if not row.strip():
                continue
            report.rows += 1
            try:
                line = json.loads(row)
                if not isinstance(line, dict) or not line.get("reference") or not line.get("kind") or not line.get("title"):
                    raise ValueError("kind, reference or title is missing")
                yield number, line
            except ValueError as error:
                report.fault(number, "", row[:40], _("The line is no record of an export (%(why)s); it was left out.") % {"why": error})
                report.left_out += 1


def import_own(
    path: Path,
    *,
    kind: str,
    by: Person,
    channel: str = "import",
    is_dry: bool = False,
    file_name: str = "",
    limit: int | None = None,
    run: Run | None = None,
    progress: Callable[[int, int], None] = lambda done, of: None,
    keep: Callable[[Record], None] | None = None,
) -> Report:
    """Bring an export of our own in. Raises `Refused` or `Unreadable`; what can't be taken is in the report."""
    check_everywhere(by, "import:run")
    assert by.tenant is not None
    report = Report(is_dry=is_dry)
    record_type = type_named(kind)
    if run is None and not is_dry:
        run = Run.objects.create(
            tenant=by.tenant,
            kind=record_type.kind,
            source=SOURCE,
            file_name=(file_name or path.name)[:255],
            file_digest=digest_of(path),
            mapping="",
            started_by=by,
            started_at=now(),
        )
    own = _Own(record_type, by, channel, report, keep)
    batch: list[tuple[int, Line]] = []
    with kept_in(run, report):
        for number, line in lines_of(path, report):
            if line["kind"] != record_type.kind:
                raise Unreadable(
                    _("%(file)s holds %(found)s, not %(wanted)s.") % {"file": path.name, "found": line["kind"], "wanted": record_type.kind}
                )
            report.records += 1
            if limit is not None and report.records > limit:
                continue
            batch.append((number, line))
            if len(batch) == BATCH:
                own.batch(batch)
                progress(report.records, 0)
                batch = []
        if batch:
            own.batch(batch)
        if not is_dry:
            own.second_pass(path)
            learn_sizes()
    return report


class _Own:
    def __init__(self, record_type: RecordType, by: Person, channel: str, report: Report, keep: Callable[[Record], None] | None) -> None:
        self.keep = keep
        assert by.tenant is not None
        self.type, self.by, self.tenant, self.channel, self.report = record_type, by, by.tenant, channel, report
        provider = Organization.objects.filter(tenant=self.tenant, kind="provider").first() or by.organization
        assert provider is not None
        self.provider = provider
        self.directory = Directory(Making(self.tenant, by, channel, SOURCE, provider, report.made_things))
        self.people: dict[str, Person] = {}
        names = {f.name for f in record_type.model._meta.concrete_fields}
        # What is derived here is told by the trail of where it came from, in words; nothing is looked for or made by them.
        named = names - set(record_type.derived)
        self.foreign = {n: f.related_model for n in named if isinstance(f := record_type.model._meta.get_field(n), models.ForeignKey)}
        self.person_customs = {c.name for c in customs_of(self.tenant, record_type.kind) if c.type == "person"}
        own = {f.name for f in Record._meta.local_fields} | {"card", *record_type.derived}
        self.fields = names - own

    def batch(self, lines: Sequence[tuple[int, Line]]) -> None:
        """One transaction; when a line can't be taken, line by line, so that the rest goes in."""
        try:
            with writing():
                self._write(lines)
                if self.report.is_dry:
                    raise _Undo
        except _Undo:
            self._forget()
        except (Faulty, IntegrityError) as error:
            self._forget()
            if len(lines) > 1:
                for single in lines:
                    self.batch([single])
                return
            number, line = lines[0]
            self.report.left_out += 1
            self.report.fault(number, "", line["reference"], _("%(key)s was left out: %(why)s") % {"key": line["reference"], "why": error})

    def _forget(self) -> None:
        self.directory.forget()
        self.people.clear()
        self.tenant.refresh_from_db(fields=["settings_version"])
        forget_all()

    def _write(self, lines: Sequence[tuple[int, Line]]) -> None:
        there = {
            row.reference: row
            for row in Imported.objects.filter(
                tenant=self.tenant, kind=self.type.kind, source=SOURCE, reference__in=[line["reference"] for _, line in lines]
            )
        }
        taken = self._taken(line for _, line in lines)
        fresh: list[tuple[int, Line, list[str], Imported | None]] = []
        same = 0
        for number, line in lines:
            digests, before = _digests(line), there.get(line["reference"])
            if before is None and (line.get("source"), line.get("external_reference")) in taken:
                self._differs(_("%(key)s is here already, from where it came from first; it was left as it is."), line)
            elif before is None:
                fresh.append((number, line, digests, None))
            elif before.rows > len(digests) or digests[before.rows - 1] != before.digest:
                self._differs(_("%(key)s differs from what was imported before; it was left as it is."), line)
            elif before.rows == len(digests):
                same += 1
            elif before.card.trail.exclude(origin="imported").exists():
                self._differs(_("%(key)s was worked on here since it was imported; it was left as it is."), line)
            else:
                fresh.append((number, line, digests, before))
        if fresh:
            self._bring(fresh)
        self.report.unchanged += same

    def _differs(self, sentence: str, line: Line) -> None:
        self.report.differs += 1
        self.report.notes.append(sentence % {"key": line["reference"]})

    def _taken(self, lines: Iterator[Line]) -> set[tuple[Any, Any]]:
        wanted = [line["external_reference"] for line in lines if line.get("external_reference")]
        rows = Card.objects.filter(tenant=self.tenant, kind=self.type.kind, external_reference__in=wanted)
        return set(rows.values_list("source", "external_reference"))

    def _bring(self, fresh: Sequence[tuple[int, Line, list[str], Imported | None]]) -> None:
        for _number, line, *_rest in fresh:
            if line.get("workflow"):
                self._extend_workflow(line["workflow"])
        self._ensure([line for _, line, *_ in fresh])
        records = (
            self.type.model.objects.select_for_update(of=("self",))
            .select_related("organization", "card")
            .in_bulk([before.pk for *_, before in fresh if before is not None])
        )
        histories = [
            self._history(number, line, before.rows if before else 0, records.get(before.pk) if before else None)
            for number, line, _digests_of_it, before in fresh
        ]
        written = replay(self.type, histories, by=self.by, channel=self.channel, source="")
        new = []
        for (number, line, digests, before), history, record in zip(fresh, histories, written, strict=True):
            self.report.updates += len(history.updates)
            if self.keep is not None:
                self.keep(record)
            if before is None:
                self.report.created += 1
                self._parts(number, line, record)
                self._take_beside(line, record)
                new.append(
                    Imported(
                        card_id=record.pk,
                        tenant=self.tenant,
                        kind=self.type.kind,
                        source=SOURCE,
                        reference=line["reference"],
                        rows=len(digests),
                        digest=digests[-1],
                    )
                )
            else:
                self.report.appended += 1
                Imported.objects.filter(pk=before.pk).update(rows=len(digests), digest=digests[-1])
        Imported.objects.bulk_create(new)

    def _extend_workflow(self, changes: Mapping[str, Any]) -> None:
        versions = WorkflowVersion.objects.filter(tenant=self.tenant, kind=self.type.kind).order_by("-number")
        newest = versions.values_list("changes", flat=True).first() or {}
        wanted = merged(newest, dict(changes))
        if wanted != merged(newest, {}):
            change_workflow(tenant=self.tenant, kind=self.type.kind, changes=wanted, by=self.by, channel=self.channel)

    # Names

    def _ensure(self, lines: Sequence[Line]) -> None:
        named: list[Named] = []
        for line in lines:
            named.append(Named(Organization, line["organization"], line["organization"], True, line.get("organization_kind", "customer")))
            named += [Named(Organization, p["organization"], p["organization"]) for p in line.get("people", {}).values() if p.get("organization")]
            pairs = [(n, v) for n, v in line.get("fields", {}).items() if v is not None]
            for entry in line.get("trail", ()):
                for source in (entry.get("changes", {}), entry.get("texts", {})):
                    pairs += [(n, v) for n, pair in source.items() for v in pair if v is not None]
            for name, value in pairs:
                model = Organization if name == "organization" else self.foreign.get(name)
                if model is not None and model is not Person and isinstance(value, str):
                    named.append(Named(model, value, value[:200]))
        self.directory.ensure(named)
        people: dict[str, Line] = {}
        for line in lines:
            people |= {key: told for key, told in line.get("people", {}).items() if key not in self.people}
        if people:
            self._find_people(people)

    def _find_people(self, people: Mapping[str, Line]) -> None:
        rows = Person.objects.filter(tenant=self.tenant)
        references = [t["external_reference"] for t in people.values() if t.get("external_reference")]
        by_reference = {p.external_reference: p for p in rows.filter(external_reference__in=references)}
        addresses = [form for t in people.values() if t.get("email") for form in (t["email"], t["email"].lower())]
        by_address = {p.email.lower(): p for p in rows.filter(email__in=addresses) if p.email}
        by_name = {p.name: p for p in rows.filter(external_reference="", email=None, name__in=[t.get("name", "") for t in people.values()])}
        new: dict[str, Person] = {}
        for key, told in people.items():
            found = by_reference.get(told.get("external_reference") or "-") or by_address.get((told.get("email") or "").lower())
            if found is None and not told.get("external_reference") and not told.get("email"):
                found = by_name.get(told.get("name", "")) or (self.by if told.get("kind") == "system" else None)
            if found is not None:
                self.people[key] = found
                continue
            home = self.directory.get(Named(Organization, told["organization"], "")) if told.get("organization") else None
            new[key] = Person(
                tenant=self.tenant,
                organization=home or self.provider,
                kind="imported",
                name=str(told.get("name", key))[:200],
                email=told.get("email"),
                external_reference=told.get("external_reference") or "",
            )
            new[key].set_unusable_password()
        Person.objects.bulk_create(new.values())
        self.directory.making.tell(
            new.values(),
            "person",
            frozenset({"name", "email", "external_reference"}),
            name=lambda p: p.name,
            email=lambda p: p.email,
            external_reference=lambda p: p.external_reference,
        )
        self.people |= new

    def _thing(self, name: str, value: Any) -> Any:
        """The thing that a field or change names; other values as they are."""
        if not isinstance(value, str):
            return value
        model = Organization if name == "organization" else Person if name in ("watcher", "opened_by") else self.foreign.get(name)
        if model is Person or (name.startswith("extra.") and name.removeprefix("extra.") in self.person_customs):
            return self.people.get(value)
        return self.directory.get(Named(model, value, "")) if model is not None else value

    # A line

    def _history(self, number: int, line: Line, done: int, record: Record | None) -> History:
        said = {c["position"]: Said(c["text"], bool(c["is_public"])) for c in line.get("comments", ())}
        fields = {}
        for name, value in line.get("fields", {}).items():
            if name in self.fields:
                fields[name] = self._thing(name, value)
                if value is not None and fields[name] is None:
                    self.report.fault(
                        number, f"fields.{name}", str(value), _("There is no such thing here, and it can't be made; the field stays empty.")
                    )
            else:
                self.report.fault(number, f"fields.{name}", str(value), _("There is no such field here; it was left out."))
        extra = {name: self._thing(f"extra.{name}", value) for name, value in line.get("extra", {}).items()}
        imported = dict(line.get("imported", {}))
        if line.get("origin", "imported") != "imported":
            imported["origin"] = line["origin"]
        trail = line.get("trail")
        opened_by = self.people.get(line.get("opened_by", ""))
        if trail:
            updates = [self._update(entry, said) for entry in trail]
            opening = updates.pop(0)
            opening.by = opened_by.pk if opened_by else opening.by
            opening.values = {"title": line["title"], **opening.values}
            updates = updates[max(done - 1, 0) :]
        else:
            at = datetime.fromisoformat(line["opened_at"])
            opening = Update(at=at, by=opened_by.pk if opened_by else None, values={"title": line["title"]})
            updates = [Update(at=datetime.fromisoformat(line["changed_at"]), state=line["state"], extra=extra, values={})]
        final = {**fields, "title": line["title"]}
        organization = self.directory.get(Named(Organization, line["organization"], ""))
        return History(
            external_reference=line.get("external_reference", ""),
            organization=organization,
            updates=updates,
            opening=opening,
            imported=imported,
            final=final,
            opened_at=_moment(line["opened_at"]),
            changed_at=_moment(line["changed_at"]),
            number=line.get("number"),
            source=line.get("source", ""),
            access_class=line.get("access_class", ""),
            record=record,
        )

    def _update(self, entry: Line, said: Mapping[int, Said]) -> Update:
        changes: dict[str, tuple[Any, Any]] = {}
        values: dict[str, Any] = {}
        extra: dict[str, Any] = {}
        texts = entry.get("texts", {})
        for name, (old, new) in {**entry.get("changes", {}), **texts}.items():
            before, after = self._thing(name, old), self._thing(name, new)
            changes[name] = (before, after)
            if name.startswith("extra."):
                extra[name.removeprefix("extra.")] = after
            elif name in self.fields or name == "title":
                values[name] = after
        state = changes["state"][1] if "state" in changes else ""
        is_part = not values and not extra and not state and entry["action"] != "update"
        actor = self.people.get(entry.get("by", ""))
        return Update(
            at=datetime.fromisoformat(entry["at"]),
            by=actor.pk if actor else None,
            state=state,
            values=values,
            extra=extra,
            action=entry["action"],
            channel=entry.get("channel", ""),
            note=entry.get("note", ""),
            changes=changes,
            texts=frozenset(texts),
            comment=said.get(entry.get("position", -1)),
            is_part=is_part,
        )

    def _parts(self, number: int, line: Line, record: Record) -> None:
        """What hangs on the record, in the transaction of the record. Its acts are in the trail that came with it."""
        card = record.card
        for name in line.get("tags", ()):
            tag, _made = Tag.objects.get_or_create(tenant=self.tenant, name=name)
            tag.cards.add(card)
        for key in line.get("watchers", ()):
            Share.objects.get_or_create(card=card, person=self.people[key], why="watcher")
        for position, row in enumerate(line.get("checklist", ()), start=1):
            ChecklistItem.objects.create(
                card=card,
                position=position,
                text=row["text"],
                owner=self.people.get(row.get("owner") or ""),
                due_at=_moment(row.get("due_at")),
                done_at=_moment(row.get("done_at")),
                done_by=self.people.get(row.get("done_by") or ""),
            )
        for row in line.get("effort", ()):
            Effort.objects.create(
                card=card,
                person=self.people.get(row["by"], self.by),
                minutes=row["minutes"],
                activity=row["activity"],
                spent_on=date.fromisoformat(row["spent_on"]),
                note=row["note"],
            )
        for row in line.get("attachments", ()):
            if not files.path_of(row["digest"]).exists():
                self.report.fault(number, "attachments", row["name"], _("The file's content is not in an export; put it on the record by hand."))
                continue
            Attachment.objects.create(
                card=card,
                name=row["name"],
                content_type=row["content_type"],
                size=row["size"],
                digest=row["digest"],
                is_public=row["is_public"],
                scan=row["scan"],
                added_by=self.people.get(row["by"], self.by),
                added_at=datetime.fromisoformat(row["at"]),
            )

    def _take_beside(self, line: Line, record: Record) -> None:
        """What goes along with the kind; what of `more` is not found here stays with the record."""
        taking = Taking(self.by, lambda key: self.people.get(key or ""), self._card_of, self.report.notes.append)
        left: dict[str, Any] = {}
        for thing in beside(self.type.kind):
            if thing.is_public:
                thing.take(record, line, taking)
            elif more := line.get("more"):
                left |= thing.take(record, more, taking)
        if left:
            record.imported = {**record.imported, "more": left}
            with gate_open():
                self.type.model.objects.filter(pk=record.pk).update(imported=record.imported)

    def _card_of(self, reference: str | None) -> int | None:
        found = Imported.objects.filter(tenant=self.tenant, source=SOURCE, reference=reference or "").values_list("card_id", flat=True)
        return found.first() if reference else None

    def second_pass(self, path: Path) -> None:
        """Links, once both of their ends are in. Run again, it finds them there."""
        quiet = Report()
        linked = [line for _, line in lines_of(path, quiet) if line.get("links")]
        for start in range(0, len(linked), BATCH):
            part = linked[start : start + BATCH]
            wanted = {line["reference"] for line in part} | {row["target"] for line in part for row in line["links"]}
            with writing():
                cards = {row.reference: row.card_id for row in Imported.objects.filter(tenant=self.tenant, source=SOURCE, reference__in=wanted)}
                for line in part:
                    if line["reference"] not in cards:
                        continue
                    for row in line["links"]:
                        if row["target"] not in cards:
                            self.report.notes.append(
                                _("%(key)s: the link to %(target)s was left out; that record did not come from an import.")
                                % {"key": line["reference"], "target": row["target"]}
                            )
                        elif row["meaning"] in LINK_MEANINGS:
                            Link.objects.get_or_create(
                                source_id=cards[line["reference"]],
                                meaning=row["meaning"],
                                target_id=cards[row["target"]],
                                defaults={"made_by": self.by, "made_at": now()},
                            )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _digests(line: Line) -> list[str]:
    """The digest of the first entry, of the first two, …; of the line as a whole when it has no history."""
    running = hashlib.sha256(canonical([line["kind"], line["reference"], line.get("external_reference")]).encode())
    rows = line.get("trail")
    if not rows:
        running.update(canonical(line).encode())
        return [running.hexdigest()]
    found = []
    for row in rows:
        running.update(canonical({k: v for k, v in row.items() if k != "recorded_at"}).encode())
        found.append(running.hexdigest())
    return found


__all__ = ["import_own", "lines_of"]
