"""Writes of documents beside open, amend and move: beginning one from a template, filling its fields, and what the calendar makes of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from plimsoll.kernel.documents.content import Template
from plimsoll.kernel.documents.models import Document, Filling
from plimsoll.kernel.documents.record import DOCUMENT
from plimsoll.kernel.documents.rules import WRITTEN
from plimsoll.kernel.documents.taking_over import keep_copy
from plimsoll.kernel.figures.blanks import Asked, UnknownBlank, blank_named
from plimsoll.kernel.identity.models import Person, Tenant
from plimsoll.kernel.identity.system import system_person
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.faults import Fault, Faulty
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.clean import MOST_TEXT
from plimsoll.kernel.records.operations import MoveRefused, locked, move, open_record
from plimsoll.kernel.records.parts import tell
from plimsoll.kernel.records.permissions import check
from plimsoll.kernel.records.sources import day_of
from plimsoll.kernel.roles.models import Role


def begin(template: Template, *, by: Person, channel: str, at: datetime | None = None, **values: Any) -> Document:
    """A document of one's own, copied from a template. Values given take the place of the template's. Raises `Refused` or `Faulty`."""
    roles = {
        role.code: role for role in Role.objects.filter(tenant=by.tenant, code__in=[c for c in (template.owner_role, template.approver_role) if c])
    }
    given: dict[str, Any] = {
        "title": template.title,
        "sort": template.sort,
        "code": template.code,
        "applies_to": template.applies_to,
        "owner_role": roles.get(template.owner_role),
        "approver_role": roles.get(template.approver_role),
        "review_months": template.review_months,
        "change_description": _("First version."),
        "template": template.key,
        "body": template.text,
    }
    if given["code"] and Document.objects.filter(tenant=by.tenant, code=given["code"]).exists():
        given["code"] = ""
    with writing():
        opened = open_record(DOCUMENT, by=by, channel=channel, at=at, **(given | values))
        assert isinstance(opened, Document)
        keep_copy(opened, template, at or now())
    return opened


def fill(
    document: Document, name: str, *, by: Person, channel: str, text: str = "", reason: str = "", is_none: bool = False, at: datetime | None = None
) -> Filling:
    """Say something in the place of a field, with a reason, or confirm that an empty list means none. Needs `document:amend`, in a draft.

    Raises `Refused` or `Faulty`; then nothing was written.
    """
    text, reason = text.strip(), " ".join(reason.split())
    with writing():
        fresh = locked(document)
        check(by, "document:amend", fresh)
        if faults := _faults(fresh, name, text, reason, is_none=is_none):
            raise Faulty(faults)
        before = Filling.objects.filter(document=fresh, name=name).first()
        if before is not None and (before.text, before.reason, before.is_none) == (text, reason, is_none):
            return before
        values = {"text": text, "reason": reason, "is_none": is_none, "by": by, "at": at or now()}
        made, _is_new = Filling.objects.update_or_create(document=fresh, name=name, defaults=values)
        changes: dict[str, tuple[Any, Any]] = {"field": (None, name), "none": (bool(before and before.is_none), is_none)}
        if (before.text if before else "") != text:
            changes["says"] = ((before.text if before else "") or None, text or None)
        tell(fresh, "fill", by=by, channel=channel, changes=changes, texts=frozenset({"says"}), note=reason, at=at)
    return made


def _faults(document: Document, name: str, text: str, reason: str, *, is_none: bool) -> list[Fault]:
    if document.state not in WRITTEN:
        return [Fault("", _("Fields are filled in a draft. Send it back, or draft the next version."))]
    try:
        blank = blank_named(name)
    except UnknownBlank as error:
        return [Fault("name", error.args[0])]
    faults = []
    if is_none and text:
        faults.append(Fault("text", _("Either there is none, or there are words: not both.")))
    if is_none and blank.shape == "text":
        faults.append(Fault("is_none", _("“%(title)s” is words in a sentence; say them.") % {"title": blank.title}))
    if is_none and blank.is_kept and blank.resolve is not None and not blank.resolve(_asked(document)).is_empty:
        faults.append(Fault("is_none", _("“%(title)s” is not empty.") % {"title": blank.title}))
    if not is_none and not text:
        faults.append(Fault("text", _("Say what stands in the place of the field.")))
    if text and not reason:
        faults.append(Fault("reason", _("Say why the records do not say it.")))
    if len(text) > MOST_TEXT or len(reason) > 500 or "\x00" in text + reason:
        faults.append(Fault("text", _("The text is too long, or holds a character that can't be stored.")))
    return faults


def _asked(document: Document) -> Asked:
    return Asked(document.tenant, now(), document.about)


def unfill(document: Document, name: str, *, by: Person, channel: str) -> None:
    """Let records fill a field again."""
    with writing():
        fresh = locked(document)
        check(by, "document:amend", fresh)
        if fresh.state not in WRITTEN:
            raise Faulty([Fault("", _("Fields are filled in a draft. Send it back, or draft the next version."))])
        before = Filling.objects.filter(document=fresh, name=name).first()
        if before is None:
            raise Faulty([Fault("name", _("Nothing stands in the place of that field."))])
        before.delete()
        changes: dict[str, tuple[Any, Any]] = {"field": (name, None)}
        if before.text:
            changes["says"] = (before.text, None)
        tell(fresh, "unfill", by=by, channel=channel, changes=changes, texts=frozenset({"says"}))


def follow_the_calendar(tenant: Tenant, day: date | None = None) -> int:
    """Make valid what is approved for today, and mark what was to be reviewed by yesterday; in the name of the system. Returns how many."""
    today = day or day_of(tenant, now())
    system = system_person(tenant)
    due = Document.objects.filter(tenant=tenant, state="approved", valid_from__lte=today)
    late = Document.objects.filter(tenant=tenant, state="valid", review_due_date__lt=today)
    count = 0
    for name, rows, said in (
        ("take_effect", due, _("Valid from %(day)s, as approved.")),
        ("become_overdue", late, _("Its review was due on %(day)s.")),
    ):
        for document in rows.select_related("tenant", "organization").order_by("pk"):
            told = document.valid_from if name == "take_effect" else document.review_due_date
            try:
                move(document, name, by=system, channel="task", note=said % {"day": told})
                count += 1
            except MoveRefused:
                continue  # revised or withdrawn meanwhile
    return count
