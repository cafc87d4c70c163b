"""Keeping canned texts, and using one on a record: the ordinary writes, all or none. It knows no page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import Refused, reach, sentence
from plimsoll.kernel.events import KeptChanged, publish
from plimsoll.kernel.identity.fields import changed, clean_text, save_checked, snapshot
from plimsoll.kernel.identity.models import Person, Team
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.faults import Fault, Faulty
from plimsoll.kernel.macros.models import Macro
from plimsoll.kernel.macros.queries import visible_macros
from plimsoll.kernel.macros.rules import NAMES, unknown_names
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.clean import clean
from plimsoll.kernel.records.customs import live_customs
from plimsoll.kernel.records.declaration import RecordType, type_named, type_of
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.operations import amend, move
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.views.sharing import may_change, share
from plimsoll.kernel.workflow import UnknownMove

FIELDS = ("kind", "name", "shortcut", "audience", "team", "text", "is_internal", "move", "values")
TEXTS = frozenset({"name", "text", "values"})
MOST_TEXT = 10_000
ME = "me"


def keep_macro(
    *,
    by: Person,
    channel: str,
    macro: Macro | None = None,
    record_type: RecordType | None = None,
    name: str | None = None,
    shortcut: str | None = None,
    audience: str | None = None,
    team: Team | None = None,
    text: str | None = None,
    is_internal: bool | None = None,
    move: str | None = None,
    values: Mapping[str, Any] | None = None,
) -> Macro:
    """Write a canned text or macro, or change what is given of one; what is None stays. `team` counts where `audience` is given.

    Raises `Refused` for people outside, for somebody else's, and where the word for sharing is missing; `Faulty` with a sentence per field.
    """
    if by.tenant is None:
        raise Faulty([Fault("", _("Only people of a tenant keep these."))])
    with writing():
        if macro is not None:
            kept = Macro.objects.select_for_update(of=("self",)).get(pk=macro.pk, tenant=by.tenant)
            if not may_change(by, kept):
                raise Refused(_("This text is not yours. Write one of your own."))
        else:
            assert record_type is not None
            kept = Macro(tenant=by.tenant, owner=by, kind=record_type.kind)
        rt = type_named(kept.kind)
        if reach(by, f"{rt.kind}:internal").is_empty:
            raise Refused(sentence(by, f"{rt.kind}:internal"))
        old = snapshot(kept, FIELDS) if macro is not None else {}
        faults: list[Fault] = []
        if name is not None or macro is None:
            kept.name = clean_text("name", name or "", faults, most=100, needed=True)
        if shortcut is not None:
            kept.shortcut = shortcut.strip().lower()
            if len(kept.shortcut) > 30 or not all(c.isascii() and (c.isalnum() or c in "-_") for c in kept.shortcut):
                faults.append(Fault("shortcut", _("Use letters without accents, digits and hyphens, at most 30.")))
        if audience is not None:
            share(kept, by, audience, team, faults)
        if text is not None:
            kept.text = text.strip()
            _check_text(kept.text, faults)
        if is_internal is not None:
            kept.is_internal = is_internal
        if move is not None:
            kept.move = move
        if values is not None:
            kept.values = dict(values)
        _check_acts(kept, rt, by, faults, is_anew=values is not None)
        if not faults and not (kept.text or kept.acts):
            faults.append(Fault("text", _("Write a text, or choose what is to be done.")))
        save_checked(kept, faults)
        if changes := changed(kept, old, FIELDS):
            _tell(kept, "keep" if macro is not None else "add", by=by, channel=channel, changes=changes)
    return kept


def _check_text(text: str, faults: list[Fault]) -> None:
    if "\x00" in text or len(text) > MOST_TEXT:
        faults.append(Fault("text", _("The text is too long, or holds a character that can't be stored.")))
    elif unknown := unknown_names(text):
        known = ", ".join(f"{{{name}}}" for name in NAMES)
        faults.append(
            Fault("text", _("There is no “%(name)s” to fill in. There are: %(known)s.") % {"name": f"{{{unknown[0][:40]}}}", "known": known})
        )


def _check_acts(kept: Macro, rt: RecordType, by: Person, faults: list[Fault], *, is_anew: bool) -> None:
    if kept.move:
        try:
            workflow_of(by.tenant, rt.kind).move(kept.move)
        except UnknownMove:
            faults.append(Fault("move", _("There is no move “%(name)s”.") % {"name": kept.move[:60]}))
    customs = {f"extra.{c.name}" for c in live_customs(kept.tenant, rt.kind)}
    if gone := [name for name in kept.values if name not in rt.fields and name not in customs]:
        faults.append(Fault("values", _("There is no field “%(name)s”.") % {"name": gone[0][:60]}))
        return
    if is_anew:  # what is no longer in use may stay in an old one; new values are checked as those of a record are
        given, extra = _given(kept, rt, by)
        try:
            clean(rt, kept.tenant, given | ({"extra": extra} if extra else {}), by=by)
        except Faulty as error:
            faults.extend(error.faults)


def _given(macro: Macro, rt: RecordType, by: Person) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the macro sets, in this person's hands: the fields, and the custom ones apart."""
    values = {name: by.pk if value == ME and rt.foreign.get(name) is Person else value for name, value in macro.values.items()}
    return values, {name.removeprefix("extra."): values.pop(name) for name in list(values) if name.startswith("extra.")}


def remove_macro(macro: Macro, *, by: Person, channel: str) -> None:
    """Take a canned text away for everybody who used it. What was written with it stays."""
    with writing():
        kept = Macro.objects.select_for_update(of=("self",)).get(pk=macro.pk, tenant=by.tenant)
        if not may_change(by, kept):
            raise Refused(_("This text is not yours to take away."))
        _tell(kept, "remove", by=by, channel=channel, changes={name: (value, None) for name, value in snapshot(kept, FIELDS).items()})
        kept.delete()


def use_macro(macro: Macro, record: Record, *, text: str, is_public: bool, by: Person, channel: str, beside: Sequence[Macro] = ()) -> Record:
    """Say the text (as the person sees and sends it), set the values, make the move: the ordinary writes, all of them or none.

    `beside` are others whose text was put into the same message; nothing of theirs is done, and what is internal among them stays so.

    Raises what they raise (`Refused`, `Faulty`, `MoveRefused` with the guards' reasons), and `Faulty` when a text for internal notes
    would go to people outside.
    """
    rt = type_of(record)
    together = {macro.pk, *(m.pk for m in beside)}
    if visible_macros(by, rt).filter(pk__in=together).count() < len(together):
        raise Faulty([Fault("text", _("That canned text is no longer there for you. What you wrote is still here."))])
    if is_public and text.strip() and (internal := [m for m in (macro, *beside) if m.is_internal]):
        said = _("“%(name)s” is for internal notes only, and this would go to people outside. Make it an internal note, or take it out.")
        raise Faulty([Fault("text", said % {"name": internal[0]})])
    values, extra = _given(macro, rt, by)
    if extra:
        values["extra"] = extra
    with writing():
        if text.strip() or not macro.acts:
            parts.comment(record, text=text, is_public=is_public, by=by, channel=channel)
        arrow = workflow_of(by.tenant, rt.kind).move(macro.move) if macro.move else None
        asked = {name: values.pop(name) for name in list(values) if arrow is not None and name in (*arrow.asks, *arrow.needs)}
        if values:
            record = amend(record, by=by, channel=channel, **values)
        if arrow is not None:
            record = move(record, arrow.name, by=by, channel=channel, fields=asked, note=_("By the macro “%(name)s”.") % {"name": macro})
    return record


def _tell(kept: Macro, action: str, *, by: Person, channel: str, changes: dict[str, tuple[Any, Any]]) -> None:
    publish(
        KeptChanged(
            tenant_id=kept.tenant_id, kind="macro", subject_id=kept.pk, action=action, by_id=by.pk, channel=channel, changes=changes, texts=TEXTS
        )
    )
