"""When somebody was faster: what they changed, what was typed, field by field. Nothing typed is lost, nothing of theirs is undone unseen."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.customs import customs_of
from plimsoll.kernel.records.declaration import RecordType
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.permissions import is_inside
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.ui.choosing import names_for
from plimsoll.kernel.ui.context import capital
from plimsoll.kernel.ui.forms_derived import DerivedForm, initial_of, same_value
from plimsoll.kernel.ui.happened import changes_of, entries_of, is_told_outside
from plimsoll.kernel.ui.shown import Names, label_of, words_of

# Acts that leave the version alone: they are on the record, not of it.
BESIDE = ("note", "link", "unlink", "watch", "unwatch", "tag", "add check", "tick", "untick", "spend", "detach", "comment", "attach")


def conflict_context(record_type: RecordType, current: Record, form: DerivedForm, seen: int, person: Person) -> dict[str, Any]:
    """What the notice needs: who was faster and when, their changes, the fields that both changed, and what is carried on."""
    newer = max(current.version - seen, 0)
    inside = is_inside(person, current)
    customs = {c.name: c for c in customs_of(person.tenant, record_type.kind)}
    entries = entries_of(current.pk, most=min(newer, 50), without=BESIDE)[::-1]
    theirs: dict[str, Any] = {}  # field -> the value that the writer saw
    for entry in entries:
        for name, (old, _new) in changes_of(entry).items():
            if inside or is_told_outside(record_type, name, customs):
                theirs[name] = old
    now_is = initial_of(record_type, current)
    mine = [
        n
        for n in form.fields
        if n not in ("version", "note") and n in form.cleaned_data and not same_value(form.cleaned_data[n], theirs.get(n, now_is.get(n)))
    ]
    flow = workflow_of(person.tenant, record_type.kind)
    names = Names()
    for name, model in record_type.foreign.items():
        names.want(model, [now_is.get(name)])
        for key, text in names_for(person, model, [form.cleaned_data.get(name)]).items():
            names.know(model, key, text)
    names.want(Person, [e.actor_id for e in entries[:1]])
    names.fetch()

    def words(name: str, value: Any) -> str:
        return words_of(record_type, name, value, names, flow, customs) or _("none")

    def label(name: str) -> str:
        return capital(label_of(record_type, name, customs))

    both = [
        {"name": n, "label": label(n), "theirs": words(n, now_is.get(n)), "mine": words(n, form.cleaned_data[n])}
        for n in mine
        if n in theirs and not same_value(form.cleaned_data[n], now_is.get(n))
    ]
    clashing = {row["name"] for row in both}
    only_theirs = [
        {"label": label(n), "value": words(n, now_is.get(n, getattr(current, n, None)))}
        for n in theirs
        if n not in clashing and n in (*now_is, "state")
    ]
    only_mine = [{"name": n, "label": label(n), "value": words(n, form.cleaned_data[n])} for n in mine if n not in clashing]
    carried = [(key, value) for n in mine for key in (n, f"{n}_typed") for value in _several(form, key)]
    return {
        "faster": names.actor(entries[0].actor_id, entries[0].channel) if entries else _("Somebody"),
        "faster_at": entries[0].at if entries else current.changed_at,
        "both": both,
        "only_theirs": only_theirs,
        "only_mine": only_mine,
        "carried": carried,
        "carried_fields": mine,
        "version": current.version,
    }


def _several(form: DerivedForm, key: str) -> list[str]:
    """Every value that was sent under a name."""
    data: Any = form.data
    return list(data.getlist(key))
