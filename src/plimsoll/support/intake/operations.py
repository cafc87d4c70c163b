"""Writes of intakes: a file sent, choices kept, thrown away, and taken over as a draft with its records, all of it or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import Refused, check_everywhere, reach, sentence
from plimsoll.kernel.documents.models import CLOSED_LEVELS, Document
from plimsoll.kernel.documents.operations import begin
from plimsoll.kernel.documents.reading.files import NotReadable, read_file
from plimsoll.kernel.documents.record import DOCUMENT
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.identity.operations import keep_organization
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.faults import Fault, Faulty
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.operations import open_record
from plimsoll.kernel.records.parts import comment, link
from plimsoll.kernel.roles.models import Role
from plimsoll.support.intake.models import Intake
from plimsoll.support.intake.queries import CUSTOMER, Proposed, cover_of, drafted, proposed, reading_of, type_for

MOST_BYTES = 3_000_000
MOST_OPEN = 20  # files of one person that wait
KEPT_FOR = timedelta(days=30)
MOST_REMARKS = 8_000  # characters of reviewers' remarks that go along


class NotTaken(Exception):
    """Nothing was written. `rows`: by the key of a proposal, or “document”, why it could not be."""

    def __init__(self, rows: dict[str, str]) -> None:
        self.rows = rows
        super().__init__(" ".join(rows.values()))


def why_not_readable(key: str) -> str:
    """What to say to somebody whose file can't be read."""
    return {
        "empty": _("The file is empty. Send one that has a text."),
        "pdf": _("A PDF holds pages and no structure. Send the document that it was made from: DOCX, Markdown or plain text."),
        "encrypted": _("The file is encrypted. Open it with its password, save it without one, and send that."),
        "old_word": _("This is a file of Word before 2007. Save it as DOCX and send that."),
        "broken": _("The file is damaged: it can't be opened as what its name says. Save it anew and send that."),
        "binary": _("This is no text. Send DOCX, Markdown or plain text."),
        "kind": _("Only DOCX, Markdown (.md) and plain text (.txt) are read."),
        "too_long": _("The text is too long to be read as one document. Send it in parts."),
    }.get(key, _("The file can't be read."))


def begin_intake(*, name: str, content: bytes, by: Person, at: datetime | None = None) -> Intake:
    """Take a file and read it. Needs `document:open`. Raises `Refused` or `Faulty`; then nothing was kept."""
    if by.tenant is None or reach(by, "document:open").is_empty:
        raise Refused(sentence(by, "document:open"))
    if len(content) > MOST_BYTES:
        raise Faulty(
            [Fault("file", _("The file is larger than %(n)d MB. Take out its pictures, or save it as plain text.") % {"n": MOST_BYTES // 1_000_000})]
        )
    try:
        read_file(name, content)
    except NotReadable as error:
        raise Faulty([Fault("file", why_not_readable(error.key))]) from None
    moment = at or now()
    told = "".join(c for c in name if c.isprintable())[-200:] or "file"
    with writing():
        if Intake.objects.filter(person=by, taken_at=None).count() >= MOST_OPEN:
            raise Faulty([Fault("file", _("%(n)d files of yours wait already. Take one over or throw one away first.") % {"n": MOST_OPEN})])
        return Intake.objects.create(
            tenant=by.tenant,
            person=by,
            name=told,
            digest=hashlib.sha256(content).hexdigest(),
            content=content,
            begun_at=moment,
            touched_at=moment,
        )


def keep_choices(intake: Intake, choices: Mapping[str, Any], *, by: Person, at: datetime | None = None) -> None:
    """Keep what was ticked and changed, for later. Nothing else is written."""
    _check(intake, by)
    with writing():
        Intake.objects.filter(pk=intake.pk, taken_at=None).update(choices=dict(choices), touched_at=at or now())
    intake.choices = dict(choices)


def discard(intake: Intake, *, by: Person) -> None:
    """Thrown away by whoever sent it: no trace stays. What was taken over stays."""
    _check(intake, by)
    with writing():
        Intake.objects.filter(pk=intake.pk, taken_at=None).delete()


def _check(intake: Intake, by: Person) -> None:
    if intake.person_id != by.pk or intake.tenant_id != by.tenant_id:
        raise Refused(_("Only whoever sent a file works on it."))
    if intake.taken_at is not None:
        raise Faulty([Fault("", _("It was taken over already."))])


def take_over(intake: Intake, *, by: Person, channel: str, at: datetime | None = None) -> Document:
    """A draft document and every record that is ticked, linked to it, in one transaction.

    Raises `NotTaken` with a sentence for each row that could not be written, or `Refused`; then nothing was.
    """
    _check(intake, by)
    with writing():
        locked = Intake.objects.select_for_update().get(pk=intake.pk)
        _check(locked, by)
        rows = proposed(locked, by)
        taken = [row for row in rows if row.is_taken]
        faults: dict[str, str] = {}
        note = _("Taken from the file “%(name)s” (import %(n)d).") % {"name": locked.name, "n": locked.pk}
        try:
            document = _document(locked, {row.proposal.key for row in taken}, by, channel, note)
        except Faulty as error:
            raise NotTaken({"document": " ".join(f.sentence for f in error.faults)}) from None
        outcome = []
        for row in rows:
            if not row.is_taken:
                outcome.append(
                    _told(row, "", row.refused or (_("Not ticked.") if not row.existing else _("There already: %(what)s.") % {"what": row.existing}))
                )
                continue
            try:
                outcome.append(_write(row, document, by, channel, note, at))
            except Faulty as error:
                faults[row.proposal.key] = " ".join(f.sentence for f in error.faults)
            except Refused as error:
                faults[row.proposal.key] = str(error)
        if faults:
            raise NotTaken(faults)
        _remarks(locked, document, by, channel)
        moment = at or now()
        Intake.objects.filter(pk=locked.pk).update(document=document, outcome=outcome, taken_at=moment, touched_at=moment, content=b"", choices={})
    intake.refresh_from_db()
    return document


def _told(row: Proposed, reference: str, sentence: str, href: str = "") -> dict[str, str]:
    return {"kind": row.label, "title": row.entries[0].value, "reference": reference, "href": href, "sentence": sentence}


def _document(intake: Intake, taken: set[str], by: Person, channel: str, note: str) -> Document:
    cover = cover_of(intake)
    values: dict[str, Any] = {"title": cover.title, "level": cover.level}
    if cover.code:
        if Document.objects.filter(tenant=by.tenant, code=cover.code).exists():
            raise Faulty([Fault("code", _("There is already a document with the code %(code)s. Change or empty it.") % {"code": cover.code})])
        values["code"] = cover.code
    own = reach(by, "document:read")
    if cover.level in CLOSED_LEVELS and not (own.everything_classified or cover.level in own.classes):
        raise Faulty([Fault("level", _("You don't read documents of that confidentiality. Choose another; who does can raise it."))])
    if cover.mode != "template" or cover.template is None:
        values["body"] = drafted(intake, taken=taken).source
        values["change_description"] = _("Taken in from %(name)s.") % {"name": intake.name}
    if cover.template is not None:
        # Its words are not the template's: no upgrade compares them, so it does not carry its key.
        template = cover.template if cover.mode == "template" else replace(cover.template, key="")
        return begin(template, by=by, channel=channel, **values)
    made = open_record(DOCUMENT, by=by, channel=channel, note=note, sort="procedure", **values)
    assert isinstance(made, Document)
    return made


def _write(row: Proposed, document: Document, by: Person, channel: str, note: str, at: datetime | None) -> dict[str, str]:
    proposal = row.proposal
    values: dict[str, Any] = {entry.name: entry.value.strip() for entry in row.entries}
    if proposal.kind == CUSTOMER:
        check_everywhere(by, "organization:keep")
        kept = keep_organization(by=by, channel=channel, kind="customer", name=values["title"])
        return _told(row, kept.name, _("Entered."), "/organizations/")
    record_type = type_for(proposal)
    assert record_type is not None  # else it was refused
    code = proposal.values.get("code", "")
    if "code" in record_type.fields and code and not Role.objects.filter(tenant=by.tenant, code=code).exists():
        values["code"] = code
    with writing():
        made = open_record(record_type, by=by, channel=channel, at=at, note=note, **values)
        link(document, "relates to", made, by=by, channel=channel, at=at)
    return _told(row, made.reference, _("Opened."), f"/{record_type.plural_kind}/{made.number}/")


def _remarks(intake: Intake, document: Document, by: Person, channel: str) -> None:
    """What reviewers wrote goes along as one comment of the draft."""
    remarks = reading_of(intake).text.remarks
    if not remarks:
        return
    lines = [f"{remark.key or '–'} ({remark.section or _('cover')}): {remark.text}" for remark in remarks]
    text = _("Remarks of reviewers in the file:") + "\n\n" + "\n\n".join(lines)
    comment(document, text=text[:MOST_REMARKS], is_public=False, by=by, channel=channel)


def clear_intakes(before: datetime) -> int:
    """Forget those that nobody touched since a moment and that were not taken over. Returns how many."""
    with writing():
        count, _by_model = Intake.objects.filter(touched_at__lt=before, taken_at=None).delete()
    return count
