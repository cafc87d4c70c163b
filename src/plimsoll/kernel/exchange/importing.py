"""An import from beginning to end: rows grouped by record, batches of whole records, each in one transaction of its own.

The rows' needed cells are held in memory (about 300 bytes a row, equal cells once); a file may come in any order. A run that was
killed goes on when it is run again: `Imported` says of every record how many rows of it are in, written in the record's transaction.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import check_everywhere
from plimsoll.kernel.exchange.creating import Directory, Making
from plimsoll.kernel.exchange.drafts import Draft, Drafter, Named, Row, Step
from plimsoll.kernel.exchange.mapping import Map, MapFaulty
from plimsoll.kernel.exchange.models import Imported, Run
from plimsoll.kernel.exchange.reading import Unreadable, digest_of, rows as rows_of
from plimsoll.kernel.exchange.report import Report
from plimsoll.kernel.identity.models import Organization, Person, Tenant
from plimsoll.kernel.lib.cache import forget_all
from plimsoll.kernel.lib.db import learn_sizes, writing
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.declaration import RecordType, type_named
from plimsoll.kernel.records.histories import SOURCE_ROW
from plimsoll.kernel.records.models import Record, WorkflowVersion
from plimsoll.kernel.records.replay import History, Update, replay
from plimsoll.kernel.records.workflows import change_workflow, merged
from plimsoll.kernel.workflow import WorkflowError

BATCH = 200  # records in one transaction
MOST_UPDATES = 2500  # … and updates, so that other writers wait less than a second

Progress = Callable[[int, int], None]


class _Undo(Exception):
    """Ends the transaction of a dry run."""


@dataclass(slots=True)
class Ready:
    """A history whose names were found, with what `Imported` keeps of it."""

    history: History
    reference: str
    rows: int
    digest: str
    updates: int


def import_file(
    path: Path,
    mapping: Map,
    *,
    by: Person,
    channel: str = "import",
    is_dry: bool = False,
    progress: Progress = lambda done, of: None,
    limit: int | None = None,
    file_name: str = "",
    run: Run | None = None,
    keep: Callable[[Record], None] | None = None,
) -> Report:
    """Bring a file in by a map. Raises `Refused`, `MapFaulty` or `Unreadable`; damaged cells are in the report.

    `limit` takes the first records only (for a preview); `keep` is told of each record that was written, or would have been.
    """
    check_everywhere(by, "import:run")
    tenant = by.tenant
    assert tenant is not None
    try:
        record_type = type_named(mapping.kind)
    except KeyError:
        raise MapFaulty([_("There is no kind “%(kind)s” to import.") % {"kind": mapping.kind}]) from None
    report = Report(is_dry=is_dry)
    if run is None and not is_dry:
        run = Run.objects.create(
            tenant=tenant,
            kind=record_type.kind,
            source=mapping.source,
            file_name=(file_name or path.name)[:255],
            file_digest=digest_of(path),
            mapping=mapping.text,
            started_by=by,
            started_at=now(),
        )
    with kept_in(run, report):
        _Import(mapping, record_type, tenant, by, channel, report, progress, keep).bring_in(path, limit)
    if not report.is_dry:
        learn_sizes()
    return report


@contextmanager
def kept_in(run: Run | None, report: Report) -> Iterator[None]:
    """Whatever comes of it, the report is finished and kept in the run, where there is one."""
    try:
        yield
    except BaseException as error:
        if run is not None:
            run.state, run.ended_at, run.report = "failed", now(), {**report.finish().as_json(), "error": str(error)}
            run.save()
        raise
    report.finish()
    if run is not None:
        run.state, run.ended_at, run.report = "done", now(), report.as_json()
        run.save()


def grouped(path: Path, mapping: Map, drafter: Drafter, report: Report, limit: int | None = None) -> dict[str, list[Row]]:
    """The rows of each record, records in the order in which the file first names them."""
    groups: dict[str, list[Row]] = {}
    beyond: set[str] = set()
    same: dict[str, str] = {}  # each distinct cell is kept once; files repeat themselves
    for number, cells in rows_of(path, mapping, report.fault):
        report.rows += 1
        key = drafter.key_of(cells)
        if not key:
            report.fault(number, " + ".join(mapping.key), "", "The row does not say which record it belongs to; it was left out.")
            continue
        if len(key) > 200:
            report.fault(number, " + ".join(mapping.key), key, "The record's name is longer than 200 characters; the row was left out.")
            continue
        if limit is not None and key not in groups and len(groups) >= limit:
            beyond.add(key)
            continue
        groups.setdefault(key, []).append((number, tuple([same.setdefault(cell, cell) for cell in cells])))
    report.records = len(groups) + len(beyond)
    return groups


class _Import:
    def __init__(
        self,
        mapping: Map,
        record_type: RecordType,
        tenant: Tenant,
        by: Person,
        channel: str,
        report: Report,
        progress: Progress,
        keep: Callable[[Record], None] | None,
    ) -> None:
        self.map, self.type, self.tenant, self.by, self.channel = mapping, record_type, tenant, by, channel
        self.report, self.progress, self.keep = report, progress, keep
        self.drafter = Drafter(mapping, record_type, tenant, by, report)
        self.directory: Directory | None = None
        self.organization: Organization | None = None

    def bring_in(self, path: Path, limit: int | None) -> None:
        groups = grouped(path, self.map, self.drafter, self.report, limit)
        if not groups:
            raise Unreadable(f"{path.name} holds no row that the map can read.")
        if not self.report.is_dry:
            with writing():
                self._prepare()
        # The rows stay until their turn; without this, each full collection walks over all of them (a tenth of the time).
        gc.collect()
        gc.freeze()
        try:
            done = 0
            for batch in _batches(groups):
                self._batch(batch)
                done += sum(len(rows) for _, rows in batch)
                for key, _ in batch:
                    groups[key] = []  # what is in needs no memory any more
                self.progress(done, self.report.rows)
        finally:
            gc.unfreeze()

    # What the file needs before its first record

    def _prepare(self) -> None:
        self._extend_workflow()
        source = self.map.organization
        named = Named(Organization, str(source.constant), str(source.constant)[:200], True, source.kind or "customer") if source.constant else None
        provider = Organization.objects.filter(tenant=self.tenant, kind="provider").first() or self.by.organization
        if provider is None:
            raise MapFaulty([_("There is no organisation yet to import for. Set the system up first.")])
        made = self.report.made_things
        self.directory = Directory(Making(self.tenant, self.by, self.channel, self.map.source, provider, made))
        self.organization = provider
        if named is not None:
            self.directory.ensure([named])
            self.organization = self.directory.get(named) or provider
        self.directory.making.organization = self.organization

    def _extend_workflow(self) -> None:
        if not self.map.workflow:
            return
        versions = WorkflowVersion.objects.filter(tenant=self.tenant, kind=self.type.kind).order_by("-number")
        newest = versions.values_list("changes", flat=True).first() or {}
        wanted = merged(newest, dict(self.map.workflow))
        if wanted == merged(newest, {}):
            return
        try:
            change_workflow(tenant=self.tenant, kind=self.type.kind, changes=wanted, by=self.by, channel=self.channel)
        except WorkflowError as error:
            raise MapFaulty([f"[workflow]: {error}"]) from None
        self.report.notes.append(_("The workflow was extended by what the map needs."))

    # A batch

    def _batch(self, batch: Sequence[tuple[str, list[Row]]]) -> None:
        """One transaction. When a record can't be taken, the batch is tried record by record, so that the rest goes in."""
        arranged = [(key, self.drafter.arranged(rows)) for key, rows in batch]
        try:
            self._attempt(arranged)
        except (Faulty, IntegrityError) as error:
            if self.directory is not None:
                self.directory.forget()
            if len(arranged) > 1:
                for single in arranged:
                    self._batch([single])
                return
            key, rows = arranged[0]
            self.report.left_out += 1
            self.report.fault(rows[0][0], "", key, _("%(key)s was left out: %(why)s") % {"key": key, "why": error})

    def _attempt(self, arranged: Sequence[tuple[str, list[Row]]]) -> None:
        counts = _Counts()
        try:
            with writing():
                if self.report.is_dry:
                    self._prepare()
                self._write(arranged, counts)
                if self.report.is_dry:
                    raise _Undo
        except _Undo:
            self.tenant.refresh_from_db(fields=["settings_version"])
            forget_all()  # what was read inside the undone transaction must not be remembered
            assert self.directory is not None
            self.directory.forget()
        counts.add_to(self.report)

    def _write(self, arranged: Sequence[tuple[str, list[Row]]], counts: _Counts) -> None:
        there = {
            row.reference: row
            for row in Imported.objects.filter(
                tenant=self.tenant, kind=self.type.kind, source=self.map.source, reference__in=[key for key, _ in arranged]
            )
        }
        drafts: list[tuple[Draft, int, str, Imported | None]] = []
        for key, rows in arranged:
            digests = self.drafter.digests(rows)
            before = there.get(key)
            if before is not None and (before.rows > len(rows) or digests[before.rows - 1] != before.digest):
                counts.differs += 1
                self.report.notes.append(_("%(key)s differs from what was imported before; it was left as it is.") % {"key": key})
                continue
            if before is not None and before.rows == len(rows):
                counts.unchanged += 1
                continue
            if before is not None and not self._is_untouched(before):
                counts.differs += 1
                self.report.notes.append(_("%(key)s was worked on here since it was imported; it was left as it is.") % {"key": key})
                continue
            draft = self.drafter.draft(key, rows, before.rows if before else 0)
            if draft is None:
                counts.left_out += 1
                continue
            drafts.append((draft, len(rows), digests[-1], before))
        if drafts:
            self._replay(drafts, counts)

    def _is_untouched(self, before: Imported) -> bool:
        return not before.card.trail.exclude(origin="imported").exists()

    def _replay(self, drafts: Sequence[tuple[Draft, int, str, Imported | None]], counts: _Counts) -> None:
        assert self.directory is not None
        self.directory.ensure(_named_in(draft for draft, *_ in drafts))
        records = (
            self.type.model.objects.select_for_update(of=("self",))
            .select_related("organization", "card")
            .in_bulk([before.pk for *_, before in drafts if before is not None])
        )
        ready = [
            Ready(self._history(draft, records.get(before.pk) if before else None), draft.reference, rows, digest, len(draft.steps))
            for draft, rows, digest, before in drafts
        ]
        written = replay(self.type, [r.history for r in ready], by=self.by, channel=self.channel, source=self.map.source)
        new = []
        for one, record, (*_draft, before) in zip(ready, written, drafts, strict=True):
            counts.updates += one.updates
            if before is None:
                counts.created += 1
                new.append(
                    Imported(
                        card_id=record.pk,
                        tenant=self.tenant,
                        kind=self.type.kind,
                        source=self.map.source,
                        reference=one.reference,
                        rows=one.rows,
                        digest=one.digest,
                    )
                )
            else:
                counts.appended += 1
                Imported.objects.filter(pk=before.pk).update(rows=one.rows, digest=one.digest)
            if self.keep is not None:
                self.keep(record)
        Imported.objects.bulk_create(new)

    def _history(self, draft: Draft, record: Record | None) -> History:
        assert self.directory is not None and self.organization is not None
        organization = self.directory.get(draft.organization) if draft.organization else None
        steps = [self._update(step) for step in draft.steps]
        opening = self._update(draft.opening) if draft.opening is not None else None
        return History(
            external_reference=draft.reference,
            organization=organization or self.organization,
            updates=steps,
            opening=opening,
            imported=draft.imported,
            number=draft.number,
            record=record,
        )

    def _update(self, step: Step) -> Update:
        assert self.directory is not None
        values: dict[str, Any] = {}
        extra: dict[str, Any] = {}
        for name, value in step.values.items():
            if isinstance(value, Named):
                found = self.directory.get(value)
                if found is None:
                    self.report.fault(
                        0,
                        name,
                        value.name,
                        _("There is no such %(what)s, and the map does not say to create it.") % {"what": value.model._meta.verbose_name},
                    )
                    continue
                values[name] = found
            elif name.startswith("extra."):
                extra[name.removeprefix("extra.")] = value
            else:
                values[name] = value
        by = self.directory.get(step.by) if step.by is not None else None
        return Update(
            at=step.at,
            by=by.pk if by is not None else None,
            state=step.state,
            values=values,
            extra=extra,
            unless_changed={SOURCE_ROW: (None, step.mark)} if step.mark else {},
        )


@dataclass(slots=True)
class _Counts:
    """What one transaction did; added to the report once it is in."""

    created: int = 0
    appended: int = 0
    unchanged: int = 0
    differs: int = 0
    left_out: int = 0
    updates: int = 0

    def add_to(self, report: Report) -> None:
        for name in self.__slots__:
            setattr(report, name, getattr(report, name) + getattr(self, name))


def _batches(groups: dict[str, list[Row]]) -> Iterator[list[tuple[str, list[Row]]]]:
    batch: list[tuple[str, list[Row]]] = []
    updates = 0
    for key, rows in groups.items():
        batch.append((key, rows))
        updates += len(rows)
        if len(batch) >= BATCH or updates >= MOST_UPDATES:
            yield batch
            batch, updates = [], 0
    if batch:
        yield batch


def _named_in(drafts: Iterable[Draft]) -> Iterator[Named]:
    """Everything that drafts name, in the order of the file, so that a run made of pieces makes the same things in the same order."""
    for draft in drafts:
        if draft.organization is not None:
            yield draft.organization
        for step in ([draft.opening] if draft.opening else []) + draft.steps:
            if step.by is not None:
                yield step.by
            for value in step.values.values():
                if isinstance(value, Named):
                    yield value


__all__ = ["grouped", "import_file", "kept_in"]
