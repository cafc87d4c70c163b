"""The declaration of documents, and what approving one freezes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from plimsoll.kernel.documents import blocks, claiming
from plimsoll.kernel.documents.blocks import Signature
from plimsoll.kernel.documents.coding import next_code
from plimsoll.kernel.documents.models import CLOSED_LEVELS, Document, DocumentVersion, Filling
from plimsoll.kernel.documents.queries import (
    approvers_of,
    author_names,
    authors_of,
    open_sentences,
    own_values,
    parsed,
    printed,
    standings,
    version_in_force,
)
from plimsoll.kernel.documents.referencing import is_under, late_below
from plimsoll.kernel.documents.remarking import end_rounds, must_be_settled
from plimsoll.kernel.documents.rules import DOCUMENT_FLOW, WRITTEN, Facts
from plimsoll.kernel.documents.signing import are_signed_on_paper, signed_pages
from plimsoll.kernel.documents.source import ClaimFault
from plimsoll.kernel.documents.taking_over import followed
from plimsoll.kernel.documents.triggers import answer_reviews
from plimsoll.kernel.figures.blanks import as_json
from plimsoll.kernel.identity.models import Person, Tenant
from plimsoll.kernel.lib.text import canonical
from plimsoll.kernel.lib.time import months_later, now
from plimsoll.kernel.records.conditions import conditions_of
from plimsoll.kernel.records.declaration import Behaviour, Fault, RecordType, declare, type_of_prefix
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.operations import MoveRefused
from plimsoll.kernel.records.sources import day_of
from plimsoll.kernel.roles.models import Role
from plimsoll.kernel.workflow import Move, Workflow

# What it is, once a version was approved: by these others judge what else its approval needs.
SETTLED = ("template", "sort", "applies_to")
# What a version freezes: none of it changes but in a draft.
FROZEN = ("template", "title", "code", "body", "sort", "applies_to", "about", "approver_role", "owner_role", "change_description")
ATTNAMES = {"owner_role": "owner_role_id", "approver_role": "approver_role_id"}


def digest_of(source: str, values: Mapping[str, Any], printed_text: Mapping[str, Any]) -> str:
    """The hash over the text and the values of a version (S-008)."""
    return hashlib.sha256(canonical({"source": source, "values": values, "printed": printed_text}).encode()).hexdigest()


def is_sound(version: DocumentVersion) -> bool:
    """Is an approved version still what was approved? One that was disposed of has nothing left that could be otherwise."""
    if version.disposed_at is not None:
        return not (version.source or version.values or version.printed)
    return digest_of(version.source, version.values, version.printed) == version.digest


class DocumentBehaviour(Behaviour):
    """A text changes in a draft only; approving it freezes a version with every value that its fields had."""

    def prepare(self, tenant: Tenant, values: dict[str, Any], before: Record | None) -> dict[str, Any]:
        made = {"about": values["about"].strip().upper()} if values.get("about") else {}
        if before is None:
            code = "" if values.get("code") else next_code(tenant, str(values.get("sort") or ""))
            return made | ({"code": code} if code else {})
        if "level" not in values:
            return made
        return made | {"access_class": values["level"] if values["level"] in CLOSED_LEVELS else ""}

    def inherited_class(self, values: Mapping[str, Any]) -> str:
        level = values.get("level")
        return str(level) if level in CLOSED_LEVELS else ""

    def faults(self, tenant: Tenant, values: Mapping[str, Any], before: Record | None) -> list[Fault]:
        found = _place_faults(values, before) + _about_faults(values) + _claim_faults(values)
        # In a move `before` already carries the new values, so this speaks to edits only; moves have a guard of their own.
        if before is None:
            return found
        if before.state in WRITTEN:
            settled = _("A version of it was approved as what it is. Begin another document for something else.")
            is_settled = isinstance(before, Document) and before.major > 0
            return found + [Fault(name, settled) for name in SETTLED if is_settled and name in values and values[name] != getattr(before, name)]
        said = _("What is in review or in force changes only in a draft. Send it back, or draft the next version.")
        return found + [Fault(name, said) for name in FROZEN if name in values and values[name] != getattr(before, name)]

    def facts(self, records: Sequence[Record]) -> list[Any]:
        documents = [r for r in records if isinstance(r, Document)]
        approvers = approvers_of({d.approver_role_id for d in documents if d.approver_role_id is not None})
        authors = authors_of(documents)
        conditions = conditions_of(records)
        kept = {row["pk"]: row for row in Document.objects.filter(pk__in=[d.pk for d in documents]).values("pk", *FROZEN)}
        remarks, late = must_be_settled(documents), late_below(documents)
        paper = {t.pk for t in Tenant.objects.filter(pk__in={d.tenant_id for d in documents}) if are_signed_on_paper(t)}
        scans = signed_pages(documents) if paper else {}
        titles = dict(Role.objects.filter(pk__in=approvers).values_list("pk", "title"))
        return [
            Facts(
                body=d.body,
                change_description=d.change_description,
                owner_role=d.owner_role_id,
                approver_role=d.approver_role_id,
                approver_title=titles.get(d.approver_role_id or 0, ""),
                review_months=d.review_months,
                authors=frozenset(authors.get(d.pk, ())),
                approvers=approvers.get(d.approver_role_id or 0, frozenset()),
                in_force=d.edition,
                is_text_changing=any(kept[d.pk][name] != getattr(d, ATTNAMES.get(name, name)) for name in FROZEN if name != "approver_role"),
                outside=d.outside,
                outside_reason=d.outside_reason,
                open_remarks=remarks.get(d.pk, ()),
                waits_for_page=d.tenant_id in paper and d.pk not in scans,
                late_below=late.get(d.pk, ()),
                open_fields=lambda d=d: open_sentences(d),  # type: ignore[misc]
                condition=partial(conditions, d.pk),
            )
            for d in documents
        ]

    def told(self, action: str, values: Mapping[str, Any]) -> str:
        edition = values.get("edition", "")
        return {
            "ask review": _("asks you to read the draft and say what you think of it"),
            "answer review": _("read the draft"),
            "remark": _("made a remark on the draft"),
            "answer remark": _("answered a remark"),
            "close remark": _("closed a remark"),
            "distribute": _("asks you to read version %(n)s and to say that you did") % {"n": edition},
            "remind readers": _("reminds you to read version %(n)s and to say that you did") % {"n": edition},
            "acknowledge": _("read version %(n)s") % {"n": edition},
            "ask disposal": _("asks that version %(n)s be disposed of") % {"n": edition},
            "dispose": _("disposed of version %(n)s") % {"n": edition},
            "keep version": _("kept version %(n)s") % {"n": edition},
            "take in version": _("took in version %(n)s from before") % {"n": edition},
            "take over template": _("took over what changed in the template"),
            "ask for review": _("asks that the document be looked at"),
        }.get(action, "")

    def paper(self, number: int, action: str, values: Mapping[str, Any]) -> str:
        """The PDF of the version that somebody is asked to read, or of the draft that they are asked to read or to approve."""
        if action in ("distribute", "remind readers") and values.get("edition"):
            return f"/documents/{number}/versions/{values['edition']}/file.pdf"
        return f"/documents/{number}/draft.pdf" if action in ("submit", "ask review") else ""

    def leads_to(self, record: Record, move: Move, flow: Workflow) -> str:
        if move.name == "approve":
            assert isinstance(record, Document)
            return move.target if record.valid_from is not None and record.valid_from > day_of(record.tenant, now()) else "valid"
        return "valid" if move.name == "discard" else move.target  # back to what is in force, which the guard asks for

    def on_move(self, record: Record, move: str, values: dict[str, Any]) -> dict[str, Any]:
        assert isinstance(record, Document)
        at: datetime = values["at"]
        answer_reviews(record, move, by=values["by"], at=at)
        if move in ("approve", "send_back", "discard", "withdraw"):
            end_rounds(record, at)
        if move == "approve":
            return self._approve(record, values["by"], at)
        if move == "take_effect":
            waiting = record.versions.filter(state="approved").first()
            if waiting is None:  # it came from another system, whose approved versions are kept as words and hold nothing here
                told = _("No version of %(ref)s was approved here, so none can take effect. Revise it and have it approved.")
                raise MoveRefused([told % {"ref": record.reference}])
            # Its own day, also when the job comes late; earlier only when somebody says so.
            return put_in_force(record, waiting, min(waiting.started_on, day_of(record.tenant, at)))
        if move == "revise":
            return {"minor": record.minor + 1, "change_description": "", "valid_from": None}
        if move == "send_back":
            return {"minor": record.minor + 1}
        if move == "discard":
            return _as_in_force(record, values["by"], at)
        if move == "confirm":
            return {"review_due_date": months_later(day_of(record.tenant, at), record.review_months)}
        if move == "withdraw":
            record.versions.filter(state__in=("valid", "approved")).update(state="withdrawn", ended_on=day_of(record.tenant, at))
            return {"edition": "", "review_due_date": None}
        return {}

    def _approve(self, document: Document, by: Person, at: datetime) -> dict[str, Any]:
        """Freeze the version: source, values with the records they came from, and the text as it is printed."""
        source, fault = parsed(document.body)
        assert source is not None, fault  # the guard `is_complete` has read it
        number = f"{document.major + 1}.0"
        authors = author_names(document)
        own = own_values(document, authors, number=number, at=at)
        found = standings(document, source, own, at=at)
        role = document.approver_role.title if document.approver_role else ""
        signed = Signature(role, by.name, date_format(at.astimezone(ZoneInfo(document.tenant.timezone)), "j F Y H:i"), _electronic(document))
        made = printed(document, source, found, own, number=number, at=at, watermark="", signatures=(signed,))
        text = blocks.as_json(made)
        values = {
            s.name: {
                "title": s.title,
                "value": as_json(s.value) if s.value is not None else None,
                "override": s.filling.text if s.filling else "",
                "reason": s.filling.reason if s.filling else "",
                "is_none": bool(s.filling and s.filling.is_none),
            }
            for s in found
        } | claiming.frozen(claiming.standings_of(source, document, made.blocks, at=at))
        page = signed_pages([document]).get(document.pk)
        day = day_of(document.tenant, at)
        starts = max(day, document.valid_from or day)
        version = DocumentVersion.objects.create(
            document=document,
            number=number,
            state="approved",
            title=document.title,
            source=document.body,
            values=values,
            printed=text,
            description=document.change_description,
            authors=authors,
            approved_by=by,
            approved_as=role,
            approved_at=at,
            started_on=starts,
            digest=digest_of(document.body, values, text),
            template_digest=followed(document),
            triggers=list(source.front.get("review_when", ())),
            signed_page=page.file if page is not None else None,
        )
        result = {"major": document.major + 1, "minor": 0}
        return result | (put_in_force(document, version, starts) if starts <= day else {})


def _electronic(document: Document) -> str:
    """What stands where a hand would have signed; empty where paper is signed."""
    return "" if are_signed_on_paper(document.tenant) else _("Approved in the system; nothing is signed on paper.")


def _about_faults(values: Mapping[str, Any]) -> list[Fault]:
    """What a document is about is named by the number of a record."""
    about = (values.get("about") or "").strip().upper()
    if about and (type_of_prefix(about.partition("-")[0]) is None or not about.partition("-")[2].isdecimal()):
        return [Fault("about", _("“%(given)s” is no number of a record. Write it as it stands on its page, such as PRC-3.") % {"given": about[:30]})]
    return []


def _place_faults(values: Mapping[str, Any], before: Record | None) -> list[Fault]:
    """A document stands under another one, and never under itself."""
    faults = []
    parent = values.get("parent")
    if isinstance(before, Document) and isinstance(parent, Document) and is_under(parent, before):
        faults.append(Fault("parent", _("A document does not belong under itself.")))
    return faults


def _claim_faults(values: Mapping[str, Any]) -> list[Fault]:
    """A text that claims what nobody can judge is not kept; other faults of a draft are mended later."""
    body = str(values.get("body") or "")
    fault = parsed(body)[1] if "](claim:" in body else None
    said = _("Line %(line)d: %(sentence)s")
    return [Fault("body", said % {"line": fault.line, "sentence": fault.sentence})] if isinstance(fault, ClaimFault) else []


def put_in_force(document: Document, version: DocumentVersion, day: date) -> dict[str, Any]:
    """From a day on this version holds; the one before is superseded, so that two never overlap (S-091). Returns what the document says then."""
    document.versions.filter(state="valid").update(state="superseded", ended_on=day)
    version.state, version.started_on = "valid", day
    version.save(update_fields=["state", "started_on"])
    return {"edition": version.number, "review_due_date": months_later(day, document.review_months)}


def _as_in_force(document: Document, by: Person, at: datetime) -> dict[str, Any]:
    """The draft goes back to what the version in force says."""
    version = version_in_force(document)
    assert version is not None  # the guard `has_a_version_in_force`
    document.fillings.all().delete()
    Filling.objects.bulk_create(
        Filling(document=document, name=name, text=told["override"], reason=told["reason"], is_none=told["is_none"], by=by, at=at)
        for name, told in version.values.items()
        if told["override"] or told["is_none"]
    )
    return {"title": version.title, "body": version.source, "change_description": version.description, "minor": 0}


DOCUMENT = declare(
    RecordType(
        model=Document,
        prefix="DOC",
        clause="7.5",
        workflow=DOCUMENT_FLOW,
        behaviour_class=DocumentBehaviour,
        fields=(
            "title",
            "sort",
            "code",
            "applies_to",
            "about",
            "level",
            "owner",
            "owner_role",
            "approver_role",
            "parent",
            "outside",
            "outside_reason",
            "review_months",
            "valid_from",
            "change_description",
            "template",
            "body",
        ),
        columns=("reference", "title", "state", "edition", "owner_role", "review_due_date"),
        filters=("state", "sort", "level", "applies_to", "owner", "owner_role"),
        required=("title", "sort"),
        internal=("change_description", "template", "body"),
        plain=("code", "template", "about"),
        searched=("title", "code", "body"),
        own_pages=("body",),
        icon="file-text",
        group="system",
        dues=("review_due_date",),
    )
)
