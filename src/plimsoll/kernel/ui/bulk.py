"""Several rows at once: a preview that says per row what will happen, then one transaction per row, and a result per row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.forms import TypedChoiceField
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.translation import gettext as _, ngettext

from plimsoll.kernel.access.queries import Refused
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.lib.text import plain, whole
from plimsoll.kernel.records.declaration import RecordType
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.operations import MoveRefused, StaleRecord, amend, move
from plimsoll.kernel.records.permissions import is_inside, may
from plimsoll.kernel.records.undoing import way_back
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.register.models import BIGGEST_NUMBER
from plimsoll.kernel.tasks.registry import find
from plimsoll.kernel.trail.models import Entry
from plimsoll.kernel.ui.choosing import names_for
from plimsoll.kernel.ui.context import DeclaredView, address, address_of, capital
from plimsoll.kernel.ui.forms_derived import DerivedForm, form_class
from plimsoll.kernel.ui.moving import allowed, form_of_move, judged
from plimsoll.kernel.ui.shown import Names, label_of, words_of
from plimsoll.kernel.workflow import Move, UnknownMove, at_field, faults_of

MOST = 200
AT_ONCE = 50  # more are done by a job, so that no request takes minutes
MOST_QUERY = 2000
CHANNEL = "page"


@dataclass(slots=True)
class Row:
    """One record of a bulk act: what will happen to it, or what did."""

    record: Record
    href: str
    state: tuple[str, str]
    reasons: list[str]
    is_done: bool = False


def chosen(view: DeclaredView) -> list[Record]:
    """The picked records that the person may see, in the order of the list; those that they may not see are not there."""
    picked = (whole(v, BIGGEST_NUMBER) for v in view.request.POST.getlist("pick"))
    numbers = list(dict.fromkeys(n for n in picked if n is not None))[:MOST]
    rows = (
        view.record_type.model.objects.visible_to(view.person)
        .filter(card__tenant=view.person.tenant, card__kind=view.record_type.kind, card__number__in=numbers)
        .select_related("organization")
    )
    by_number = {r.number: r for r in rows}
    records = [by_number[n] for n in numbers if n in by_number]
    for record in records:
        record.tenant = view.person.tenant  # type: ignore[assignment]
    return records


def reasons_for(records: Sequence[Record], arrow: Move, person: Person) -> list[list[str]]:
    """Per record why the move will not happen; a constant number of queries however many there are."""
    every = judged(records, arrow.name, person)
    return [reasons if allowed(person, record, arrow) else [_("You may not do this here.")] for record, reasons in zip(records, every, strict=True)]


class BulkPage(DeclaredView):
    """`/{plural}/bulk/`: where the bar under a list leads. `act` is assign, fields, move, or the name of a move."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponseRedirect(address(self.record_type))

    def post(self, request: HttpRequest) -> HttpResponse:
        act = request.POST.get("act", "")
        records = chosen(self)
        if not records:
            return self.show("ui/bulk_preview.html", self.common(records) | {"title": _("Nothing is selected"), "nothing": True}, 422)
        if act == "assign":
            return AssignPage.preview(self, records)
        if act == "fields":
            return FieldsPage.preview(self, records)
        if act != "move":
            return preview_of(self, act, records)
        flow = workflow_of(self.person.tenant, self.record_type.kind)
        states = {r.state for r in records}
        moves = []
        for arrow in flow.moves:
            if states & set(arrow.sources):
                every = reasons_for(records, arrow, self.person)
                moves.append({"name": arrow.name, "title": arrow.title, "can": sum(not r for r in every), "target": flow.state(arrow.target)})
        return self.show(
            "ui/bulk_choose.html",
            self.common(records)
            | {
                "moves": [m for m in moves if m["can"]] or moves,
                "title": ngettext("Move %(n)d %(what)s", "Move %(n)d %(what)s", len(records))
                % {"n": len(records), "what": self.record_type.label if len(records) == 1 else self.record_type.plural_label},
            },
        )

    def common(self, records: Sequence[Record]) -> dict[str, Any]:
        return common(self, records)


def common(view: DeclaredView, records: Sequence[Record]) -> dict[str, Any]:
    """What every bulk page shows."""
    return {
        "picked": [r.number for r in records],
        "count": len(records),
        "base": address(view.record_type),
        "crumbs": view.crumbs((_("Selected"), "")),
    } | way_to_list(view)


def way_to_list(view: DeclaredView) -> dict[str, str]:
    """The list as it was when the rows were picked, with its filters and order: `back` travels with them."""
    query = QueryDict(view.request.POST.get("back", "")[:MOST_QUERY]).urlencode()
    return {"back": query, "list_href": address(view.record_type) + (f"?{query}" if query else "")}


def rows_of(view: DeclaredView, records: Sequence[Record], reasons: Sequence[list[str]]) -> list[Row]:
    flow = workflow_of(view.person.tenant, view.record_type.kind)
    return [Row(r, address_of(r, view.record_type), (r.category, flow.state(r.state).label), why) for r, why in zip(records, reasons, strict=True)]


def move_form(view: DeclaredView, arrow: Move) -> type[DerivedForm]:
    inside = is_inside(view.person, kind=view.record_type.kind)
    note = "required" if arrow.asks_note else "optional"
    return form_of_move(view.record_type, view.person, arrow, is_inside=inside, note=note, is_for_many=True)


def preview_of(view: DeclaredView, name: str, records: Sequence[Record], form: DerivedForm | None = None, status: int = 200) -> HttpResponse:
    """The preview of a move: per row what will happen, and a button that counts what will."""
    flow = workflow_of(view.person.tenant, view.record_type.kind)
    try:
        arrow = flow.move(name)
    except UnknownMove:
        raise Http404 from None
    rows = rows_of(view, records, reasons_for(records, arrow, view.person))
    can = sum(not row.reasons for row in rows)
    return view.show(
        "ui/bulk_preview.html",
        common(view, records)
        | {
            "rows": rows,
            "form": form or move_form(view, arrow)(),
            "action": address(view.record_type, None, "moves", name),
            "can": can,
            "title": f"{arrow.title}?",
            "becomes": flow.state(arrow.target),
            "will": "",
            "asks": bool(arrow.asks),
            "do": _("%(do)s %(can)d of %(all)d") % {"do": arrow.title, "can": can, "all": len(rows)},
        },
        status,
    )


class BulkMovePage(DeclaredView):
    """`/{plural}/moves/{move}/`: makes a move with each of the picked records."""

    def get(self, request: HttpRequest, name: str) -> HttpResponse:
        return HttpResponseRedirect(address(self.record_type))

    def post(self, request: HttpRequest, name: str) -> HttpResponse:
        records = chosen(self)
        flow = workflow_of(self.person.tenant, self.record_type.kind)
        try:
            arrow = flow.move(name)
        except UnknownMove:
            raise Http404 from None
        if "confirmed" not in request.POST or not records:
            return preview_of(self, name, records)
        form = move_form(self, arrow)(request.POST)
        if not form.is_valid():
            return preview_of(self, name, records, form, 422)
        given = form.values([n for n in form.fields if form.cleaned_data.get(n) not in (None, "")])
        note = form.cleaned_data.get("note", "")
        if len(records) > AT_ONCE:
            return later(self, records, name, given, note)
        rows = rows_of(self, records, [[] for _r in records])
        acts = Acts(self.person)
        for row in rows:
            row.reasons = attempt(lambda r=row.record: move(r, name, by=self.person, channel=CHANNEL, fields=given, note=note))
            row.is_done = not row.reasons
        left = [row for row in rows if not row.is_done]
        can_go_back = [row.record for row in rows if row.is_done and way_back(flow, row.record.state, arrow.target) is not None]
        entries = acts.on(can_go_back)
        mending = [reason for row in left for reason in row.reasons if any(f.field in form.fields for f in faults_of([reason]))]
        if not mending:
            return result(self, rows, flow.state(arrow.target).label, entries=entries)
        form.refused(mending)
        again = {
            "form": form,
            "action": address(self.record_type, None, "moves", name),
            "picked": [row.record.number for row in left],
            "error_heading": _("“%(move)s” is not possible yet") % {"move": arrow.title},
            "do": ngettext("%(do)s the one that stayed", "%(do)s the %(n)d that stayed", len(left)) % {"do": arrow.title, "n": len(left)},
        }
        return result(self, rows, flow.state(arrow.target).label, again, entries)


class FieldsPage(DeclaredView):
    """`/{plural}/fields/`: sets fields of each of the picked records; what is left empty stays as it is with each."""

    act = "fields"

    @staticmethod
    def names(record_type: RecordType) -> list[str]:
        """What can be set for several at once: whom it is with, what it belongs to, choices; never words that each has of its own."""
        fits = [n for n in record_type.fields if n in record_type.foreign or record_type.model_field(n).choices or n == "priority_reason"]
        return [n for n in fits if n != record_type.requester and n not in record_type.derived]

    @classmethod
    def form_of(cls, view: DeclaredView) -> type[DerivedForm]:
        made = form_class(
            view.record_type, view.person, cls.names(view.record_type), {}, is_inside=is_inside(view.person, kind=view.record_type.kind)
        )
        for field in made.base_fields.values():
            field.required = field.widget.is_required = False
            field.initial = None
            if isinstance(field, TypedChoiceField):
                choices: list[Any] = list(field.choices)  # type: ignore[arg-type]
                field.choices = choices if choices and choices[0][0] == "" else [("", "–"), *choices]
        return made

    @classmethod
    def preview(cls, view: DeclaredView, records: Sequence[Record], form: DerivedForm | None = None, status: int = 200) -> HttpResponse:
        word = f"{view.record_type.kind}:amend"
        rows = rows_of(view, records, [[] if may(view.person, word, r) else [_("You may not do this here.")] for r in records])
        can = sum(not row.reasons for row in rows)
        is_assigning = cls.act == "assign"
        do = _("Assign %(can)d of %(all)d") if is_assigning else _("Change %(can)d of %(all)d")
        return view.show(
            "ui/bulk_preview.html",
            common(view, records)
            | {
                "rows": rows,
                "form": form or cls.form_of(view)(),
                "action": address(view.record_type, None, cls.act),
                "can": can,
                "asks": True,
                "title": _("Give to whom?") if is_assigning else _("Change which fields?"),
                "lede": "" if is_assigning else _("What you leave empty stays as it is with each."),
                "becomes": None,
                "will": _("is given away") if is_assigning else _("is changed"),
                "do": do % {"can": can, "all": len(rows)},
            },
            status,
        )

    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponseRedirect(address(self.record_type))

    def post(self, request: HttpRequest) -> HttpResponse:
        records = chosen(self)
        form = self.form_of(self)(request.POST)
        if "confirmed" not in request.POST or not records:
            return self.preview(self, records)
        given = form.values([n for n in form.fields if form.cleaned_data.get(n) not in (None, "")]) if form.is_valid() else {}
        if not given:
            if form.is_valid():
                form.add_error(None, _("Say to which team or person.") if self.act == "assign" else _("Set at least one field."))
            return self.preview(self, records, form, 422)
        if len(records) > AT_ONCE:
            return later(self, records, "amend", given, "")
        rows = rows_of(self, records, [[] for _r in records])
        acts = Acts(self.person)
        for row in rows:
            row.reasons = attempt(lambda r=row.record: amend(r, by=self.person, channel=CHANNEL, **given))
            row.is_done = not row.reasons
        names = Names()
        for name, key in given.items():
            if name in self.record_type.foreign:
                for known, text in names_for(self.person, self.record_type.foreign[name], [key]).items():
                    names.know(self.record_type.foreign[name], known, text)
        flow = workflow_of(self.person.tenant, self.record_type.kind)
        said = [(n, words_of(self.record_type, n, k, names, flow)) for n, k in given.items()]
        became = ", ".join(
            words if self.act == "assign" else _("%(what)s: %(words)s") % {"what": capital(label_of(self.record_type, n)), "words": words}
            for n, words in said
        )
        return result(self, rows, became, entries=acts.on([row.record for row in rows if row.is_done]))


class AssignPage(FieldsPage):
    """`/{plural}/assign/`: gives each of the picked records to a person or team."""

    act = "assign"

    @staticmethod
    def names(record_type: RecordType) -> list[str]:
        return [n for n in ("team", "owner") if n in record_type.fields]


class Acts:
    """The entries that a person's acts make from now on, so that they can be taken back."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.after = Entry.objects.order_by("-id").values_list("pk", flat=True).first() or 0

    def on(self, records: Sequence[Record]) -> list[int]:
        """The last of them on each of some records; one query."""
        found = Entry.objects.filter(pk__gt=self.after, card__in=[r.pk for r in records], actor=self.person.pk).order_by("id")
        return list(dict(found.values_list("card_id", "pk")).values())


def later(view: DeclaredView, records: Sequence[Record], act: str, given: dict[str, Any], note: str) -> HttpResponse:
    """Hand many rows to a job; its result is on the jobs page."""
    task = find("ui.bulk")
    assert task is not None
    with writing():
        job = task.enqueue(
            tenant=view.person.tenant,
            asked_by=view.person,
            kind=view.record_type.kind,
            cards=[r.pk for r in records],
            act=act,
            fields=plain(given),
            note=note,
            by=view.person.pk,
        )
    return HttpResponseRedirect(address(view.record_type, None, "bulk", str(job.pk)) if job is not None else address(view.record_type))


def attempt(write: Any) -> list[str]:
    """One write in its own transaction; the reasons why it was not made, or nothing."""
    try:
        write()
    except MoveRefused as error:
        return error.reasons
    except Faulty as error:
        return [at_field(f.field, f.sentence) for f in error.faults]
    except (Refused, StaleRecord) as error:
        return [str(error)]
    return []


def result(view: DeclaredView, rows: list[Row], became: str, again: dict[str, Any] | None = None, entries: Sequence[int] = ()) -> HttpResponse:
    """What became of each row. `again`: the form for those that stayed, as it was filled, with what they miss at its fields.
    `entries`: the acts that can be taken back from here."""
    done = sum(row.is_done for row in rows)
    title = ngettext("%(n)d of %(all)d done", "%(n)d of %(all)d done", done) % {"n": done, "all": len(rows)}
    return view.show(
        "ui/bulk_result.html",
        {
            "rows": rows,
            "title": title,
            "became": became,
            "base": address(view.record_type),
            "done": done,
            "left": len(rows) - done,
            "again": again,
            "entries": list(entries),
            "undo_href": address(view.record_type, None, "undo"),
            "crumbs": view.crumbs((title, "")),
        }
        | way_to_list(view),
        422 if again else 200,
    )
